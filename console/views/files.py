"""Static files: the bundle (its names hold hashes, so browsers keep it for ever) and the console's own few."""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, current_app, request, send_from_directory
from flask.wrappers import Response
from werkzeug.security import safe_join

from console.views.shell import DIST, DIST_KEY

blueprint = Blueprint("files", __name__)
_OWN = Path(__file__).resolve().parents[1] / "static"
_FOREVER = 365 * 86400


@blueprint.get("/static/dist/<path:name>")
def dist(name: str) -> Response:
    """A file of the bundle."""
    folder = Path(current_app.config.get(DIST_KEY, DIST)).resolve()
    hashed = name.startswith("assets/")
    age = _FOREVER if hashed else 0
    packed = f"{name}.gz"
    # the build packs its files once, so that no request has to
    if (
        request.accept_encodings.quality("gzip") > 0
        and (found := safe_join(str(folder), packed))
        and Path(found).is_file()
    ):
        kind = guess_type(name)[0]
        response = send_from_directory(folder, packed, max_age=age, mimetype=kind, download_name=Path(name).name)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(folder, name, max_age=age)
    response.vary.add("Accept-Encoding")
    if hashed:
        response.cache_control.immutable = True
    return response


@blueprint.get("/static/console/<path:name>")
def own(name: str) -> Response:
    """A file of the server's own pages."""
    return send_from_directory(_OWN, name, max_age=300)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon of the tab."""
    return send_from_directory(_OWN, "icon.svg", mimetype="image/svg+xml", max_age=86400)
