"""What is to leave the house, and every contact made."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Kopecks
from scenario_engine.models.months import by_month

_IN_QUEUE, _GIVEN_UP = "state IN ('queued', 'sending')", "state = 'failed'"
#: conditions of the partial indexes, spelled as those have it: SQLite uses them for no other spelling
IN_QUEUE, GIVEN_UP = text(f"messages.{_IN_QUEUE}"), text(f"messages.{_GIVEN_UP}")
_RECEIPT = "receipt IS NOT NULL"


#: key in what a node says of its message: a case waits to hear what becomes of it
AWAITED = "awaited"


class Message(Base):
    """An outbox message. (case, node, batch) is its idempotency key: a visit writes one, because a batch is one
    transaction and takes a case once.

    It has no more indexes than are asked: each is paid for with every message.
    """

    __tablename__ = "messages"

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(BigInteger)
    node_id: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[int] = mapped_column(BigInteger)
    version_id: Mapped[int] = mapped_column(BigInteger)
    loan_id: Mapped[int] = mapped_column(BigInteger, index=True)
    borrower_id: Mapped[int] = mapped_column(BigInteger)
    #: sms, email, messenger, robot_call, webhook
    channel: Mapped[Code]
    connector: Mapped[Code]
    #: queued, sending; sent, delivered, undelivered; failed, cancelled, expired, dismissed
    state: Mapped[str] = mapped_column(String(20), default="queued")
    queued_at: Mapped[Instant]
    #: not before; moves on with every retry
    due_at: Mapped[Instant]
    #: what the node said: template, subject, address, …
    content: Mapped[Document]
    #: what left: filled in when it is rendered
    recipient: Mapped[str | None] = mapped_column(String(250))
    subject: Mapped[str | None] = mapped_column(String(500))
    body: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    #: an engine took it to send it; one that died leaves it so, and after a while it is taken again
    claimed_at: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    #: the outside system's id
    receipt: Mapped[str | None] = mapped_column(String(100))
    error: Mapped[str | None] = mapped_column(String(500))
    #: too late to leave after that; null: it is never too late
    expires_at: Mapped[Instant | None]
    #: since then it may have been sent more than once: an attempt got no answer, or its sender died
    uncertain_at: Mapped[Instant | None]
    #: when the other side said what became of it
    told_at: Mapped[Instant | None]
    #: kopecks
    cost: Mapped[Kopecks | None]
    #: why a person dismissed it
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index(
            "ks_ix_messages_queue",
            "connector",
            "due_at",
            "id",
            sqlite_where=text(_IN_QUEUE),
            postgresql_where=text(_IN_QUEUE),
        ),
        # what an engine writes has none: it costs nothing there
        Index("ks_ix_messages_receipt", "receipt", sqlite_where=text(_RECEIPT), postgresql_where=text(_RECEIPT)),
        Index(
            "ks_ix_messages_failed",
            "queued_at",
            sqlite_where=text(_GIVEN_UP),
            postgresql_where=text(_GIVEN_UP),
        ),
        by_month("queued_at", key=("id", "queued_at")),
    )


class Contact(Base):
    """A contact attempt with a borrower: what the contact policy counts."""

    __tablename__ = "contacts"

    id: Mapped[Key]
    borrower_id: Mapped[int] = mapped_column(BigInteger)
    loan_id: Mapped[int] = mapped_column(BigInteger)
    #: what the policy counts it as: message, call, meeting; or incoming, which the borrower began
    kind: Mapped[Code]
    channel: Mapped[Code]
    at: Mapped[Instant]
    #: talked; null: nothing more than the attempt is known
    outcome: Mapped[str | None] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    node_id: Mapped[int | None] = mapped_column(BigInteger)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    #: with whom it was, when not with the borrower
    third_party_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        # on PostgreSQL the primary key is this index
        Index(None, "borrower_id", "kind", "at", info={"only": "sqlite"}).ddl_if(dialect="sqlite"),
        by_month("at", key=("borrower_id", "kind", "at", "id")),
    )
