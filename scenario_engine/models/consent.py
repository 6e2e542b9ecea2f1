"""What borrowers have said about being contacted: consents, their withdrawal, refusals, and people beside them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Day, Instant, Key, Name
from scenario_engine.texts import Text

#: ways to reach a borrower, each of which can be refused
CHANNELS: Mapping[str, Text] = {
    "sms": Text("SMS", "SMS"),
    "email": Text("e-mail", "электронная почта"),
    "messenger": Text("messenger", "мессенджер"),
    "push": Text("push", "push-уведомления"),
    "robot_call": Text("robot call", "звонок робота"),
    "operator_call": Text("operator's call", "звонок оператора"),
    "letter": Text("letter", "письмо"),
}

#: what a consent is for
PURPOSES: Mapping[str, Text] = {
    "contact": Text("contact about the debt", "взаимодействие по долгу"),
    "third_party": Text("talks with a third party", "взаимодействие с третьим лицом"),
    "bureau": Text("data to the credit bureau", "передача данных в бюро кредитных историй"),
    "personal_data": Text("processing of personal data", "обработка персональных данных"),
    "marketing": Text("offers and advertising", "предложения и реклама"),
}

#: how it became known
CONSENT_SOURCES: Mapping[str, Text] = {
    "contract": Text("contract", "договор"),
    "form": Text("form", "анкета"),
    "operator": Text("operator", "оператор"),
    "link": Text("link in a message", "ссылка из сообщения"),
    "reply": Text("reply to a message", "ответ на сообщение"),
    "file": Text("file", "файл"),
    "api": Text("API", "API"),
}


class ThirdParty(Base):
    """A person beside the borrower: a relative, a colleague, somebody who stands surety."""

    __tablename__ = "third_parties"

    id: Mapped[Key]
    borrower_id: Mapped[int] = mapped_column(ForeignKey("borrowers.id"), index=True)
    full_name: Mapped[Name]
    #: what they are to the borrower, in the words of whoever wrote it down
    relation: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[Instant]
    added_by: Mapped[Name]
    #: nobody talks to them any more; what they had said stays
    removed_at: Mapped[Instant | None]


class Consent(Base):
    """One thing that was said: a consent given or taken back. Appended to, never changed (triggers hold it); the last
    word about a purpose, a channel and a person is what holds.
    """

    __tablename__ = "consents"

    id: Mapped[Key]
    borrower_id: Mapped[int] = mapped_column(ForeignKey("borrowers.id"))
    #: about this person; null: about the borrower alone
    third_party_id: Mapped[int | None] = mapped_column(ForeignKey("third_parties.id"))
    #: borrower, or third_party: theirs is a consent of its own
    said_by: Mapped[str] = mapped_column(String(20), default="borrower")
    #: one of PURPOSES
    purpose: Mapped[Code]
    #: one of CHANNELS; null: whatever the channel
    channel: Mapped[Code | None]
    #: given, revoked
    act: Mapped[str] = mapped_column(String(10))
    #: when it was written down
    at: Mapped[Instant]
    #: the day on the paper
    dated: Mapped[Day | None]
    #: one of CONSENT_SOURCES
    source: Mapped[str] = mapped_column(String(20))
    #: number of the paper, or where it is kept
    document: Mapped[str | None] = mapped_column(String(250))
    #: user name, or ``borrower`` for what came by itself
    by: Mapped[Name]

    __table_args__ = (Index(None, "borrower_id", "id"),)


class ChannelRefusal(Base):
    """The borrower may not be reached by this channel now. The history is in `consents`."""

    __tablename__ = "channel_refusals"

    borrower_id: Mapped[int] = mapped_column(ForeignKey("borrowers.id"), primary_key=True)
    channel: Mapped[Code] = mapped_column(primary_key=True)
    since: Mapped[Instant]
    #: one of CONSENT_SOURCES
    source: Mapped[str] = mapped_column(String(20))
    by: Mapped[Name]
