"""Fields of the borrower, and the news that bureau and bailiffs bring."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, Loan
from scenario_engine.rules.field import Choice, Field, RuleScope
from scenario_engine.texts import Text

BAILIFF_STATES = (
    Choice("none", Text("nothing filed", "не обращались")),
    Choice("filed", Text("filed", "подано")),
    Choice("opened", Text("proceedings opened", "производство открыто")),
    Choice("ended", Text("proceedings ended", "производство окончено")),
)
BUREAU_STATES = (
    Choice("none", Text("no news", "нет новостей")),
    Choice("worse", Text("got worse", "стало хуже")),
    Choice("better", Text("got better", "стало лучше")),
    Choice("bankrupt", Text("bankrupt", "банкрот")),
)


def known_regions(session: Session) -> Sequence[Choice]:
    """Regions that borrowers of the registry live in, by code."""
    found = session.scalars(
        select(Borrower.region).where(Borrower.region.is_not(None)).distinct().order_by(Borrower.region)
    )
    return [Choice(code, Text(code, code)) for code in found if code]


def overdue_loans(scope: RuleScope) -> ColumnElement[int]:
    """How many open loans of the borrower have overdue debt, this one included."""
    loan = Loan.__table__.alias()
    return (
        select(func.count())
        .select_from(loan)
        .where(loan.c.borrower_id == scope.borrower.id, loan.c.overdue > 0, loan.c.state == "open")
        .correlate_except(loan)
        .scalar_subquery()
    )


def open_loans(scope: RuleScope) -> ColumnElement[int]:
    """How many open loans the borrower has, this one included."""
    loan = Loan.__table__.alias()
    return (
        select(func.count())
        .select_from(loan)
        .where(loan.c.borrower_id == scope.borrower.id, loan.c.state == "open")
        .correlate_except(loan)
        .scalar_subquery()
    )


BORROWER_FIELDS = (
    Field(
        key="region",
        dated=True,
        type="choice",
        group="borrower",
        title=Text("Region", "Регион"),
        phrase=Text("region", "регион"),
        known=known_regions,
        nullable=True,
        expression=lambda scope: scope.borrower.region,
    ),
    Field(
        key="repeat_borrower",
        type="boolean",
        group="borrower",
        title=Text("Repeat borrower", "Повторный заёмщик"),
        phrase=Text("the borrower is a repeat one", "заёмщик повторный"),
        otherwise=Text("the borrower is a new one", "заёмщик новый"),
        expression=lambda scope: scope.loan.ordinal > 1,
    ),
    Field(
        key="borrower_loans",
        type="number",
        group="borrower",
        title=Text("Loans ever taken", "Всего займов у нас"),
        phrase=Text("number of loans ever taken", "число займов заёмщика"),
        gender="n",
        expression=lambda scope: scope.borrower.loans_count,
    ),
    Field(
        key="borrower_overdue_loans",
        type="number",
        group="borrower",
        title=Text("Overdue loans of the borrower", "Просроченных займов у заёмщика"),
        phrase=Text("number of overdue loans of the borrower", "число просроченных займов заёмщика"),
        gender="n",
        expression=overdue_loans,
    ),
    Field(
        key="borrower_open_loans",
        type="number",
        group="borrower",
        title=Text("Open loans of the borrower", "Действующих займов у заёмщика"),
        phrase=Text("number of open loans of the borrower", "число действующих займов заёмщика"),
        gender="n",
        expression=open_loans,
    ),
    Field(
        key="has_phone",
        type="boolean",
        group="borrower",
        title=Text("Has a phone", "Есть телефон"),
        phrase=Text("there is a phone", "есть телефон"),
        otherwise=Text("there is no phone", "нет телефона"),
        expression=lambda scope: scope.borrower.phone.is_not(None),
    ),
    Field(
        key="has_email",
        type="boolean",
        group="borrower",
        title=Text("Has an e-mail address", "Есть электронная почта"),
        phrase=Text("there is an e-mail address", "есть электронная почта"),
        otherwise=Text("there is no e-mail address", "нет электронной почты"),
        expression=lambda scope: scope.borrower.email.is_not(None),
    ),
    Field(
        key="has_messenger",
        type="boolean",
        group="borrower",
        title=Text("Has a messenger", "Есть мессенджер"),
        phrase=Text("there is a messenger", "есть мессенджер"),
        otherwise=Text("there is no messenger", "нет мессенджера"),
        expression=lambda scope: scope.borrower.messenger.is_not(None),
    ),
    Field(
        key="contact_stop",
        type="boolean",
        group="borrower",
        title=Text("Contacts are stopped", "Контакты запрещены"),
        phrase=Text("contacts are stopped", "контакты запрещены"),
        otherwise=Text("contacts are allowed", "контакты разрешены"),
        expression=lambda scope: scope.borrower.contact_stop.is_not(None),
    ),
    Field(
        key="lending_restricted",
        type="boolean",
        group="borrower",
        title=Text("New loans are refused", "Новые займы закрыты"),
        phrase=Text("new loans are refused", "новые займы закрыты"),
        otherwise=Text("new loans are allowed", "новые займы доступны"),
        expression=lambda scope: scope.borrower.lending_restricted_at.is_not(None),
    ),
    Field(
        key="bailiff_state",
        type="choice",
        group="legal",
        title=Text("Bailiffs", "Приставы"),
        phrase=Text("bailiffs", "приставы"),
        gender="p",
        choices=BAILIFF_STATES,
        expression=lambda scope: scope.loan.bailiff_state,
    ),
    Field(
        key="bureau_state",
        type="choice",
        group="legal",
        title=Text("News from the credit bureau", "Новость из бюро кредитных историй"),
        phrase=Text("credit bureau", "бюро кредитных историй"),
        gender="n",
        choices=BUREAU_STATES,
        expression=lambda scope: scope.loan.bureau_state,
    ),
)
