"""What tests of inquiries share: borrowers that can be asked about, a provider of no protocol, a clock."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.inquiries import asking, providers
from scenario_engine.inquiries.sending import Done, Sender
from scenario_engine.models import Borrower, Consent, Inquiry, Loan
from scenario_engine.ports import Asked, Finding, Inquirer, Question, Quota, SettingField, Setup
from scenario_engine.settings import Settings
from scenario_engine.texts import Text
from scenario_engine.vault import Vault
from tests.builders import a_borrower, a_loan

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ZONE = "Europe/Moscow"
VAULT = Vault([Fernet.generate_key().decode()])
SETTINGS = Settings(inner_networks="127.0.0.0/8", time_zone=ZONE)


def a_person(session: Session, **over: Any) -> Loan:
    """The loan of an invented borrower of whom everything is known but the passport."""
    known = {"full_name": "Примеров Пётр Ильич", "birth_date": date(1990, 2, 1), "region": "RU-SVE"}
    return a_loan(session, a_borrower(session, **known | over))


def proceeding(number: str = "100/26/66001-ИП", **over: Any) -> dict[str, Any]:
    """An open proceeding."""
    values: dict[str, Any] = {
        "number": number, "opened_on": "2026-05-03", "document": "Судебный приказ № 2-17/2026", "subject": "Долг",
        "amount": 350_000, "left": None, "department": "Примерское РОСП", "bailiff": "ПРИСТАВОВА А. А.",
        "ended": False, "ended_on": None, "ground": None,
    }  # fmt: skip
    return values | over


def report(**over: Any) -> dict[str, Any]:
    """A report of the bureau."""
    values = {
        "accounts": 3, "overdue_accounts": 1, "balance": 900_000, "overdue": 100_000, "worst": 30, "bankrupt": False
    }  # fmt: skip
    return values | over


@dataclass
class Oracle:
    """An inquirer that needs no network: it answers with what it is told, at once or as a task."""

    key: str = "oracle"
    subject: str = "bailiff"
    title: Text = field(default=Text("Oracle", "Оракул"))
    help: Text = field(default=Text("Ask.", "Спросите."))
    fields: Sequence[SettingField] = (SettingField(key="price", title=Text("Price", "Цена"), default="1,50"),)
    quotas: Sequence[Quota] = ()
    together: int = 1
    tasks: bool = False
    facts: Mapping[str, Any] = field(default_factory=lambda: {"proceedings": []})
    #: raised by the next requests, first come first served
    troubles: list[Exception] = field(default_factory=list)
    missing: str | None = None
    asked: list[list[Question]] = field(default_factory=list)

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        return None

    def lacks(self, question: Question) -> str | None:
        return self.missing

    def test(self, setup: Setup) -> Text:
        return Text("Here.", "Здесь.")

    def ask(self, questions: Sequence[Question], setup: Setup, *, group: bool) -> Asked:
        if self.troubles:
            raise self.troubles.pop(0)
        self.asked.append(list(questions))
        if self.tasks:
            return Asked(task=f"task-{len(self.asked)}")
        return Asked(findings=self._findings(questions))

    def fetch(self, task: str, questions: Sequence[Question], setup: Setup) -> Sequence[Finding] | None:
        if self.troubles:
            raise self.troubles.pop(0)
        return self._findings(questions)

    def _findings(self, questions: Sequence[Question]) -> list[Finding]:
        return [Finding(inquiry_id=each.inquiry_id, facts=self.facts) for each in questions]


@dataclass
class Desk:
    """A process that sends inquiries, on a clock of the test's."""

    database: Database
    inquirers: Mapping[str, Inquirer]
    now: datetime = NOW
    vault: Vault = VAULT
    settings: Settings = SETTINGS

    def switch_on(self, key: str, **values: str) -> None:
        """Set a provider up."""
        with self.database.write() as session:
            providers.change(
                session, self.vault, self.inquirers[key], enabled=True, values=values, actor="admin", now=self.now
            )

    def ask(self, loan: Loan | Sequence[Loan], subject: str = "bailiff") -> int:
        """A person asks; gives the id of the last inquiry."""
        found = 0
        with self.database.write() as session:
            for each in loan if isinstance(loan, Sequence) else [loan]:
                found = asking.ask(session, each.id, subject, actor="anna", now=self.now, time_zone=ZONE).id
        return found

    def sender(self) -> Sender:
        """What the job uses."""
        return Sender(
            self.database, self.inquirers, self.vault, self.settings, clock=lambda: self.now,
            randomness=random.Random(7),
        )  # fmt: skip

    def round(self) -> Done:
        """One round now."""
        return self.sender().round()

    def later(self, **much: float) -> Done:
        """One round after so much time."""
        self.now += timedelta(**much)
        return self.round()

    def inquiry(self, inquiry_id: int) -> Inquiry:
        """How an inquiry stands."""
        with self.database.read() as session:
            return session.get_one(Inquiry, inquiry_id)

    def loan(self, loan: Loan) -> Loan:
        """How a loan stands."""
        with self.database.read() as session:
            return session.get_one(Loan, loan.id)


def a_loan_of(database: Database, make: Callable[[Session], Loan] = a_person) -> Loan:
    """A loan, written."""
    with database.write() as session:
        return make(session)


def agree(session: Session, borrower: Borrower | int, act: str = "given", at: datetime = NOW) -> None:
    """The borrower says something about inquiries at the bureau."""
    owner = borrower if isinstance(borrower, int) else borrower.id
    session.add(
        Consent(
            borrower_id=owner, said_by="borrower", purpose="bureau", act=act, at=at, source="contract",
            dated=date(2026, 1, 15) if act == "given" else None, by="anna",
        )
    )  # fmt: skip
    session.flush()
