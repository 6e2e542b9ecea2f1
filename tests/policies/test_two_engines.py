"""Two engines and an operator at the same time: never one contact too many, and no fewer than the law lets."""

from __future__ import annotations

import pytest

from scenario_engine.database import Database
from tests.policies import two_engines

PEOPLE = 60


@pytest.mark.postgres
def test_two_engines_and_a_person_make_no_contact_too_many(postgres_database: Database) -> None:
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    outcome = two_engines.run(url, PEOPLE)
    assert outcome.over == ()
    assert outcome.planned == 1_200
    # two messages a day; a call a day, whoever makes it, at most two in a week
    assert outcome.made["message"] == 2 * 2 * PEOPLE
    assert outcome.made["call"] == 2 * PEOPLE
