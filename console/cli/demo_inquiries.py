"""Inquiries of the demo: what people asked bailiffs and the bureau about the oldest debts, answered in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from console.cli.shell import Shell
from console.configuration import open_vault
from console.connectors import load_inquirers
from scenario_engine.contacts import consents
from scenario_engine.inquiries import asking
from scenario_engine.inquiries.sending import Sender
from scenario_engine.models import Borrower, Loan

#: who is asked about each debt, and how many hours ago
_ASKED = (("bailiff", 27), ("bailiff", 25), ("bailiff", 3), ("bureau", 2))


def ask(shell: Shell, *, now: datetime) -> None:
    """The supervisor asks; before the bureau is asked, the borrower has agreed to it."""
    zone = shell.settings.time_zone
    for subject, at, loan in _debts(shell, now):
        with shell.database.write() as session:
            if subject == "bureau":
                word = consents.Word(act="given", purpose="bureau", source="contract", dated=loan.issued_on)
                consents.write_down(session, loan.borrower_id, word, actor="supervisor", now=at)
            asking.ask(session, loan.id, subject, actor="supervisor", now=at, time_zone=zone)
        _answer(shell, at + timedelta(minutes=1))


def _answer(shell: Shell, now: datetime) -> None:
    """What is due is asked; no provider is switched on, so the sandbox answers."""
    sender = Sender(
        shell.database, load_inquirers(), open_vault(shell.settings), shell.settings, clock=lambda: now,
        randomness=Random(0),
    )  # fmt: skip
    while sender.round().taken:
        pass


def _debts(shell: Shell, now: datetime) -> Iterator[tuple[str, datetime, Loan]]:
    with shell.database.read() as session:
        loans = session.scalars(
            select(Loan)
            .join(Borrower, Borrower.id == Loan.borrower_id)
            .where(Loan.demo, Loan.state == "open", Loan.dpd > 0, Borrower.contact_stop.is_(None))
            .order_by(Loan.dpd.desc(), Loan.id)
            .limit(len(_ASKED))
        ).all()
    for (subject, hours), loan in zip(_ASKED, loans, strict=False):
        yield subject, now - timedelta(hours=hours), loan
