"""Fields that stand on the loan itself: what it is and what is owed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from scenario_engine.models import Loan, Product
from scenario_engine.registry.buckets import BUCKETS
from scenario_engine.rules.field import DAYS, PER_CENT, Choice, Field
from scenario_engine.sql import days_between
from scenario_engine.texts import Text

CHANNELS = (
    Choice("office", Text("office", "офис")),
    Choice("site", Text("site", "сайт")),
    Choice("app", Text("application", "приложение")),
    Choice("partner", Text("partner", "партнёр")),
)
LOAN_STATES = (
    Choice("open", Text("open", "открыт")),
    Choice("closed", Text("closed", "закрыт")),
    Choice("sold", Text("sold", "продан")),
    Choice("written_off", Text("written off", "списан")),
)
SERVICING = (
    Choice("kaskad", Text("Kaskad", "Каскад")),
    Choice("ledger", Text("Kaskad, event by event", "Каскад, по событиям")),
    Choice("core", Text("core system", "учётная система")),
)
#: the groups in which the regulator counts loans; see the quotas of the Bank of Russia
DEBT_BURDEN_GROUPS = (
    Choice("up_to_50", Text("up to 50%", "до 50\u00a0%")),
    Choice("50_80", Text("50–80%", "50–80\u00a0%")),
    Choice("above_80", Text("above 80%", "выше 80\u00a0%")),
)
#: in the middle of a sentence a bucket's title begins with a small letter
BUCKET_CHOICES = tuple(
    Choice(bucket.key, Text(*(title[:1].lower() + title[1:] for title in bucket.title))) for bucket in BUCKETS
)


def known_products(session: Session) -> Sequence[Choice]:
    """Products of the registry, by name."""
    rows = session.execute(select(Product.code, Product.name).order_by(Product.name, Product.code))
    return [Choice(code, Text(name, name)) for code, name in rows]


def known_risk_groups(session: Session) -> Sequence[Choice]:
    """Risk groups that loans of the registry have; A to E when there is none yet."""
    found = session.scalars(
        select(Loan.risk_group).where(Loan.risk_group.is_not(None)).distinct().order_by(Loan.risk_group)
    )
    return [Choice(key, Text(key, key)) for key in found if key] or [Choice(k, Text(k, k)) for k in "ABCDE"]


LOAN_FIELDS = (
    Field(
        key="product",
        dated=True,
        type="choice",
        group="loan",
        title=Text("Product", "Продукт"),
        phrase=Text("product", "продукт"),
        known=known_products,
        expression=lambda scope: scope.product.code,
    ),
    Field(
        key="channel",
        dated=True,
        type="choice",
        group="loan",
        title=Text("Channel of issue", "Канал выдачи"),
        phrase=Text("channel of issue", "канал выдачи"),
        choices=CHANNELS,
        nullable=True,
        expression=lambda scope: scope.loan.channel,
    ),
    Field(
        key="loan_state",
        type="choice",
        group="loan",
        title=Text("State of the loan", "Состояние займа"),
        phrase=Text("loan", "займ"),
        choices=LOAN_STATES,
        expression=lambda scope: scope.loan.state,
    ),
    Field(
        key="servicing",
        type="choice",
        group="loan",
        title=Text("Balances are kept by", "Кто ведёт остатки"),
        phrase=Text("servicing", "учёт"),
        choices=SERVICING,
        expression=lambda scope: scope.loan.servicing,
    ),
    Field(
        key="issued_on",
        dated=True,
        type="date",
        group="loan",
        title=Text("Issued on", "Дата выдачи"),
        phrase=Text("date of issue", "дата выдачи"),
        gender="f",
        nullable=True,
        expression=lambda scope: scope.loan.issued_on,
    ),
    Field(
        key="loan_age",
        type="number",
        group="loan",
        title=Text("Days since issue", "Дней с выдачи"),
        phrase=Text("time since issue", "срок с выдачи"),
        unit=DAYS,
        nullable=True,
        expression=lambda scope: days_between(scope.today, scope.loan.issued_on),
    ),
    Field(
        key="ordinal",
        dated=True,
        type="number",
        group="loan",
        title=Text("Number of this loan with us", "Номер займа у нас"),
        phrase=Text("number of the loan", "номер займа"),
        expression=lambda scope: scope.loan.ordinal,
    ),
    Field(
        key="risk_score",
        type="number",
        group="loan",
        title=Text("Risk score", "Скоринговый балл"),
        phrase=Text("risk score", "скоринговый балл"),
        nullable=True,
        expression=lambda scope: scope.loan.risk_score,
    ),
    Field(
        key="risk_group",
        type="choice",
        group="loan",
        title=Text("Risk group", "Группа риска"),
        phrase=Text("risk group", "группа риска"),
        gender="f",
        known=known_risk_groups,
        nullable=True,
        expression=lambda scope: scope.loan.risk_group,
    ),
    Field(
        key="dpd",
        type="number",
        group="debt",
        title=Text("Days past due (DPD)", "Дней просрочки (DPD)"),
        phrase=Text("delinquency", "просрочка"),
        gender="f",
        unit=DAYS,
        expression=lambda scope: scope.loan.dpd,
    ),
    Field(
        key="bucket",
        dated=True,
        type="choice",
        group="debt",
        title=Text("Bucket", "Корзина просрочки"),
        phrase=Text("bucket", "корзина"),
        gender="f",
        choices=BUCKET_CHOICES,
        expression=lambda scope: scope.loan.bucket,
    ),
    Field(
        key="overdue",
        type="money",
        group="debt",
        title=Text("Overdue amount", "Сумма просрочки"),
        phrase=Text("overdue amount", "сумма просрочки"),
        gender="f",
        expression=lambda scope: scope.loan.overdue,
    ),
    Field(
        key="balance",
        type="money",
        group="debt",
        title=Text("Balance", "Остаток долга"),
        phrase=Text("balance", "остаток долга"),
        expression=lambda scope: scope.loan.balance,
    ),
    Field(
        key="principal",
        dated=True,
        type="money",
        group="debt",
        title=Text("Principal", "Сумма займа"),
        phrase=Text("principal", "сумма займа"),
        gender="f",
        expression=lambda scope: scope.loan.principal,
    ),
    Field(
        key="debt_burden",
        type="number",
        group="debt",
        title=Text("Debt burden", "Долговая нагрузка (ПДН)"),
        phrase=Text("debt burden", "ПДН"),
        unit=PER_CENT,
        nullable=True,
        expression=lambda scope: scope.loan.debt_burden,
    ),
    Field(
        key="debt_burden_group",
        type="choice",
        group="debt",
        title=Text("Debt-burden group", "Группа долговой нагрузки"),
        phrase=Text("debt-burden group", "группа долговой нагрузки"),
        gender="f",
        choices=DEBT_BURDEN_GROUPS,
        nullable=True,
        expression=lambda scope: case(
            (scope.loan.debt_burden <= 50, "up_to_50"),
            (scope.loan.debt_burden <= 80, "50_80"),
            (scope.loan.debt_burden > 80, "above_80"),
        ),
    ),
    Field(
        key="days_to_next_due",
        type="number",
        group="debt",
        title=Text("Days to the next instalment", "Дней до следующего платежа"),
        phrase=Text("time to the next instalment", "срок до следующего платежа"),
        unit=DAYS,
        nullable=True,
        expression=lambda scope: days_between(scope.loan.next_due_on, scope.today),
    ),
    Field(
        key="next_due_amount",
        type="money",
        group="debt",
        title=Text("Next instalment", "Следующий платёж"),
        phrase=Text("next instalment", "следующий платёж"),
        nullable=True,
        expression=lambda scope: scope.loan.next_due_amount,
    ),
)
