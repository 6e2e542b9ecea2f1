"""The pages that the server renders, and the headers around them."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from console.views.shell import DIST_KEY, read_bundle
from scenario_engine.models import AuditEntry
from tests.console.client import Console
from tests.console.world import World

# Flask-AppBuilder's own form fields still speak to WTForms in its former way.
pytestmark = pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning")

MANIFEST = {
    "src/main.tsx": {
        "file": "assets/main-1.js",
        "css": ["assets/main-1.css"],
        "imports": ["_shared.js"],
        "isEntry": True,
    },
    "_shared.js": {"file": "assets/shared-2.js", "css": ["assets/shared-2.css"], "imports": ["_shared.js"]},
    "src/lazy.tsx": {"file": "assets/lazy-3.js"},
}


@pytest.fixture
def built(console: Console, tmp_path: Path) -> Console:
    """The console beside a bundle."""
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "main-1.js").write_text("1")
    console.app.config[DIST_KEY] = tmp_path
    return console


@pytest.mark.parametrize(
    "path", ["/", "/app/anything/below", "/loans", "/loans/12", "/scenarios/3?tab=numbers", "/help/index"]
)
def test_every_address_of_the_application_answers_with_the_shell(built: Console, path: str) -> None:
    person = built.sign_in("operator")
    answer = person.client.get(path)
    assert answer.status_code == 200
    assert 'src="/static/dist/assets/main-1.js"' in answer.text
    assert "lazy-3.js" not in answer.text
    for style in ("main-1.css", "shared-2.css"):
        assert style in answer.text


def test_the_shell_runs_under_a_strict_policy(built: Console) -> None:
    answer = built.sign_in("manager").client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    nonce = re.search(r'name="csp-nonce" content="([^"]+)"', answer.text)
    assert nonce is not None
    assert f"style-src 'self' 'nonce-{nonce[1]}'" in policy
    assert "style=" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_shell_comes_in_the_chosen_language_and_theme(built: Console) -> None:
    person = built.sign_in("manager")
    person.put("/me", {"language": "en", "theme": "dark"})
    page = person.client.get("/").text
    assert '<html lang="en" data-mantine-color-scheme="dark">' in page


def test_a_missing_bundle_says_what_to_do(console: Console, tmp_path: Path) -> None:
    console.app.config[DIST_KEY] = tmp_path / "nothing"
    answer = console.sign_in("manager").client.get("/")
    assert answer.status_code == 503
    assert "make frontend" in answer.text
    assert read_bundle(tmp_path) is None


def test_hashed_files_are_kept_and_nothing_else_of_the_folder_is_served(built: Console) -> None:
    client = built.app.test_client()
    answer = client.get("/static/dist/assets/main-1.js")
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()
    for path in (
        "/static/dist/../package.json.gz",
        "/static/dist/../package.json",
        "/static/dist/%2e%2e/package.json",
        "/static/src/main.tsx",
    ):
        assert client.get(path).status_code == 404


PAGES = (
    "/users/list/",
    "/users/add",
    "/users/show/2",
    "/roles/list/",
    "/groups/list/",
    "/raw/borrowers/list/",
    "/raw/loans/list/",
    "/raw/payments/list/",
    "/raw/signals/list/",
    "/raw/loans/show/1",
    "/raw/signals/list/?_flt_0_kind=reply",
)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_administration_belongs_to_the_application(console: Console, world: World, language: str) -> None:
    person = console.sign_in("admin", language=language)
    person.put("/me", {"language": language})
    for path in PAGES:
        answer = person.client.get(path)
        assert answer.status_code == 200, path
        assert "/static/console/administration.css" in answer.text
        assert {"en": "Back to Kaskad", "ru": "Вернуться в «Каскад»"}[language] in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize("username", ["manager", "compliance", "operator", "supervisor", "auditor"])
def test_the_administration_is_closed_to_everybody_else(console: Console, world: World, username: str) -> None:
    person = console.sign_in(username)
    for path in PAGES:
        assert person.client.get(path).status_code == 403, path
    assert person.client.get("/users/userinfo/").status_code == 200
    assert person.client.get("/resetmypassword/form").status_code == 200


def test_raw_lists_cannot_be_changed(console: Console, world: World) -> None:
    person = console.sign_in("admin")
    for path in ("/raw/loans/add", f"/raw/loans/edit/{world.loan}", f"/raw/loans/delete/{world.loan}"):
        assert person.client.post(path, data={"csrf_token": person.token}).status_code == 403


def test_a_user_is_added_through_the_page_and_it_is_recorded(both: Console) -> None:
    person = both.sign_in("admin")
    form = {
        "first_name": "Демо",
        "last_name": "Новый",
        "username": "fresh",
        "active": "y",
        "email": "fresh@example.invalid",
        "roles": ["2"],
        "password": "long-password",
        "conf_password": "long-password",
        "csrf_token": person.token,
    }
    answer = person.client.post("/users/add", data=form)
    assert answer.status_code == 302, answer.text
    again = person.client.post("/users/add", data=form)
    assert again.status_code == 200
    both.sign_in("fresh", "long-password")
    with both.database.read() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "user.added", AuditEntry.actor == "admin")
        ).one()
    assert entry.subject_id == "fresh"
    assert "long-password" not in str(entry.details)


def test_an_unforeseen_error_is_told_without_its_insides(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    person = console.sign_in("manager")

    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("console.api.home.home", fail)
    answer = person.get("/home")
    assert (answer.status_code, answer.json["error"]["code"]) == (500, "internal")
    assert "secret" not in answer.text


def test_packed_files_go_to_browsers_that_take_them(built: Console) -> None:
    folder = Path(built.app.config[DIST_KEY]) / "assets"
    (folder / "main-1.js.gz").write_bytes(gzip.compress(b"1"))
    client = built.app.test_client()
    packed = client.get("/static/dist/assets/main-1.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.mimetype == "text/javascript"
    assert "immutable" in packed.headers["Cache-Control"]
    assert gzip.decompress(packed.data) == b"1"
    plain = client.get("/static/dist/assets/main-1.js")
    assert "Content-Encoding" not in plain.headers
    assert plain.data == b"1"
    outside = client.get("/static/dist/../../secret", headers={"Accept-Encoding": "gzip"})
    assert outside.status_code == 404
    packed.close()
    plain.close()
