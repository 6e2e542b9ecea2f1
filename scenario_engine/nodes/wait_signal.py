"""Wait for a signal, but not for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from marshmallow import fields, validate
from sqlalchemy import ColumnElement

from scenario_engine.models.signal import SIGNAL_KINDS
from scenario_engine.nodes.base import Frame, NodeType, ParamValues, Port, Wake
from scenario_engine.nodes.forms import Form, duration, meta, seconds_of
from scenario_engine.nodes.wording import duration_in_words
from scenario_engine.texts import Text

RECEIVED, TIMEOUT = "received", "timeout"


class WaitSignal(NodeType):
    """Lets the case rest until something happens to the loan; when nothing does in time, it leaves by “timeout”.

    With “a way out for each signal” every kind has its own port. Example: wait 3 days for a payment or a reply.
    """

    key = "wait.signal"
    title = Text("Wait for a signal", "Ждать события")
    group = "wait"
    icon = "antenna"
    help_ru = (
        "Дело отдыхает, пока с займом что-нибудь не произойдёт; если за отведённое время не произошло ничего, "
        "оно уходит по выходу «время вышло».\n\n"
        "С отметкой «отдельный выход для каждого события» у каждого события свой выход. "
        "Пример: 3 дня ждать платежа или ответа."
    )
    rests = True
    defaults = {"signal_kinds": ["payment_received"], "timeout": {"days": 3}}

    class Params(Form):
        """For what, and for how long."""

        signal_kinds = fields.List(
            fields.String(validate=validate.OneOf(list(SIGNAL_KINDS))),
            required=True,
            validate=validate.Length(1, len(SIGNAL_KINDS)),
            metadata=meta(Text("Signals", "События"), widget="multiselect", choices=SIGNAL_KINDS),
        )
        separate = fields.Boolean(
            load_default=False,
            metadata=meta(Text("A way out for each signal", "Отдельный выход для каждого события")),
        )
        timeout = duration(Text("At most", "Не дольше"), required=True)

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """One for the signals, or one for each, and the timeout."""
        if params["separate"]:
            got = [Port(key=kind, title=SIGNAL_KINDS[kind]) for kind in dict.fromkeys(params["signal_kinds"])]
        else:
            got = [Port(key=RECEIVED, title=Text("received", "получено"))]
        return (*got, Port(key=TIMEOUT, title=Text("timeout", "время вышло")))

    def sentence(self, params: ParamValues) -> Text:
        """For what, and for how long."""
        kinds = [SIGNAL_KINDS[kind] for kind in dict.fromkeys(params["signal_kinds"])]
        en, ru = " or ".join(f"“{kind.en}”" for kind in kinds), " или ".join(f"«{kind.ru}»" for kind in kinds)
        words = duration_in_words(params["timeout"])
        return Text(f"Wait for {en}, at most {words.en}", f"Ждать: {ru}, не дольше чем {words.ru}")

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """The end of patience."""
        return frame.after(seconds_of(params["timeout"]))

    def on_due(self, params: ParamValues) -> str | None:
        """Nothing came."""
        return TIMEOUT

    def wakes(self, params: ParamValues) -> Sequence[Wake]:
        """Every kind that is waited for."""
        return tuple(
            Wake(signal_kind=kind, port=kind if params["separate"] else RECEIVED)
            for kind in dict.fromkeys(params["signal_kinds"])
        )
