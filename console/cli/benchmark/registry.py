"""The day of the registry: accrual, DPD roll with the history of buckets, monitoring, each beside its raw limit."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Table, case, func, insert, literal, null, select, update
from sqlalchemy.orm import Session

from console.cli.benchmark import dataset
from console.cli.benchmark.raw import bring_level, copy_rows, highest, timed
from console.cli.benchmark.run import Measure, Run
from scenario_engine.models import (
    Account,
    Base,
    BucketSpell,
    Instalment,
    Loan,
    LoanEvent,
    MonitoringFiring,
    MonitoringRule,
    Signal,
    table_of,
)
from scenario_engine.monitoring import look, rulebook
from scenario_engine.registry import bucket_history, delinquency
from scenario_engine.registry.ledger import roll as ledger
from scenario_engine.rules.monitoring_rules import STANDARD

HEAD = """# The day of the registry

Made by `kaskad bench --registry`; do not edit. What the engine does once a day to all loans, and in the same run on
the same database the bare statements that write the same rows, every value known beforehand. Every second loan has a
ledger; one loan in twenty falls into a worse bucket. Seconds mean little on another machine: read the ratios.
"""
ROLLED = ("overdue", "overdue_since", "dpd", "bucket", "next_due_on", "next_due_amount", "balance")
CHARGED = ("upto", "interest", "penalty", "charged", "interest_rest", "penalty_rest")


def measure_day(run: Run) -> None:
    """Build the registry and take every measure of its day."""
    run.database.create_all()
    run.say(f"building {run.loans} loans")
    began = run.timer()
    dataset.build(run.database, run.loans)
    with run.database.write() as session:
        _keep_ledgers(session)
    dataset.refresh_statistics(run.database)
    run.built = run.timer() - began
    run.megabytes = dataset.megabytes(run.database)
    _accrual(run)
    _roll(run)
    _count(run)
    _monitoring(run)


def _keep_ledgers(session: Session) -> None:
    """Give every second loan an account that says what the loan does."""
    chosen = Loan.id % 2 == 0
    line, loans = table_of(Instalment), table_of(Loan)
    session.execute(
        update(line).where(line.c.loan_id % 2 == 0).values(left=dataset.LINE * (dataset.LINES - line.c.number))
    )
    values = {
        "loan_id": Loan.id,
        "terms": literal({}, table_of(Account).c.terms.type),
        "full_cost": literal(292_000),
        "upto": literal(dataset.DAY),
        "next_due_on": Loan.next_due_on,
        "next_number": literal(dataset.PAID_LINES + 2),
        "overdue_since": Loan.overdue_since,
        "charges_limit": null(),
        "rate_ppm": literal(8_000),
        "rate_yearly": literal(False),
        "penalty_ppm": literal(200_000),
        "penalty_yearly": literal(True),
        "grace_days": literal(0),
        "interest_when_late": literal(True),
        "principal": Loan.balance - Loan.overdue,
        "principal_overdue": Loan.overdue,
    }
    rows = select(*values.values()).where(chosen)
    session.execute(insert(Account).from_select(list(values), rows, include_defaults=True))
    session.execute(update(loans).where(loans.c.id % 2 == 0).values(servicing="ledger"))


def _accrual(run: Run) -> None:
    accounts, events = run.copies.fill("accounts"), run.copies.table("loan_events")
    on, now = dataset.DAY + timedelta(days=1), dataset.NOW + timedelta(days=1)
    seconds, charged = timed(run.database, run.timer, lambda session: ledger.roll(session, on=on, now=now))

    def raw(session: Session) -> None:
        _bring_accounts_level(session, accounts)
        copy_rows(session, "loan_events", events, LoanEvent.day == on)

    raw_seconds, _ = timed(run.database, run.timer, raw)
    run.expect("loans charged", charged, run.loans // 2)
    run.add(Measure(name="accrual of a day", seconds=seconds, rows=charged, raw_seconds=raw_seconds,
                    note="an event a loan"))  # fmt: skip


def _bring_accounts_level(session: Session, copy: Table) -> None:
    original = Base.metadata.tables["accounts"]
    names = (*CHARGED, "principal", "principal_overdue", "interest_overdue", "overdue_since", "next_number",
             "next_due_on")  # fmt: skip
    session.execute(
        update(copy).where(copy.c.loan_id == original.c.loan_id).values({name: original.c[name] for name in names})
    )


def _roll(run: Run) -> None:
    copies = {name: run.copies.table(name) for name in ("signals", "bucket_spells")}
    loans = run.copies.fill("loans")
    with run.database.read() as session:
        before = highest(session, *copies)
    on, now = dataset.DAY + timedelta(days=1), dataset.NOW + timedelta(days=1)
    seconds, rolled = timed(run.database, run.timer, lambda session: delinquency.roll(session, on=on, now=now))

    def raw(session: Session) -> None:
        bring_level(session, "loans", loans, ROLLED)
        copy_rows(session, "signals", copies["signals"], Signal.id > before["signals"])
        copy_rows(session, "bucket_spells", copies["bucket_spells"], BucketSpell.id > before["bucket_spells"])

    raw_seconds, _ = timed(run.database, run.timer, raw)
    with run.database.read() as session:
        moved = session.scalar(select(func.count()).where(BucketSpell.id > before["bucket_spells"])) or 0
        ends = session.scalar(select(func.count()).where(BucketSpell.until == on)) or 0
    run.expect("stays ended as stays began", ends, moved)
    run.expect("loans that moved", moved > 0, True)
    run.add(Measure(name="DPD roll with its history", seconds=seconds, rows=rolled.changed, raw_seconds=raw_seconds,
                    note=f"{moved} loans moved, {rolled.missed + rolled.entered + rolled.exited} signals"))  # fmt: skip
    with run.database.read() as session:
        last = highest(session, "bucket_spells")["bucket_spells"]
    seconds, told = timed(
        run.database, run.timer,
        lambda session: bucket_history.note(session, on=on, now=now, scope=[Loan.state == "open"], source="registry"),
    )  # fmt: skip
    run.expect("a second look writes nothing", told, 0)
    look_again = select(func.count()).select_from(Loan).join(BucketSpell, BucketSpell.loan_id == Loan.id)
    look_again = look_again.where(
        BucketSpell.until.is_(None), BucketSpell.id <= last, BucketSpell.bucket == Loan.bucket
    )
    raw_seconds, standing = timed(run.database, run.timer, lambda session: session.scalar(look_again))
    run.add(
        Measure(name="history of buckets, nothing new", seconds=seconds, rows=standing or 0, raw_seconds=raw_seconds,
                note="of the roll above; raw: one join of loans and their stays")
    )  # fmt: skip


def _count(run: Run) -> None:
    on = dataset.DAY + timedelta(days=1)
    seconds, _ = timed(run.database, run.timer, lambda session: bucket_history.close_day(session, on=on))
    counted = select(Loan.bucket, func.count(), func.sum(Loan.balance), func.sum(Loan.overdue)).group_by(Loan.bucket)
    raw_seconds, rows = timed(run.database, run.timer, lambda session: session.execute(counted).all())
    run.add(Measure(name="count of the buckets", seconds=seconds, rows=sum(row[1] for row in rows),
                    raw_seconds=raw_seconds, note="raw: one SELECT with the sums"))  # fmt: skip


def _monitoring(run: Run) -> None:
    """The first look takes note of what holds, the second tells what begins."""
    with run.database.write() as session:
        rulebook.ship(session, now=dataset.NOW, actor="bench", enabled=True)
    _look_at_all(run, 1, "first look")
    with run.database.write() as session:
        delinquency.roll(session, on=dataset.DAY + timedelta(days=2), now=dataset.NOW + timedelta(days=2))
    _look_at_all(run, 2, "a day later")


def _look_at_all(run: Run, days: int, name: str) -> None:
    firings, signals = run.copies.table("monitoring_firings"), run.copies.table("signals")
    on, now = dataset.DAY + timedelta(days=days), dataset.NOW + timedelta(days=days)
    dataset.refresh_statistics(run.database)
    with run.database.read() as session:
        before = highest(session, "monitoring_firings", "signals")

    def every_rule(session: Session) -> tuple[int, int]:
        looked = [
            look.look(session, rule, on=on, now=now, time_zone=run.settings.time_zone)
            for rule in session.scalars(select(MonitoringRule).order_by(MonitoringRule.id)).all()
        ]
        return sum(one.began for one in looked), sum(one.told for one in looked)

    def raw(session: Session) -> None:
        for _ in STANDARD:
            session.execute(select(func.sum(case((Loan.dpd > 0, 1), else_=0))).where(Loan.state == "open")).all()
        copy_rows(session, "monitoring_firings", firings, MonitoringFiring.id > before["monitoring_firings"])
        copy_rows(session, "signals", signals, Signal.id > before["signals"])

    seconds, (began, told) = timed(run.database, run.timer, every_rule)
    raw_seconds, _ = timed(run.database, run.timer, raw)
    run.add(Measure(name=f"monitoring, {name}", seconds=seconds, rows=began, raw_seconds=raw_seconds,
                    note=f"{len(STANDARD)} rules, {told} signals; raw: a read of the loans for each rule, "
                    "and the same rows"))  # fmt: skip
