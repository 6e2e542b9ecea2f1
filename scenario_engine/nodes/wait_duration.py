"""Wait for a length of time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from scenario_engine.nodes.base import Frame, NodeType, ParamValues
from scenario_engine.nodes.forms import DurationSchema, clock_time, seconds_of
from scenario_engine.nodes.moments import Later
from scenario_engine.nodes.wording import duration_in_words
from scenario_engine.texts import Text


class WaitDuration(NodeType):
    """Lets the case rest for days, hours and minutes, and then, if you like, until a time of the borrower's day.

    At least one minute. Example: 3 days, then 10:00, so that the next message goes out in the morning.
    """

    key = "wait.duration"
    title = Text("Wait", "Пауза")
    group = "wait"
    icon = "hourglass"
    help_ru = (
        "Дело отдыхает заданное время — дни, часы, минуты, — а затем, если нужно, до часа по времени заёмщика.\n\n"
        "Не меньше минуты. Пример: 3 дня, затем до 10:00, чтобы следующее сообщение ушло утром."
    )
    rests = True
    defaults = {"days": 1}

    class Params(DurationSchema):
        """How long."""

        at = clock_time(
            Text("Then until", "Затем до"),
            Text(
                "Time of day at the borrower's place, such as 10:00.",
                "Время суток у заёмщика, например 10:00.",
            ),
            load_default=None,
            allow_none=True,
        )

    def sentence(self, params: ParamValues) -> Text:
        """How long."""
        words = duration_in_words(params)
        if not params["at"]:
            return Text(f"Wait {words.en}", f"Ждать {words.ru}")
        return Text(
            f"Wait {words.en}, then until {params['at']} local time",
            f"Ждать {words.ru}, затем до {params['at']} по времени заёмщика",
        )

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """The end of the wait."""
        if params["at"]:
            return frame.moment(Later(seconds_of(params), params["at"]))
        return frame.after(seconds_of(params))

    def on_due(self, params: ParamValues) -> str | None:
        """On it goes."""
        return "next"
