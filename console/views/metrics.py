"""`/metrics` for Prometheus: the engine's figures, read from the database, for whoever shows the token.

Without `KASKAD_METRICS_TOKEN` there is no such page: how a company's collection goes is nobody's business.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.clock import now
from console.context import database
from console.queries.engine_figures import Totals, Work, alive, leader, queues
from scenario_engine.models import ConnectorHour, ConnectorState, Heartbeat, IncomingPayment, Refusal, Scenario

_DAY = timedelta(days=1)
#: stages as Prometheus is told of them
_STAGES = {"signal": "react", "enrol": "enrol", "advance": "advance", "fold": "fold", "send": "send"}


class _Figures(Collector):
    """One look at the database."""

    def __init__(self, session: Session, totals: Totals, at: datetime) -> None:
        self._session = session
        self._totals = totals
        self._at = at

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        yield from self._queues()
        yield from self._processes()
        yield from self._notifications()
        yield from self._connectors()
        yield from self._stages(self._totals.read(self._session, self._at))
        states = self._session.execute(select(Scenario.state, func.count()).group_by(Scenario.state))
        yield _labelled("kaskad_scenarios", "Scenarios by state.", "state", [(row[0], row[1]) for row in states])

    def _queues(self) -> Iterator[Metric]:
        waits = queues(self._session, self._at)
        yield _gauge("kaskad_engine_lag_seconds", "How long the oldest due case waits.", waits.lag_seconds)
        yield _gauge("kaskad_engine_due_cases", "Cases that should move on now.", waits.due_cases)
        yield _gauge("kaskad_engine_active_cases", "Cases that have not ended.", waits.active_cases)
        yield _gauge("kaskad_engine_set_aside_cases", "Cases that wait for a person's decision.", waits.set_aside)
        yield _gauge("kaskad_outbox_queued_messages", "Messages that wait to be sent.", waits.queued_messages)
        yield _gauge("kaskad_signals_waiting", "Signals nobody has reacted to.", waits.waiting_signals)
        jobs = [("queued", waits.queued_jobs), ("running", waits.running_jobs)]
        yield _labelled("kaskad_jobs", "Long jobs that have not ended.", "state", jobs)

    def _notifications(self) -> Iterator[Metric]:
        """What payment sources told in a day, by what became of it; what was refused, by why."""
        since = self._at - _DAY
        taken = GaugeMetricFamily(
            "kaskad_payment_notifications_day", "Payment notifications of the last 24 hours.",
            labels=["source", "outcome"],
        )  # fmt: skip
        told = select(IncomingPayment.source, IncomingPayment.state, func.count()).where(
            IncomingPayment.received_at > since
        )
        for source, state, times in self._session.execute(told.group_by(IncomingPayment.source, IncomingPayment.state)):
            taken.add_metric([source, state], times)
        refused = select(Refusal.source, Refusal.reason, func.sum(Refusal.count)).where(Refusal.hour > since)
        for source, reason, times in self._session.execute(refused.group_by(Refusal.source, Refusal.reason)):
            taken.add_metric([source, f"refused_{reason}"], times)
        yield taken
        waiting = select(func.count()).where(IncomingPayment.state == "unmatched")
        yield _gauge(
            "kaskad_payments_unmatched", "Payments that wait for a person.", self._session.scalar(waiting) or 0
        )

    def _connectors(self) -> Iterator[Metric]:
        """What went through each connector since the beginning, and whether its breaker holds messages back."""
        fared = ("sent", "failed", "retried", "delivered", "undelivered")
        sums = [func.sum(getattr(ConnectorHour, name)).label(name) for name in (*fared, "cost")]
        messages = CounterMetricFamily(
            "kaskad_connector_messages", "Messages by what became of them.", labels=["connector", "outcome"]
        )
        cost = CounterMetricFamily("kaskad_connector_cost_kopecks", "What messages cost.", labels=["connector"])
        totals = select(ConnectorHour.connector, *sums).group_by(ConnectorHour.connector)
        for row in self._session.execute(totals.order_by(ConnectorHour.connector)):
            for name in fared:
                messages.add_metric([row.connector, name], int(getattr(row, name)))
            cost.add_metric([row.connector], int(row.cost))
        yield messages
        yield cost
        states = self._session.execute(select(ConnectorState.key, ConnectorState.breaker).order_by(ConnectorState.key))
        held = [(key, int(breaker != "closed")) for key, breaker in states]
        yield _labelled("kaskad_connector_breaker_open", "1 when failures hold messages back.", "connector", held)

    def _processes(self) -> Iterator[Metric]:
        running = alive(self._session, self._at)
        leads = leader(self._session, self._at)
        yield _gauge("kaskad_engine_processes", "Engine processes that were seen of late.", len(running))
        yield _gauge("kaskad_engine_has_leader", "1 when an engine leads.", int(leads is not None))
        seen = self._session.scalar(select(func.max(Heartbeat.seen_at)))
        if seen is not None:
            silence = max(0.0, (self._at - seen).total_seconds())
            yield _gauge("kaskad_engine_silence_seconds", "Since the last sign of life of any engine.", silence)
        ticks = [(beat.process, beat.last_tick_ms / 1000) for beat in running if beat.last_tick_ms is not None]
        yield _labelled("kaskad_engine_last_tick_seconds", "Length of the last tick.", "process", ticks)
        retries = CounterMetricFamily("kaskad_engine_retries", "Transactions done again.", labels=["process"])
        for beat in running:
            retries.add_metric([beat.process], beat.retries)
        yield retries

    def _stages(self, totals: dict[str, Work]) -> Iterator[Metric]:
        figures: tuple[tuple[str, str, Callable[[Work], float]], ...] = (
            ("kaskad_engine_batches", "Transactions.", lambda work: work.batches),
            (
                "kaskad_engine_cases",
                "Cases that were enrolled, moved on or touched by signals.",
                lambda work: work.cases,
            ),
            ("kaskad_engine_messages", "Messages written (advance) and sent (send).", lambda work: work.messages),
            ("kaskad_engine_busy_seconds", "Time the stages took.", lambda work: work.micros / 1_000_000),
        )
        for name, help_text, figure in figures:
            family = CounterMetricFamily(name, help_text, labels=["stage"])
            for stage, said in _STAGES.items():
                family.add_metric([said], figure(totals[stage]))
            yield family


def register(app: Flask) -> None:
    """Add the page when there is a token for it."""
    blueprint = Blueprint("metrics", __name__)
    totals = Totals()

    @blueprint.get("/metrics")
    def metrics() -> Response:
        token = current_app.config["METRICS_TOKEN"]
        if not token:
            abort(404)
        shown = request.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            return Response("", 401, {"WWW-Authenticate": "Bearer"})
        registry = CollectorRegistry(auto_describe=False)
        with database().read() as session:
            registry.register(_Figures(session, totals, now()))
            encode, kind = choose_encoder(request.headers.get("Accept", ""))
            return Response(encode(registry), content_type=kind)

    app.register_blueprint(blueprint)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _labelled(name: str, help_text: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for key, value in values:
        family.add_metric([key], value)
    return family
