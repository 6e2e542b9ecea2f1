"""What every node that contacts the borrower shares: the guard, the outbox message, the contact that is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, case, literal

from scenario_engine.errors import Fix, Problem
from scenario_engine.nodes.base import STAY, CheckScope, Effect, Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, line
from scenario_engine.nodes.templates import check_template, names_in
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text

#: values without which a message does not say who writes (137-ФЗ of 2025-06-07)
CREDITOR = {"creditor_name", "creditor_phone"}
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
    """The text of a message."""
    return line(
        Text("Text", "Текст"),
        Text(
            "Put in data of the loan as {{ first_name }} or {{ overdue }}.",
            "Данные займа подставляются так: {{ first_name }}, {{ overdue }}.",
        ),
        most=most,
        widget="template",
        required=True,
    )


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

    class Params(Form):
        """The text and the way out of the house."""

        template = template_field(1_000)
        connector = connector_field()

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """Sent, not allowed, nowhere to send."""
        return (
            Port(key=SENT, title=Text("sent", "отправлено")),
            Port(key=BLOCKED, title=Text("not allowed", "контакт запрещён")),
            Port(key=NO_ADDRESS, title=Text("no address", "нет адреса"), required=False),
        )

    def sentence(self, params: ParamValues) -> Text:
        """The channel and the beginning of the text."""
        start = excerpt(params["template"])
        return Text(f"{self.title.en}: “{start}”", f"{self.title.ru}: «{start}»")

    def check(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        """Templates and connector."""
        wrong = [(field, problem) for field in self.templates for problem in check_template(params[field])]
        for field, problem in wrong:
            yield Problem(code=problem.code, text=problem.text, node=node_id, field=field)
        named = set[str]().union(*(names_in(params[field]) for field in self.templates)) if not wrong else CREDITOR
        if not named >= CREDITOR:
            yield Problem(
                code="template.creditor",
                text=Text(
                    "The law wants the creditor's name and phone in every message: "
                    "put in {{ creditor_name }} and {{ creditor_phone }}.",
                    "Закон требует, чтобы в сообщении были название и телефон кредитора: "
                    "вставьте {{ creditor_name }} и {{ creditor_phone }}.",
                ),
                node=node_id,
                field="template",
                severity="warning",
                fix=_naming(params["template"], CREDITOR - named),
            )
        yield from unknown_connector(node_id, params["connector"], scope)

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
        """What the outbox needs to render the message."""
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
