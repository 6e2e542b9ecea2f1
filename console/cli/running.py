"""`kaskad tick`, `pay` and `roll`: what the engine does by itself, done once and at a moment you name."""

from __future__ import annotations

import random
import time
from datetime import date, datetime

import click

from console.cli.options import DAY, INSTANT, ROUBLES, json_option, now_option
from console.cli.output import print_json, roubles
from console.cli.shell import COMMAND, Shell, installed_connectors, pass_shell
from console.configuration import open_vault
from scenario_engine import audit, tills
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.outbox import deliver
from scenario_engine.engine.roll import roll_registry
from scenario_engine.engine.tick import run_tick
from scenario_engine.registry.days import local_day
from scenario_engine.registry.payments import NewPayment
from scenario_engine.texts import Text


@click.command()
@now_option()
@click.option("--no-enrol", is_flag=True, help="Move the cases there are; let no loan in by segment.")
@click.option("--send", is_flag=True, help="Then hand what is due in the outbox to the connectors.")
@json_option
@pass_shell
def tick(shell: Shell, now: datetime | None, no_enrol: bool, send: bool, as_json: bool) -> None:
    """One tick: react to signals, let loans in, move every case that is due."""
    moment = now or shell.now
    result = run_tick(shell.database, now=moment, settings=shell.settings, timer=time.perf_counter, enrol=not no_enrol)
    answer = {
        "now": moment,
        "enrolled": result.enrolled,
        "advanced": result.advanced,
        "ended": result.ended,
        "signals": result.signals,
        "messages": result.messages,
        "batches": result.batches,
        "set_aside": result.set_aside,
        "seconds": round(result.seconds, 3),
    }
    if send:
        answer |= _send(shell, moment)
    if as_json:
        print_json(answer)
        return
    text = Text(
        "{enrolled} loans entered, {advanced} cases moved, {ended} ended, {messages} messages written, "
        "{set_aside} set aside; {seconds} s",
        "вошло займов: {enrolled}, сдвинуто дел: {advanced}, завершено: {ended}, сообщений: {messages}, "
        "отложено из-за ошибок: {set_aside}; {seconds} с",
    )
    click.echo(shell.say(text.format(**answer)))
    if send:
        text = Text(
            "{sent} messages sent, {failed} failed, {retried} to be tried again, {cancelled} cancelled",
            "отправлено сообщений: {sent}, не ушло: {failed}, будет повторено: {retried}, отменено: {cancelled}",
        )
        click.echo(shell.say(text.format(**answer)))


def _send(shell: Shell, moment: datetime) -> dict[str, int]:
    total = {"sent": 0, "failed": 0, "retried": 0, "cancelled": 0, "expired": 0}
    connectors, vault = installed_connectors(), open_vault(shell.settings)
    while True:
        done = deliver(
            shell.database, connectors, vault=vault, now=moment, settings=shell.settings, randomness=random.Random()
        )
        if not done.taken:
            return total
        total = {name: n + getattr(done, name) for name, n in total.items()}


# so that a negative amount is refused as an amount, not as an unknown option
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("loan")
@click.argument("amount", type=ROUBLES)
@click.option("--at", "paid_at", type=INSTANT, help="When it was paid, instead of now.")
@click.option("--now", "now", type=INSTANT, help="When Kaskad learns of it; as --at by default.")
@click.option("--id", "external_id", help="Id of the payment: the same id is never recorded twice.")
@json_option
@pass_shell
def pay(
    shell: Shell,
    loan: str,
    amount: int,
    paid_at: datetime | None,
    now: datetime | None,
    external_id: str | None,
    as_json: bool,
) -> None:
    """Record a payment on LOAN (its external id), in roubles; cases that it cures end at once."""
    paid_at = paid_at or now or shell.now
    moment = now or paid_at
    key = external_id or f"command:{loan}:{paid_at.isoformat()}:{amount}"
    zone = shell.settings.time_zone
    with shell.database.write() as session:
        taken = tills.take(
            session,
            NewPayment(external_id=key[:64], loan_external_id=loan, amount=amount, paid_at=paid_at),
            actor=COMMAND,
            source="command",
            now=moment,
            time_zone=zone,
        )
    if as_json:
        print_json(
            {
                "external_id": key[:64],
                "payment_id": taken.payment_id if taken.is_new else None,
                "repeated": not taken.is_new,
                "ended_cases": taken.reaction.ended_cases,
                "woken_cases": taken.reaction.woken,
            }
        )
        return
    if not taken.is_new:
        text = Text("This payment is recorded already.", "Этот платёж уже учтён.")
    else:
        text = Text(
            "Recorded {amount} ₽ on {loan}; cases ended: {ended}, woken: {woken}",
            "Учтено {amount} ₽ по займу {loan}; завершено дел: {ended}, разбужено: {woken}",
        ).format(amount=roubles(amount), loan=loan, ended=taken.reaction.ended_cases, woken=taken.reaction.woken)
    click.echo(shell.say(text))


@click.command()
@click.option("--on", "day", type=DAY, help="Day to bring the registry to; today by default.")
@now_option()
@json_option
@pass_shell
def roll(shell: Shell, day: date | None, now: datetime | None, as_json: bool) -> None:
    """Bring overdue debt, DPD and buckets of the whole registry to a day, and settle promises."""
    zone = shell.settings.time_zone
    moment = now or shell.now
    day = day or local_day(moment, zone)
    attempts = Attempts(random.Random(), time.sleep)
    rolled = roll_registry(shell.database, on=day, now=moment, time_zone=zone, attempts=attempts)
    with shell.database.write() as session:
        audit.record(
            session, at=moment, actor=COMMAND, action="registry.rolled", subject_type="registry",
            subject_id=day.isoformat(), changed=rolled.changed,
        )  # fmt: skip
    if as_json:
        print_json({"on": day, "changed": rolled.changed, "entered": rolled.entered, "missed": rolled.missed})
        return
    text = Text(
        "{day}: {changed} loans changed, {entered} fell into a worse bucket, {missed} payments missed",
        "{day}: изменилось займов: {changed}, перешло в худшую корзину: {entered}, пропущено платежей: {missed}",
    )
    click.echo(shell.say(text.format(day=day, changed=rolled.changed, entered=rolled.entered, missed=rolled.missed)))
