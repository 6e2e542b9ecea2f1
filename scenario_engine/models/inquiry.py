"""What outside registers are asked about borrowers: the question, its way, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, BigKey, Code, Document, Instant, Key, Kopecks, Name
from scenario_engine.ports import UNREACHED
from scenario_engine.texts import Text

#: whom one may ask, and the signal that tells what is new
SUBJECTS: Mapping[str, Text] = {
    "bailiff": Text("Bailiffs", "Приставы"),
    "bureau": Text("Credit bureau", "Бюро кредитных историй"),
}
NEWS_OF = {"bailiff": "bailiff_news", "bureau": "bureau_news"}
#: to be asked; asked, the answer is being made; answered; given up
INQUIRY_STATES: Mapping[str, Text] = {
    "asked": Text("to be asked", "ждёт отправки"),
    "waiting": Text("awaiting the answer", "ждём ответа"),
    "answered": Text("answered", "есть ответ"),
    "failed": Text("no answer", "без ответа"),
}
#: the provider of answers that nobody gave: nothing left the house
SANDBOX = "sandbox"

#: why there is no answer
NO_ANSWER: Mapping[str, Text] = {
    **UNREACHED,
    "consent": Text(
        "The borrower has not agreed to an inquiry at the bureau, or took the consent back: the law does not allow it",
        "Нет действующего согласия заёмщика на запрос в бюро — без него закон запрещает спрашивать",
    ),
    "passport": Text("The borrower's passport is not known", "Паспорт заёмщика не указан"),
    "name": Text("The borrower's name has no two words", "В имени заёмщика меньше двух слов"),
    "birth_date": Text("The borrower's day of birth is not known", "Дата рождения заёмщика не указана"),
    "region": Text("The borrower's region is not known", "Регион заёмщика не указан"),
    "borrower": Text("The loan or the borrower is gone", "Займа или заёмщика больше нет"),
    "address.inner": Text(
        "The provider's address is an inner one: its network is not named in KASKAD_INNER_NETWORKS",
        "Адрес поставщика внутренний: его сети нет в KASKAD_INNER_NETWORKS",
    ),
    "address.plain": Text("Over the internet only https is used", "Через интернет — только https"),
    "address.form": Text("The provider's address is none", "Адрес поставщика записан неверно"),
    "sealed": Text("The key of the secrets is gone: enter them again", "Ключа от секретов нет: введите их заново"),
    "provider": Text("The provider could not answer", "Поставщик не смог ответить"),
    "silent": Text("The answer did not come within a day", "За сутки ответ не пришёл"),
    "off": Text("The provider was switched off meanwhile", "Поставщика отключили, пока ждали ответа"),
}

_STILL = "state IN ('asked', 'waiting')"
_OPEN = text(_STILL)
#: condition of the partial index, spelled as it has it: SQLite uses it for no other spelling
IS_OPEN = text(f"inquiries.{_STILL}")


class Inquiry(Base):
    """One question about one loan's borrower."""

    __tablename__ = "inquiries"

    id: Mapped[Key]
    #: one of SUBJECTS
    subject: Mapped[str] = mapped_column(String(20))
    loan_id: Mapped[int] = mapped_column(BigInteger)
    borrower_id: Mapped[int] = mapped_column(BigInteger)
    #: the case whose scenario asks; null: a person does
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    node_id: Mapped[int | None] = mapped_column(BigInteger)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_by: Mapped[Name | None]
    #: one of INQUIRY_STATES
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[Instant]
    #: not before; moves on with every attempt and every look
    due_at: Mapped[Instant]
    #: in this state
    attempts: Mapped[int]
    #: a process has it in hand; one that died leaves it so, and after a while it is taken again
    claimed_at: Mapped[Instant | None]
    #: who was asked, or SANDBOX
    provider: Mapped[Code | None]
    #: the provider's number of the request
    task: Mapped[str | None] = mapped_column(String(100))
    sent_at: Mapped[Instant | None]
    answered_at: Mapped[Instant | None]
    #: how the loan stands after the answer, as its column says: see `models.signal.NEWS`
    outcome: Mapped[str | None] = mapped_column(String(20))
    #: when it was told to the loan's scenarios; null: nothing was new
    told_at: Mapped[Instant | None]
    #: what was answered, JSON, sealed
    facts: Mapped[str | None] = mapped_column(SqlText)
    cost: Mapped[Kopecks | None]
    #: why there is no answer (yet), one of NO_ANSWER
    error: Mapped[Code | None]

    __table_args__ = (
        Index("ks_ix_inquiries_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "loan_id", "subject", "asked_at"),
        Index(None, "asked_at"),
    )


class InquiryRequest(Base):
    """One request to a provider, written before it leaves: what the quotas count. Kept as long as they do."""

    __tablename__ = "inquiry_requests"

    id: Mapped[Key]
    provider: Mapped[Code]
    #: single, group
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[Instant]
    questions: Mapped[int]

    __table_args__ = (Index(None, "provider", "kind", "at"),)


class InquiryProvider(Base):
    """A provider as an administrator set it up. Whoever sends holds its row: processes ask one after the other."""

    __tablename__ = "inquiry_providers"

    key: Mapped[Code] = mapped_column(primary_key=True)
    #: one of SUBJECTS; of each one provider at most is switched on
    subject: Mapped[str] = mapped_column(String(20))
    enabled: Mapped[bool] = mapped_column(default=False)
    #: what may be shown
    chosen: Mapped[Document]
    #: what may not: a JSON object, sealed (`scenario_engine.vault`)
    secrets: Mapped[str] = mapped_column(SqlText)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]
    #: nothing is asked before: the quota is used up, or it does not answer
    paused_until: Mapped[Instant | None]
    #: why it does not answer, one of NO_ANSWER; null: it did when it was asked last
    trouble: Mapped[Code | None]


class Passport(Base):
    """A borrower's passport, sealed: only the bureau is told of it."""

    __tablename__ = "passports"

    borrower_id: Mapped[int] = mapped_column(BigKey, ForeignKey("borrowers.id"), primary_key=True, autoincrement=False)
    #: series and number, ten digits, sealed
    number: Mapped[str] = mapped_column(SqlText)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]
