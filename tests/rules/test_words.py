"""Rules read as a colleague would say them, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from scenario_engine.rules.fields import FIELDS
from scenario_engine.rules.words import counted, money, rule_in_words
from tests.rules.strategies import rules

#: in the expected sentences below: the space inside an amount, and the one before its sign
SPACES = str.maketrans({"\N{NARROW NO-BREAK SPACE}": " ", "\N{NO-BREAK SPACE}": " "})


def is_(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def all_of(*rules: dict[str, Any], negated: bool = False) -> dict[str, Any]:
    return {"combinator": "and", "not": negated, "rules": list(rules)}


def any_of(*rules: dict[str, Any], negated: bool = False) -> dict[str, Any]:
    return {"combinator": "or", "not": negated, "rules": list(rules)}


LATE, BROKEN, RICH = (
    is_("dpd", ">=", 30),
    is_("last_promise", "=", "broken"),
    is_("overdue", ">", 100_050),
)


@pytest.mark.parametrize(
    ("rule", "english", "russian"),
    [
        (all_of(), "all loans", "все займы"),
        (all_of(negated=True), "no loans", "ни одного займа"),
        (
            all_of(LATE, BROKEN),
            "delinquency is at least 30 days and last promise is broken",
            "просрочка от 30 дней и последнее обещание — нарушено",
        ),
        (
            any_of(all_of(LATE, BROKEN), RICH),
            "delinquency is at least 30 days and last promise is broken or overdue amount is more than 1 000.50 ₽",
            "просрочка от 30 дней и последнее обещание — нарушено или сумма просрочки больше 1 000,50 ₽",
        ),
        (
            all_of(LATE, any_of(BROKEN, RICH)),
            "delinquency is at least 30 days and (last promise is broken or overdue amount is more than 1 000.50 ₽)",
            "просрочка от 30 дней и (последнее обещание — нарушено или сумма просрочки больше 1 000,50 ₽)",
        ),
        (
            all_of(any_of(any_of(BROKEN, RICH)), LATE),
            "(last promise is broken or overdue amount is more than 1 000.50 ₽) and delinquency is at least 30 days",
            "(последнее обещание — нарушено или сумма просрочки больше 1 000,50 ₽) и просрочка от 30 дней",
        ),
        (
            all_of(any_of(LATE), BROKEN, negated=True),
            "not (delinquency is at least 30 days and last promise is broken)",
            "неверно, что (просрочка от 30 дней и последнее обещание — нарушено)",
        ),
        (all_of(is_("dpd", "=", 1)), "delinquency is exactly 1 day", "просрочка ровно 1 день"),
        (all_of(is_("dpd", ">", 1)), "delinquency is more than 1 day", "просрочка больше 1 дня"),
        (all_of(is_("dpd", ">=", 21)), "delinquency is at least 21 days", "просрочка от 21 дня"),
        (all_of(is_("dpd", "between", "1,3")), "delinquency is from 1 to 3 days", "просрочка от 1 до 3 дней"),
        (all_of(is_("debt_burden", "<=", 50)), "debt burden is at most 50%", "ПДН не больше 50 %"),
        (
            all_of(is_("overdue", "between", [100_000, 200_000])),
            "overdue amount is from 1 000 ₽ to 2 000 ₽",
            "сумма просрочки от 1 000 ₽ до 2 000 ₽",
        ),
        (all_of(is_("risk_score", "null")), "risk score is unknown", "скоринговый балл не указан"),
        (all_of(is_("risk_group", "notNull")), "risk group is known", "группа риска указана"),
        (all_of(is_("has_phone", "=", False)), "there is no phone", "нет телефона"),
        (all_of(is_("has_phone", "!=", False)), "there is a phone", "есть телефон"),
        (
            all_of(is_("channel", "in", ["site", "app"])),
            "channel of issue is one of site, application",
            "канал выдачи из списка сайт, приложение",
        ),
        (all_of(is_("tag", "=", "vip")), "there is the tag “vip”", "есть метка «vip»"),
        (
            all_of(is_("issued_on", "<", "2026-01-31")),
            "date of issue is before 2026-01-31",
            "дата выдачи раньше 31.01.2026",
        ),
        (
            all_of(is_("last_disposition", "contains", "{0}")),
            "last disposition contains “{0}”",
            "последний результат задачи содержит «{0}»",
        ),
    ],
)
def test_a_rule_reads_naturally(rule: dict[str, Any], english: str, russian: str) -> None:
    assert rule_in_words(rule, "en").translate(SPACES) == english
    assert rule_in_words(rule, "ru").translate(SPACES) == russian


@pytest.mark.parametrize(
    ("number", "nominative", "genitive"),
    [
        (0, "0 дней", "0 дней"),
        (1, "1 день", "1 дня"),
        (2, "2 дня", "2 дней"),
        (4, "4 дня", "4 дней"),
        (5, "5 дней", "5 дней"),
        (11, "11 дней", "11 дней"),
        (12, "12 дней", "12 дней"),
        (21, "21 день", "21 дня"),
        (22, "22 дня", "22 дней"),
        (111, "111 дней", "111 дней"),
        (121, "121 день", "121 дня"),
    ],
)
def test_russian_units_agree_with_their_number(number: int, nominative: str, genitive: str) -> None:
    unit = FIELDS["dpd"].unit
    assert unit is not None
    assert counted(number, unit, "ru") == nominative
    assert counted(number, unit, "ru", genitive=True) == genitive


def test_amounts_are_grouped_by_narrow_spaces_and_never_broken() -> None:
    assert money(123_456_789, "ru") == "1\u202f234\u202f567,89\u00a0₽"
    assert money(100_000_000, "en") == "1\u202f000\u202f000\u00a0₽"
    assert money(-150, "en") == "−1.50\u00a0₽"
    assert money(5, "ru") == "0,05\u00a0₽"


@settings(max_examples=200, deadline=None, database=None)
@given(rule=rules())
def test_every_rule_has_words_with_balanced_brackets(rule: dict[str, Any]) -> None:
    for language in ("en", "ru"):
        said = rule_in_words(rule, language)
        assert said
        assert said.count("(") == said.count(")")
        assert "None" not in said
