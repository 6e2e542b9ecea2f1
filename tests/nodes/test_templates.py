"""Texts of messages: what may be put in, how it is shown, and that nothing else is possible."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_engine.errors import Invalid
from scenario_engine.nodes.templates import MAX_MARKS, MAX_TEMPLATE, MAX_VALUE, VARIABLES, check_template, money, render

HARD = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("kopecks", "shown"),
    [
        (0, "0,00 ₽"),
        (5, "0,05 ₽"),
        (123_450, "1 234,50 ₽"),
        (100_000_000, "1 000 000,00 ₽"),
        (-123_450, "−1 234,50 ₽"),
        (99_999, "999,99 ₽"),
    ],
)
def test_sums_are_shown_in_roubles(kopecks: int, shown: str) -> None:
    assert money(kopecks) == shown.replace(" ", HARD)


def test_values_are_shown_as_a_person_writes_them() -> None:
    text = "{{ first_name }}: {{ overdue }} = {{ overdue | money }}, до {{ next_due_on | date }}"
    text += " ({{next_due_on}}), {{ dpd }}"
    values = {"first_name": "Анна", "overdue": 123_450, "next_due_on": date(2026, 1, 9), "dpd": 3}

    assert render(text, values) == f"Анна: 1{HARD}234,50{HARD}₽ = 1{HARD}234,50{HARD}₽, до 09.01.2026 (09.01.2026), 3"


def test_a_value_that_is_missing_leaves_nothing() -> None:
    assert render("[{{ next_due_on }}{{ full_name }}{{ overdue | money }}]", {"next_due_on": None}) == "[]"


def test_a_value_is_never_read_as_a_template() -> None:
    assert render("{{ full_name }}", {"full_name": "{{ overdue }}<b>"}) == "{{ overdue }}<b>"


def test_a_long_value_is_cut() -> None:
    assert len(render("{{ full_name }}", {"full_name": "x" * 10_000})) == MAX_VALUE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ shoe_size }}", "template.variable"),
        ("{{ range }}", "template.variable"),
        ("{{ self }}", "template.variable"),
        ("{{ dpd | upper }}", "template.filter"),
        ("{{ dpd", "template.syntax"),
        ("{% if dpd %}", "template.syntax"),
        ("{% nonsense %}", "template.syntax"),
        ("{{ }}", "template.syntax"),
        ("{% if dpd %}x{% endif %}", "template.forbidden"),
        ("{% for a in dpd %}x{% endfor %}", "template.forbidden"),
        ("{% set a = 1 %}", "template.forbidden"),
        ("{% macro a() %}{% endmacro %}", "template.forbidden"),
        ("{% include 'x' %}", "template.forbidden"),
        ("{{ 'a' * 10 ** 9 }}", "template.forbidden"),
        ("{{ dpd + 1 }}", "template.forbidden"),
        ("{{ dpd ~ dpd }}", "template.forbidden"),
        ("{{ dpd.real }}", "template.forbidden"),
        ("{{ dpd['real'] }}", "template.forbidden"),
        ("{{ dpd() }}", "template.forbidden"),
        ("{{ 5 }}", "template.forbidden"),
        ("{{ [dpd] }}", "template.forbidden"),
        ("{{ dpd if dpd else dpd }}", "template.forbidden"),
        ("{{ overdue | money(1) }}", "template.forbidden"),
        ("{{ overdue | money(*dpd) }}", "template.forbidden"),
        ("{{ dpd is none }}", "template.forbidden"),
        ("{{" + "(" * 1000 + "dpd" + ")" * 1000 + "}}", "template.forbidden"),
        ("x" * (MAX_TEMPLATE + 1), "template.length"),
        ("{{dpd}}" * (MAX_MARKS + 1), "template.length"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_whatever_is_not_putting_a_value_in_is_refused(text: str, code: str) -> None:
    assert code in {problem.code for problem in check_template(text)}
    with pytest.raises(Invalid) as refused:
        render(text, {})
    assert refused.value.problems


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_every_value_of_the_catalogue_can_be_put_in(name: str) -> None:
    assert check_template(f"{{{{ {name} }}}}") == []
    assert render(f"{{{{ {name} }}}}", {name: VARIABLES[name].example})


@given(st.text(st.sampled_from("{}%#-()|[]'\"\\ \nabdp_dpd.*+~"), max_size=60) | st.text(max_size=60))
def test_any_text_is_either_refused_with_a_reason_or_rendered(text: str) -> None:
    problems = check_template(text)
    if problems:
        assert all(problem.text.en and problem.text.ru for problem in problems)
    else:
        assert isinstance(render(text, {"dpd": 1}), str)


def test_hostile_texts_cost_no_time() -> None:
    started = time.perf_counter()
    for text in ("{{ dpd " * 1400, "{" * MAX_TEMPLATE, "{{" + "-" * 9_000 + "dpd}}", "{{ dpd" + "|money" * 1500 + "}}"):
        assert check_template(text)
    assert time.perf_counter() - started < 2
