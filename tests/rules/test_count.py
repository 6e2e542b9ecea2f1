"""Counting what a rule finds, the statement as text, and the catalogue for the editor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.models import LoanTag
from scenario_engine.rules.catalogue import catalogue
from scenario_engine.rules.count import Counted, count, registry_scope, sql_text
from scenario_engine.rules.fields import FIELDS, GROUPS
from scenario_engine.rules.operators import ARITY, LABELS
from tests.builders import a_borrower, a_loan

NOW = datetime(2026, 3, 10, 21, 30, tzinfo=UTC)
ZONE = "Europe/Moscow"


def only(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"field": field, "operator": operator, "value": value}]}


def test_loans_people_and_debt_are_counted(database: Database) -> None:
    with database.write() as session:
        owner = a_borrower(session, region="RU-SVE")
        a_loan(session, owner, overdue=10_000, dpd=5)
        a_loan(session, owner, overdue=5_000, dpd=40)
        a_loan(session, overdue=100, dpd=1)
    with database.read() as session:
        assert count(session, only("dpd", ">", 0), NOW, ZONE) == Counted(loans=3, borrowers=2, overdue=15_100)
        assert count(session, only("region", "=", "RU-SVE"), NOW, ZONE) == Counted(loans=2, borrowers=1, overdue=15_000)
        assert count(session, only("product", "=", "nothing"), NOW, ZONE) == Counted(loans=0, borrowers=0, overdue=0)
        with pytest.raises(Invalid):
            count(session, only("dpd", ">", "x"), NOW, ZONE)


def test_the_statement_as_text_finds_the_same_loans(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=31, bucket="31-60")
        session.add(LoanTag(loan_id=loan.id, tag="50%'", at=NOW, case_id=None))
        a_loan(session, dpd=31)
        found = loan.id
    rule = {
        "combinator": "and",
        "rules": [
            {"field": "tag", "operator": "in", "value": ["50%'", "other"]},
            {"field": "dpd", "operator": "between", "value": [30, 60]},
            {"field": "contacts_call_7d", "operator": "<", "value": 2},
            {"field": "issued_on", "operator": "<", "value": "2026-01-01"},
            {"field": "has_phone", "operator": "=", "value": True},
            {"field": "days_since_sms", "operator": "null"},
        ],
    }
    statement = sql_text(rule, database.dialect, NOW, ZONE)
    assert "50%''" in statement
    with database.engine.connect() as connection:
        # straight to the driver without parameters, as a person would paste it
        assert connection.connection.cursor().execute(statement).fetchall() == [(found,)]


def test_closed_loans_count_only_when_the_rule_asks_for_them(database: Database) -> None:
    with database.write() as session:
        a_loan(session, state="closed")
        a_loan(session)
    with database.read() as session:
        assert count(session, {"combinator": "and", "rules": []}, NOW, ZONE).loans == 1
        assert count(session, only("loan_state", "=", "closed"), NOW, ZONE).loans == 1
        assert count(session, only("loan_state", "in", ["closed", "open"]), NOW, ZONE).loans == 2


def test_an_expression_for_now_needs_its_day() -> None:
    with pytest.raises(TypeError):
        registry_scope(registry_scope(NOW, ZONE).now, ZONE)


def test_the_catalogue_offers_what_the_registry_knows(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, a_borrower(session, region="RU-SVE"))
        session.add(LoanTag(loan_id=loan.id, tag="vip", at=NOW, case_id=None))
    with database.read() as session:
        fields = {found["name"]: found for found in catalogue(session, "ru")["fields"]}
    assert set(fields) == set(FIELDS)
    assert fields["product"]["values"] == [{"name": "instalment", "label": "Instalment loan"}]
    assert [value["name"] for value in fields["region"]["values"]] == ["RU-SVE"]
    assert fields["tag"]["valueEditorType"] == "select"
    assert fields["dpd"]["group"] == "Долг"
    assert fields["dpd"]["unit"] == "дней"
    assert fields["overdue"]["type"] == "money"
    assert fields["issued_on"]["inputType"] == "date"
    assert [operator["name"] for operator in fields["has_phone"]["operators"]] == ["=", "!="]


def test_every_field_and_operator_is_worded_in_both_languages() -> None:
    assert set(LABELS) == set(ARITY)
    groups = {group.key for group in GROUPS}
    for name, field in FIELDS.items():
        assert name == field.key
        assert field.group in groups
        assert field.title.en
        assert any("а" <= letter.lower() <= "я" for letter in field.title.ru) or "SMS" in field.title.ru
        assert (field.otherwise is not None) == (field.type == "boolean")


def test_a_statement_can_be_shown_for_either_database() -> None:
    for dialect in ("sqlite", "postgresql"):
        assert str(text(sql_text(only("dpd", ">=", 30), dialect, NOW, ZONE))).endswith(
            "(loans.dpd >= 30) AND loans.state = 'open'"
        )
