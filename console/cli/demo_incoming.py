"""Payments of the demo that outside systems told of and that found no loan: work for the page of payments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from console import incoming
from console.cli.shell import Shell
from console.configuration import open_vault
from scenario_engine.models import Borrower, Loan
from scenario_engine.ports import Told


def tell(shell: Shell, *, now: datetime) -> None:
    """A wrong number, no number at all, a borrower with two loans, another currency, and a refund."""
    vault = open_vault(shell.settings)
    for source, told in _notifications(shell, now):
        incoming.receive(
            shell.database, vault, source, told, now=told.paid_at + timedelta(minutes=1),
            time_zone=shell.settings.time_zone,
        )  # fmt: skip


def _notifications(shell: Shell, now: datetime) -> Iterator[tuple[str, Told]]:
    with shell.database.read() as session:
        loans = session.execute(
            select(Loan.external_id, Borrower.full_name, Borrower.phone, Loan.overdue)
            .join(Borrower, Borrower.id == Loan.borrower_id)
            .where(Loan.demo, Loan.state == "open", Loan.overdue > 0)
            .order_by(Loan.overdue, Loan.id)
            .limit(3)
        ).all()
        several = session.scalar(
            select(Borrower.external_id).where(Borrower.demo, Borrower.loans_count > 1).order_by(Borrower.id).limit(1)
        )
    for number, (loan, name, phone, overdue) in enumerate(loans, 1):
        # the first has a slip in the number, the second none, the third is known by its phone
        yield "sbp", Told(
            external_id=f"DEMO-{number}", kind="payment", amount=overdue, currency="RUB",
            paid_at=now - timedelta(hours=3 * number),
            named=((loan[:-1] + "О",), (), (phone or "",))[number - 1],
            hints={"payer": name, "purpose": f"Погашение займа {loan[:-2]}"},
        )  # fmt: skip
    if several is not None:
        yield "webhooks", Told(
            external_id="DEMO-4", kind="payment", amount=350_000, currency="RUB", paid_at=now - timedelta(hours=5),
            named=(several,), hints={"purpose": "Оплата по договору"},
        )  # fmt: skip
    yield "webhooks", Told(
        external_id="DEMO-5", kind="payment", amount=12_000, currency="KZT", paid_at=now - timedelta(hours=20),
        hints={"payer": "Плательщик (демо)"},
    )  # fmt: skip
    yield "sbp", Told(
        external_id="DEMO-6", kind="refund", amount=100_000, currency="RUB", paid_at=now - timedelta(hours=26),
        original="DEMO-0",
    )  # fmt: skip
