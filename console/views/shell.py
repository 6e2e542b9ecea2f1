"""The page that the React application lives in. All its addresses answer with the same page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from flask import current_app, g, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from werkzeug.wrappers import Response

from console import preferences
from console.language import reader_language

#: where `make frontend` leaves the bundle
DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
#: configuration key that names another folder
DIST_KEY = "KASKAD_DIST"
_ENTRY = "src/main.tsx"
_PLACES = (
    "any(scenarios,templates,versions,review,reviews,tasks,loans,borrowers,buckets,monitoring,policies,"
    "products,incoming,cases,"
    "applications,imports,outbox,audit,jobs,engine,help)"
)


@dataclass(frozen=True)
class Bundle:
    """What a page has to load."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def read_bundle(dist: Path) -> Bundle | None:
    """The files that the build's manifest names; None when nothing was built."""
    try:
        manifest = json.loads((dist / ".vite" / "manifest.json").read_text(encoding="utf-8"))
        entry = manifest[_ENTRY]
    except (OSError, ValueError, KeyError):
        return None
    imported: dict[str, None] = {}
    styles: dict[str, None] = dict.fromkeys(entry.get("css", ()))

    def follow(chunk: dict[str, object]) -> None:
        for name in chunk.get("imports", ()):  # type: ignore[attr-defined]
            inner = manifest[name]
            if inner["file"] not in imported:
                imported[inner["file"]] = None
                styles.update(dict.fromkeys(inner.get("css", ())))
                follow(inner)

    follow(entry)
    return Bundle(script=entry["file"], styles=tuple(styles), preloads=tuple(imported))


class ShellView(BaseView):
    """The start page and every deep link."""

    route_base = ""
    default_view = "index"

    @expose("/app/")
    @expose("/app/<path:rest>")
    @expose(f"/<{_PLACES}:place>")
    @expose(f"/<{_PLACES}:place>/")
    @expose(f"/<{_PLACES}:place>/<path:rest>")
    @expose("/")
    def index(self, place: str = "", rest: str = "") -> Response | str | tuple[str, int]:
        """The shell; whoever is not signed in signs in first."""
        if not g.user.is_authenticated:
            here = request.full_path.rstrip("?")
            return redirect(url_for("LoginView.login", next=here if here != "/" else None))
        bundle = read_bundle(Path(current_app.config.get(DIST_KEY, DIST)))
        if bundle is None:
            page: str = self.render_template("console/no_bundle.html")
            return page, 503
        chosen = preferences.find(self.appbuilder.session, g.user.id)
        shell: str = self.render_template(
            "console/shell.html",
            bundle=bundle,
            language=(chosen.language if chosen else None) or reader_language(),
            theme=(chosen.theme if chosen else None) or "auto",
        )
        return shell
