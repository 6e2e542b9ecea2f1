"""Products are made and changed by people, one change at a time, and only as the law allows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import AuditEntry, Product
from scenario_engine.registry.lending import decision, products
from scenario_engine.registry.lending.terms import TermsSchema, read
from tests.registry.lending.offers import PAYDAY, some_terms
from tests.registry.lending.rules import a_rule, rules

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
ACT: dict[str, Any] = {"actor": "manager", "now": NOW, "on": date(2026, 11, 28)}


def a_product(database: Database, **over: Any) -> Product:
    values = {"code": "payday", "name": "Payday", "offered": True, "terms": some_terms(**PAYDAY)} | over
    with database.write() as session:
        return products.create(session, **values, **ACT)


def test_a_product_keeps_its_terms_and_who_made_it_is_on_record(database: Database) -> None:
    terms = some_terms(kind="annuity", pay_every=2, term_min=2, working_days=True)
    made = a_product(database, terms=terms)
    with database.read() as session:
        found = session.get_one(Product, made.id)
        assert found.terms is not None
        assert read(found.terms) == terms
        assert (found.kind, found.revision, found.offered) == ("annuity", 1, True)
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject_id) == ("manager", "product.created", str(made.id))
        assert entry.details["terms"]["rate_ppm"] == 2_600


@pytest.mark.parametrize(
    "over",
    [
        {"code": "Payday"},
        {"code": "a b"},
        {"code": ""},
        {"name": "  "},
        {"terms": some_terms(**PAYDAY | {"rate_ppm": 8_001})},
    ],
)
def test_a_wrong_product_is_refused_and_leaves_nothing(database: Database, over: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        a_product(database, **over)
    with database.read() as session:
        assert session.scalars(select(Product)).all() == []
        assert session.scalars(select(AuditEntry)).all() == []


def test_a_code_is_taken_once(database: Database) -> None:
    a_product(database)
    with pytest.raises(Conflict, match="already"):
        a_product(database, name="Another")


def test_the_second_of_two_people_who_change_a_product_is_told_so(database: Database) -> None:
    made = a_product(database)
    values: dict[str, Any] = {"revision": 1, "offered": True, "terms": some_terms(**PAYDAY), "decision": None, **ACT}
    with database.write() as session:
        assert products.change(session, made.id, name="First", **values).revision == 2
    with pytest.raises(Conflict, match="meanwhile"), database.write() as session:
        products.change(session, made.id, name="Second", **values)
    with database.read() as session:
        assert session.get_one(Product, made.id).name == "First"


def test_a_product_that_the_law_overtook_can_be_withdrawn_but_not_offered(database: Database) -> None:
    terms = some_terms(**PAYDAY | {"term_max": 140})
    values: dict[str, Any] = {"code": "long", "name": "Long", "terms": terms, "actor": "manager", "now": NOW}
    with database.write() as session:
        made = products.create(session, **values, offered=True, on=date(2026, 3, 31))
    change: dict[str, Any] = {"name": "Long", "terms": terms, "decision": None, **ACT}
    with pytest.raises(Invalid), database.write() as session:
        products.change(session, made.id, revision=1, offered=True, **change)
    with database.write() as session:
        assert not products.change(session, made.id, revision=1, offered=False, **change).offered


def test_a_product_that_is_not_there_cannot_be_changed(database: Database) -> None:
    with pytest.raises(NotFound), database.write() as session:
        products.change(session, 7, revision=1, name="x", offered=True, terms=some_terms(), decision=None, **ACT)


def test_rules_are_kept_with_the_products_revision_and_on_record(database: Database) -> None:
    made = a_product(database)
    found = rules(a_rule("dpd", ">", 30), a_rule("principal", ">", 500_000, "person", "large"), confirm_above=700_000)
    change: dict[str, Any] = {"name": "Payday", "offered": True, "terms": some_terms(**PAYDAY), **ACT}
    with database.write() as session:
        assert products.change(session, made.id, revision=1, decision=found, **change).revision == 2
    with database.read() as session:
        assert decision.read(session.get_one(Product, made.id).decision) == found
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "product.changed")).one()
        assert entry.details["decision"] == found.as_document()
    senseless = rules(a_rule("days_to_next_due", ">", 30))
    with pytest.raises(Invalid) as refused, database.write() as session:
        products.change(session, made.id, revision=2, decision=senseless, **change)
    assert [problem.field for problem in refused.value.problems] == ["decision.rules.0"]


def test_terms_survive_their_document() -> None:
    terms = some_terms(unit="week", pay_every=2, term_min=2)
    assert TermsSchema().load(terms.as_document()) == terms
