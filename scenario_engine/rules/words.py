"""A rule as a sentence, English or Russian: «просрочка от 30 дней и последнее обещание — нарушено»."""

from __future__ import annotations

from datetime import date
from typing import Any

from scenario_engine.rules.condition import read_valid
from scenario_engine.rules.field import Field, Unit
from scenario_engine.rules.syntax import Comparison, Group, Value
from scenario_engine.texts import Text

#: between the thousands of an amount: narrow and not broken at the end of a line
THIN = "\N{NARROW NO-BREAK SPACE}"
HARD = "\N{NO-BREAK SPACE}"

_EVERY = Text("all loans", "все займы")
_NONE = Text("no loans", "ни одного займа")
_AND = Text(" and ", " и ")
_OR = Text(" or ", " или ")
_NOT = Text("not ({inner})", "неверно, что ({inner})")

#: Russian amounts after these words stand in the genitive: «от 1 дня», but «ровно 1 день»
_GENITIVE = {"<", "<=", ">", ">=", "between", "notBetween"}
_PATTERNS = {
    "=": Text("{what} is exactly {value}", "{what} ровно {value}"),
    "!=": Text("{what} is not {value}", "{what} не {value}"),
    "<": Text("{what} is less than {value}", "{what} меньше {value}"),
    "<=": Text("{what} is at most {value}", "{what} не больше {value}"),
    ">": Text("{what} is more than {value}", "{what} больше {value}"),
    ">=": Text("{what} is at least {value}", "{what} от {value}"),
    "between": Text("{what} is from {low} to {value}", "{what} от {low} до {value}"),
    "notBetween": Text("{what} is outside {low} to {value}", "{what} вне промежутка от {low} до {value}"),
    "in": Text("{what} is one of {list}", "{what} из списка {list}"),
    "notIn": Text("{what} is none of {list}", "{what} не из списка {list}"),
    "contains": Text("{what} contains {value}", "{what} содержит {value}"),
    "beginsWith": Text("{what} begins with {value}", "{what} начинается с {value}"),
    "null": Text("{what} is unknown", "{what} не {known}"),
    "notNull": Text("{what} is known", "{what} {known}"),
}
_CHOICE_PATTERNS = {
    "=": Text("{what} is {value}", "{what} — {value}"),
    "!=": Text("{what} is not {value}", "{what} — не {value}"),
}
_DATE_PATTERNS = {
    "=": Text("{what} is {value}", "{what} — {value}"),
    "!=": Text("{what} is not {value}", "{what} — не {value}"),
    "<": Text("{what} is before {value}", "{what} раньше {value}"),
    "<=": Text("{what} is {value} or earlier", "{what} — {value} или раньше"),
    ">": Text("{what} is after {value}", "{what} позже {value}"),
    ">=": Text("{what} is {value} or later", "{what} — {value} или позже"),
    "between": Text("{what} is from {low} to {value}", "{what} с {low} по {value}"),
    "notBetween": Text("{what} is outside {low} to {value}", "{what} вне промежутка с {low} по {value}"),
}
_TAG_PATTERNS = {
    "=": Text("there is the tag {value}", "есть метка {value}"),
    "!=": Text("there is no tag {value}", "нет метки {value}"),
    "in": Text("there is any of the tags {list}", "есть любая из меток {list}"),
    "notIn": Text("there is none of the tags {list}", "нет ни одной из меток {list}"),
    "null": Text("there are no tags", "меток нет"),
    "notNull": Text("there are tags", "есть метки"),
}
_YES = Text("yes", "да")
_NO = Text("no", "нет")
_KNOWN = {"m": "указан", "f": "указана", "n": "указано", "p": "указаны"}


def rule_in_words(rule: Any, language: str) -> str:
    """The rule as one sentence without a full stop; raises `Invalid` with all problems."""
    tree = read_valid(rule)
    if not tree.members:
        return (_NONE if tree.negated else _EVERY).say(language)
    return _group(tree, language)


def money(kopecks: int, language: str) -> str:
    """An amount of kopecks in roubles: ``1 000 ₽``, with kopecks only when there are some."""
    roubles, rest = divmod(abs(kopecks), 100)
    mark = "," if language.startswith("ru") else "."
    tail = f"{mark}{rest:02}" if rest else ""
    return f"{'−' if kopecks < 0 else ''}{_grouped(roubles)}{tail}{HARD}₽"


def counted(number: int, unit: Unit, language: str, *, genitive: bool = False) -> str:
    """A number with its unit in the right form: «1 день», «от 1 дня», «5 дней»."""
    shown = _number(number)
    if unit.key == "percent":
        return f"{shown}{HARD}%" if language.startswith("ru") else f"{shown}%"
    return f"{shown} {_form(abs(number), unit, language, genitive)}"


def _form(number: int, unit: Unit, language: str, genitive: bool) -> str:
    if not language.startswith("ru"):
        return unit.en[0] if number == 1 else unit.en[1]
    one, few, many = unit.ru
    if number % 10 == 1 and number % 100 != 11:
        return few if genitive else one  # the genitive of one («1 дня») is the form that follows two
    if not genitive and number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return few
    return many


def _group(group: Group, language: str) -> str:
    parts = [
        _member(member, language, inside=group.combinator if len(group.members) > 1 else None)
        for member in group.members
    ]
    joined = (_AND if group.combinator == "and" else _OR).say(language).join(parts)
    return _NOT.say(language).format(inner=joined) if group.negated else joined


def _member(member: Comparison | Group, language: str, inside: str | None) -> str:
    if isinstance(member, Comparison):
        return _comparison(member, language)
    said = _group(member, language)
    return f"({said})" if inside == "and" and _shows_or(member) else said


def _shows_or(group: Group) -> bool:
    """The group reads as «a или b», so it needs brackets among conditions joined by «и»."""
    if group.negated:
        return False
    if len(group.members) == 1:
        only = group.members[0]
        return isinstance(only, Group) and _shows_or(only)
    return group.combinator == "or"


def _comparison(found: Comparison, language: str) -> str:
    field, operator, values = found.field, found.operator, found.values
    if field.type == "boolean":
        holds = (values[0] is True) == (operator == "=")
        return (field.phrase if holds or field.otherwise is None else field.otherwise).say(language)
    pattern = _PATTERNS[operator]
    if field.type == "choice":
        pattern = _CHOICE_PATTERNS.get(operator, pattern)
    elif field.type == "date":
        pattern = _DATE_PATTERNS.get(operator, pattern)
    elif field.type == "tags":
        pattern = _TAG_PATTERNS[operator]
    elif field.type == "text" and operator in ("=", "!="):
        pattern = _CHOICE_PATTERNS[operator]
    genitive = operator in _GENITIVE
    said = [_value(field, value, language, genitive) for value in values]
    low = ""
    if len(values) == 2:
        # «от 1 до 30 дней»: the unit is said once
        low = _number(values[0]) if isinstance(values[0], int) and field.type == "number" else said[0]
    return pattern.say(language).format(
        what=field.phrase.say(language),
        value=said[-1] if said else "",
        low=low,
        list=", ".join(said),
        known=_KNOWN[field.gender],
    )


def _value(field: Field, value: Value, language: str, genitive: bool) -> str:
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y") if language.startswith("ru") else value.isoformat()
    if isinstance(value, int):
        if field.type == "money":
            return money(value, language)
        return _number(value) if field.unit is None else counted(value, field.unit, language, genitive=genitive)
    for choice in field.choices:
        if choice.key == value:
            return choice.title.say(language)
    quoted = f"«{value}»" if language.startswith("ru") else f"“{value}”"
    return value if field.type == "choice" else quoted


def value_in_words(field: Field, value: Value, language: str) -> str:
    """One value of a field, e.g. as a rule read it, to stand beside the field's title."""
    if isinstance(value, bool):
        return (_YES if value else _NO).say(language)
    return _value(field, value, language, False)


def _number(number: int) -> str:
    return f"{'−' if number < 0 else ''}{_grouped(abs(number))}"


def _grouped(number: int) -> str:
    """Thousands set apart."""
    return f"{number:,}".replace(",", THIN)
