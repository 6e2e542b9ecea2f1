"""What other systems are told: who wants to know what, what happened, and what became of telling it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Name
from scenario_engine.ports import UNREACHED
from scenario_engine.texts import Text

#: what may be told
NEWS_KINDS: Mapping[str, Text] = {
    "case.ended": Text("Case ended", "Дело завершено"),
    "lending.restricted": Text("New loans forbidden", "Запрещены новые займы"),
    "lending.allowed": Text("New loans allowed again", "Новые займы снова разрешены"),
    "application.decided": Text("Application decided", "Решение по заявке"),
    "loan.amended": Text("Loan changed", "Договор изменён"),
    "task.closed": Text("Task closed", "Задача закрыта"),
}
#: asked for by a person who tries a subscription
TEST = "test"

#: why the other side said nothing
NO_ANSWER: Mapping[str, Text] = {
    **UNREACHED,
    "address.inner": Text(
        "An inner address: its network is not named in KASKAD_INNER_NETWORKS",
        "Внутренний адрес: его сети нет в KASKAD_INNER_NETWORKS",
    ),
    "address.plain": Text("Over the internet only https is used", "Через интернет — только https"),
    "address.form": Text("This is no address", "Это не адрес"),
    "subscription.sealed": Text(
        "The key of the secret is gone: make a new secret", "Ключа от секрета нет: создайте новый"
    ),
    "subscription.secret": Text("The secret is none: make a new one", "Секрет негоден: создайте новый"),
    "subscription.removed": Text("The subscription was removed", "Подписка удалена"),
    "cut_off": Text("Kaskad was stopped meanwhile", "Каскад остановили в это время"),
}

_STILL = "state IN ('queued', 'sending')"
_OPEN = text(_STILL)
#: condition of the partial indexes, spelled as those have it: SQLite uses them for no other spelling
IS_OPEN = text(f"deliveries.{_STILL}")
_KEPT = text("removed_at IS NULL")


class Subscription(Base):
    """An address that wants to be told. Nothing is told, or noted, until one is switched on."""

    __tablename__ = "subscriptions"

    id: Mapped[Key]
    name: Mapped[Name]
    url: Mapped[str] = mapped_column(String(1000))
    #: of its signatures, sealed (`scenario_engine.vault`)
    secret: Mapped[str] = mapped_column(SqlText)
    #: {"chosen": [some of NEWS_KINDS]}
    kinds: Mapped[Document]
    enabled: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]
    #: what it was told stays, and its name with that
    removed_at: Mapped[Instant | None]

    __table_args__ = (
        Index("ks_uq_subscriptions_name", "name", unique=True, sqlite_where=_KEPT, postgresql_where=_KEPT),
    )


class News(Base):
    """Something that happened and is to be told. Written by triggers (`models.triggers`) in the very transaction in
    which it happens, whoever writes; taken away when it has become deliveries.
    """

    __tablename__ = "news"

    id: Mapped[Key]
    kind: Mapped[Code]
    #: the case, borrower, application, signal or task
    subject_id: Mapped[int] = mapped_column(BigInteger)
    loan_id: Mapped[int | None] = mapped_column(BigInteger)
    borrower_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[Instant]
    #: how it ended, was decided or changed
    outcome: Mapped[Code | None]


class NewsDelivery(Base):
    """One piece of news on its way to one subscription."""

    __tablename__ = "deliveries"

    id: Mapped[Key]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"))
    #: null: a test
    news_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[Code]
    outcome: Mapped[Code | None]
    loan_id: Mapped[int | None] = mapped_column(BigInteger)
    #: those of one thread leave one after the other: what is told of one loan, or of one borrower
    thread: Mapped[Code]
    #: JSON as it is signed and sent, the same at every attempt
    body: Mapped[str] = mapped_column(SqlText)
    #: queued, sending, sent, failed
    state: Mapped[str] = mapped_column(String(20), default="queued")
    happened_at: Mapped[Instant]
    #: not before; moves on with every attempt
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    #: what the other side said last, numbers and addresses masked
    answer: Mapped[str | None] = mapped_column(String(300))
    #: why it said nothing, one of NO_ANSWER
    reason: Mapped[Code | None]

    __table_args__ = (
        Index("ks_ix_deliveries_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ks_ix_deliveries_thread", "subscription_id", "thread", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "happened_at"),
    )

    @property
    def key(self) -> str:
        """What the receiver knows a repetition by. The moment is in it for databases that are put back from a copy."""
        return f"news_{self.id}_{int(self.happened_at.timestamp())}"
