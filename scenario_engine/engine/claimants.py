"""Why a loan is in this scenario and not in the others: what each of them says of it, by the engine's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scenario_engine.database import Failure, failure_of
from scenario_engine.engine.plans import DEFAULT_PRIORITY
from scenario_engine.engine.workable import Unworkable, must_be_workable
from scenario_engine.graph.document import ScenarioDocument, read_draft, track_name
from scenario_engine.models import SIGNAL_KINDS, Borrower, Case, Loan, Product, Scenario, Version
from scenario_engine.models.scenario import shown_name
from scenario_engine.rules.condition import compile_rule
from scenario_engine.rules.count import registry_scope
from scenario_engine.texts import Text

_IN = Text("The loan is in it.", "Займ в нём.")
_PAUSED = Text("Paused: it takes no loans.", "Остановлен: займы не принимает.")
_NOT_OPEN = Text("The loan is not open.", "Займ закрыт.")
_BUSY = Text(
    "Waits: the loan is in “{other}” of the same track “{track}” (priority {theirs}, here {ours}; the smaller number"
    " goes first while a loan is free).",
    "Ждёт: займ идёт по сценарию «{other}» в том же направлении «{track}» (приоритет {theirs}, здесь {ours}; пока займ"
    " свободен, первым берёт сценарий с меньшим числом).",
)
_NEVER = Text("The loan has been in it; it is taken once only.", "Займ в нём уже был, повторно не берётся.")
_LATER = Text("The loan has been in it; it may come again from {day}.", "Займ в нём уже был, снова — с {day}.")
_SIGNAL = Text("Takes the loan at the signal: {kinds}.", "Возьмёт займ по событию: {kinds}.")
_UNFIT = Text("The entry's rule does not hold.", "Условие входа не выполнено.")
_BROKEN = Text("The entry's rule fails on this loan: {error}", "Условие входа на этом займе даёт ошибку: {error}")
_NEXT = Text("Takes the loan at the next look.", "Возьмёт займ при ближайшем просмотре.")
_BEHIND = Text(
    "Fits, but “{other}” goes first: priority {theirs}, here {ours}.",
    "Подходит, но первым возьмёт «{other}»: приоритет {theirs}, здесь {ours}.",
)


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """What one scenario says of a loan."""

    scenario_id: int
    name: str
    track: Text
    priority: int
    #: in, paused, closed, busy, done, signal, unfit, broken, next, behind
    verdict: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    scenario: Scenario
    document: ScenarioDocument
    #: why the version cannot be worked, if it cannot
    trouble: Text | None

    @property
    def priority(self) -> int:
        return int(self.document.settings.priority)


def claimants(session: Session, loan: Loan, *, now: datetime, home: str) -> Sequence[Claimant]:
    """Every live or paused scenario in the order in which they take loans, with its verdict."""
    candidates = _candidates(session)
    cases = session.scalars(select(Case).where(Case.loan_id == loan.id, Case.track.is_not(None))).all()
    names = {row.id: row.name for row in session.execute(select(Scenario.id, shown_name().label("name")))}
    fits = _fits(session, loan.id, candidates, now, home)
    first: dict[str, _Candidate] = {}
    found = []
    for number, candidate in enumerate(candidates):
        verdict, text = _verdict(candidate, loan, cases, names, candidates, fits[number], now)
        if verdict == "next":
            ahead = first.setdefault(candidate.document.settings.track, candidate)
            if ahead is not candidate:
                verdict, text = "behind", _BEHIND.format(
                    other=names[ahead.scenario.id], theirs=ahead.priority, ours=candidate.priority
                )  # fmt: skip
        found.append(
            Claimant(
                scenario_id=candidate.scenario.id, name=names[candidate.scenario.id],
                track=track_name(candidate.document.settings.track), priority=candidate.priority, verdict=verdict,
                text=text,
            )
        )  # fmt: skip
    return found


def _candidates(session: Session) -> list[_Candidate]:
    rows = session.execute(
        select(Scenario, Version)
        .join(Version, Version.id == Scenario.live_version_id)
        .where(Scenario.state.in_(("live", "paused")))
    )
    found = []
    for scenario, version in rows:
        document = read_draft(version.document).document
        if document is not None:
            found.append(_Candidate(scenario=scenario, document=document, trouble=_trouble(version)))
    return sorted(found, key=lambda candidate: (candidate.priority, candidate.scenario.id))


def _trouble(version: Version) -> Text | None:
    try:
        must_be_workable(version)
    except Unworkable as error:
        return error.text
    return None


def _verdict(
    candidate: _Candidate, loan: Loan, cases: Sequence[Case], names: dict[int, str],
    candidates: Sequence[_Candidate], fit: bool | str, now: datetime,
) -> tuple[str, Text]:  # fmt: skip
    settings = candidate.document.settings
    mine = [case for case in cases if case.scenario_id == candidate.scenario.id]
    if any(case.ended_at is None for case in mine):
        return "in", _IN
    if loan.state != "open":
        return "closed", _NOT_OPEN
    if candidate.scenario.state == "paused":
        return "paused", _PAUSED
    if candidate.trouble is not None:
        return "broken", candidate.trouble
    busy = next((case for case in cases if case.ended_at is None and case.track == settings.track), None)
    if busy is not None:
        theirs = next((c.priority for c in candidates if c.scenario.id == busy.scenario_id), DEFAULT_PRIORITY)
        other = names.get(busy.scenario_id, "?")
        return "busy", _BUSY.format(
            other=other, track=track_name(settings.track), theirs=theirs, ours=candidate.priority
        )
    if mine:
        if settings.reentry_days is None:
            return "done", _NEVER
        again = max(case.ended_at for case in mine if case.ended_at) + timedelta(days=settings.reentry_days)
        if again > now:
            return "done", _LATER.format(day=again.date().isoformat())
    if isinstance(fit, str):
        return "broken", _BROKEN.format(error=fit[:200])
    if fit:
        return "next", _NEXT
    kinds = [SIGNAL_KINDS[node.params["signal_kind"]] for node in candidate.document.nodes
             if node.type == "entry.signal"]  # fmt: skip
    if kinds and not any(node.type == "entry.segment" for node in candidate.document.nodes):
        named = Text(", ".join(kind.en.lower() for kind in kinds), ", ".join(kind.ru.lower() for kind in kinds))
        return "signal", _SIGNAL.format(kinds=named)
    return "unfit", _UNFIT


def _fits(
    session: Session, loan_id: int, candidates: Sequence[_Candidate], now: datetime, home: str
) -> list[bool | str]:
    """For each candidate: whether an entry by segment wants the loan, or why that cannot be told."""
    try:
        with session.begin_nested():
            return [bool(fit) for fit in _ask(session, loan_id, candidates, now, home)]
    except DBAPIError as error:
        if failure_of(error) is not Failure.DATA:
            raise
    found: list[bool | str] = []
    for candidate in candidates:
        try:
            with session.begin_nested():
                found += [bool(fit) for fit in _ask(session, loan_id, [candidate], now, home)]
        except DBAPIError as error:
            if failure_of(error) is not Failure.DATA:
                raise
            found.append(str(error.orig))
    return found


def _ask(
    session: Session, loan_id: int, candidates: Sequence[_Candidate], now: datetime, home: str
) -> Sequence[object]:
    if not candidates:
        return ()
    scope = registry_scope(now, home)
    wanted: list[ColumnElement[bool]] = [
        or_(false(), *(and_(compile_rule(node.params["rule"], scope)) for node in candidate.document.nodes
                       if node.type == "entry.segment" and candidate.trouble is None))
        for candidate in candidates
    ]  # fmt: skip
    row = session.execute(
        select(*[func.coalesce(rule, false()).label(f"fit_{number}") for number, rule in enumerate(wanted)])
        .select_from(Loan)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .join(Product, Product.id == Loan.product_id)
        .where(Loan.id == loan_id)
    ).one()
    return tuple(row)
