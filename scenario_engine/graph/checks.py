"""Everything that can be wrong with a scenario, found at once; whether it may be published follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scenario_engine.errors import Fix, Problem
from scenario_engine.graph.document import Node, ScenarioDocument, read_draft
from scenario_engine.graph.kinds import Catalogue, NodeKind, PortKind
from scenario_engine.graph.params import try_params
from scenario_engine.graph.wiring import CHECKS, wire
from scenario_engine.rules.condition import check_rule
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class NodeAnalysis:
    """What the canvas draws of a node beside its label."""

    sentence: Text
    ports: tuple[PortKind, ...]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What is wrong with a document, and what its nodes look like."""

    problems: tuple[Problem, ...]
    nodes: Mapping[str, NodeAnalysis] = field(default_factory=dict)

    @property
    def publishable(self) -> bool:
        """Nothing stands against publishing; warnings do not."""
        return all(problem.severity != "error" for problem in self.problems)

    def as_dict(self, language: str) -> dict[str, Any]:
        """The analysis as JSON, in the reader's language."""
        return {
            "problems": [problem.as_dict(language) for problem in self.problems],
            "nodes": {
                key: {
                    "sentence": node.sentence.say(language),
                    "ports": [
                        {"key": port.key, "title": port.title.say(language), "required": port.required}
                        for port in node.ports
                    ],
                }
                for key, node in self.nodes.items()
            },
            "publishable": self.publishable,
        }


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A node after its params were read."""

    analysis: NodeAnalysis
    problems: tuple[Problem, ...]
    #: the ways out are those of valid params
    sound: bool


def analyse(raw: Any, catalogue: Catalogue, scope: Any) -> Analysis:
    """Every problem of a document (parsed JSON, text or bytes), and sentence and ports of every node that can be read.

    `scope` is a `nodes.base.CheckScope`: what is known beside the document. Raises nothing for bad input.
    """
    draft = read_draft(raw)
    if draft.document is None:
        return Analysis(problems=draft.problems)
    document = draft.document
    problems = [*draft.problems]
    nodes: dict[str, NodeAnalysis] = {}
    ports: dict[str, tuple[PortKind, ...]] = {}
    for node in document.nodes:
        kind = catalogue.get(node.type)
        if kind is None:
            problems.append(_unknown_type(node))
            continue
        read = _read(node, kind, scope)
        problems += read.problems
        if node.id not in nodes:
            nodes[node.id] = read.analysis
            if read.sound:
                ports[node.id] = read.analysis.ports
    wiring = wire(document, catalogue, ports, draft.broken_nodes)
    for check in CHECKS:
        problems += check(wiring)
    problems += _check_settings(document)
    return Analysis(problems=tuple(problems), nodes=nodes)


def unreadable(raw: Any, catalogue: Catalogue) -> Iterator[Problem]:
    """What stands against compiling a document: its form, kinds of nodes, params and rules, and nothing beside it."""
    draft = read_draft(raw)
    yield from draft.problems
    for node in draft.document.nodes if draft.document is not None else ():
        kind = catalogue.get(node.type)
        if kind is None:
            yield _unknown_type(node)
            continue
        params, problems = try_params(kind, node.params, node.id)
        yield from problems or _check_rules(node.id, kind, params)


def _read(node: Node, kind: NodeKind, scope: Any) -> _Read:
    params, problems = try_params(kind, node.params, node.id)
    if problems:
        return _Read(
            analysis=NodeAnalysis(sentence=kind.title, ports=_likely_ports(kind, {**params, **node.params})),
            problems=tuple(problems),
            sound=False,
        )
    wrong_rules = list(_check_rules(node.id, kind, params))
    own = tuple(kind.check(node.id, params, scope))
    analysis = NodeAnalysis(
        sentence=kind.title if wrong_rules else kind.sentence_in(params, scope), ports=tuple(kind.ports(params))
    )
    return _Read(analysis=analysis, problems=(*wrong_rules, *own), sound=True)


def _likely_ports(kind: NodeKind, params: Mapping[str, Any]) -> tuple[PortKind, ...]:
    """Ways out of a node whose params are half written, so that its edges stay on the canvas meanwhile."""
    try:
        ports = tuple(kind.ports(params))
    except (KeyError, TypeError, AttributeError, ValueError):
        return ()
    return tuple(port for port in ports if all(isinstance(words, str) for words in (port.key, *port.title)))


def _check_rules(node_id: str, kind: NodeKind, params: Mapping[str, Any]) -> Iterator[Problem]:
    for name, rule in kind.rules(params).items():
        for problem in check_rule(rule):
            place = f"{name}.{problem.field}" if problem.field else name
            yield replace(problem, node=node_id, field=place)


def _unknown_type(node: Node) -> Problem:
    shown = node.type[:64]
    return Problem(
        code="node.unknown_type",
        text=Text(
            f"There is no kind of node “{shown}” in this installation.",
            f"В этой установке нет блоков вида «{shown}».",
        ),
        node=node.id,
    )


def _check_settings(document: ScenarioDocument) -> Iterator[Problem]:
    if document.settings.goal["kind"] != "overdue_paid":
        yield Problem(
            code="policy",
            text=Text(
                "A borrower who has paid stays in the scenario: let it end when the overdue debt is paid.",
                "Заёмщик, погасивший просрочку, останется в сценарии: включите завершение при погашении.",
            ),
            fix=Fix(
                title=Text("End when it is paid", "Завершать при погашении"),
                act="settings",
                values={"goal": {"kind": "overdue_paid"}},
            ),
            field="settings.goal",
            severity="warning",
        )
