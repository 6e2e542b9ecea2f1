"""What a node type is: one class in one file, from which palette, form, handles, checks and execution follow.

A node type says what it does in SQL terms over a `Frame`, for all cases of a batch at once. Three kinds of
behaviour exist:

* it *routes*: `route` gives the port for a case that is at the node (or `STAY`);
* it lets cases *rest*: `rest_until` says until when, `on_due` by which port they leave if nothing else happened;
* it has *effects*: rows that are written when a case arrives or leaves by a port.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

from marshmallow import Schema
from sqlalchemy import ColumnElement, literal

from scenario_engine.errors import Problem
from scenario_engine.nodes.templates import CREDITOR
from scenario_engine.texts import Text, spoken

#: the answer of `route` for a case that does not leave the node in this tick
STAY = "@stay"
#: … for a case that has done what the node does and waits there to hear how it went; see `NodeType.hold`
HELD = "@held"
#: `Effect.on` for an effect that happens when a case comes to rest at the node
ARRIVE = "@arrive"

Group = Literal["entry", "logic", "wait", "message", "work", "action", "end"]
#: validated params of one node
ParamValues = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Port:
    """A way out of a node."""

    key: str
    title: Text
    #: an optional port that leads nowhere ends the case there; a required one must be wired
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Arm:
    """A way out that the lot gives: the borrowers whose draw is at least `low` and below `high`, of ten thousand."""

    key: str
    title: Text
    low: int
    high: int
    #: the other arms are compared with it
    holdout: bool = False


@dataclass(frozen=True, kw_only=True)
class Deal:
    """How a node deals cases out by lot: splits with one salt deal alike."""

    salt: str
    arms: Sequence[Arm]


@dataclass(frozen=True, kw_only=True)
class Wake:
    """A signal that lets a resting case leave by a port."""

    signal_kind: str
    port: str
    #: only signals of the message that the case wrote at this node
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Hold:
    """How long a case that leaves nothing undone waits to hear how it went (`HELD`), and how it leaves when nothing
    is heard.
    """

    seconds: int
    port: str


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Rows written for the cases that left by a port (or came to rest).

    The engine adds `case_id`, `node_id`, `batch_id`, `loan_id`, `borrower_id`, `version_id` where the table has
    such columns.
    """

    #: a port, or `ARRIVE`
    on: str
    #: table written to, e.g. ``messages``
    table: str
    #: column -> SQL expression over the frame, or a constant
    values: Mapping[str, Any]
    #: a row that exists already is left alone
    ignore_existing: bool = False
    #: update the row of this parent (``loans`` or ``borrowers``) instead of inserting
    update: bool = False
    #: only for cases where this holds
    where: ColumnElement[bool] | None = None


class Frame(Protocol):
    """What a node may refer to while its SQL is built: the case, its loan and borrower, and the tick's moment."""

    #: the tick's instant
    now: ColumnElement[datetime]
    #: columns of the loan, the borrower, the product and the case, by attribute
    loan: Any
    borrower: Any
    product: Any
    case: Any
    #: node ids (rows of version_nodes) and version id of the version being compiled
    node_id: int
    #: the node's id in the document: the same from version to version
    node_key: str
    version_id: int
    #: the document's settings
    settings: Mapping[str, Any]

    def rule(self, rule: Mapping[str, Any]) -> ColumnElement[bool]:
        """The rule as SQL over this frame; never null. What it saw goes into the trail."""
        ...

    def draw(self, salt: str) -> ColumnElement[int]:
        """0…9999 for the borrower: the same for the same salt, for ever."""
        ...

    def moment(self, moment: Callable[[datetime, str], datetime]) -> ColumnElement[datetime]:
        """`moment(now, time zone)` for the borrower's own time zone; computed once per zone and tick."""
        ...

    def after(self, seconds: int) -> ColumnElement[datetime]:
        """The instant so many seconds after the tick, before it when negative; computed once per tick."""
        ...

    def contact(self, kind: str, address: ColumnElement[Any]) -> ColumnElement[str]:
        """The contact guard's answer for such a contact now: ``allow``, ``defer``, ``no_address``, or why it is
        forbidden (`policies.reasons`)."""
        ...

    def contact_moment(self) -> ColumnElement[datetime]:
        """The next instant at which the policy's hours allow a contact; now, when they allow it now."""
        ...

    def contact_a_day_on(self) -> ColumnElement[datetime]:
        """The next instant at which they do, a day from now or later."""
        ...

    def since(self) -> ColumnElement[datetime]:
        """When the case came to the node: now, unless it has been there before this tick."""
        ...


@dataclass(frozen=True, kw_only=True)
class LibraryTemplate:
    """A template of the library as a check sees it."""

    title: str
    #: as the outbox has it
    channel: str
    archived: bool
    #: number of its newest revision
    newest: int
    #: texts by revision and language; only of the newest revision and of those that the document names
    revisions: Mapping[int, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, kw_only=True)
class CheckScope:
    """What a node's own check may look at beside its params; empty sets mean "unknown", and nothing is reported
    then."""

    #: keys of scenarios that are live, and the sub-scenarios each of them calls
    scenarios: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: key of the scenario being checked
    scenario_key: str | None = None
    connectors: frozenset[str] = frozenset()
    product_codes: frozenset[str] = frozenset()
    #: channels that the document's contact policy has switched off
    channels_off: frozenset[str] = frozenset()
    #: variables that it wants every message to name; all that a policy can want, while none is known
    identification: frozenset[str] = CREDITOR
    #: templates that the document names, by key; null: nobody looked
    library: Mapping[str, LibraryTemplate] | None = None


class NodeType(ABC):
    """Base of every node type. The docstring of the subclass is its English help text."""

    key: ClassVar[str]
    title: ClassVar[Text]
    group: ClassVar[Group]
    #: name of a Tabler icon, e.g. ``message``
    icon: ClassVar[str]
    help_ru: ClassVar[str]
    Params: ClassVar[type[Schema]]

    #: cases come in by enrolment, not by an edge
    entry: ClassVar[bool] = False
    #: an entry through which only a step with `calls` lets cases in
    called: ClassVar[bool] = False
    #: the param that names the scenario which this step sends its cases through; null: it calls none
    calls: ClassVar[str | None] = None
    #: cases end here
    terminal: ClassVar[bool] = False
    #: cases always rest here before they leave: a cycle through it is lawful
    rests: ClassVar[bool] = False
    #: what the contact policy counts it as; null: no contact
    contact_kind: ClassVar[Literal["message", "call", "meeting", "letter"] | None] = None
    #: what its message leaves through: sms, email …; null: it sends none
    channel: ClassVar[str | None] = None
    #: params of a node that was just put on the canvas, beside what the schema fills in by itself; see `defaults_in`
    defaults: ClassVar[ParamValues] = {}

    def defaults_in(self, language: str) -> dict[str, Any]:
        """The defaults with every `Text` said in that language."""
        return {name: spoken(value, language) for name, value in self.defaults.items()}

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """The ways out, in the order they are drawn."""
        return (Port(key="next", title=Text("next", "далее")),)

    def sentence(self, params: ParamValues) -> Text:
        """What this node does, as one short sentence for its card."""
        return self.title

    def sentence_in(self, params: ParamValues, scope: CheckScope) -> Text:
        """The same, with the names of what the params point at."""
        return self.sentence(params)

    def check(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        """What is wrong with otherwise valid params. `node_id` is the node's id in the document."""
        return ()

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """Port by which a case that reaches the node leaves it in this tick; `STAY` when it rests."""
        return literal(STAY if self.rests else "next")

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """When a case that stays is looked at again; None: only when a signal or a person lets it go."""
        return None

    def on_due(self, params: ParamValues) -> str | None:
        """Port taken when the time of a rest is up; None: `route` decides again."""
        return None

    def wakes(self, params: ParamValues) -> Sequence[Wake]:
        """Signals that end the rest."""
        return ()

    def hold(self, params: ParamValues) -> Hold | None:
        """For how long cases that `route` answers `HELD` for wait; None: it never does."""
        return None

    def deal(self, node_key: str, params: ParamValues) -> Deal | None:
        """How it deals cases out by lot, so that numbers can be read by arm; None: it does not."""
        return None

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """What is written when cases arrive at or leave the node."""
        return ()

    def rules(self, params: ParamValues) -> Mapping[str, Mapping[str, Any]]:
        """Rules in the params, by dotted field name: checked, worded and counted for every node alike."""
        return {}

    @property
    def help(self) -> Text:
        """The help text."""
        return Text((self.__doc__ or "").strip(), self.help_ru)
