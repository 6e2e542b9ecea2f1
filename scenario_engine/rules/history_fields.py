"""Fields that look back: payments, promises, offers, contacts, dispositions, tags.

Each is one correlated sub-query.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select

from scenario_engine.models import Contact, LoanTag, Offer, Payment, Promise, Signal, Task
from scenario_engine.rules.field import DAYS, Choice, Field, RuleScope, whole_days
from scenario_engine.sql import days_between, shift_instant
from scenario_engine.texts import Text

DAY_SECONDS = 86_400
PROMISE_STATES = (
    Choice("open", Text("open", "действует")),
    Choice("kept", Text("kept", "выполнено")),
    Choice("broken", Text("broken", "нарушено")),
)
#: channel of a contact -> its name in titles and in sentences (accusative plural, genitive singular)
CHANNELS = {
    "sms": (Text("SMS", "SMS"), Text("SMS", "SMS")),
    "email": (Text("e-mails", "писем"), Text("e-mail", "письма")),
    "messenger": (
        Text("messenger messages", "сообщений в мессенджере"),
        Text("messenger message", "сообщения в мессенджере"),
    ),
    "robot_call": (Text("robot calls", "звонков робота"), Text("robot call", "звонка робота")),
    "operator_call": (Text("operator calls", "звонков оператора"), Text("operator call", "звонка оператора")),
}
KINDS = {
    "message": Text("messages", "сообщений"),
    "call": Text("calls", "звонков"),
    "meeting": Text("meetings", "личных встреч"),
}


def scalar(of: FromClause, what: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
    """One value out of the rows of `of` that belong to the scope's loan or borrower."""
    statement: Select[Any] = select(what).select_from(of).where(*where)
    return statement.correlate_except(of).scalar_subquery()


def within(column: ColumnElement[Any], scope: RuleScope, days: int) -> tuple[ColumnElement[bool], ...]:
    """The instant lies in the last `days` times 24 hours, and not after the scope's moment."""
    return column > shift_instant(scope.now, -days * DAY_SECONDS), column <= scope.now


def payments(scope: RuleScope, what: str, days: int) -> ColumnElement[int]:
    """Count or sum (kopecks) of the loan's payments in the last `days` days; 0 without payments."""
    rows = Payment.__table__.alias()
    value = func.count() if what == "count" else func.coalesce(func.sum(rows.c.amount), 0)
    return scalar(rows, value, rows.c.loan_id == scope.loan.id, *within(rows.c.paid_at, scope, days))


def promises(scope: RuleScope, state: str) -> ColumnElement[int]:
    """How many promises of the loan are in this state."""
    rows = Promise.__table__.alias()
    return scalar(rows, func.count(), rows.c.loan_id == scope.loan.id, rows.c.state == state)


def last_promise(scope: RuleScope) -> ColumnElement[str]:
    """State of the promise that was given last; null without promises."""
    rows = Promise.__table__.alias()
    newest = select(rows.c.state).where(rows.c.loan_id == scope.loan.id)
    newest = newest.order_by(rows.c.given_at.desc(), rows.c.id.desc()).limit(1)
    return newest.correlate_except(rows).scalar_subquery()


def offers(scope: RuleScope, state: str) -> ColumnElement[int]:
    """How many offers for the loan are in this state."""
    rows = Offer.__table__.alias()
    return scalar(rows, func.count(), rows.c.loan_id == scope.loan.id, rows.c.state == state)


def contacts(scope: RuleScope, days: int, **of: str) -> ColumnElement[int]:
    """Contact attempts with the borrower in the last `days` days, over all their loans."""
    rows = Contact.__table__.alias()
    same = [rows.c[name] == value for name, value in of.items()]
    return scalar(rows, func.count(), rows.c.borrower_id == scope.borrower.id, *same, *within(rows.c.at, scope, days))


def days_since_contact(scope: RuleScope, **of: str) -> ColumnElement[int]:
    """Full days since the last contact attempt with the borrower; null without one."""
    rows = Contact.__table__.alias()
    same = [rows.c[name] == value for name, value in of.items()]
    last = scalar(
        rows,
        func.max(rows.c.at),
        rows.c.borrower_id == scope.borrower.id,
        *same,
        rows.c.at <= scope.now,
    )
    return whole_days(scope.now, last)


def last_disposition(scope: RuleScope) -> ColumnElement[str]:
    """Disposition of the loan's task that was closed last; null without one."""
    rows = Task.__table__.alias()
    newest = select(rows.c.disposition).where(
        rows.c.loan_id == scope.loan.id, rows.c.disposition.is_not(None), rows.c.closed_at <= scope.now
    )
    newest = newest.order_by(rows.c.closed_at.desc(), rows.c.id.desc()).limit(1)
    return newest.correlate_except(rows).scalar_subquery()


def signals(scope: RuleScope, kind: str, days: int) -> ColumnElement[int]:
    """Signals of a kind for the loan in the last `days` days."""
    rows = Signal.__table__.alias()
    return scalar(
        rows,
        func.count(),
        rows.c.loan_id == scope.loan.id,
        rows.c.kind == kind,
        *within(rows.c.at, scope, days),
    )


def tags(scope: RuleScope) -> ColumnElement[str]:
    """The loan's tags as one text, for people; null without tags."""
    rows = LoanTag.__table__.alias()
    return scalar(rows, func.aggregate_strings(rows.c.tag, ", "), rows.c.loan_id == scope.loan.id)


def tagged(scope: RuleScope, chosen: ColumnElement[Any] | None) -> ColumnElement[bool]:
    """The loan has one of the `chosen` tags (a bound list), or any tag when it is None."""
    rows = LoanTag.__table__.alias()
    found = select(rows.c.id).where(rows.c.loan_id == scope.loan.id)
    if chosen is not None:
        found = found.where(rows.c.tag.in_(chosen))
    return found.correlate_except(rows).exists()


HISTORY_FIELDS = (
    Field(
        key="tag",
        type="tags",
        group="loan",
        title=Text("Tag", "Метка"),
        phrase=Text("tag", "метка"),
        gender="f",
        nullable=True,
        known=lambda session: [
            Choice(tag, Text(tag, tag)) for tag in session.scalars(select(LoanTag.tag).distinct().order_by(LoanTag.tag))
        ],
        expression=tags,
    ),
    *(
        Field(
            key=f"payments_count_{days}d",
            dated=True,
            type="number",
            group="payments",
            title=Text(f"Payments in {days} days", f"Платежей за {days} дней"),
            phrase=Text(f"number of payments in {days} days", f"число платежей за {days} дней"),
            gender="n",
            expression=partial(payments, what="count", days=days),
        )
        for days in (30, 90)
    ),
    *(
        Field(
            key=f"payments_amount_{days}d",
            dated=True,
            type="money",
            group="payments",
            title=Text(f"Paid in {days} days", f"Оплачено за {days} дней"),
            phrase=Text(f"amount paid in {days} days", f"сумма платежей за {days} дней"),
            gender="f",
            expression=partial(payments, what="sum", days=days),
        )
        for days in (30, 90)
    ),
    Field(
        key="days_since_last_payment",
        type="number",
        group="payments",
        title=Text("Days since the last payment", "Дней с последнего платежа"),
        phrase=Text("time since the last payment", "срок с последнего платежа"),
        unit=DAYS,
        nullable=True,
        expression=lambda scope: days_between(scope.today, scope.loan.last_payment_on),
    ),
    Field(
        key="promises_kept",
        type="number",
        group="promises",
        title=Text("Promises kept", "Выполненных обещаний"),
        phrase=Text("number of promises kept", "число выполненных обещаний"),
        gender="n",
        expression=lambda scope: promises(scope, "kept"),
    ),
    Field(
        key="promises_broken",
        type="number",
        group="promises",
        title=Text("Promises broken", "Нарушенных обещаний"),
        phrase=Text("number of promises broken", "число нарушенных обещаний"),
        gender="n",
        expression=lambda scope: promises(scope, "broken"),
    ),
    Field(
        key="open_promise",
        type="boolean",
        group="promises",
        title=Text("A promise is open", "Есть действующее обещание"),
        phrase=Text("a promise is open", "есть действующее обещание"),
        otherwise=Text("no promise is open", "нет действующего обещания"),
        expression=lambda scope: promises(scope, "open") > 0,
    ),
    Field(
        key="last_promise",
        type="choice",
        group="promises",
        title=Text("Last promise", "Последнее обещание"),
        phrase=Text("last promise", "последнее обещание"),
        gender="n",
        choices=PROMISE_STATES,
        nullable=True,
        expression=last_promise,
    ),
    Field(
        key="open_offer",
        type="boolean",
        group="promises",
        title=Text("An offer is open", "Есть открытое предложение"),
        phrase=Text("an offer is open", "есть открытое предложение"),
        otherwise=Text("no offer is open", "нет открытого предложения"),
        expression=lambda scope: offers(scope, "open") > 0,
    ),
    Field(
        key="offers_declined",
        type="number",
        group="promises",
        title=Text("Offers declined", "Отклонённых предложений"),
        phrase=Text("number of offers declined", "число отклонённых предложений"),
        gender="n",
        expression=lambda scope: offers(scope, "declined"),
    ),
    *(
        Field(
            key=f"contacts_{kind}_{days}d",
            dated=True,
            type="number",
            group="contacts",
            title=Text(f"{title.en.capitalize()} in {days} days", f"{title.ru.capitalize()} за {days} дней"),
            phrase=Text(f"number of {title.en} in {days} days", f"число {title.ru} за {days} дней"),
            gender="n",
            expression=partial(contacts, days=days, kind=kind),
        )
        for kind, title in KINDS.items()
        for days in (7, 30)
    ),
    *(
        Field(
            key=f"contacts_{channel}_7d",
            dated=True,
            type="number",
            group="contacts",
            title=Text(f"{many.en[0].upper()}{many.en[1:]} in 7 days", f"{many.ru[0].upper()}{many.ru[1:]} за 7 дней"),
            phrase=Text(f"number of {many.en} in 7 days", f"число {many.ru} за 7 дней"),
            gender="n",
            expression=partial(contacts, days=7, channel=channel),
        )
        for channel, (many, _one) in CHANNELS.items()
    ),
    Field(
        key="days_since_last_contact",
        dated=True,
        type="number",
        group="contacts",
        title=Text("Days since the last contact", "Дней с последнего контакта"),
        phrase=Text("time since the last contact", "срок с последнего контакта"),
        unit=DAYS,
        nullable=True,
        expression=days_since_contact,
    ),
    *(
        Field(
            key=f"days_since_{channel}",
            dated=True,
            type="number",
            group="contacts",
            title=Text(f"Days since the last {one.en}", f"Дней с последнего {one.ru}"),
            phrase=Text(f"time since the last {one.en}", f"срок с последнего {one.ru}"),
            unit=DAYS,
            nullable=True,
            expression=partial(days_since_contact, channel=channel),
        )
        for channel, (_many, one) in CHANNELS.items()
    ),
    Field(
        key="replies_30d",
        dated=True,
        type="number",
        group="contacts",
        title=Text("Replies in 30 days", "Ответов за 30 дней"),
        phrase=Text("number of replies in 30 days", "число ответов за 30 дней"),
        gender="n",
        expression=lambda scope: signals(scope, "reply", 30),
    ),
    Field(
        key="not_delivered_30d",
        dated=True,
        type="number",
        group="contacts",
        title=Text("Messages not delivered in 30 days", "Не доставлено сообщений за 30 дней"),
        phrase=Text("number of messages not delivered in 30 days", "число недоставленных сообщений за 30 дней"),
        gender="n",
        expression=lambda scope: signals(scope, "not_delivered", 30),
    ),
    Field(
        key="last_disposition",
        dated=True,
        type="text",
        group="contacts",
        title=Text("Last disposition of a task", "Последний результат задачи"),
        phrase=Text("last disposition", "последний результат задачи"),
        nullable=True,
        known=lambda session: [
            Choice(key, Text(key, key))
            for key in session.scalars(
                select(Task.disposition).where(Task.disposition.is_not(None)).distinct().order_by(Task.disposition)
            )
            if key
        ],
        expression=last_disposition,
    ),
)
