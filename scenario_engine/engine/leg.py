"""A leg: what a tick does with the cases it finds at one node, as one select.

From the node where cases rest (or enter) the nodes that can be reached without resting form a DAG. In topological order
each of them becomes a column: the code of the hop by which a case left it, 0 when it was not reached. The columns stand
in chained common table expressions, level by level (kept apart by OFFSET 0, so that no planner multiplies the
expressions at joins of the graph; chained and not nested, because SQLite's parser bounds the depth), each carrying on
only what a later level needs. Carrying costs as well: two levels of which the first is short are one. So the statement
grows linearly with the nodes of the leg, and a case costs what its own leg costs, however large the scenario is. The
result is the *stage*: one row a case, from which everything else is written.

A statement takes one case of a borrower only: whatever the cases of a borrower do to each other (contacts that count
against the same limits, marks on the borrower) is seen by the next one, which comes in the next statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.elements import Case as CaseExpression

from scenario_engine.engine.evidence import told, told_from
from scenario_engine.engine.frame import HOLDOUT_SALT, CompileFrame, draw
from scenario_engine.engine.guard import wants_a_reason, word_of
from scenario_engine.engine.levels import (
    TABLES,
    AskedColumns,
    Build,
    claim,
    concatenate,
    in_pairs,
    level_of,
    named,
    number,
    total,
)
from scenario_engine.engine.paths import HOLDOUT, LOST
from scenario_engine.engine.step import Step
from scenario_engine.models import Borrower, Case, Loan, Product, UtcDateTime, table_of
from scenario_engine.nodes.base import ARRIVE, HELD, STAY, Effect
from scenario_engine.policies.reasons import SEEN_AS
from scenario_engine.rules.condition import field_expression

#: SQLite gives up on a statement that is some seventy levels deep
MOST_LEVELS = 40
#: node at which a case comes to rest
STAYS_AT = "stays_at"
#: columns of every stage
PATH, TEXT = "path_id", "path_text"


@dataclass(frozen=True, kw_only=True)
class StageEffect:
    """An effect, and where in the stage it holds."""

    step: Step
    effect: Effect
    holds: ColumnElement[bool]


@dataclass(frozen=True, kw_only=True)
class Leg:
    """The compiled leg of one node. Parameters of the stage: version, now, today, shards, limit, low, high, tick,
    known (ids of the paths whose hops need not be spelled out), and the moments of the plan.
    """

    source: Step
    #: nodes on the way, in the order of a tick; the source first
    steps: tuple[Step, ...]
    stage: Select[Any]
    #: some cases may stay where they are: they keep the moment they entered
    may_stay: bool
    #: effects over the columns of the stage (a CTE or a temporary table)
    effects: Callable[[Any], Sequence[StageEffect]]


@dataclass(frozen=True, kw_only=True)
class Frames:
    """Where a leg's expressions come from: what the compiler of the version knows."""

    #: a frame over columns, for a step; notes what is asked for
    make: Callable[[Any, set[str], Step], CompileFrame]
    code: Callable[[str, str], int]
    #: per cent of the borrowers that are held out, and the salt of their draw
    holdout_percent: int
    holdout_key: str


def compile_leg(source: Step, steps: Sequence[Step], frames: Frames, dialect: str) -> Leg:
    """The leg of a node for a database; `steps` are all of the version, in topological order."""
    return _Leg(source, steps, frames, dialect).leg()


class _Leg:
    def __init__(self, source: Step, steps: Sequence[Step], frames: Frames, dialect: str) -> None:
        self.dialect = dialect
        self.all = steps
        self.source = source
        self.frames = frames
        self.steps = _reachable(source, steps)
        passed = [source, *(step for step in self.steps if step is not source and not step.type.rests)]
        self.depth = _depths(passed)
        self.passed = [step for step in passed if self.depth[step.index] < MOST_LEVELS]
        #: where a way without a rest is longer than one statement can hold: the next tick goes on from here
        self.cuts = [step for step in passed if step not in self.passed and self._ways(step)]
        #: nodes where a case may come to rest in this leg: the waits it reaches, the source among them when a way
        #: leads back to it
        self.rests = [step for step in steps if step.type.rests and self._ways(step)]

    def leg(self) -> Leg:
        levels = self._levels()
        needs = [self._needs(build) for build in levels]
        final_needs = self._needs(self._final)
        kept = self._kept()
        asked = set().union(*needs, final_needs, kept)
        columns_of, source = self._base({name for name in asked if name.split("_", 1)[0] in TABLES})
        layers: list[CTE] = []
        for place, build in enumerate(levels):
            later = set().union(*needs[place + 1 :], final_needs, kept)
            layers.append(level_of(columns_of, build(columns_of), place, later, None if layers else source))
            columns_of = named(layers[-1])
        final = self._final(columns_of)
        columns: list[ColumnElement[Any]] = [expression.label(name) for name, expression in final.items()]
        columns += [columns_of[name] for name in sorted(kept - final.keys())]
        return Leg(
            source=self.source,
            steps=self.steps,
            stage=select(*columns).add_cte(*layers),
            may_stay=self._may_stay(self.source),
            effects=self._effects,
        )

    # -- the cases --------------------------------------------------------------------------------------------

    def _base(self, carried: set[str]) -> tuple[Mapping[str, ColumnElement[Any]], FromClause]:
        """The columns that the levels begin with, and where they come from: the cases of a batch, with their loans."""
        cases = table_of(Case)
        of_case = {name.removeprefix("case_") for name in carried if name.startswith("case_")}
        due = and_(
            cases.c.version_id == bindparam("version", type_=BigInteger()),
            cases.c.node_id == number(self.source.id),
            cases.c.shard.in_(bindparam("shards", expanding=True)),
            cases.c.due_at <= bindparam("now", type_=UtcDateTime()),
            cases.c.batch_id < bindparam("tick", type_=BigInteger()),
            cases.c.id.between(bindparam("low", type_=BigInteger()), bindparam("high", type_=BigInteger())),
        )
        wanted = of_case | {"id", "loan_id", "borrower_id", "outcome", "parent_id"}
        first = claim(wanted, due, bindparam("limit", type_=Integer()), self.dialect)
        tables: dict[str, Any] = {**TABLES, "case": first}
        columns: dict[str, ColumnElement[Any]] = {
            "case_id": first.c.id,
            "loan_id": first.c.loan_id,
            "borrower_id": first.c.borrower_id,
            "outcome": first.c.outcome,
        }
        taken = set(columns)
        for name in sorted(carried - taken):
            table, column = name.split("_", 1)
            columns[name] = tables[table].c[column]
        joined: FromClause = first.join(Loan, Loan.id == first.c.loan_id)
        for prefix, entity, condition in (
            ("borrower_", Borrower, Borrower.id == first.c.borrower_id),
            ("product_", Product, Product.id == Loan.product_id),
        ):
            if any(name.startswith(prefix) for name in carried - taken):
                joined = joined.join(entity, condition)
        return columns, joined

    # -- levels -----------------------------------------------------------------------------------------------

    def _levels(self) -> list[Build]:
        """The steps by depth; a contact takes two levels, so that the guard's word is found once a case."""
        groups: dict[int, list[Step]] = {}
        for step in self.passed:
            groups.setdefault(self.depth[step.index], []).append(step)
        builds: list[Build] = []
        for level in range(max(groups) + 1):
            words = [step for step in groups.get(level + 1, []) if step.type.contact_kind]
            builds.append(self._level(groups.get(level, []), words))
        return [*in_pairs(builds), self._whole]

    def _level(self, steps: Sequence[Step], words: Sequence[Step]) -> Build:
        def build(columns: Any) -> dict[str, ColumnElement[Any]]:
            found = {step.column: self._hop(step, columns) for step in steps}
            return found | {_word(step): self._guard(step, columns) for step in words}

        return build

    def _guard(self, step: Step, columns: Any) -> ColumnElement[Any]:
        """The guard's word for the cases that are at a contact node, null for the others."""
        frame = self._frame(columns, step)
        asked: list[ColumnElement[str]] = []
        earlier = [
            columns[other.column] == number(self._code(other, port))
            for other in self.passed
            if other.type.contact_kind == step.type.contact_kind and self._leads_to(other, step)
            for port in other.contacts
        ]

        def ask(kind: str, address: ColumnElement[Any]) -> ColumnElement[str]:
            asked.append(word_of(frame, kind=kind, channel=step.type.channel, address=address, earlier=earlier))
            return asked[-1]

        frame.guard = ask
        step.type.route(step.params, frame)
        return case((self._here(step, columns), asked[-1]), else_=null())

    def _hop(self, step: Step, columns: Any) -> ColumnElement[Any]:
        """Code of the hop by which a case leaves the step (or stays), 0 when it was not there."""
        if step is self.source:
            return self._first_hop(columns)
        return case((self._reached(step, columns), self._route(step, columns)), else_=number(0))

    def _first_hop(self, columns: Any) -> ColumnElement[Any]:
        step, outcome = self.source, columns["outcome"]
        if step.type.rests:
            due = step.type.on_due(step.params)
            route: ColumnElement[Any] = number(self._code(step, due) if due else 0)
        else:
            route = self._route(step, columns)
        chosen = [(outcome == port, number(self._code(step, port))) for port in step.ports]
        if (hold := step.type.hold(step.params)) is not None:  # nothing was heard in time
            chosen.append((outcome == HELD, number(self._code(step, hold.port))))
        return case((outcome.is_(None), route), *chosen, else_=number(self._code(step, LOST)))

    def _route(self, step: Step, columns: Any) -> ColumnElement[Any]:
        frame = self._frame(columns, step)
        if step.type.contact_kind:
            frame.guard = lambda _kind, _address: columns[_word(step)]
        route = step.type.route(step.params, frame)
        coded = _coded(route, lambda port: self._code(step, port))
        if step.type.entry and self.frames.holdout_percent:
            lot = draw(frame.borrower.lot, f"{self.frames.holdout_key}/{HOLDOUT_SALT}")
            held = lot < literal(self.frames.holdout_percent * 100)
            return case((held, number(self._code(step, HOLDOUT))), else_=coded)
        return coded

    def _whole(self, columns: Any) -> dict[str, ColumnElement[Any]]:
        """The path, and where the case comes to rest (null when it ends)."""
        whens = [(self._reached(step, columns), number(step.id)) for step in self._stops()]
        for step in self.passed:
            if self._may_stay(step):
                whens.append((columns[step.column] == number(self._code(step, STAY)), number(step.id)))
            if self._may_hold(step):
                whens.append((self._is_held(step, columns), number(step.id)))
        stays = case(*whens, else_=null()) if whens else cast(null(), BigInteger())
        return {STAYS_AT: stays, PATH: total([columns[step.column] for step in self.passed])}

    # -- the stage --------------------------------------------------------------------------------------------

    def _final(self, columns: Any) -> dict[str, ColumnElement[Any]]:
        stays = columns[STAYS_AT]
        ends = [
            (columns[step.column] == number(self._code(step, port)), step, port)
            for step in self.passed
            for port in self._outcomes(step)
            if port not in step.wired and port not in (STAY, HELD)
        ]
        end_node = case(*[(end, number(step.id)) for end, step, _ in ends], else_=stays) if ends else stays
        reason = (
            case(*[(end, literal(_reason(step, port), String())) for end, step, port in ends], else_=null())
            if ends
            else literal(None, String())
        )
        held = [(self._is_held(step, columns), literal(HELD, String())) for step in self.passed if self._may_hold(step)]
        awaits = {"awaits": case(*held, else_=null())} if held else {}
        return {
            **awaits,
            "case_id": columns["case_id"],
            "loan_id": columns["loan_id"],
            "borrower_id": columns["borrower_id"],
            PATH: columns[PATH],
            TEXT: self._text(columns),
            "end_node": end_node,
            "end_reason": reason,
            "due_at": self._due(columns),
            "still": stays == number(self.source.id) if self._may_stay(self.source) else false(),
            "overdue": columns["loan_overdue"],
            "parent_id": columns["case_parent_id"],
            "previous": columns["case_batch_id"],
            "seen": self._seen(columns),
        }

    def _due(self, columns: Any) -> ColumnElement[Any]:
        stays = columns[STAYS_AT]
        places = {step.index: step for step in [*self.rests, *(s for s in self.passed if self._may_stay(s))]}
        dues: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = []
        for step in self.passed:
            if (hold := step.type.hold(step.params)) is not None:
                dues.append((self._is_held(step, columns), self._frame(columns, step).after(hold.seconds)))
        for step in places.values():
            until = step.type.rest_until(step.params, self._frame(columns, step))
            if until is not None:
                dues.append((stays == number(step.id), until))
        now = bindparam("now", type_=UtcDateTime())
        dues += [(stays == number(step.id), now) for step in self.cuts]
        return case(*dues, else_=null()) if dues else literal(None, UtcDateTime())

    def _text(self, columns: Any) -> ColumnElement[Any]:
        """The hops in words, for a path that nobody has met yet; null for the others."""
        texts: list[ColumnElement[Any]] = []
        for step in self.passed:
            column = columns[step.column]
            whens = [
                (column == number(self._code(step, port)), literal(self._words(step, port), Text()))
                for port in self._outcomes(step)
            ]
            texts.append(case(*whens, else_=literal("", Text())))
        known = columns[PATH].in_(bindparam("known", expanding=True, type_=BigInteger()))
        return case((known, null()), else_=concatenate(texts))

    def _seen(self, columns: Any) -> ColumnElement[Any]:
        """JSON of what the rules saw, and of why the guard let no contact be made, by node; null when there is neither.

        Most contacts are allowed: for them nothing is put together that rules alone would not put together.
        """
        asked = [
            (columns[step.column] != number(0), step.key, self._values(step, columns))
            for step in self.passed
            if step.fields
        ]
        words = [(step, columns[_word(step)]) for step in self.passed if step.type.contact_kind]
        refused = [(wants_a_reason(word), step.key, {SEEN_AS: word}) for step, word in words]
        if self.source.type.entry and self.source.fields:  # which every case leaves
            return told_from(asked[0], [*asked[1:], *refused])
        if not refused:
            return told(asked)
        return case((or_(*(holds for holds, _key, _values in refused)), told([*asked, *refused])), else_=told(asked))

    def _values(self, step: Step, columns: Any) -> dict[str, ColumnElement[Any]]:
        scope = self._frame(columns, step).scope
        return {name: field_expression(name, scope) for name in step.fields}

    def _effects(self, columns: Any) -> list[StageEffect]:
        found = []
        for step in self._places():
            for effect in step.type.effects(step.params, self._frame(columns, step)):
                if effect.on == ARRIVE:
                    if step is self.source and not step.type.rests:
                        continue  # it was there before
                    holds = columns[STAYS_AT] == number(step.id)
                elif step in self.passed:
                    holds = columns[step.column] == number(self._code(step, effect.on))
                else:
                    continue
                if effect.where is not None:
                    holds = and_(holds, effect.where)
                found.append(StageEffect(step=step, effect=effect, holds=holds))
        return found

    def _kept(self) -> set[str]:
        """What the effects ask of the stage beside its own columns."""
        asked = AskedColumns()
        self._effects(asked)
        return asked.names

    # -- the graph --------------------------------------------------------------------------------------------

    def _places(self) -> list[Step]:
        return list({step.index: step for step in [*self.passed, *self.rests]}.values())

    def _stops(self) -> list[Step]:
        """Nodes that a case comes to and does not leave in this leg."""
        return [*self.rests, *self.cuts]

    def _ways(self, step: Step) -> list[tuple[int, str]]:
        """(step, port) of the edges that lead here within the leg."""
        inside = {step.index for step in self.passed}
        return [(index, port) for index, port in step.incoming if index in inside]

    def _leads_to(self, earlier: Step, later: Step) -> bool:
        """A way within the leg, which begins at the source and does not come back to it."""
        above, left = set[int](), [later]
        while left:
            step = left.pop()
            for index, _port in self._ways(step) if step is not self.source else ():
                if index not in above:
                    above.add(index)
                    left.append(self.all[index])
        return earlier.index in above

    def _reached(self, step: Step, columns: Any) -> ColumnElement[bool]:
        ports: dict[int, set[str]] = {}
        for index, port in self._ways(step):
            ports.setdefault(index, set()).add(port)
        ways: list[ColumnElement[bool]] = []
        for index, taken in ports.items():
            before = self.all[index]
            if (
                before is not self.source
                and taken == set(self._outcomes(before))
                and len(self._ways(before)) <= len(taken)
            ):  # all that come there come here
                ways.append(self._reached(before, columns))
            else:
                ways += [columns[before.column] == number(self._code(before, port)) for port in sorted(taken)]
        return or_(*ways) if ways else false()

    def _here(self, step: Step, columns: Any) -> ColumnElement[bool]:
        if step is self.source:
            here: ColumnElement[bool] = columns["outcome"].is_(None)
            return here
        return self._reached(step, columns)

    def _outcomes(self, step: Step) -> tuple[str, ...]:
        """Every port a case may leave the step by, `STAY` and those of the engine included."""
        extra = (HOLDOUT,) if step.type.entry and self.frames.holdout_percent else ()
        lost = (LOST,) if step is self.source else ()
        stay = (STAY,) if self._may_stay(step) else ()
        held = (HELD,) if self._may_hold(step) else ()
        return (*step.ports, *extra, *stay, *held, *lost)

    def _may_stay(self, step: Step) -> bool:
        """Whether a case may rest at a node that has a route of its own."""
        if step.type.rests:
            return False
        route = step.type.route(step.params, self._frame(AskedColumns(), step))
        return STAY in _answers(route)

    def _may_hold(self, step: Step) -> bool:
        """Whether a case may wait there to hear how what it did went."""
        return step.type.hold(step.params) is not None

    def _is_held(self, step: Step, columns: Any) -> ColumnElement[bool]:
        held: ColumnElement[bool] = columns[step.column] == number(self._code(step, HELD))
        return held

    def _code(self, step: Step, port: str) -> int:
        """Code of a hop. One that leads to a node where the leg ends has the stay there in it."""
        rest = self._rest_after(step, port)
        stay = self.frames.code(rest.key, STAY) if rest else 0
        return self.frames.code(step.key, port) + stay

    def _words(self, step: Step, port: str) -> str:
        rest = self._rest_after(step, port)
        return f"{step.key}:{port};" + (f"{rest.key}:{STAY};" if rest else "")

    def _rest_after(self, step: Step, port: str) -> Step | None:
        return next((rest for rest in self._stops() if (step.index, port) in rest.incoming), None)

    def _frame(self, columns: Any, step: Step) -> CompileFrame:
        frame = self.frames.make(columns, set(), step)
        frame.found_here = step is self.source
        return frame

    def _needs(self, build: Build) -> set[str]:
        asked = AskedColumns()
        build(asked)
        return asked.names


def _reachable(source: Step, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The source, and what a case may come to from it without resting on the way."""
    inside = {source.index}
    for step in steps:
        sources = [index for index, _port in step.incoming if index in inside]
        if any(index == source.index or not steps[index].type.rests for index in sources):
            inside.add(step.index)
    return (source, *(step for step in steps if step.index in inside and step is not source))


def _depths(passed: Sequence[Step]) -> dict[int, int]:
    """The level at which each step is decided; a contact takes two levels."""
    depth: dict[int, int] = {}
    for step in passed:
        above = [depth[index] for index, _port in step.incoming if index in depth]
        depth[step.index] = max(above, default=-1) + (2 if step.type.contact_kind else 1)
    return depth


def _word(step: Step) -> str:
    return f"{step.column}_word"


def _coded(route: ColumnElement[Any], code: Callable[[str], int]) -> ColumnElement[Any]:
    """The route with the code of each port in its place."""
    if isinstance(route, BindParameter):
        return number(code(str(route.value)))
    if isinstance(route, CaseExpression):
        whens = [(condition, _coded(result, code)) for condition, result in route.whens]
        last = route.else_
        return case(*whens, else_=number(0) if last is None else _coded(last, code))
    raise TypeError(f"a route is a CASE over ports or one port, not {type(route).__name__}")


def _answers(route: ColumnElement[Any]) -> set[str]:
    if isinstance(route, CaseExpression):
        results = [result for _condition, result in route.whens]
        return set().union(*map(_answers, results if route.else_ is None else [*results, route.else_]))
    return {str(route.value)} if isinstance(route, BindParameter) else set()


def _reason(step: Step, port: str) -> str:
    return step.type.key if step.type.terminal else port
