"""A bound server answers on its free port, and writers do not stand in each other's way."""

from __future__ import annotations

import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from flask import request

from console import context
from console.app import create_app
from console.configuration import kept_secret
from console.installation import demo_users, init
from console.migrate import newest
from console.server import serve
from scenario_engine.settings import Settings
from tests.console.client import Console
from tests.console.conftest import FAST_HASH
from tests.console.world import World


def test_an_installation_is_made_and_served(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'new' / 'kaskad.db'}", data_dir=tmp_path / "var", port=0)
    assert init(settings) == init(settings) == newest()
    server = serve(settings, with_engine=False)
    server.app.config.update(FAST_HASH)
    logins = demo_users(server.app)
    assert [login.role for login in logins] == [
        "Strategy manager", "Compliance", "Compliance", "Operator", "Supervisor", "Auditor", "Admin",
    ]  # fmt: skip
    assert len({login.password for login in logins}) == 1
    assert demo_users(server.app) == logins, "a second start must not lock anybody out"
    assert demo_users(server.app, "again")[0].password == "again"
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=10)
        connection.request("GET", "/login/")
        answer = connection.getresponse()
        assert answer.status == 200
        assert b"csrf_token" in answer.read()
        connection.close()
    finally:
        server.stop()
        thread.join(10)
    assert not thread.is_alive()


def test_the_key_of_sessions_is_made_once_and_kept(tmp_path: Path) -> None:
    key = kept_secret(tmp_path / "var", "secret_key")
    assert len(key) > 40
    assert kept_secret(tmp_path / "var", "secret_key") == key
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_many_people_write_at_once_and_nobody_finds_the_database_locked(both: Console, both_world: World) -> None:
    people = [both.sign_in("supervisor") for _ in range(4)]

    def pay(number: int) -> int:
        body = {"amount": 100, "external_id": f"T-{number}"}
        return people[number % 4].post(f"/loans/{both_world.loan}/payments", body).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(pay, range(40))) == {201}
    card = people[0].get(f"/loans/{both_world.loan}").json
    assert len(card["payments"]) == 41
    assert card["loan"]["overdue"] == 500_000 - 40 * 100


def test_who_asks_is_read_from_a_header_only_behind_a_proxy(tmp_path: Path) -> None:
    for proxies, seen in ((0, "127.0.0.1"), (1, "203.0.113.7")):
        settings = Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", data_dir=tmp_path, proxies=proxies)
        app = create_app(settings)
        app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
        answer = app.test_client().get("/who", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
        assert answer.text == seen
        context.room(app).database.dispose()
