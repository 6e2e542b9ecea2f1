"""Signing in and out, tokens, and the token of the session on everything that changes something."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from console.app import create_app
from console.context import room
from scenario_engine.models import AuditEntry
from tests.console.client import PASSWORD, Console, Person
from tests.console.world import World


def _form(person: Person) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', person.client.get("/login/").text)
    assert token is not None
    return token[1]


def test_whoever_is_not_signed_in_is_led_to_the_login_page_and_back(console: Console) -> None:
    person = console.visitor()
    answer = person.client.get("/loans?bucket=1-30")
    assert (answer.status_code, answer.location) == (302, "/login/?next=/loans?bucket%3D1-30")
    answer = person.client.post(
        answer.location, data={"username": "manager", "password": PASSWORD, "csrf_token": _form(person)}
    )
    assert (answer.status_code, answer.location) == (302, "/loans?bucket=1-30")


def test_login_leads_nowhere_outside(console: Console) -> None:
    person = console.visitor()
    answer = person.client.post(
        "/login/?next=https://example.org/",
        data={"username": "manager", "password": PASSWORD, "csrf_token": _form(person)},
    )
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("username", "password"), [("manager", "wrong"), ("nobody", PASSWORD), ("a\0b", "x"), ("x" * 300, "x"), ("", "")]
)
def test_a_wrong_login_is_refused_and_says_nothing_more(console: Console, username: str, password: str) -> None:
    person = console.visitor()
    answer = person.client.post(
        "/login/",
        data={"username": username, "password": password, "csrf_token": _form(person)},
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 401
    assert "Wrong user name or password." in answer.text
    assert person.get("/me").status_code == 401


def test_login_without_its_token_is_refused(console: Console) -> None:
    person = console.visitor()
    answer = person.client.post("/login/", data={"username": "manager", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/login/")
    assert person.get("/me").status_code == 401


def test_logins_are_in_the_audit_trail(console: Console) -> None:
    console.sign_in("manager")
    person = console.visitor()
    person.client.post("/login/", data={"username": "auditor", "password": "no", "csrf_token": _form(person)})
    with console.database.read() as session:
        found = session.execute(
            select(AuditEntry.actor, AuditEntry.action)
            .where(AuditEntry.action.like("user.log%"))
            .order_by(AuditEntry.id)
        ).all()
    assert [tuple(row) for row in found] == [("manager", "user.logged_in"), ("auditor", "user.login_failed")]


def test_logging_out_ends_the_session(console: Console) -> None:
    person = console.sign_in("manager")
    person.client.get("/logout/")
    assert person.get("/me").status_code == 401


def test_an_answer_under_way_at_sign_out_does_not_sign_in_again(console: Console) -> None:
    person = console.sign_in("manager")
    for path in ("/", "/api/v1/me", "/api/v1/engine"):
        answer = person.client.get(path)
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, []), path


def test_wrong_attempts_are_limited_on_the_page_and_in_the_api(console: Console) -> None:
    parts = room(console.app)
    app = create_app(
        parts.settings, console.database, RATELIMIT_ENABLED=True, FAB_PASSWORD_HASH_METHOD="pbkdf2:sha256:1"
    )
    person = Person(app.test_client())
    wrong = {"username": "manager", "password": "wrong"}
    statuses = [
        person.client.post("/login/", data=wrong | {"csrf_token": _form(person)}).status_code for _ in range(22)
    ]
    assert statuses.count(401) == 20
    assert statuses[-1] == 429
    body = wrong | {"provider": "db"}
    statuses = [person.client.post("/api/v1/security/login", json=body).status_code for _ in range(22)]
    assert statuses[-1] == 429


def test_a_change_without_the_sessions_token_is_refused(console: Console, world: World) -> None:
    person = console.sign_in("supervisor")
    for token in ("", "forged"):
        answer = person.post(f"/tasks/{world.task}/take", headers={"X-CSRFToken": token})
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "csrf")


def test_flask_appbuilders_own_pages_need_the_token_too(console: Console) -> None:
    person = console.sign_in("admin")
    answer = person.client.post("/roles/add", data={"name": "Intruder"})
    assert answer.status_code == 400
    assert person.client.get("/users/delete/2").status_code == 302
    with console.database.read() as session:
        from flask_appbuilder.security.sqla.models import Role, User

        assert session.scalar(select(Role).where(Role.name == "Intruder")) is None
        assert session.get(User, 2) is not None


def test_a_bearer_token_needs_no_session_token(console: Console, world: World) -> None:
    program = console.visitor()
    answer = program.client.post(
        "/api/v1/security/login", json={"username": "supervisor", "password": PASSWORD, "provider": "db"}
    )
    bearer = {"Authorization": f"Bearer {answer.json['access_token']}"}
    payment = {"loan_external_id": "L-1", "external_id": "BANK-1", "amount": 100}
    assert program.post("/payments", payment, headers=bearer).status_code == 201
    again = program.post("/payments", payment, headers=bearer)
    assert (again.status_code, again.json["repeated"]) == (200, True)


def test_beside_a_bearer_token_the_cookie_counts_for_nothing(console: Console) -> None:
    person = console.sign_in("admin")
    answer = person.request("GET", "/me", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "unauthenticated")


def test_a_person_who_was_switched_off_is_out_at_once(console: Console) -> None:
    person = console.sign_in("manager")
    with console.database.write() as session:
        from flask_appbuilder.security.sqla.models import User

        user = session.scalar(select(User).where(User.username == "manager"))
        assert user is not None
        user.active = False
    assert person.get("/me").status_code == 401


def test_the_choice_of_language_and_theme_is_kept(console: Console) -> None:
    person = console.sign_in("manager")
    assert person.put("/me", {"language": "en", "theme": "dark"}).status_code == 200
    again = console.sign_in("manager")
    user = again.get("/me").json["user"]
    assert (user["language"], user["theme"]) == ("en", "dark")
    assert person.put("/me", {"theme": "pink"}).status_code == 422


def test_the_login_page_speaks_the_browsers_language(console: Console) -> None:
    client = console.app.test_client()
    assert "Войти" in client.get("/login/", headers={"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"}).text
    client = console.app.test_client()
    assert "Sign in" in client.get("/login/", headers={"Accept-Language": "en-GB"}).text
