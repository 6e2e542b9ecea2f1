"""Texts of messages: variables and filters of a small catalogue, and nothing else that a template language can do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scenario_engine.errors import Invalid, Problem
from scenario_engine.policies.pack import IDENTIFICATION
from scenario_engine.texts import Text

#: longest template, longest value put in, and how often one template may put in values, in characters
MAX_TEMPLATE = 10_000
MAX_VALUE = 500
MAX_MARKS = 200
#: values without which a message does not say who writes, whatever the contact policy
CREDITOR = frozenset(IDENTIFICATION)
#: between the thousands of a sum, and before the sign of the currency
HARD = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, kw_only=True)
class Variable:
    """What a template may name."""

    title: Text
    #: money is given in kopecks and shown in roubles, a day is shown as 31.12.2026
    kind: Literal["text", "number", "money", "date"] = "text"
    #: what a preview shows
    example: Any


VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        "first_name": Variable(title=Text("First name", "Имя"), example="Анна"),
        "full_name": Variable(title=Text("Full name", "ФИО"), example="Примерова Анна Ивановна"),
        "overdue": Variable(title=Text("Overdue debt", "Просроченный долг"), kind="money", example=123_450),
        "balance": Variable(title=Text("All that is owed", "Весь долг"), kind="money", example=2_500_000),
        "dpd": Variable(title=Text("Days past due", "Дней просрочки"), kind="number", example=3),
        "next_due_on": Variable(
            title=Text("Next instalment", "Дата очередного платежа"), kind="date", example=date(2026, 1, 15)
        ),
        "creditor_name": Variable(title=Text("Creditor", "Кредитор"), example="ООО МКК «Пример»"),
        "creditor_phone": Variable(title=Text("Creditor's phone", "Телефон кредитора"), example="+7 800 000-00-00"),
        "optout_url": Variable(
            title=Text("Link that refuses such messages", "Ссылка для отказа от таких сообщений"),
            example="https://example.test/o/sAbCdEfGhIjKlMnO",
        ),
        "loan_number": Variable(title=Text("Loan number", "Номер займа"), example="Z-0001"),
        "product": Variable(title=Text("Product", "Продукт"), example="Займ до зарплаты"),
    }
)


def money(kopecks: int) -> str:
    """``1 234,50 ₽`` for 123450; the spaces do not break a line."""
    sign, whole = "−" if kopecks < 0 else "", f"{abs(kopecks) // 100:,}".replace(",", HARD)
    return f"{sign}{whole},{abs(kopecks) % 100:02d}{HARD}₽"


class Amount(int):
    """Kopecks that show themselves as roubles."""

    def __str__(self) -> str:
        """With roubles and kopecks."""
        return money(int(self))


class Day(date):
    """A day that shows itself as 31.12.2026."""

    def __str__(self) -> str:
        """Day, month, year."""
        return self.strftime("%d.%m.%Y")


def _as_money(value: Any) -> str:
    return money(int(value)) if isinstance(value, int) else str(value)


def _as_date(value: Any) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


FILTERS: Mapping[str, tuple[Any, Text]] = MappingProxyType(
    {
        "money": (_as_money, Text("Sum in roubles", "Сумма в рублях")),
        "date": (_as_date, Text("Day, month, year", "День, месяц, год")),
    }
)

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.filters = {name: function for name, (function, _) in FILTERS.items()}
_ENVIRONMENT.globals = {}
_ENVIRONMENT.tests = {}
_MARK = re.compile(r"\{[{%].*?[%}]\}")
_PLAIN_MARK = re.compile(r"\{\{-?\s*\w+(\s*\|\s*\w+)*\s*-?\}\}")


def check_template(text: str) -> list[Problem]:
    """What is wrong with a template: syntax, unknown variables and filters, anything but putting values in."""
    if len(text) > MAX_TEMPLATE:
        return [
            _problem(
                "length", f"The text is longer than {MAX_TEMPLATE} characters.", f"Текст длиннее {MAX_TEMPLATE} знаков."
            )
        ]
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        return [
            _problem(
                "syntax",
                f"The text cannot be read near line {error.lineno}: check the braces {{{{ }}}}.",
                f"Не удаётся разобрать текст около строки {error.lineno}: проверьте скобки {{{{ }}}}.",
            )
        ]
    except RecursionError:
        return [_forbidden(text, None)]
    problems: list[Problem] = []
    marks = 0
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            problems.append(_forbidden(text, output.lineno))
            continue
        for part in output.nodes:
            if not isinstance(part, nodes.TemplateData):
                marks += 1
                problems += _check_mark(part, text)
    if marks > MAX_MARKS:
        problems.append(
            _problem("length", f"More than {MAX_MARKS} values are put in.", f"Подстановок больше {MAX_MARKS}.")
        )
    return list(dict.fromkeys(problems))


def _check_mark(part: nodes.Expr, text: str) -> list[Problem]:
    problems = []
    line = part.lineno
    depth = 0
    while isinstance(part, nodes.Filter) and part.node is not None and depth < 5:
        if part.name not in FILTERS:
            name = part.name[:40]
            known = ", ".join(FILTERS)
            problems.append(
                _problem(
                    "filter",
                    f"There is no filter “{name}”; there are: {known}.",
                    f"Фильтра «{name}» нет; есть: {known}.",
                )
            )
        if part.args or part.kwargs or part.dyn_args or part.dyn_kwargs:
            problems.append(_forbidden(text, line))
        part, depth = part.node, depth + 1
    if not isinstance(part, nodes.Name):
        return [*problems, _forbidden(text, line)]
    if part.name not in VARIABLES:
        name = part.name[:40]
        known = ", ".join(VARIABLES)
        problems.append(
            _problem(
                "variable",
                f"There is no value “{name}”; there are: {known}.",
                f"Подстановки «{name}» нет; есть: {known}.",
            )
        )
    return problems


def names_in(text: str) -> set[str]:
    """Names of the values that a valid template puts in."""
    return {name.name for name in _ENVIRONMENT.parse(text).find_all(nodes.Name)}


def render(text: str, values: Mapping[str, Any]) -> str:
    """The text with the values put in: money in kopecks, days as `date`; a missing value leaves nothing.

    Raises `Invalid` for a template that `check_template` refuses.
    """
    template, names = _compiled(text)
    shown = {name: _shown(VARIABLES[name], values.get(name)) for name in names}
    try:
        return template.render(shown)
    except TemplateError as error:
        raise Invalid(
            Text("The text of the message cannot be filled in.", "Не удалось заполнить текст сообщения."),
            code="template",
        ) from error


@lru_cache(maxsize=512)
def _compiled(text: str) -> tuple[Template, frozenset[str]]:
    """With the names of its values."""
    problems = check_template(text)
    if problems:
        raise Invalid(
            Text("The text of the message is not valid.", "Текст сообщения составлен неверно."),
            code="template",
            problems=problems,
        )
    return _ENVIRONMENT.from_string(text), frozenset(names_in(text))


def _shown(variable: Variable, value: Any) -> Any:
    if value is None:
        return ""
    if variable.kind == "money" and isinstance(value, int):
        return Amount(value)
    if variable.kind == "date" and isinstance(value, date):
        return Day(value.year, value.month, value.day)
    return str(value)[:MAX_VALUE]


def _problem(kind: str, en: str, ru: str) -> Problem:
    return Problem(code=f"template.{kind}", text=Text(en, ru))


def _forbidden(text: str, line: int | None) -> Problem:
    en, ru = _place(text, line)
    return _problem(
        "forbidden",
        f"{en}A text can only put values in: {{{{ overdue }}}}. Conditions, loops and calculations do not work here.",
        f"{ru}В тексте можно только подставлять значения: {{{{ overdue }}}}. Условия, циклы и вычисления не работают.",
    )


def _place(text: str, line: int | None) -> Text:
    """Where in the text something is that is more than a value: “Line 2, “{% for …%}”. ”; empty when nobody knows."""
    lines = text.splitlines()
    if line is None or not 0 < line <= len(lines):
        return Text("", "")
    mark = next((found for found in _MARK.findall(lines[line - 1]) if not _PLAIN_MARK.fullmatch(found)), "")
    shown = mark if len(mark) <= 60 else f"{mark[:59]}…"
    if not shown:
        return Text(f"Line {line}. ", f"Строка {line}. ")
    return Text(f"Line {line}, “{shown}”. ", f"Строка {line}, «{shown}». ")
