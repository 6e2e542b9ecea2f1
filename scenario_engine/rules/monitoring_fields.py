"""Fields that monitoring asks for: what has changed of late in how a borrower pays and answers."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, select, union_all
from sqlalchemy.orm import Session

from scenario_engine.models import Instalment, Loan, MonitoringFiring, MonitoringRule, Payment, Promise, Signal
from scenario_engine.rules.field import DAYS, PER_CENT, Choice, Field, RuleScope, whole_days
from scenario_engine.rules.history_fields import DAY_SECONDS, scalar, signals, within
from scenario_engine.rules.monitoring_rules import STANDARD
from scenario_engine.sql import shift_date, shift_instant
from scenario_engine.texts import Text

#: signs of life that a borrower gives, beside payments
ACTIVITY = ("promise_given", "prolongation_asked", "offer_accepted", "offer_declined", "reply")


def payments_drop(scope: RuleScope) -> ColumnElement[int]:
    """By how many per cent less was paid in the last 30 days than in the 30 before; null when nothing was paid then."""
    rows = Payment.__table__.alias()
    middle = shift_instant(scope.now, -30 * DAY_SECONDS)
    # a sum of big integers is a decimal number on PostgreSQL
    late = cast(func.sum(case((rows.c.paid_at > middle, rows.c.amount), else_=0)), BigInteger)
    early = cast(func.sum(case((rows.c.paid_at > middle, 0), else_=rows.c.amount)), BigInteger)
    drop = case((early > 0, (early - late) * 100 // early))
    return scalar(rows, drop, rows.c.loan_id == scope.loan.id, *within(rows.c.paid_at, scope, 60))


def promises_broken(scope: RuleScope, days: int) -> ColumnElement[int]:
    """Promises of the loan that were broken in the last `days` days."""
    rows = Promise.__table__.alias()
    decided = within(rows.c.decided_at, scope, days)
    return scalar(rows, func.count(), rows.c.loan_id == scope.loan.id, rows.c.state == "broken", *decided)


def early_instalments(scope: RuleScope, days: int) -> ColumnElement[int]:
    """Instalments that were paid in full before the day they fall due, in the last `days` days."""
    rows = Instalment.__table__.alias()
    return scalar(
        rows,
        func.count(),
        rows.c.loan_id == scope.loan.id,
        rows.c.paid >= rows.c.amount,
        rows.c.paid_on < rows.c.due_on,
        rows.c.paid_on > shift_date(scope.today, -days),
        rows.c.paid_on <= scope.today,
    )


def days_since_activity(scope: RuleScope) -> ColumnElement[int]:
    """Full days since the last sign of life for the loan; null without one."""
    told, paid = Signal.__table__.alias(), Payment.__table__.alias()
    signs = union_all(
        select(told.c.at)
        .where(told.c.loan_id == scope.loan.id, told.c.kind.in_(ACTIVITY), told.c.at <= scope.now)
        .correlate_except(told),
        select(paid.c.paid_at)
        .where(paid.c.loan_id == scope.loan.id, paid.c.paid_at <= scope.now)
        .correlate_except(paid),
    ).subquery()
    return whole_days(scope.now, select(func.max(signs.c.at)).scalar_subquery())


def open_loans(scope: RuleScope) -> ColumnElement[int]:
    """Open loans of the borrower, this one too."""
    rows = Loan.__table__.alias()
    return scalar(rows, func.count(), rows.c.borrower_id == scope.loan.borrower_id, rows.c.state == "open")


def last_fired(scope: RuleScope) -> ColumnElement[str]:
    """Key of the monitoring rule that fired last for the loan; null: none did."""
    firings, rules = MonitoringFiring.__table__.alias(), MonitoringRule.__table__.alias()
    newest = (
        select(rules.c.key)
        .select_from(firings.join(rules, rules.c.id == firings.c.rule_id))
        .where(and_(firings.c.loan_id == scope.loan.id, firings.c.told))
        .order_by(firings.c.id.desc())
        .limit(1)
    )
    return newest.correlate_except(firings, rules).scalar_subquery()


def known_rules(session: Session) -> list[Choice]:
    """The monitoring rules, as they are called."""
    rows = session.execute(select(MonitoringRule.key, MonitoringRule.name).order_by(MonitoringRule.id))
    return [
        Choice(key, STANDARD[key].title if name is None and key in STANDARD else Text(name or key, name or key))
        for key, name in rows
    ]


def _counted(key: str, group: str, title: Text, phrase: Text, kind: str, days: int) -> Field:
    return Field(
        key=key,
        type="number",
        group=group,
        title=title,
        phrase=phrase,
        gender="n",
        dated=True,
        expression=partial(signals, kind=kind, days=days),
    )


MONITORING_FIELDS = (
    _counted(
        "payments_missed_30d",
        "payments",
        Text("Payments missed in 30 days", "Пропущенных платежей за 30 дней"),
        Text("number of payments missed in 30 days", "число пропущенных платежей за 30 дней"),
        "payment_missed",
        30,
    ),
    _counted(
        "partial_payments_30d",
        "payments",
        Text("Partial payments in 30 days", "Неполных платежей за 30 дней"),
        Text("number of partial payments in 30 days", "число неполных платежей за 30 дней"),
        "partial_payment",
        30,
    ),
    Field(
        key="early_instalments_30d",
        type="number",
        group="payments",
        title=Text("Instalments paid ahead of time in 30 days", "Взносов раньше срока за 30 дней"),
        phrase=Text("number of instalments paid ahead of time in 30 days", "число взносов раньше срока за 30 дней"),
        gender="n",
        dated=True,
        expression=partial(early_instalments, days=30),
    ),
    Field(
        key="payments_drop_30d",
        type="number",
        group="payments",
        title=Text("Drop of payments in 30 days", "Снижение платежей за 30 дней"),
        phrase=Text("drop of payments against the 30 days before", "снижение платежей против прошлых 30 дней"),
        gender="n",
        unit=PER_CENT,
        nullable=True,
        dated=True,
        expression=payments_drop,
    ),
    Field(
        key="promises_broken_30d",
        type="number",
        group="promises",
        title=Text("Promises broken in 30 days", "Нарушенных обещаний за 30 дней"),
        phrase=Text("number of promises broken in 30 days", "число нарушенных обещаний за 30 дней"),
        gender="n",
        dated=True,
        expression=partial(promises_broken, days=30),
    ),
    _counted(
        "prolongations_asked_90d",
        "promises",
        Text("Prolongations asked for in 90 days", "Просьб о пролонгации за 90 дней"),
        Text("number of prolongations asked for in 90 days", "число просьб о пролонгации за 90 дней"),
        "prolongation_asked",
        90,
    ),
    Field(
        key="days_since_activity",
        type="number",
        group="contacts",
        title=Text("Days since the borrower's last sign of life", "Дней без действий заёмщика"),
        phrase=Text("time since the borrower's last sign of life", "срок без действий заёмщика"),
        unit=DAYS,
        nullable=True,
        dated=True,
        expression=days_since_activity,
    ),
    _counted(
        "contact_changes_30d",
        "contacts",
        Text("Changes of contact data in 30 days", "Смен контактов за 30 дней"),
        Text("number of changes of contact data in 30 days", "число смен контактов за 30 дней"),
        "contact_data_changed",
        30,
    ),
    Field(
        key="open_loans",
        type="number",
        group="borrower",
        title=Text("Open loans now", "Действующих займов"),
        phrase=Text("number of open loans of the borrower", "число действующих займов заёмщика"),
        gender="n",
        expression=open_loans,
    ),
    _counted(
        "bureau_news_30d",
        "legal",
        Text("News from the bureau in 30 days", "Новостей из бюро за 30 дней"),
        Text("number of news from the credit bureau in 30 days", "число новостей из бюро за 30 дней"),
        "bureau_news",
        30,
    ),
    _counted(
        "bailiff_news_30d",
        "legal",
        Text("News from the bailiffs in 30 days", "Новостей от приставов за 30 дней"),
        Text("number of news from the bailiffs in 30 days", "число новостей от приставов за 30 дней"),
        "bailiff_news",
        30,
    ),
    Field(
        key="monitoring_fired",
        type="choice",
        group="loan",
        title=Text("Monitoring rule that fired last", "Последнее сработавшее правило мониторинга"),
        phrase=Text("monitoring rule that fired last", "последнее сработавшее правило мониторинга"),
        gender="n",
        nullable=True,
        known=known_rules,
        expression=last_fired,
    ),
)
