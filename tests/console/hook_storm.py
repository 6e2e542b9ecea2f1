"""A storm of payment notifications from four systems at once: shuffled, a third of them repeated, some forged.

`python -m tests.console.hook_storm` lets 10 000 of them loose on PostgreSQL; the suite has a shorter one.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.error import HTTPError

import click
from sqlalchemy import func, select

from connectors.yookassa import YooKassa
from console import context
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import AuditEntry, Case, IncomingPayment, Loan, Payment, Refusal, Signal
from tests.builders import a_loan
from tests.console import senders
from tests.console.client import Console
from tests.console.senders import Sent
from tests.console.world import NOW
from tests.engine.scenarios import SETTINGS, a_document, a_live_version, overdue_rule

THREADS = 8
#: kopecks
OVERDUE = 500_000
AMOUNTS = (OVERDUE, OVERDUE // 2, OVERDUE - 1, 1, 123_457)
#: per mille of the notifications
FORGED, NAMELESS = 50, 20


@dataclass
class Storm:
    """What is sent, and what must be true afterwards."""

    #: source, body and headers, whether it is genuine
    sent: list[tuple[str, Sent, bool]] = field(default_factory=list)
    #: external id of each payment that must be recorded → loan's number and kopecks
    wanted: dict[str, tuple[str, int]] = field(default_factory=dict)
    nameless: int = 0
    forged: int = 0
    #: what YooKassa answers about its payments
    true: dict[str, bytes] = field(default_factory=dict)


def brew(size: int, loans: int, seed: int) -> Storm:
    """A storm of that many notifications about so many loans; two thirds of the genuine ones differ."""
    chance, storm = Random(seed), Storm()
    genuine: list[tuple[str, Sent, bool]] = []
    storm.forged = size * FORGED // 1000
    distinct = (size - storm.forged) * 2 // 3
    for number in range(distinct):
        source = chance.choice(("cloudpayments", "sbp", "webhooks", "yookassa"))
        amount = chance.choice(AMOUNTS)
        is_nameless = number < size * NAMELESS // 1000
        loan = f"nobody-{number}" if is_nameless else f"S-{chance.randrange(loans)}"
        sent, code = _one(storm, source, number, loan, amount)
        genuine.append((source, sent, True))
        if is_nameless:
            storm.nameless += 1
        else:
            storm.wanted[f"{source}:{code}"] = (loan, amount)
    repeated = [chance.choice(genuine) for _ in range(size - storm.forged - distinct)]
    storm.sent = [*genuine, *repeated, *(_forge(chance, chance.choice(genuine)) for _ in range(storm.forged))]
    chance.shuffle(storm.sent)
    return storm


def _one(storm: Storm, source: str, number: int, loan: str, amount: int) -> tuple[Sent, str]:
    if source == "yookassa":
        code = f"2d0b1a3e-000f-5000-8000-{number:012x}"
        true = {"id": code, "status": "succeeded", "paid": True, "metadata": {"loan": loan},
                "amount": {"value": f"{amount // 100}.{amount % 100:02d}", "currency": "RUB"}}  # fmt: skip
        storm.true[code] = json.dumps(true).encode()
        return (json.dumps({"event": "payment.succeeded", "object": {"id": code}}).encode(), {}), code
    make: Callable[..., Sent] = getattr(senders, "webhook" if source == "webhooks" else source)
    return make(number, loan, amount, NOW), str(number)


def _forge(chance: Random, one: tuple[str, Sent, bool]) -> tuple[str, Sent, bool]:
    """Somebody who saw a notification and wants another to count, or makes one up."""
    source, (body, headers), _ = one
    if source == "yookassa":
        made_up = f"2d0b1a3e-000f-5000-9000-{chance.randrange(16**12):012x}"
        return source, (json.dumps({"event": "payment.succeeded", "object": {"id": made_up}}).encode(), {}), False
    at = chance.randrange(len(body))
    return source, (body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :], headers), False


def prepare(console: Console, storm: Storm, loans: int) -> None:
    """Overdue loans, each in a scenario that waits, and sources that are switched on."""
    document = a_document(
        {"in": ("entry.segment", {"rule": overdue_rule(1)}), "wait": ("wait.duration", {"days": 9}),
         "out": ("exit", {"reason": "x"})},
        ["in:next>wait", "wait:next>out"],
    )  # fmt: skip
    with console.database.write() as session:
        for number in range(loans):
            a_loan(session, external_id=f"S-{number}", principal=10**9, overdue=OVERDUE, dpd=12, bucket="1-30",
                   overdue_since=NOW.date() - timedelta(days=12))  # fmt: skip
        a_live_version(session, document, key="storm", now=NOW)
    run_tick(console.database, now=NOW, settings=SETTINGS, timer=lambda: 0.0)

    def ask(path: str, _authorization: str) -> bytes:
        try:
            return storm.true[path.removeprefix("payments/")]
        except KeyError:
            raise HTTPError(path, 404, "Not Found", None, None) from None  # type: ignore[arg-type]

    furnished = context.room(console.app)
    sources = {**furnished.sources, "yookassa": YooKassa(ask)}
    console.app.extensions["kaskad"] = replace(furnished, sources=sources)
    senders.switch_on(console, *senders.VALUES)


def blow(console: Console, storm: Storm, threads: int = THREADS) -> Counter[tuple[bool, int]]:
    """Send everything from several threads; who is told to come later does. Counts (genuine, status)."""

    def send(one: tuple[str, Sent, bool]) -> tuple[bool, int]:
        source, sent, is_genuine = one
        for _ in range(20):
            status = senders.deliver(console, source, sent, environ_base={"REMOTE_ADDR": "185.71.76.1"}).status_code
            if status != 503:
                break
        return is_genuine, status

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(send, storm.sent))


def faults(console: Console, storm: Storm, answers: Counter[tuple[bool, int]]) -> list[str]:
    """Everything that is not as it must be, reckoned from what was sent alone."""
    found: list[str] = []

    def expect(what: str, is_so: object, must: object) -> None:
        if is_so != must:
            found.append(f"{what}: {is_so}, not {must}")

    genuine = len(storm.sent) - storm.forged
    expect("answers", dict(answers), {(True, 200): genuine, (False, 401): storm.forged})
    with console.database.read() as session:
        paid = {
            code: (loan, amount)
            for code, loan, amount in session.execute(
                select(Payment.external_id, Loan.external_id, Payment.amount).join(Loan, Loan.id == Payment.loan_id)
            )
        }
        if paid != storm.wanted:
            found.append(f"{len(paid.items() ^ storm.wanted.items())} payments differ")
        expect("sum", session.scalar(select(func.sum(Payment.amount))), sum(sum_ for _, sum_ in storm.wanted.values()))
        states = session.execute(select(IncomingPayment.state, func.count()).group_by(IncomingPayment.state))
        expect(
            "states", dict(tuple(row) for row in states), {"credited": len(storm.wanted), "unmatched": storm.nameless}
        )
        expect("refusals", session.scalar(select(func.sum(Refusal.count))), storm.forged)
        expect("signals left", session.scalar(select(func.count()).where(Signal.handled.is_(False))), 0)
        recorded = select(func.count()).where(AuditEntry.action == "payment.recorded")
        expect("audit", session.scalar(recorded), len(storm.wanted))
        sums: Counter[str] = Counter()
        for loan, amount in storm.wanted.values():
            sums[loan] += amount
        rows = session.execute(
            select(Loan.external_id, Loan.overdue, Loan.balance, func.count(Case.id))
            .outerjoin(Case, (Case.loan_id == Loan.id) & Case.ended_at.is_(None))
            .where(Loan.external_id.startswith("S-"))
            .group_by(Loan.id, Loan.external_id, Loan.overdue, Loan.balance)
        ).all()
        for loan, overdue, balance, active in rows:
            left = max(0, OVERDUE - sums[loan])
            expect(f"{loan} owes", (overdue, balance, active), (left, 10**9 - sums[loan], int(left > 0)))
    return found


def main(size: int = 10_000, loans: int = 2_000, seed: int = 7) -> int:
    """The whole storm on PostgreSQL; 1 when something is not as it must be."""
    from tests.console.conftest import _fill, _open
    from tests.harness.postgres import start_server

    server = start_server()
    with tempfile.TemporaryDirectory() as folder:
        url = server.url(server.create_database())
        _fill(url, Path(folder))
        storm = brew(size, loans, seed)
        for console in _open(url, Path(folder)):
            prepare(console, storm, loans)
            begun = time.perf_counter()
            answers = blow(console, storm)
            seconds = time.perf_counter() - begun
            wrong = faults(console, storm, answers)
    server.stop()
    click.echo(f"{size} notifications, {storm.forged} forged, {len(storm.wanted)} payments: {seconds:.1f} s")
    click.echo("\n".join(wrong[:20]) or "credited exactly once, to the kopeck")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
