"""What the graph needs to know of a node type, so that it depends on none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from marshmallow import Schema

from scenario_engine.errors import Problem
from scenario_engine.texts import Text


class PortKind(Protocol):
    """A way out of a node."""

    @property
    def key(self) -> str:
        """What an edge's source handle names."""
        ...

    @property
    def title(self) -> Text:
        """What a person reads at the handle."""
        ...

    @property
    def required(self) -> bool:
        """It must be wired."""
        ...


class NodeKind(Protocol):
    """A node type, as `nodes.base.NodeType` is one."""

    key: ClassVar[str]
    title: ClassVar[Text]
    Params: ClassVar[type[Schema]]
    entry: ClassVar[bool]
    terminal: ClassVar[bool]
    rests: ClassVar[bool]

    def ports(self, params: Mapping[str, Any]) -> Sequence[PortKind]:
        """The ways out."""
        ...

    def sentence(self, params: Mapping[str, Any]) -> Text:
        """What the node does."""
        ...

    def sentence_in(self, params: Mapping[str, Any], scope: Any) -> Text:
        """The same, with the names of what the params point at; `scope` is `nodes.base.CheckScope`."""
        ...

    def check(self, node_id: str, params: Mapping[str, Any], scope: Any) -> Iterable[Problem]:
        """What is wrong with valid params; `scope` is `nodes.base.CheckScope`."""
        ...

    def rules(self, params: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
        """Rules in the params, by dotted field."""
        ...


Catalogue = Mapping[str, NodeKind]
