"""The interpreter: signals, enrolment and ticks over a `Portfolio`, one case at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from scenario_engine.policies.shipped import SHIPPED
from tests.engine.reference import node_types
from tests.engine.reference.node_types import ARRIVAL, CONTACTS, ENDS, HELD, ON_DUE, STAY, Asked
from tests.engine.reference.state import Case, Drawing, Portfolio, Trail
from tests.policies.reference import Made, Person, guard, opens_next, zone
from tests.rules.reference import facts, fields_asked, holds

LOST = "@lost"


class Interpreter:
    """Does with a portfolio what the engine must do with the database."""

    def __init__(self, portfolio: Portfolio, home: str) -> None:
        """`home` is the portfolio's time zone."""
        self.portfolio = portfolio
        self.world = portfolio.world
        self.home = home
        self._borrowers = {borrower.id: borrower for borrower in self.world.borrowers}

    # -- what happens -----------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """Signals, enrolment, and one step on for every case that is due."""
        self.react(now)
        for drawing in self._live():
            for entry in drawing.entries:
                if drawing.types[entry] == "entry.segment":
                    self._enrol(drawing, entry, now, lambda _loan: True)
        touched: set[int] = set()
        due = {case.version.id for case in self._due(now, touched)}
        for drawing in sorted(self._running(), key=lambda found: found.id):
            if drawing.id in due:
                self._advance(drawing, now, touched)

    def react(self, now: datetime) -> None:
        """Everything that follows at once from the signals nobody has handled."""
        signals = [signal for signal in self.world.signals if not signal.handled]
        signals.sort(key=lambda signal: (signal.at, signal.id))
        for signal in signals:
            signal.handled = True
        cured = {signal.loan_id for signal in signals if signal.kind == "overdue_paid"}
        for case in self._active():
            if case.loan.id in cured and case.loan.overdue == 0 and case.version.settings.goal["kind"] != "none":
                self.end(case, "cured", now)
        for case in self._active():
            for signal in signals:
                ways = node_types.wakes(case.version.types[case.node], case.version.params[case.node])
                mine = signal.loan_id == case.loan.id and signal.kind in ways and signal.at >= case.entered_at
                if mine and case.outcome is None:
                    case.outcome, case.due_at = ways[signal.kind], now
        for drawing in self._live():
            for entry in drawing.entries:
                kind = drawing.params[entry].get("signal_kind")
                told = {signal.loan_id for signal in signals if signal.kind == kind}
                if drawing.types[entry] == "entry.signal":
                    self._enrol(drawing, entry, now, lambda loan, told=told: loan.id in told)
        for payment_id in sorted({signal.payment_id for signal in signals if signal.payment_id is not None}):
            self._attribute(next(payment for payment in self.world.payments if payment.id == payment_id))

    def end(self, case: Case, port: str, now: datetime) -> None:
        """The engine takes the case away; what waits to be sent or done for it is dropped."""
        day = self.day(now)
        case.ended_at, case.end_reason, case.due_at, case.outcome = now, port, None, None
        hop = (case.node, port)
        self.portfolio.trails.append(Trail(case=case, at=now, day=day, hops=[hop], fresh=False, seen={}))
        self.portfolio.count(case, case.node, port, day, case.enrolled_overdue)
        for message in self.portfolio.messages:
            if message["case"] is case and message["state"] == "queued":
                message["state"] = "cancelled"
        self._close_work(case, now, task="cancelled", offer="withdrawn")
        self._wake_parent(case, now)

    def close_task(self, task: Any, disposition: str, now: datetime, actor: str) -> None:
        """A person closed a task after a call."""
        task.state, task.closed_at, task.disposition, task.closed_by = "done", now, disposition, actor
        self._contact(task.case, task.node, "call", "operator_call", now, loan=task.loan)
        if task.case.ended_at is None and task.case.node == task.node and task.case.outcome is None:
            task.case.outcome, task.case.due_at = disposition, now

    # -- enrolment --------------------------------------------------------------------------------------------

    def _enrol(self, drawing: Drawing, entry: str, now: datetime, wanted: Callable[[Any], bool]) -> None:
        rule = drawing.params[entry].get("rule")
        for loan in sorted(self.world.loans, key=lambda loan: (loan.shard, loan.id)):
            free = loan.state == "open" and wanted(loan) and self._free(drawing, loan, now)
            if free and (rule is None or holds(rule, facts(self.world, loan, now))):
                self._add_case(drawing, entry, loan, now, track=drawing.settings.track)

    def _free(self, drawing: Drawing, loan: Any, now: datetime) -> bool:
        days = drawing.settings.reentry_days
        for other in self.portfolio.cases:
            if other.loan is not loan or other.track is None:
                continue
            if other.ended_at is None and other.track == drawing.settings.track:
                return False
            over = days is not None and other.ended_at is not None and other.ended_at <= now - timedelta(days=days)
            if other.version.scenario.id == drawing.scenario.id and not over:
                return False
        return True

    def _add_case(
        self, drawing: Drawing, entry: str, loan: Any, now: datetime, *, track: str | None, parent: Case | None = None
    ) -> Case:
        case = Case(
            id=self.portfolio.new_id(), version=drawing, loan=loan, track=track, node=entry, due_at=now,
            entered_at=now, enrolled_at=now, enrolled_overdue=loan.overdue, parent=parent,
        )  # fmt: skip
        self.portfolio.cases.append(case)
        self.portfolio.count(case, entry, "@in", self.day(now), loan.overdue)
        return case

    # -- a tick -----------------------------------------------------------------------------------------------

    def _advance(self, drawing: Drawing, now: datetime, touched: set[int]) -> None:
        """All due cases of a version, in rounds: in each, of a borrower's cases at one node the oldest goes on."""
        while due := [case for case in self._due(now, touched) if case.version is drawing]:
            moved = []
            for node in drawing.order:
                oldest: dict[int, Case] = {}
                for case in due:
                    if case.node == node and case.id not in touched:
                        oldest.setdefault(case.loan.borrower_id, case)
                for case in oldest.values():
                    moved.append(case)
                    touched.add(case.id)
                    self._record(Walk(self, case, now).go(), now)
            touched.update(child.id for child in self.portfolio.cases if child.parent in moved)
            for case in moved:
                self._close_work(case, now, task="expired", offer="expired")
                if case.ended_at is not None:
                    self._wake_parent(case, now)

    def _record(self, walk: Walk, now: datetime) -> None:
        """The trail, the counts, and what the walk leaves behind: the next case sees it."""
        day, case = self.day(now), walk.case
        fresh = walk.start in case.version.entries
        self.portfolio.trails.append(Trail(case=case, at=now, day=day, hops=walk.hops, fresh=fresh, seen=walk.seen))
        for number, (node, port) in enumerate(walk.hops):
            if number and node not in case.version.entries:
                self.portfolio.count(case, node, "@in", day, case.loan.overdue)
            if port not in (STAY, HELD):
                self.portfolio.count(case, node, port, day, case.loan.overdue)
        for write in walk.effects:
            write()

    def _close_work(self, case: Case, now: datetime, *, task: str, offer: str) -> None:
        """What the case has left open before now."""
        for row in self.world.tasks:
            if getattr(row, "case", None) is case and row.state == "open" and row.created_at < now:
                row.state, row.closed_at = task, now
        for row in self.world.offers:
            if getattr(row, "case", None) is case and row.state == "open" and row.made_at < now:
                row.state, row.answered_at = offer, now

    def _wake_parent(self, case: Case, now: datetime) -> None:
        if case.parent is not None and case.parent.ended_at is None:
            case.parent.outcome, case.parent.due_at = "done", now

    def _contact(self, case: Case, node: str, kind: str, channel: str, now: datetime, *, loan: Any) -> None:
        self.world.contacts.append(
            SimpleNamespace(
                id=self.portfolio.new_id(), borrower_id=loan.borrower_id, loan_id=loan.id, kind=kind, channel=channel,
                at=now, case=case, node=node,
            )
        )  # fmt: skip

    def _attribute(self, payment: Any) -> None:
        for trail in self.portfolio.trails:
            case = trail.case
            if case.loan.id != payment.loan_id:
                continue
            window = timedelta(days=case.version.settings.conversion_window_days)
            for number, (node, _port) in enumerate(trail.hops):
                entered = trail.at if number else case.enrolled_at
                if (number or trail.fresh) and payment.paid_at - window < entered <= payment.paid_at:
                    self.portfolio.attributions.append((payment.id, case, trail.at, node, number, trail.day))

    # -- who ---------------------------------------------------------------------------------------------------

    def day(self, now: datetime) -> str:
        """The portfolio's local day."""
        return now.astimezone(ZoneInfo(self.home)).date().isoformat()

    def borrower(self, loan: Any) -> Any:
        """Who owes."""
        return self._borrowers[loan.borrower_id]

    def _active(self) -> list[Case]:
        return [case for case in self.portfolio.cases if case.ended_at is None]

    def _due(self, now: datetime, touched: set[int]) -> list[Case]:
        found = [
            case
            for case in self._active()
            if case.due_at is not None and case.due_at <= now and case.id not in touched
            and case.version.scenario.state == "live"
        ]  # fmt: skip
        return sorted(found, key=lambda case: case.id)

    def _running(self) -> list[Drawing]:
        return [drawing for drawing in self.portfolio.drawings if drawing.scenario.state == "live"]

    def _live(self) -> list[Drawing]:
        live = [drawing for drawing in self._running() if drawing.scenario.live_version_id == drawing.id]
        return sorted(live, key=lambda drawing: (drawing.settings.priority, drawing.scenario.id))

    def live_drawing(self, key: str) -> Drawing | None:
        """The version that the scenario of that key runs, when it runs."""
        return next((drawing for drawing in self._live() if drawing.scenario.key == key), None)


class Walk:
    """One case on its way through one tick, from the node where the tick finds it to a rest or an end."""

    def __init__(self, interpreter: Interpreter, case: Case, now: datetime) -> None:
        self.case = case
        self.start = case.node
        self.hops: list[tuple[str, str]] = []
        self.seen: dict[str, dict[str, Any]] = {}
        #: what is written when the way is decided
        self.effects: list[Callable[[], None]] = []
        self._interpreter = interpreter
        self._portfolio = interpreter.portfolio
        self._world = interpreter.world
        self._drawing = case.version
        self._now = now
        self._borrower = interpreter.borrower(case.loan)
        self._policy = SHIPPED[case.version.settings.policy].document
        self._facts = facts(self._world, case.loan, now)
        #: contacts of this walk
        self._made: list[Made] = []

    def go(self) -> Walk:
        """Walk; the case is then where it belongs."""
        kind, params = self._drawing.types[self.start], self._drawing.params[self.start]
        port = "not_delivered" if self.case.outcome == HELD else self.case.outcome or ON_DUE.get(kind)
        at: str | None = self.start
        if port is not None:
            at = self._leave(self.start, port if port in node_types.ports_of(kind, params) else LOST)
        while at is not None:
            at = self._visit(at)
        return self

    def _visit(self, node: str) -> str | None:
        """One stay at one node; where it leads at once."""
        kind, params = self._drawing.types[node], self._drawing.params[node]
        asked = self._asked(node)
        names = {name for rule in _rules(kind, params) for name in fields_asked(rule)}
        if names:
            self.seen[node] = {name: self._facts[name] for name in names}
        port = STAY if kind in ON_DUE else node_types.route(kind, params, asked)
        if kind.startswith("entry."):
            held = node_types.lot(self._borrower.lot, f"{asked.scenario_key}/holdout")
            port = "holdout" if held < self._drawing.settings.holdout_percent * 100 else port
        case = self.case
        if port == HELD:
            self._effects(kind, params, asked, port)
            self.hops.append((node, HELD))
            case.entered_at = self._now if self.start != node else case.entered_at
            case.node, case.outcome = node, HELD
            case.due_at = self._now + timedelta(hours=params["confirm_hours"])
            return None
        if port != STAY:
            self._effects(kind, params, asked, port)
            return self._leave(node, port)
        self.hops.append((node, STAY))
        if kind in ON_DUE or self.start != node:
            self._effects(kind, params, asked, ARRIVAL)
            case.entered_at = self._now
        case.node, case.outcome, case.due_at = node, None, node_types.rest_until(kind, params, asked)
        return None

    def _leave(self, node: str, port: str) -> str | None:
        self.hops.append((node, port))
        to = self._drawing.ways.get((node, port))
        if to is None:
            kind, case = self._drawing.types[node], self.case
            case.node, case.outcome, case.due_at = node, None, None
            case.entered_at = case.ended_at = self._now
            case.end_reason = kind if kind in ENDS else port
        return to

    def _asked(self, node: str) -> Asked:
        loan = self.case.loan
        came = self.case.entered_at if node == self.start else self._now
        promised = [promise.due_on for promise in self._world.promises if promise.loan_id == loan.id]
        return Asked(
            now=self._now,
            loan=loan,
            borrower=self._borrower,
            facts=self._facts,
            node=node,
            scenario_key=self._drawing.scenario.key,
            promised_on=max(promised, default=None),
            contact=lambda *asked: self._guard(node, *asked),
            contact_moment=opens_next(self._policy, self._now, self._borrower.time_zone, {}),
            contact_a_day_on=lambda: opens_next(
                self._policy, self._now + timedelta(days=1), self._borrower.time_zone, {}
            ),
            days_here=(self._local(self._now) - self._local(came)).days,
            can_run=self._can_run,
        )

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(zone(self._borrower.time_zone)).date()

    def _guard(self, node: str, kind: str, channel: str, address: str | None) -> str:
        borrower, loan = self._borrower, self.case.loan.id
        person = Person(time_zone=borrower.time_zone, loan=loan, address=address, stop=borrower.contact_stop)
        before = [
            Made(kind=row.kind, at=row.at, loan=row.loan_id)
            for row in self._world.contacts
            if row.borrower_id == borrower.id
        ]
        answer = guard(self._policy, person, before + self._made, kind=kind, channel=channel, now=self._now)
        if answer == "allow":
            self._made.append(Made(kind=kind, at=self._now, loan=loan))
        elif answer != "no_address":
            self.seen.setdefault(node, {})["@contact"] = answer
        return answer

    def _can_run(self, key: str) -> bool:
        """That scenario runs, and the loan is not in it."""
        if self._interpreter.live_drawing(key) is None:
            return False
        return not any(
            case.loan is self.case.loan and case.version.scenario.key == key and case.ended_at is None
            for case in self._portfolio.cases
        )

    # -- what it leaves behind ----------------------------------------------------------------------------------

    def _effects(self, kind: str, params: Any, asked: Asked, port: str) -> None:
        case, loan, node, now = self.case, self.case.loan, asked.node, self._now

        def do(write: Callable[[], None]) -> None:
            self.effects.append(write)

        if port in ("next",) if kind == "webhook" else port in ("sent", HELD):
            message = node_types.message_of(kind, params)
            if message is not None:
                do(lambda: self._portfolio.messages.append({**message, "case": case, "node": node, "state": "queued",
                                                            "queued_at": now}))  # fmt: skip
            if kind in CONTACTS:
                contact, channel = CONTACTS[kind][:2]
                do(lambda: self._interpreter._contact(case, node, contact, channel, now, loan=loan))
        if kind == "tag":
            do(lambda: self._tag(loan, params["tag"]))
        if kind == "restrict_lending" and asked.borrower.lending_restricted_at is None:
            do(lambda: self._restrict(asked.borrower, params["reason"]))
        if kind == "task" and port == ARRIVAL:
            do(lambda: self._open("tasks", case, node, queue=params["queue"], title=params["title"], created_at=now,
                                  instruction=params["instruction"], priority=params["priority"], closed_at=None,
                                  due_at=case.due_at, disposition=None, closed_by=None,
                                  dispositions={"items": [dict(item) for item in params["dispositions"]]}))  # fmt: skip
        if kind == "offer" and port == ARRIVAL:
            do(lambda: self._open("offers", case, node, kind=params["kind"], size=params["size"], made_at=now,
                                  expires_at=case.due_at, answered_at=None))  # fmt: skip
        if kind == "sub_scenario" and port == ARRIVAL:
            do(lambda: self._call(case, params["scenario"]))

    def _open(self, table: str, case: Case, node: str, **values: Any) -> None:
        row = SimpleNamespace(
            id=self._portfolio.new_id(), case=case, node=node, loan=case.loan, loan_id=case.loan.id,
            borrower_id=case.loan.borrower_id, state="open", **values,
        )  # fmt: skip
        getattr(self._world, table).append(row)

    def _call(self, parent: Case, key: str) -> None:
        drawing = self._interpreter.live_drawing(key)
        assert drawing is not None
        entry = min(drawing.entries, key=lambda node: drawing.types[node] != "entry.call")
        self._interpreter._add_case(drawing, entry, parent.loan, self._now, track=None, parent=parent)

    def _tag(self, loan: Any, tag: str) -> None:
        if not any(row.loan_id == loan.id and row.tag == tag for row in self._world.tags):
            self._world.tags.append(SimpleNamespace(loan_id=loan.id, tag=tag, at=self._now))

    def _restrict(self, borrower: Any, reason: str) -> None:
        borrower.lending_restricted_at = self._now
        self._portfolio.restrictions.setdefault(borrower.id, set()).add(reason)


def _rules(kind: str, params: Any) -> list[Any]:
    found = [item["rule"] for item in params["branches"]] if kind == "switch" else [params.get("rule")]
    return [rule for rule in found if rule]
