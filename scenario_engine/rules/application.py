"""Rules over an application for a loan: the same language and the same SQL, over a row that stands for the loan to be.

What a loan says of itself, an application says of the borrower's open loans together: the worst delay, all that is
owed. A score or a debt burden that the application does not bring is that of the borrower's newest loan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Integer, String, func, literal, select
from sqlalchemy.orm import Session

from scenario_engine.errors import Problem
from scenario_engine.models import Borrower, Loan, Product, UtcDateTime, table_of
from scenario_engine.rules.condition import compile_rule, field_expression, fields_of
from scenario_engine.rules.field import Field, RuleScope
from scenario_engine.rules.fields import FIELDS
from scenario_engine.rules.syntax import comparisons, read_rule
from scenario_engine.texts import Text

#: what a rule may ask about an application, and what it is called there where a loan's own name would mislead
_TITLES: Mapping[str, Text | None] = {
    "channel": None,
    "principal": Text("Sum asked for", "Запрошенная сумма"),
    "ordinal": None,
    "risk_score": None,
    "risk_group": None,
    "debt_burden": None,
    "debt_burden_group": None,
    "dpd": Text("Days past due, the worst open loan", "Дней просрочки, худший из действующих займов"),
    "overdue": Text("Overdue on all open loans", "Просрочено по всем действующим займам"),
    "balance": Text("Owed on all open loans", "Долг по всем действующим займам"),
    "region": None,
    "repeat_borrower": None,
    "borrower_loans": None,
    "borrower_open_loans": None,
    "borrower_overdue_loans": None,
    "has_phone": None,
    "has_email": None,
    "contact_stop": None,
    "lending_restricted": None,
    "bailiff_state": None,
    "bureau_state": None,
}
APPLICATION_FIELDS: Sequence[Field] = tuple(field for key, field in FIELDS.items() if key in _TITLES)


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who asks for what."""

    borrower_id: int
    product_id: int
    #: kopecks
    principal: int
    channel: str | None
    #: null: as the newest loan has it
    risk_score: int | None
    debt_burden: int | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What rules say of an applicant."""

    #: for each rule, whether it holds
    holds: tuple[bool, ...]
    #: field -> what was read, as JSON; null: missing
    seen: Mapping[str, Any]


def title_of(field: Field) -> Text:
    """What the field is called when an application is asked."""
    return _TITLES[field.key] or field.title


def check(rule: Any) -> list[Problem]:
    """Everything that is wrong with a rule over applications."""
    tree, problems = read_rule(rule)
    if tree is None:
        return problems
    if not tree.members:
        text = Text("Say when it applies: add a condition.", "Укажите, когда это действует: добавьте условие.")
        return [Problem(code="rule.empty", text=text)]
    return [
        Problem(
            code="rule.field",
            text=Text(
                "“{title}” is not known of an application: choose another field.",
                "Для заявки поле «{title}» неизвестно: выберите другое.",
            ).format(title=found.field.title),
        )
        for found in comparisons(tree)
        if found.field.key not in _TITLES
    ]


def evaluate(session: Session, rules: Sequence[Any], applicant: Applicant, *, on: date) -> Found:
    """What the rules, all of them sound, say of the applicant on a day. One statement."""
    scope, source = _scope(applicant, on)
    asked = tuple(dict.fromkeys(key for rule in rules for key in fields_of(rule)))
    columns: list[ColumnElement[Any]] = [compile_rule(rule, scope).label(f"rule_{at}") for at, rule in enumerate(rules)]
    columns += [field_expression(key, scope).label(f"seen_{key}") for key in asked]
    if not columns:
        return Found(holds=(), seen={})
    row = session.execute(select(*columns).select_from(source)).one()
    return Found(
        holds=tuple(bool(value) for value in row[: len(rules)]),
        seen={
            key: bool(value) if FIELDS[key].type == "boolean" else value
            for key, value in zip(asked, row[len(rules) :], strict=True)
        },
    )


def _scope(applicant: Applicant, on: date) -> tuple[RuleScope, Any]:
    borrowers, products, loans = table_of(Borrower), table_of(Product), table_of(Loan)

    def of_all(what: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
        return select(what).where(loans.c.borrower_id == borrowers.c.id, *where).correlate(borrowers).scalar_subquery()

    def newest(column: ColumnElement[Any], known: ColumnElement[bool]) -> ColumnElement[Any]:
        found = select(column).where(loans.c.borrower_id == borrowers.c.id, known).order_by(loans.c.id.desc()).limit(1)
        return found.correlate(borrowers).scalar_subquery()

    def brought(value: int | None, column: ColumnElement[int]) -> ColumnElement[Any]:
        return literal(value, Integer()) if value is not None else newest(column, column.is_not(None))

    def news(column: ColumnElement[str]) -> ColumnElement[Any]:
        return func.coalesce(newest(column, column != "none"), "none")

    standing = loans.c.state == "open"
    facts = (
        select(
            borrowers.c.id.label("borrower_id"),
            literal(applicant.channel, String()).label("channel"),
            literal(applicant.principal, BigInteger()).label("principal"),
            (borrowers.c.loans_count + 1).label("ordinal"),
            brought(applicant.risk_score, loans.c.risk_score).label("risk_score"),
            newest(loans.c.risk_group, loans.c.risk_group.is_not(None)).label("risk_group"),
            brought(applicant.debt_burden, loans.c.debt_burden).label("debt_burden"),
            func.coalesce(of_all(func.max(loans.c.dpd), standing), 0).label("dpd"),
            func.coalesce(of_all(func.sum(loans.c.overdue), standing), 0).label("overdue"),
            func.coalesce(of_all(func.sum(loans.c.balance), standing), 0).label("balance"),
            news(loans.c.bailiff_state).label("bailiff_state"),
            news(loans.c.bureau_state).label("bureau_state"),
        )
        .where(borrowers.c.id == applicant.borrower_id)
        .subquery("application")
    )
    scope = RuleScope(
        loan=facts.c,
        borrower=borrowers.c,
        product=products.c,
        # no field of an application looks at the hour
        now=literal(datetime.combine(on, time(), UTC), UtcDateTime()),
        today=literal(on, Date()),
    )
    source = facts.join(borrowers, borrowers.c.id == facts.c.borrower_id)
    return scope, source.join(products, products.c.id == applicant.product_id)
