"""Anything that happened to a loan."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key
from scenario_engine.texts import Text

#: every kind of signal, with its name for people
SIGNAL_KINDS: dict[str, Text] = {
    "payment_received": Text("Payment received", "Поступил платёж"),
    "payment_missed": Text("Payment missed", "Платёж пропущен"),
    "partial_payment": Text("Partial payment", "Частичный платёж"),
    "payment_reversed": Text("Payment taken back", "Платёж отменён"),
    "overdue_paid": Text("Overdue debt paid", "Просрочка погашена"),
    "promise_given": Text("Promise given", "Дано обещание оплаты"),
    "promise_kept": Text("Promise kept", "Обещание выполнено"),
    "promise_broken": Text("Promise broken", "Обещание нарушено"),
    "prolongation_asked": Text("Prolongation asked for", "Запрошена пролонгация"),
    "offer_accepted": Text("Offer accepted", "Предложение принято"),
    "offer_declined": Text("Offer declined", "Предложение отклонено"),
    "bucket_entered": Text("Entered a bucket", "Переход в другую корзину просрочки"),
    "bucket_exited": Text("Left a bucket", "Выход из корзины просрочки"),
    "early_payment": Text("Paid ahead of time", "Оплата раньше срока"),
    "prolongation_asked_often": Text("Prolongation asked for again and again", "Пролонгацию просят снова и снова"),
    "payments_shrinking": Text("Payments are shrinking", "Платежи уменьшаются"),
    "several_loans": Text("Several loans at once", "Несколько займов сразу"),
    "monitoring_fired": Text("Monitoring rule fired", "Сработало правило мониторинга"),
    "activity_dropped": Text("Activity dropped", "Активность снизилась"),
    "contact_data_changed": Text("Contact data changed", "Изменились контактные данные"),
    "bureau_news": Text("News from the credit bureau", "Новость из бюро кредитных историй"),
    "bailiff_news": Text("News from the bailiffs", "Новость от судебных приставов"),
    "prolonged": Text("Loan prolonged", "Займ пролонгирован"),
    "redrawn": Text("New schedule after early repayment", "Новый график после досрочного погашения"),
    "restructured": Text("Loan restructured", "Займ реструктурирован"),
    "holidays": Text("Credit holidays granted", "Предоставлены кредитные каникулы"),
    "paused": Text("Moratorium or dispute", "Мораторий или спор"),
    "resumed": Text("Pause ended", "Пауза закончена"),
    "judged": Text("Judgment", "Решение суда"),
    "sold": Text("Loan sold", "Займ продан"),
    "written_off": Text("Loan written off", "Займ списан"),
    "reply": Text("Borrower replied", "Ответ заёмщика"),
    "delivered": Text("Message delivered", "Сообщение доставлено"),
    "not_delivered": Text("Message not delivered", "Сообщение не доставлено"),
}

#: what was agreed about a loan; see registry.amendments
AMENDED = (
    "prolonged", "redrawn", "restructured", "holidays", "paused", "resumed", "judged", "sold", "written_off",
)  # fmt: skip
#: signals that follow from a record of their own and are never noted by hand
RECORDED = {
    **dict.fromkeys(AMENDED, Text("Change the loan itself.", "Измените сам займ.")),
    "payment_received": Text("Record the payment itself.", "Запишите сам платёж."),
    "partial_payment": Text("Record the payment itself.", "Запишите сам платёж."),
    "overdue_paid": Text("Record the payment itself.", "Запишите сам платёж."),
    "promise_given": Text("Close the task with the promise.", "Закройте задачу с обещанием."),
    "offer_accepted": Text("Answer the offer itself.", "Ответьте на само предложение."),
    "offer_declined": Text("Answer the offer itself.", "Ответьте на само предложение."),
}
#: news that changes what rules read of the loan: kind -> (column, its values)
NEWS = {
    "bailiff_news": ("bailiff_state", ("none", "filed", "opened", "ended")),
    "bureau_news": ("bureau_state", ("none", "worse", "better", "bankrupt")),
}
#: the details of a signal, as JSON
MAX_SIGNAL_BYTES = 20_000


class Signal(Base):
    """One signal. `key` makes it idempotent; `handled` marks those that the engine has reacted to."""

    __tablename__ = "signals"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    kind: Mapped[Code]
    at: Mapped[Instant]
    data: Mapped[Document] = mapped_column(default=dict)
    #: import, api, operator, engine, registry, demo
    source: Mapped[str] = mapped_column(String(20))
    #: cases and entries have reacted to it (engine.events)
    handled: Mapped[bool] = mapped_column(default=False)
    #: engine transaction that reacted to it
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    #: the payment that it tells of
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    #: of a message: the case that it is from, and the batch that wrote it; a case may wait for its own message only
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    visit_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index(None, "loan_id", "at"),
        Index(
            "ks_ix_signals_waiting",
            # a payment takes those of its loan, and need not read past a day's
            "loan_id",
            "id",
            sqlite_where=text("NOT handled"),
            postgresql_where=text("NOT handled"),
        ),
        Index(
            "ks_ix_signals_batch",
            "batch_id",
            sqlite_where=text("batch_id IS NOT NULL"),
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
    )
