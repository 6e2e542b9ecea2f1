"""A stand-in for a browser that is signed in."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from console import context
from scenario_engine.database import Database
from scenario_engine.models import Job
from scenario_engine.models.job import ACTIVE

PASSWORD = "demo-password"


class Person:
    """Sends the session's cookie, its token, and the language."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.language = language
        self.token = ""

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        """One request to the API; `path` is without ``/api/v1``."""
        headers = {"Accept-Language": self.language, **options.pop("headers", {})}
        if self.token and method != "GET":
            headers.setdefault("X-CSRFToken", self.token)
        if "json" in options:
            # Flask's own client would refuse half a surrogate pair; a hostile one would not.
            options |= {"data": json.dumps(options.pop("json")), "content_type": "application/json"}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, buffered=True, **options)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read something."""
        return self.request("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Change something."""
        return self.request("POST", path, json={} if body is None else body, **options)

    def put(self, path: str, body: Any) -> TestResponse:
        """Replace something."""
        return self.request("PUT", path, json=body)

    def delete(self, path: str) -> TestResponse:
        """Remove something."""
        return self.request("DELETE", path)


class Console:
    """The application of one test."""

    def __init__(self, app: Flask, database: Database, now: datetime) -> None:
        self.app = app
        self.database = database
        self.now = now

    def visitor(self) -> Person:
        """Somebody who has not signed in."""
        return Person(self.app.test_client())

    def sign_in(self, username: str, password: str = PASSWORD, language: str = "en") -> Person:
        """A person who signed in through the login page."""
        person = Person(self.app.test_client(), language)
        page = person.client.get("/login/")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None
        answer = person.client.post(
            "/login/", data={"username": username, "password": password, "csrf_token": token[1]}
        )
        assert answer.status_code == 302, answer.text
        person.token = person.get("/me").json["csrf"]
        return person

    def wait_for(self, job_id: int) -> Job:
        """The job when it has ended, in whatever thread it runs."""
        for _ in range(6_000):
            with self.database.read() as session:
                job = session.get_one(Job, job_id)
            if job.state not in ACTIVE:
                return job
            time.sleep(0.01)
        raise AssertionError(f"job {job_id} does not end")

    def close(self) -> None:
        """End what the application started."""
        context.room(self.app).jobs.stop()
        self.database.dispose()
