"""What every node that contacts the borrower shares: the guard, the outbox message, the contact that is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement, case, literal

from scenario_engine.errors import Fix, Problem
from scenario_engine.graph.messages import invalid
from scenario_engine.nodes.base import STAY, CheckScope, Effect, Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, line, meta
from scenario_engine.nodes.library import NO_CREDITOR, check_choice, chosen_template
from scenario_engine.nodes.templates import CREDITOR, check_template, names_in
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text

#: longest text by channel, in characters
LONGEST: Mapping[str, int] = MappingProxyType(
    {"sms": 1_000, "email": 10_000, "messenger": 4_000, "robot_call": 1_000, "letter": 10_000}
)
LONGEST_SUBJECT = 200
SENT, BLOCKED, NO_ADDRESS = "sent", "blocked", "no_address"


def connector_field() -> Any:
    """The connector that the message leaves through."""
    return line(
        Text("Connector", "Канал отправки"),
        Text("The sandbox sends nothing anywhere.", "«Песочница» никуда ничего не отправляет."),
        most=64,
        widget="connector",
        load_default="sandbox",
    )


def template_field(most: int) -> Any:
    """The step's own text; empty where it takes one from the library."""
    return line(
        Text("Text", "Текст"),
        Text(
            "Put in data of the loan as {{ first_name }} or {{ overdue }}.",
            "Данные займа подставляются так: {{ first_name }}, {{ overdue }}.",
        ),
        most=most,
        widget="template",
        load_default="",
    )


def subject_field() -> Any:
    """The subject of the step's own text."""
    return line(Text("Subject", "Тема"), most=LONGEST_SUBJECT, widget="template", load_default="")


class _Choice(Form):
    """A template of the library, in the revision that will be sent whatever becomes of it later."""

    key = line(Text("Template", "Шаблон"), most=64, required=True)
    revision = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 1_000_000), metadata=meta(Text("Revision", "Редакция"))
    )


def library_field() -> Any:
    """The template that a step takes from the library, instead of a text of its own."""
    return fields.Nested(
        _Choice,
        load_default=None,
        allow_none=True,
        metadata=meta(Text("Template from the library", "Шаблон из библиотеки"), widget="library"),
    )


class MessageForm(Form):
    """Base of the forms of messages: a text of the step's own, or one of the library."""

    @validates_schema(skip_on_field_errors=True)
    def check_text(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two, and not both."""
        own = [name for name in ("subject", "template") if name in self.fields]
        if data.get("library") is not None:
            if any(data.get(name) for name in own):
                raise invalid(
                    "the step has a text of its own, too: leave one of the two",
                    "у шага есть и собственный текст: оставьте что-то одно",
                    field="library",
                )
            return
        for name in own:
            if not (data.get(name) or "").strip():
                raise invalid("must be filled in", "нужно заполнить", field=name)


def _naming(template: str, names: set[str]) -> Fix:
    missing = ", ".join(f"{{{{ {name} }}}}" for name in sorted(names))
    said = template.rstrip()
    parted = f"{said} {missing}" if said.endswith((".", "!", "?", ",", "…")) else f"{said}. {missing}"
    return Fix(title=Text("Add them", "Добавить"), act="params", values={"template": parted})


def unknown_connector(node_id: str, connector: str, scope: CheckScope) -> Iterable[Problem]:
    """The problem of a connector that is not installed; nothing when it is not known which are."""
    if scope.connectors and connector not in scope.connectors:
        yield Problem(
            code="connector.unknown",
            text=Text("There is no connector “{name}”.", "Канала отправки «{name}» нет.").format(
                name=excerpt(connector, 40)
            ),
            node=node_id,
            field="connector",
        )


class ContactNode(NodeType):
    """Base of the nodes that contact the borrower through the outbox."""

    group = "message"
    #: the outbox's name of the channel
    channel: ClassVar[str]
    #: the borrower's column with the address
    address: ClassVar[str]
    #: params that are templates
    templates: ClassVar[tuple[str, ...]] = ("template",)

    class Params(MessageForm):
        """The text and the way out of the house."""

        library = library_field()
        template = template_field(LONGEST["sms"])
        connector = connector_field()

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """Sent, not allowed, nowhere to send."""
        return (
            Port(key=SENT, title=Text("sent", "отправлено")),
            Port(key=BLOCKED, title=Text("not allowed", "контакт запрещён")),
            Port(key=NO_ADDRESS, title=Text("no address", "нет адреса"), required=False),
        )

    def sentence(self, params: ParamValues) -> Text:
        """The channel and the beginning of the text, or which text of the library it is."""
        chosen = params["library"]
        return self._said(params) if chosen is None else self._named(chosen["key"], chosen["revision"])

    def sentence_in(self, params: ParamValues, scope: CheckScope) -> Text:
        """The same, with the template's title."""
        chosen = params["library"]
        known = chosen_template(chosen, scope)
        return self.sentence(params) if known is None else self._named(known.title, chosen["revision"])

    def _said(self, params: ParamValues) -> Text:
        start = excerpt(params["template"])
        return Text(f"{self.title.en}: “{start}”", f"{self.title.ru}: «{start}»")

    def _named(self, title: str, revision: int) -> Text:
        shown = excerpt(title)
        return Text(
            f"{self.title.en}: template “{shown}”, revision {revision}",
            f"{self.title.ru}: шаблон «{shown}», редакция {revision}",
        )

    def check(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        """The text and the connector."""
        if params["library"] is None:
            yield from self._check_own(node_id, params)
        else:
            yield from check_choice(node_id, params["library"], self.channel, self.templates, scope)
        yield from unknown_connector(node_id, params["connector"], scope)

    def _check_own(self, node_id: str, params: ParamValues) -> Iterable[Problem]:
        wrong = [(field, problem) for field in self.templates for problem in check_template(params[field])]
        for field, problem in wrong:
            yield Problem(code=problem.code, text=problem.text, node=node_id, field=field)
        named = set[str]().union(*(names_in(params[field]) for field in self.templates)) if not wrong else CREDITOR
        if not named >= CREDITOR:
            yield Problem(
                code="template.creditor",
                text=NO_CREDITOR,
                node=node_id,
                field="template",
                severity="warning",
                fix=_naming(params["template"], CREDITOR - named),
            )

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """What the contact guard says."""
        word = frame.contact(self.contact_kind or "message", getattr(frame.borrower, self.address))
        return case(
            (word == "allow", literal(SENT)),
            (word == "defer", literal(STAY)),
            (word == "no_address", literal(NO_ADDRESS)),
            else_=literal(BLOCKED),
        )

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """The next moment at which the hours allow the contact."""
        return frame.contact_moment()

    def content(self, params: ParamValues) -> dict[str, Any]:
        """What the outbox needs to render the message: the texts, or which of the library; never more of these."""
        if params["library"] is not None:
            return {"library": dict(params["library"])}
        return {field: params[field] for field in self.templates}

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """A message in the outbox, and a contact that counts."""
        return (
            Effect(
                on=SENT,
                table="messages",
                values={
                    "channel": self.channel,
                    "connector": params["connector"],
                    "state": "queued",
                    "queued_at": frame.now,
                    "due_at": frame.now,
                    "content": self.content(params),
                    "attempts": 0,
                },
            ),
            Effect(
                on=SENT,
                table="contacts",
                values={"kind": self.contact_kind, "channel": self.channel, "at": frame.now},
            ),
        )
