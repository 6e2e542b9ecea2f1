"""The SQL of a rule says what the documented policy says, on both databases, whatever it is compiled over."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.dialects import postgresql

from scenario_engine.database import Database
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.models import Borrower, Loan, Product
from scenario_engine.rules.condition import check_rule, compile_rule, field_expression, fields_of
from scenario_engine.rules.count import matching, registry_scope
from scenario_engine.rules.fields import FIELDS, RuleScope
from scenario_engine.rules.syntax import MAX_DEPTH, MAX_RULES
from tests.rules.reference import NOW, TODAY, ZONE, asks_about_state, build_world, facts, holds
from tests.rules.strategies import rules

Registry = tuple[Database, dict[int, dict[str, Any]]]


@pytest.fixture(params=[1, 2])
def registry(database: Database, request: pytest.FixtureRequest) -> Registry:
    """A registry of random rows, and every field of every loan as the reference sees it."""
    with database.write() as session:
        world = build_world(session, request.param)
        return database, {loan.id: facts(world, loan) for loan in world.loans}


def sub_select_scope() -> tuple[RuleScope, Any]:
    """A scope over sub-selects, as a compiled scenario has it."""
    loan, borrower, product = (
        select(mapped.__table__).subquery()
        for mapped in (Loan, Borrower, Product)  # type: ignore[attr-defined]
    )
    scope = registry_scope(NOW, ZONE)
    over = RuleScope(loan=loan.c, borrower=borrower.c, product=product.c, now=scope.now, today=scope.today)
    joined = loan.join(borrower, borrower.c.id == loan.c.borrower_id)
    return over, joined.join(product, product.c.id == loan.c.product_id)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(rule=rules())
def test_sql_agrees_with_the_reference(registry: Registry, rule: dict[str, Any]) -> None:
    database, values = registry
    expected = {loan_id for loan_id, known in values.items() if holds(rule, known) is True}
    over, joined = sub_select_scope()
    with database.read() as session:
        found = set(session.scalars(matching(rule, registry_scope(NOW, ZONE))))
        answers = dict(session.execute(select(over.loan.id, compile_rule(rule, over)).select_from(joined)).all())
    if asks_about_state(rule):
        assert found == expected
    else:
        assert found == {loan_id for loan_id in expected if values[loan_id]["loan_state"] == "open"}
    assert {loan_id for loan_id, answer in answers.items() if answer} == expected
    assert None not in answers.values()


def test_every_field_reads_what_the_reference_reads(registry: Registry) -> None:
    database, values = registry
    over, joined = sub_select_scope()
    with database.read() as session:
        for name in FIELDS:
            expression = field_expression(name, over)
            read = dict(session.execute(select(over.loan.id, expression).select_from(joined)).all())
            if name == "tag":
                read = {key: set(text.split(", ")) if text else set() for key, text in read.items()}
            assert read == {key: known[name] for key, known in values.items()}, name


UNKNOWN = {"field": "risk_score", "operator": ">", "value": 500}
TRUE = {"field": "dpd", "operator": ">=", "value": 0}
FALSE = {"field": "dpd", "operator": "<", "value": 0}


@pytest.mark.parametrize(
    ("combinator", "members", "plain", "negated"),
    [
        ("and", [TRUE], True, False),
        ("and", [FALSE], False, True),
        ("and", [UNKNOWN], False, False),
        ("and", [TRUE, UNKNOWN], False, False),
        ("and", [FALSE, UNKNOWN], False, True),
        ("or", [TRUE, UNKNOWN], True, False),
        ("or", [FALSE, UNKNOWN], False, False),
        ("or", [UNKNOWN, UNKNOWN], False, False),
        ("and", [], True, False),
        ("or", [], True, False),
    ],
)
def test_unknown_is_settled_at_the_top(
    database: Database, combinator: str, members: list[Any], plain: bool, negated: bool
) -> None:
    """The truth table of the documented policy, on a loan without a score."""
    scope = RuleScope(
        loan=select(bindparam("dpd", 3).label("dpd"), bindparam("risk_score", None, Integer()).label("risk_score"))
        .subquery()
        .c,
        borrower=None,
        product=None,
        now=registry_scope(NOW, ZONE).now,
        today=registry_scope(NOW, ZONE).today,
    )
    with database.read() as session:
        for negate, expected in ((False, plain), (True, negated)):
            rule = {"combinator": combinator, "not": negate, "rules": members}
            statement = select(compile_rule(rule, scope)).select_from(scope.loan.dpd.table)
            assert session.scalar(statement) in (expected, int(expected))


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">=", "between", "notBetween", "in", "notIn"])
def test_a_missing_value_fails_every_comparison(registry: Registry, operator: str) -> None:
    database, values = registry
    value: Any = [0, 1000] if operator in ("between", "notBetween", "in", "notIn") else 500
    missing = {key for key, known in values.items() if known["risk_score"] is None}
    assert missing
    with database.read() as session:
        for negate in (False, True):
            rule = {
                "combinator": "and",
                "not": negate,
                "rules": [{"field": "risk_score", "operator": operator, "value": value}],
            }
            assert not missing & set(session.scalars(matching(rule, registry_scope(NOW, ZONE))))


def test_values_are_bound_never_written_into_the_statement() -> None:
    evil = "x' OR 1=1 --"
    rule = {
        "combinator": "or",
        "rules": [
            {"field": "region", "operator": "=", "value": evil},
            {"field": "tag", "operator": "in", "value": [evil]},
            {"field": "last_disposition", "operator": "contains", "value": evil},
            {"field": "last_disposition", "operator": "beginsWith", "value": evil},
        ],
    }
    assert check_rule(rule) == []
    compiled = compile_rule(rule, registry_scope(NOW, ZONE)).compile(dialect=postgresql.dialect())
    assert "OR 1=1" not in str(compiled)
    assert sum(value in (evil, [evil]) for value in compiled.params.values()) == 4


def a_rule(**condition: Any) -> dict[str, Any]:
    return {"combinator": "and", "rules": [condition]}


@pytest.mark.parametrize(
    ("rule", "code", "field"),
    [
        (None, "rule.shape", None),
        ([], "rule.shape", None),
        ("dpd > 3", "rule.shape", None),
        ({}, "rule.combinator", "combinator"),
        ({"combinator": "xor", "rules": []}, "rule.combinator", "combinator"),
        ({"combinator": "and"}, "rule.shape", "rules"),
        ({"combinator": "and", "rules": "x"}, "rule.shape", "rules"),
        ({"combinator": "and", "not": 1, "rules": []}, "rule.not", "not"),
        ({"combinator": "and", "rules": [], "sql": "1"}, "rule.key", None),
        ({"combinator": "and", "rules": ["or"]}, "rule.shape", "rules.0"),
        ({"combinator": "and", "rules": [{"combinator": "or", "rules": []}]}, "rule.empty_group", "rules.0"),
        (a_rule(field="password", operator="=", value="x"), "rule.field", "rules.0.field"),
        (a_rule(field=["dpd"], operator="=", value=1), "rule.field", "rules.0.field"),
        (a_rule(field="dpd", operator="contains", value=1), "rule.operator", "rules.0.operator"),
        (a_rule(field="dpd", operator="null"), "rule.operator", "rules.0.operator"),
        (a_rule(field="dpd", operator={}, value=1), "rule.operator", "rules.0.operator"),
        (a_rule(field="dpd", operator="=", value="many"), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="=", value=True), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="=", value=1.5), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="=", value=float("nan")), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="=", value=10**30), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="="), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="in", value=[]), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="in", value=" , "), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="in", value={"a": 1}), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="between", value="1"), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="between", value=[5, 1]), "rule.value", "rules.0.value"),
        (a_rule(field="dpd", operator="=", value=1, valueSource="field"), "rule.value_source", None),
        (a_rule(field="issued_on", operator="=", value="2026-02-30"), "rule.value", "rules.0.value"),
        (a_rule(field="issued_on", operator="=", value="20260201"), "rule.value", "rules.0.value"),
        (a_rule(field="channel", operator="=", value="pigeon"), "rule.value", "rules.0.value"),
        (a_rule(field="region", operator="=", value=""), "rule.value", "rules.0.value"),
        (a_rule(field="region", operator="=", value="a\0b"), "rule.value", "rules.0.value"),
        (a_rule(field="region", operator="=", value="\ud800"), "rule.value", "rules.0.value"),
        (a_rule(field="region", operator="=", value="x" * 251), "rule.value", "rules.0.value"),
        (a_rule(field="has_phone", operator="=", value="maybe"), "rule.value", "rules.0.value"),
        (a_rule(field="has_phone", operator="=", value=1), "rule.value", "rules.0.value"),
    ],
)
def test_a_wrong_rule_is_named_with_its_place(rule: Any, code: str, field: str | None) -> None:
    problems = check_rule(rule)
    assert code in {problem.code for problem in problems}
    if field is not None:
        assert (code, field) in {(problem.code, problem.field) for problem in problems}
    for problem in problems:
        assert re.search("[А-Яа-я]", problem.text.ru)
        assert not re.search("[А-Яа-я]", problem.text.en)
    with pytest.raises(Invalid) as raised:
        compile_rule(rule, registry_scope(NOW, ZONE))
    assert list(raised.value.problems) == problems


def test_all_problems_come_at_once() -> None:
    rule = {
        "combinator": "?",
        "rules": [
            {"field": "nothing", "operator": "=", "value": 1},
            {"combinator": "or", "rules": [{"field": "dpd", "operator": "~", "value": 1}]},
            {"field": "dpd", "operator": "=", "value": "x"},
        ],
    }
    assert [(problem.code, problem.field) for problem in check_rule(rule)] == [
        ("rule.combinator", "combinator"),
        ("rule.field", "rules.0.field"),
        ("rule.operator", "rules.1.rules.0.operator"),
        ("rule.value", "rules.2.value"),
    ]


def nested(depth: int) -> dict[str, Any]:
    rule = a_rule(field="dpd", operator="=", value=1)
    for _ in range(depth - 1):
        rule = {"combinator": "or", "not": True, "rules": [rule]}
    return rule


def test_the_largest_rules_run_and_larger_ones_are_refused(database: Database) -> None:
    condition = {"field": "contacts_sms_7d", "operator": ">=", "value": 1}
    widest = {"combinator": "or", "rules": [condition] * MAX_RULES}
    with database.read() as session:
        for rule in (widest, nested(MAX_DEPTH)):
            assert session.scalars(matching(rule, registry_scope(NOW, ZONE))).all() == []
    assert {p.code for p in check_rule(nested(MAX_DEPTH + 1))} == {"rule.too_deep"}
    assert {p.code for p in check_rule(nested(3_000))} == {"rule.too_deep"}
    too_wide = {"combinator": "or", "rules": [condition] * (MAX_RULES + 1)}
    assert {p.code for p in check_rule(too_wide)} == {"rule.too_many"}
    too_many = a_rule(field="dpd", operator="in", value=list(range(1_500)))
    assert {p.code for p in check_rule({"combinator": "or", "rules": [too_many] * 2})} == {"rule.too_many"}


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(sorted(FIELDS)),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["combinator", "not", "rules", "field", "operator", "value", "x"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_no_input_breaks_the_check(raw: Any) -> None:
    for problem in check_rule(raw):
        assert problem.text.ru
        assert problem.text.en


def test_values_may_come_as_a_form_sends_them(registry: Registry) -> None:
    database, _ = registry
    with database.read() as session:
        for text, typed in (
            (("dpd", "in", "1, 29,30"), [1, 29, 30]),
            (("dpd", "between", "1,30"), [1, 30]),
            (("overdue", ">=", "100000"), 100_000),
            (("has_phone", "=", "true"), True),
            (("tag", "in", "vip,судится"), ["vip", "судится"]),
        ):
            name, operator, value = text
            found = [
                set(
                    session.scalars(
                        matching(a_rule(field=name, operator=operator, value=given), registry_scope(NOW, ZONE))
                    )
                )
                for given in (value, typed)
            ]
            assert found[0] == found[1] != set()


def test_the_fields_of_a_rule_come_once_in_reading_order() -> None:
    rule = {
        "combinator": "and",
        "rules": [
            {"field": "overdue", "operator": ">", "value": 1},
            {"combinator": "or", "rules": [{"field": "dpd", "operator": ">", "value": 1}]},
            {"field": "overdue", "operator": "<", "value": 9},
        ],
    }
    assert fields_of(rule) == ("overdue", "dpd")


def test_an_unknown_field_cannot_be_read() -> None:
    with pytest.raises(NotFound):
        field_expression("password", registry_scope(NOW, ZONE))


def test_the_reference_looks_at_another_day_than_utc() -> None:
    assert NOW.date() != TODAY
