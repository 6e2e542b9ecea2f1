"""Sending: the outbox through the SMTP and the SMPP connector, beside the barest client of the same gateway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, func, insert, literal, select, update

from console.cli.benchmark import dataset
from console.cli.benchmark.gateways import Gateway, mail_sink, smpp_centre
from console.cli.benchmark.run import Measure, Run
from console.cli.benchmark.scenarios import TEXT, five_hops, put_live
from scenario_engine.models import Borrower, ConnectorSettings, Loan, Message
from scenario_engine.models.connector import LIVE
from scenario_engine.vault import Vault

HEAD = """# Sending

Made by `kaskad bench --sending`; do not edit. The outbox sends as many messages as there are loans through each
connector: it claims them in the database, renders them, hands them over in batches and records each answer. The raw
limit is that of the gateway: the barest client sends the same number to it, bytes that were made beforehand, without a
database. Sender and gateway share the machine. Seconds mean little on another machine: read the ratios.
"""
#: of this run's secrets only
_KEY = "bench of sending"


def measure_sending(run: Run) -> None:
    """Build a registry and send a message for each loan, by SMS and by e-mail."""
    run.database.create_all()
    run.say(f"building {run.loans} loans")
    began = run.timer()
    dataset.build(run.database, run.loans)
    with run.database.write() as session:
        session.execute(
            update(Borrower).values(email=literal("b", String()) + cast(Borrower.id, String) + "@bench.example")
        )
    version_id = put_live(run.database, five_hops(), now=dataset.NOW)
    run.built = run.timer() - began
    run.megabytes = dataset.megabytes(run.database)
    for gateway in (smpp_centre, mail_sink):
        with gateway() as running:
            _measure(run, running, version_id)


def _measure(run: Run, gateway: Gateway, version_id: int) -> None:
    _queue(run, gateway, version_id)
    dataset.refresh_statistics(run.database)
    taken = gateway.taken()
    found = _send(run, gateway)
    run.expect(f"messages that left by {gateway.title}", found["sent"], run.loans)
    run.expect(f"messages that {gateway.title} took", gateway.taken() - taken, run.loans)
    with run.database.read() as session:
        receipts = session.scalar(
            select(func.count(Message.receipt.distinct())).where(
                Message.connector == gateway.key, Message.state == "sent"
            )
        )
    run.expect(f"receipts of {gateway.title}", receipts, run.loans)
    taken = gateway.taken()
    began = run.timer()
    gateway.push(run.loans)
    raw = run.timer() - began
    run.expect(f"messages that {gateway.title} took from the barest client", gateway.taken() - taken, run.loans)
    seconds = found["seconds"]
    note = (
        f"{run.loans / seconds:.0f} a second, the barest client {run.loans / raw:.0f}; memory grew from "
        f"{found['before_megabytes']} to {found['peak_megabytes']} MB; {gateway.note}"
    )
    run.add(Measure(name=f"sending by {gateway.title}", seconds=seconds, rows=run.loans, raw_seconds=raw, note=note))


def _queue(run: Run, gateway: Gateway, version_id: int) -> None:
    """A message for each loan, and the connector switched on."""
    content = {"template": TEXT, "subject": "{{ loan_number }}"}
    at = dataset.NOW - timedelta(minutes=1)
    values: dict[str, Any] = {
        "case_id": Loan.id, "node_id": literal(1), "batch_id": literal(1), "version_id": literal(version_id),
        "loan_id": Loan.id, "borrower_id": Loan.borrower_id, "channel": literal(gateway.channel),
        "connector": literal(gateway.key), "state": literal("queued"), "queued_at": literal(at, Message.queued_at.type),
        "due_at": literal(at, Message.due_at.type), "content": literal(content, Message.content.type),
        "attempts": literal(0),
    }  # fmt: skip
    with run.database.write() as session:
        session.execute(
            insert(Message).from_select(
                list(values), select(*values.values()).order_by(Loan.id), include_defaults=False
            )
        )
        secrets = {"password": gateway.chosen.get("password", "")}
        session.add(
            ConnectorSettings(
                key=gateway.key, mode=LIVE, secrets=Vault([_KEY]).seal(json.dumps(secrets)), rate=None, batch=200,
                chosen={key: value for key, value in gateway.chosen.items() if key != "password"}, tariff=0,
                changed_at=dataset.NOW, changed_by="bench",
            )
        )  # fmt: skip


def _send(run: Run, gateway: Gateway) -> dict[str, Any]:
    """What a process that does nothing else sent, and how large it grew."""
    environment = {
        **os.environ, "KASKAD_DATABASE_URL": run.database.engine.url.render_as_string(hide_password=False),
        "KASKAD_INNER_NETWORKS": "127.0.0.0/8", "KASKAD_ENCRYPTION_KEYS": _KEY,
        "KASKAD_TIME_ZONE": run.settings.time_zone,
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "console.cli.benchmark.sender",
        dataset.NOW.isoformat(),
        gateway.key,
        str(run.loans),
    ]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sender:  # noqa: S603
        assert sender.stdout is not None
        run.expect("a sender that is ready", sender.stdout.readline().strip(), "ready")
        said, _ = sender.communicate("go\n")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found
