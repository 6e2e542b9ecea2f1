"""Compiling a published version into one statement that says, for every due case, which way it goes.

The nodes where cases may rest are both sources and sinks; between them the graph is acyclic. In topological order every
node becomes a column: the port by which a case that reached it leaves. Columns are added level by level in chained
common table expressions (kept apart by OFFSET 0, so that no planner multiplies the expressions at joins of the graph;
chained and not nested, because SQLite's parser bounds the depth); the statement grows linearly with the nodes. The
result is the *stage*: one row a case, from which everything else is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from scenario_engine.engine.frame import HOLDOUT_SALT, CompileFrame, Moments, draw
from scenario_engine.engine.guard import Guard
from scenario_engine.engine.paths import HOLDOUT, code_of
from scenario_engine.graph.document import ScenarioDocument
from scenario_engine.graph.model import instant_order
from scenario_engine.graph.params import read_params
from scenario_engine.models import Borrower, Case, Loan, Product, UtcDateTime, table_of
from scenario_engine.nodes.base import ARRIVE, STAY, Effect, NodeType
from scenario_engine.rules.condition import field_expression, fields_of
from scenario_engine.rules.contact_policy import ContactPolicy, policy_on
from scenario_engine.sql import json_text

#: port that stands for an outcome the node does not have
LOST = "@lost"

_TABLES = {
    "loan": table_of(Loan),
    "borrower": table_of(Borrower),
    "product": table_of(Product),
    "case": table_of(Case),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One node as the compiler sees it."""

    index: int
    key: str
    id: int
    type: NodeType
    params: Mapping[str, Any]
    ports: tuple[str, ...]
    wired: frozenset[str]
    #: (step, port) of every edge that leads here
    incoming: tuple[tuple[int, str], ...]

    @property
    def column(self) -> str:
        """Name of the column with the port taken."""
        return f"p{self.index}"


@dataclass(frozen=True, kw_only=True)
class StageEffect:
    """An effect and where in the stage it holds."""

    step: Step
    effect: Effect


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A compiled version. Immutable; good for as long as the policy and the list of time zones do not change."""

    version_id: int
    scenario_id: int
    scenario_key: str
    document: ScenarioDocument
    steps: tuple[Step, ...]
    node_ids: Mapping[str, int]
    entries: tuple[str, ...]
    #: the select that gives the stage; parameters: version, now, today, shards, limit, low, high, tick
    stage: Select[Any]
    moments: Moments
    policy: ContactPolicy
    #: effects over the columns of a stage (a CTE or a temporary table)
    effects: Callable[[Any], Sequence[StageEffect]]
    #: tables in which cases that rest leave open work behind
    opens: frozenset[str]
    #: (node, port) whose leaving puts a message into the outbox
    sends: frozenset[tuple[str, str]]

    def parameters(self, now: datetime) -> dict[str, Any]:
        """Values of the moments of a tick."""
        return dict(self.moments.values(now))


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is compiled: a published version with the ids of its nodes."""

    version_id: int
    scenario_id: int
    scenario_key: str
    document: ScenarioDocument
    node_ids: Mapping[str, int]


def compile_plan(
    source: Source,
    catalogue: Mapping[str, NodeType],
    *,
    zones: tuple[str, ...],
    home: str,
    policy: ContactPolicy,
) -> Plan:
    """The plan of a version. Linear in nodes and edges."""
    return _Compiler(source, catalogue, zones, home, policy).plan()


class _Compiler:
    def __init__(
        self,
        source: Source,
        catalogue: Mapping[str, NodeType],
        zones: tuple[str, ...],
        home: str,
        policy: ContactPolicy,
    ) -> None:
        self.source = source
        self.policy = policy
        self.moments = Moments(zones, home)
        self.settings = source.document.settings
        self.steps = _steps(source, catalogue)
        key = policy.key
        self._contact_moment = lambda now, zone: policy_on(key, now.date()).next_moment(now, zone)

    def frame(self, columns: Any, asked: set[str], step: Step | None = None) -> CompileFrame:
        frame = CompileFrame(
            columns=columns,
            asked=asked,
            moments=self.moments,
            version_id=self.source.version_id,
            scenario_key=self.source.scenario_key,
            settings={"policy": self.settings.policy, "track": self.settings.track},
            contact_moment=self._contact_moment,
        )
        if step is not None:
            frame.node_id = step.id
            frame.node_key = step.key
        return frame

    def plan(self) -> Plan:
        carried = self._asked_columns()
        layer = self._base(carried)
        for level in _levels(self.steps):
            layer = self._add_level(layer, level)
        kept = self._asked_by_effects()
        effects = self._effects(_AnyColumns())
        return Plan(
            version_id=self.source.version_id,
            scenario_id=self.source.scenario_id,
            scenario_key=self.source.scenario_key,
            document=self.source.document,
            steps=self.steps,
            node_ids=self.source.node_ids,
            entries=tuple(step.key for step in self.steps if step.type.entry),
            stage=self._final(layer, kept),
            moments=self.moments,
            policy=self.policy,
            effects=self._effects,
            opens=frozenset(
                item.effect.table
                for item in effects
                if item.effect.on == ARRIVE and item.effect.table in ("tasks", "offers", "cases")
            ),
            sends=frozenset((item.step.key, item.effect.on) for item in effects if item.effect.table == "messages"),
        )

    # -- what has to be carried -------------------------------------------------------------------------------

    def _asked_columns(self) -> set[str]:
        asked = {
            "loan_overdue",
            "borrower_lot",
            "borrower_time_zone",
            "borrower_contact_stop",
            "case_parent_id",
        }
        for step in self.steps:
            frame = self.frame(_AnyColumns(), asked, step)
            step.type.route(step.params, frame)
            step.type.rest_until(step.params, frame)
            for name in _fields(step):
                field_expression(name, frame.scope)
        return asked | self._asked_by_effects()

    def _asked_by_effects(self) -> set[str]:
        asked: set[str] = set()
        self._effects(_AnyColumns(), asked)
        return asked

    def _effects(self, columns: Any, asked: set[str] | None = None) -> list[StageEffect]:
        noted = set() if asked is None else asked
        return [
            StageEffect(step=step, effect=effect)
            for step in self.steps
            for effect in step.type.effects(step.params, self.frame(columns, noted, step))
        ]

    # -- layers -----------------------------------------------------------------------------------------------

    def _base(self, carried: set[str]) -> CTE:
        cases = table_of(Case)
        claimed = (
            select(cases)
            .where(
                cases.c.version_id == bindparam("version"),
                cases.c.shard.in_(bindparam("shards", expanding=True)),
                cases.c.due_at <= bindparam("now", type_=UtcDateTime()),
                cases.c.batch_id < bindparam("tick", type_=BigInteger()),
                cases.c.id >= bindparam("low", type_=BigInteger()),
                cases.c.id <= bindparam("high", type_=BigInteger()),
            )
            .order_by(cases.c.shard, cases.c.due_at)
            .limit(bindparam("limit", type_=Integer()))
            .with_for_update(of=cases, skip_locked=True)
            .cte("claimed")
        )
        tables: dict[str, Any] = {**_TABLES, "case": claimed}
        out = case(
            *[
                (
                    and_(claimed.c.node_id == step.id, claimed.c.outcome.is_(None)),
                    literal(step.type.on_due(step.params), String()),
                )
                for step in self.steps
                if step.type.rests
            ],
            *[
                (
                    and_(claimed.c.node_id == step.id, claimed.c.outcome.not_in(step.ports)),
                    literal(LOST),
                )
                for step in self.steps
            ],
            else_=claimed.c.outcome,
        )
        columns = [
            claimed.c.id.label("case_id"),
            claimed.c.loan_id.label("loan_id"),
            claimed.c.borrower_id.label("borrower_id"),
            claimed.c.shard.label("shard"),
            claimed.c.node_id.label("node_id"),
            out.label("out"),
        ]
        taken = {column.name for column in columns}
        for name in sorted(carried - taken):
            table, column = name.split("_", 1)
            columns.append(tables[table].c[column].label(name))
        return (
            select(*columns)
            .select_from(
                claimed.join(Loan, Loan.id == claimed.c.loan_id)
                .join(Borrower, Borrower.id == claimed.c.borrower_id)
                .join(Product, Product.id == Loan.product_id)
            )
            .offset(0)
            .cte("level_0")
        )

    def _add_level(self, layer: CTE, steps: Sequence[Step]) -> CTE:
        if any(step.type.contact_kind for step in steps):
            (step,) = steps
            return self._add_contact(layer, step)
        return _extend(
            layer, {step.column: self._port(layer, step, self.frame(layer.c, set(), step)) for step in steps}
        )

    def _add_contact(self, layer: CTE, step: Step) -> CTE:
        """A contact node takes four layers: may it be tried, which number in the batch it is, the word, the port."""
        earlier = [
            other
            for other in self.steps
            if other.type.contact_kind == step.type.contact_kind and other.column in layer.c and other is not step
        ]
        guard = Guard(self.policy, column=step.column, earlier=[other.column for other in earlier])
        asking = self.frame(layer.c, set(), step)
        asking.guard = guard.ask(asking)
        step.type.route(step.params, asking)
        tried = _extend(layer, guard.tried(self._present(layer, step)))
        ranked = _extend(tried, guard.ranked(tried))
        worded = _extend(ranked, guard.worded(ranked, self.frame(ranked.c, set(), step)))
        answering = self.frame(worded.c, set(), step)
        answering.guard = guard.answer(worded)
        return _extend(worded, {step.column: self._port(worded, step, answering)}, without=guard.columns)

    def _reached(self, layer: CTE, step: Step) -> ColumnElement[bool]:
        ways: list[ColumnElement[bool]] = []
        for index, port in step.incoming:
            source = self.steps[index]
            if source.type.rests:
                ways.append(and_(layer.c.node_id == source.id, layer.c.out == port))
            else:
                ways.append(layer.c[source.column] == port)
        return or_(false(), *ways)

    def _present(self, layer: CTE, step: Step) -> ColumnElement[bool]:
        """The case is at the node and has to decide: it came here now, or rests here without an outcome."""
        resting = and_(layer.c.node_id == step.id, layer.c.out.is_(None))
        return or_(resting, self._reached(layer, step))

    def _port(self, layer: CTE, step: Step, frame: CompileFrame) -> ColumnElement[Any]:
        if step.type.rests:
            return case((self._reached(layer, step), literal(STAY)), else_=null())
        route = step.type.route(step.params, frame)
        if step.type.entry and self.settings.holdout_percent:
            salt = f"{self.source.scenario_key}/{HOLDOUT_SALT}"
            held = draw(frame.borrower.lot, salt) < literal(self.settings.holdout_percent * 100)
            route = case((held, literal(HOLDOUT)), else_=route)
        return case(
            (and_(layer.c.node_id == step.id, layer.c.out.is_not(None)), layer.c.out),
            (self._present(layer, step), route),
            else_=null(),
        )

    # -- the stage --------------------------------------------------------------------------------------------

    def _final(self, layer: CTE, kept: set[str]) -> Select[Any]:
        c = layer.c
        version = self.source.version_id
        resting = [step for step in self.steps if step.type.rests]
        frames = {step.index: self.frame(c, set(), step) for step in self.steps}

        codes: list[ColumnElement[Any]] = []
        texts: list[ColumnElement[Any]] = []
        ends: list[tuple[ColumnElement[bool], Step, str]] = []
        for step in resting:
            started = and_(c.node_id == step.id, c.out.is_not(None))
            ports = (*step.ports, LOST)
            codes.append(
                case(
                    *[(and_(started, c.out == port), _code(version, step.key, port)) for port in ports],
                    else_=_code0(),
                )
            )
            texts.append(case((started, literal(f"{step.key}:") + c.out + literal(";")), else_=literal("")))
            ends += [(and_(started, c.out == port), step, port) for port in ports if port not in step.wired]
        for step in sorted(self.steps, key=lambda step: step.type.rests):
            column = c[step.column]
            ports = (STAY,) if step.type.rests else (*step.ports, *_extra_ports(step), STAY, LOST)
            codes.append(case(*[(column == port, _code(version, step.key, port)) for port in ports], else_=_code0()))
            texts.append(func.coalesce(literal(f"{step.key}:") + column + literal(";"), literal("")))
            ends += [(column == port, step, port) for port in ports if port not in step.wired and port != STAY]

        stays = [(c[step.column] == STAY, step) for step in self.steps]
        due: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = []
        for stay, step in stays:
            until = step.type.rest_until(step.params, frames[step.index])
            if until is not None:
                due.append((stay, until))
        still = [and_(c[step.column] == STAY, c.node_id == step.id) for step in self.steps if not step.type.rests]
        columns: list[ColumnElement[Any]] = [
            c.case_id,
            c.loan_id,
            c.borrower_id,
            c.node_id.label("from_node"),
            _sum(codes).label("path_id"),
            _concatenate(texts).label("path_text"),
            case(*[(stay, literal(step.id, BigInteger())) for stay, step in stays],
                 *[(end, literal(step.id, BigInteger())) for end, step, _port in ends],
                 else_=c.node_id).label("end_node"),
            (case(*due, else_=null()) if due else literal(None, UtcDateTime())).label("due_at"),
            (case(*[(end, literal(_reason(step, port))) for end, step, port in ends], else_=null())
             if ends else literal(None, String())).label("end_reason"),
            or_(false(), *still).label("still"),
            c.loan_overdue.label("overdue"),
            c.case_parent_id.label("parent_id"),
            self._seen(c, frames).label("seen"),
        ]  # fmt: skip
        taken = {column.key for column in columns}
        columns += [c[step.column] for step in self.steps]
        columns += [c[name] for name in sorted(kept - taken)]
        return select(*columns)

    def _seen(self, c: Any, frames: Mapping[int, CompileFrame]) -> ColumnElement[Any]:
        """JSON of what the rules saw, by node; null when no rule was asked."""
        parts = []
        for step in self.steps:
            names = _fields(step)
            if names:
                scope = frames[step.index].scope
                values = json_text({name: field_expression(name, scope) for name in names})
                parts.append(
                    case(
                        (c[step.column].is_not(None), literal(f',"{step.key}":') + values),
                        else_=literal(""),
                    )
                )
        if not parts:
            return literal(None, String())
        joined = _concatenate(parts)
        return case((joined != "", literal("{") + func.substr(joined, 2) + literal("}")), else_=null())


class _AnyColumns:
    """Stands for a select when only the names that are asked for matter."""

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        table, column = name.split("_", 1)
        found: ColumnElement[Any] = _TABLES[table].c[column]
        return found

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        return self[name]


def _steps(source: Source, catalogue: Mapping[str, NodeType]) -> tuple[Step, ...]:
    document = source.document
    nodes = {node.id: node for node in document.nodes}
    order = [key for key in instant_order(document, catalogue) if key in source.node_ids]
    index = {key: position for position, key in enumerate(order)}
    steps = []
    for key in order:
        node = nodes[key]
        kind = catalogue[node.type]
        params = read_params(kind, node.params, key)
        steps.append(
            Step(
                index=index[key],
                key=key,
                id=source.node_ids[key],
                type=kind,
                params=params,
                ports=("end",) if kind.terminal else tuple(port.key for port in kind.ports(params)),
                wired=frozenset(edge.source_port for edge in document.edges if edge.source == key),
                incoming=tuple((index[edge.source], edge.source_port) for edge in document.edges if edge.target == key),
            )
        )
    return tuple(steps)


def _levels(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps by depth; a contact node has a level of its own, because the guard must see the earlier contacts."""
    depth: dict[int, int] = {}
    last_contact = 0
    for step in steps:
        above = [depth[index] for index, _port in step.incoming if not steps[index].type.rests]
        depth[step.index] = max(above, default=0) + 1
        if step.type.contact_kind:
            depth[step.index] = last_contact = max(depth[step.index], last_contact + 1)
    levels: list[list[Step]] = []
    for level in range(1, max(depth.values(), default=0) + 1):
        members = [step for step in steps if depth[step.index] == level]
        plain = [step for step in members if not step.type.contact_kind]
        levels += [group for group in (plain, *([step] for step in members if step.type.contact_kind)) if group]
    return levels


def _extend(layer: CTE, columns: Mapping[str, ColumnElement[Any]], *, without: frozenset[str] = frozenset()) -> CTE:
    added = [expression.label(name) for name, expression in columns.items()]
    number = int(str(layer.name).rsplit("_", 1)[1]) + 1
    kept = [column for column in layer.c if column.key not in without]
    return select(*kept, *added).offset(0).cte(f"level_{number}")


def _fields(step: Step) -> tuple[str, ...]:
    return tuple(sorted({name for rule in step.type.rules(step.params).values() for name in fields_of(rule)}))


def _extra_ports(step: Step) -> tuple[str, ...]:
    return (HOLDOUT,) if step.type.entry else ()


def _reason(step: Step, port: str) -> str:
    return step.type.key if step.type.terminal else port


def _code(version: int, key: str, port: str) -> ColumnElement[int]:
    return literal(code_of(version, key, port), BigInteger())


def _code0() -> ColumnElement[int]:
    return literal(0, BigInteger())


def _sum(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    return _fold(parts, lambda left, right: left + right)


def _concatenate(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    return _fold(parts, lambda left, right: left.concat(right))


def _fold(
    parts: Sequence[ColumnElement[Any]],
    join: Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]],
) -> ColumnElement[Any]:
    """Join as a balanced tree: SQLite bounds the depth of an expression."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return join(_fold(parts[:middle], join).self_group(), _fold(parts[middle:], join).self_group())
