"""The person who owes."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Day, Instant, Key, Name
from scenario_engine.texts import Text

#: languages that borrowers are written to in
BORROWER_LANGUAGES: Mapping[str, Text] = {"ru": Text("Russian", "русский"), "en": Text("English", "английский")}
#: of a borrower of whom nothing else is known
USUAL_LANGUAGE = "ru"

#: what the usual reasons of a contact stop are called; people and files may give others in their own words
STOP_REASONS: Mapping[str, Text] = {
    "bankruptcy": Text("bankruptcy", "банкротство"),
    "death": Text("death", "смерть"),
    "incapacity": Text("legal incapacity", "недееспособность"),
    "minor": Text("a minor", "несовершеннолетний"),
    "in_patient": Text("in hospital", "лечение в стационаре"),
    "disability": Text("disability group I", "инвалидность I группы"),
    "military": Text("military service", "военная служба"),
    "moratorium": Text("moratorium", "мораторий"),
    "refusal": Text("refused contact", "отказ от взаимодействия"),
    "lawyer_only": Text("through a lawyer only", "только через представителя"),
}


class Borrower(Base):
    """A borrower: who, where, how to reach, and what must not be done to them."""

    __tablename__ = "borrowers"

    id: Mapped[Key]
    #: the id in the source system; imports find the borrower by it
    external_id: Mapped[Code] = mapped_column(unique=True)
    full_name: Mapped[Name]
    birth_date: Mapped[Day | None]
    phone: Mapped[str | None] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(String(250))
    #: address in a messenger
    messenger: Mapped[str | None] = mapped_column(String(64))
    #: where letters go: index, place, street, house, in one line
    postal_address: Mapped[str | None] = mapped_column(String(250))
    #: ISO 3166-2 code, e.g. RU-SVE
    region: Mapped[str | None] = mapped_column(String(10))
    #: IANA name; from the region, never from the phone number
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Moscow", index=True)
    #: of what is written to them, see `BORROWER_LANGUAGES`
    language: Mapped[str] = mapped_column(String(2), default=USUAL_LANGUAGE, server_default=USUAL_LANGUAGE)
    #: 0..2**31-1, drawn once: what makes random splits sticky by borrower
    lot: Mapped[int] = mapped_column(BigInteger)
    #: why nobody may contact this person (bankruptcy, refusal, …); null: contact allowed
    contact_stop: Mapped[str | None] = mapped_column(String(40))
    #: the instant from which the stop forbids nothing any more; null: until a person lifts it
    contact_stop_until: Mapped[Instant | None]
    #: new loans refused since
    lending_restricted_at: Mapped[Instant | None]
    lending_restriction: Mapped[str | None] = mapped_column(String(250))
    #: when a person last allowed new loans again
    lending_allowed_at: Mapped[Instant | None]
    #: number of loans ever given, this company
    loans_count: Mapped[int] = mapped_column(default=0)
    #: invented person of the demo portfolio
    demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "full_name"), Index(None, "phone"), Index(None, "email"), Index(None, "messenger"))
