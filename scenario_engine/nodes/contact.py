"""What every node that contacts the borrower shares: the guard, the outbox message, the contact that is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement, String, and_, case, literal, or_, type_coerce

from scenario_engine.errors import Fix, Problem
from scenario_engine.graph.messages import invalid
from scenario_engine.models.message import AWAITED
from scenario_engine.nodes.base import HELD, STAY, CheckScope, Effect, Frame, Hold, NodeType, ParamValues, Port, Wake
from scenario_engine.nodes.forms import Form, line, meta
from scenario_engine.nodes.library import check_choice, chosen_template, marks, says_not_who, unnamed
from scenario_engine.nodes.templates import check_template
from scenario_engine.nodes.wording import excerpt
from scenario_engine.policies.reasons import DEFER, LIMIT, TALK
from scenario_engine.policies.windows import DayBegan
from scenario_engine.texts import Text

#: longest text by channel, in characters
LONGEST: Mapping[str, int] = MappingProxyType(
    {"sms": 1_000, "email": 10_000, "messenger": 4_000, "robot_call": 1_000, "letter": 10_000}
)
LONGEST_SUBJECT = 200
SENT, BLOCKED, NO_ADDRESS = "sent", "blocked", "no_address"
NOT_DELIVERED = "not_delivered"
#: hours that may be named: a month
_MOST_HOURS = 720
#: days that a used-up limit may be waited for: in so many every window has passed
_MOST_DAYS = 31


def connector_field() -> Any:
    """The connector that the message leaves through."""
    return line(
        Text("Connector", "Канал отправки"),
        Text("The sandbox sends nothing anywhere.", "«Песочница» никуда ничего не отправляет."),
        most=64,
        widget="connector",
        load_default="sandbox",
    )


def _hours(title: Text, hint: Text) -> Any:
    return fields.Integer(
        strict=True, load_default=0, validate=validate.Range(0, _MOST_HOURS),
        metadata=meta(title, hint, unit=Text("hours", "ч")),
    )  # fmt: skip


def not_later_field() -> Any:
    """When it is too late for the message."""
    return _hours(
        Text("Not later than", "Не позднее чем через"),
        Text(
            "What has not left by then is not sent any more. 0: it is never too late.",
            "Что не ушло за это время, уже не отправляется. 0 — срока нет.",
        ),
    )


def confirm_field() -> Any:
    """How long the case waits for the delivery."""
    return _hours(
        Text("Wait for delivery", "Ждать доставки"),
        Text(
            "The case waits until the message is delivered; if it is not, it leaves by “not delivered”, to another"
            " channel for instance. 0: it goes on at once.",
            "Дело ждёт, пока сообщение доставят; если не доставлено, уходит по выходу «не доставлено» — например, в"
            " другой канал. 0 — идёт дальше сразу.",
        ),
    )


def limit_field() -> Any:
    """How long the case waits for a used-up limit."""
    return fields.Integer(
        strict=True, load_default=0, validate=validate.Range(0, _MOST_DAYS),
        metadata=meta(
            Text("When the limit is used up, wait", "Если лимит исчерпан, ждать"),
            Text(
                "The contact is tried again a day later, and so on for so many days; then the case leaves by “not"
                " allowed”. 0: it leaves at once.",
                "Контакт пробуют снова через сутки, и так столько дней; потом дело уходит по выходу «контакт запрещён»."
                " 0 — уходит сразу.",
            ),
            unit=Text("days", "дн."),
        ),
    )  # fmt: skip


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


def _naming(template: str, names: frozenset[str]) -> Fix:
    missing = marks(names)
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
        not_later_hours = not_later_field()
        confirm_hours = confirm_field()
        limit_days = limit_field()

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """Sent (or delivered), not allowed, nowhere to send; not delivered, when the case waits for that."""
        waits = bool(params["confirm_hours"])
        return (
            Port(key=SENT, title=Text("delivered", "доставлено") if waits else Text("sent", "отправлено")),
            *([Port(key=NOT_DELIVERED, title=Text("not delivered", "не доставлено"))] if waits else ()),
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
        """The text, the connector, and whether the policy leaves the channel on."""
        if params["library"] is None:
            yield from self._check_own(node_id, params, scope)
        else:
            yield from check_choice(node_id, params["library"], self.channel, self.templates, scope)
        yield from unknown_connector(node_id, params["connector"], scope)
        if self.channel in scope.channels_off:
            yield Problem(
                code="channel.off",
                text=Text(
                    "The contact policy has this channel switched off: every case leaves by “not allowed”.",
                    "Политика контактов выключила этот канал: все дела уйдут по выходу «контакт запрещён».",
                ),
                node=node_id,
                severity="warning",
            )

    def _check_own(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        wrong = [(field, problem) for field in self.templates for problem in check_template(params[field])]
        for field, problem in wrong:
            yield Problem(code=problem.code, text=problem.text, node=node_id, field=field)
        missing = unnamed((params[field] for field in self.templates), scope.identification) if not wrong else None
        if missing:
            yield Problem(
                code="template.creditor",
                text=says_not_who(missing),
                node=node_id,
                field="template",
                severity="warning",
                fix=_naming(params["template"], missing),
            )

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """What the contact guard says."""
        word = frame.contact(self.contact_kind or "message", getattr(frame.borrower, self.address))
        return case(
            (word == "allow", literal(self._sent_by(params))),
            (word == DEFER, literal(STAY)),
            *([(self._waits(word, params["limit_days"], frame), literal(STAY))] if params["limit_days"] else []),
            (word == "no_address", literal(NO_ADDRESS)),
            else_=literal(BLOCKED),
        )

    def _waits(self, word: ColumnElement[str], days: int, frame: Frame) -> ColumnElement[bool]:
        """The limit is used up, and the case came here less than so many of the borrower's days ago."""
        said = type_coerce(word, String())
        used_up = or_(*(said.startswith(f"{kind}:", autoescape=True) for kind in (LIMIT, TALK)))
        return and_(used_up, frame.since() >= frame.moment(DayBegan(ago=days - 1)))

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """The next moment at which the hours allow the contact. When they do now, a limit is used up: then a day later,
        when a limit by the day is free again whichever day it counts.
        """
        moment = frame.contact_moment()
        if not params["limit_days"]:
            return moment
        return case((moment > frame.now, moment), else_=frame.contact_a_day_on())

    def hold(self, params: ParamValues) -> Hold | None:
        """As long as the step says."""
        hours = params["confirm_hours"]
        return Hold(seconds=hours * 3_600, port=NOT_DELIVERED) if hours else None

    def wakes(self, params: ParamValues) -> Sequence[Wake]:
        """What becomes of the message, when the case waits for it."""
        if not params["confirm_hours"]:
            return ()
        return (
            Wake(signal_kind="delivered", port=SENT, own=True),
            Wake(signal_kind="not_delivered", port=NOT_DELIVERED, own=True),
        )

    def content(self, params: ParamValues) -> dict[str, Any]:
        """What the outbox needs to render the message: the texts, or which of the library; never more of these. Then
        whether somebody waits to hear of it.
        """
        waits = {AWAITED: True} if params["confirm_hours"] else {}
        if params["library"] is not None:
            return {"library": dict(params["library"]), **waits}
        return {**{field: params[field] for field in self.templates}, **waits}

    def _sent_by(self, params: ParamValues) -> str:
        return HELD if params["confirm_hours"] else SENT

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """A message in the outbox, and a contact that counts."""
        sent, late = self._sent_by(params), params["not_later_hours"]
        return (
            Effect(
                on=sent,
                table="messages",
                values={
                    "channel": self.channel,
                    "connector": params["connector"],
                    "state": "queued",
                    "queued_at": frame.now,
                    "due_at": frame.now,
                    "content": self.content(params),
                    "attempts": 0,
                    **({"expires_at": frame.after(late * 3_600)} if late else {}),
                },
            ),
            Effect(
                on=sent,
                table="contacts",
                values={"kind": self.contact_kind, "channel": self.channel, "at": frame.now},
            ),
        )
