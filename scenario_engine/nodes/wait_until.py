"""Wait until a moment that a calendar or a date of the loan gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement, Date, case, func, literal, select

from scenario_engine.graph.messages import invalid
from scenario_engine.models import Promise
from scenario_engine.nodes.base import Frame, NodeType, ParamValues
from scenario_engine.nodes.forms import Form, choice, clock_time, meta
from scenario_engine.nodes.moments import REFERENCE, DayClock, MonthDay, Weekday, WorkingMoment
from scenario_engine.nodes.wording import DAY, count_of
from scenario_engine.sql import days_between, shift_instant
from scenario_engine.texts import Text

MODES = {
    "working": Text("the next working moment", "ближайшее рабочее время"),
    "date": Text("a date of the loan", "дата займа"),
    "weekday": Text("a weekday", "день недели"),
    "month_day": Text("a day of the month", "число месяца"),
}
DATES = {
    "next_due_on": Text("next instalment", "дата очередного платежа"),
    "overdue_since": Text("start of the overdue debt", "начало просрочки"),
    "promise_due_on": Text("day of the last promise", "день последнего обещания"),
}
#: the same inside a sentence
_NAMES = {
    "next_due_on": Text("next instalment", "очередного платежа"),
    "overdue_since": Text("first missed payment", "начала просрочки"),
    "promise_due_on": Text("promised payment", "обещанной оплаты"),
}
WEEKDAYS = {
    "mon": Text("Monday", "понедельник"),
    "tue": Text("Tuesday", "вторник"),
    "wed": Text("Wednesday", "среда"),
    "thu": Text("Thursday", "четверг"),
    "fri": Text("Friday", "пятница"),
    "sat": Text("Saturday", "суббота"),
    "sun": Text("Sunday", "воскресенье"),
}


class WaitUntil(NodeType):
    """Lets the case rest until the next working hours, a date of the loan, a weekday or a day of the month.

    All times are the borrower's. A date that has passed, or that the loan does not have, lets the case go on after a
    minute. Example: one day before the next instalment, at 10:00.
    """

    key = "wait.until"
    title = Text("Wait until", "Ждать до")
    group = "wait"
    icon = "calendar-time"
    help_ru = (
        "Дело отдыхает до ближайшего рабочего времени, до даты займа, дня недели или числа месяца.\n\n"
        "Время везде местное, заёмщика. Если дата уже прошла или её у займа нет, дело пойдёт дальше через минуту. "
        "Пример: за день до очередного платежа, в 10:00."
    )
    rests = True

    class Params(Form):
        """Until when."""

        mode = choice(Text("Until", "До чего"), MODES, load_default="working")
        at = clock_time(
            Text("At", "Время"),
            Text("Time of day at the borrower's place.", "Время суток у заёмщика."),
            load_default="10:00",
        )
        until = clock_time(
            Text("Working day ends", "Конец рабочего дня"),
            Text("Only for the working moment.", "Только для рабочего времени."),
            load_default="18:00",
        )
        date_field = choice(
            Text("Date", "Дата"),
            DATES,
            Text("Only for a date of the loan.", "Только для даты займа."),
            load_default="next_due_on",
        )
        offset_days = fields.Integer(
            strict=True,
            load_default=0,
            validate=validate.Range(-365, 365),
            metadata=meta(
                Text("Days after the date", "Дней после даты"),
                Text("A negative number: days before it.", "Отрицательное число — дней до неё."),
                unit=Text("days", "дней"),
            ),
        )
        weekdays = fields.List(
            fields.String(validate=validate.OneOf(list(WEEKDAYS))),
            load_default=lambda: ["mon"],
            validate=validate.Length(1, 7),
            metadata=meta(
                Text("Weekdays", "Дни недели"),
                Text("Only for a weekday.", "Только для дня недели."),
                widget="checkboxes",
                choices=WEEKDAYS,
            ),
        )
        month_day = fields.Integer(
            strict=True,
            load_default=1,
            validate=validate.Range(1, 31),
            metadata=meta(
                Text("Day of the month", "Число месяца"),
                Text(
                    "In a shorter month: its last day.",
                    "В более коротком месяце — последний день.",
                ),
            ),
        )

        @validates_schema(skip_on_field_errors=True)
        def check_window(self, data: dict[str, Any], **_: Any) -> None:
            """The working day ends after it begins."""
            if data["mode"] == "working" and data["until"] <= data["at"]:
                raise invalid("must be later than the beginning", "должно быть позже начала", field="until")

    def sentence(self, params: ParamValues) -> Text:
        """Until when."""
        at = params["at"]
        if params["mode"] == "working":
            until = params["until"]
            return Text(f"Wait for working hours, {at}–{until}", f"Ждать рабочего времени, {at}–{until}")
        if params["mode"] == "weekday":
            names = [WEEKDAYS[key] for key in WEEKDAYS if key in params["weekdays"]]
            en, ru = ", ".join(name.en for name in names), ", ".join(name.ru for name in names)
            return Text(f"Wait until {en}, {at}", f"Ждать до: {ru}, {at}")
        if params["mode"] == "month_day":
            day = params["month_day"]
            return Text(f"Wait until day {day} of the month, {at}", f"Ждать до {day}-го числа, {at}")
        name, offset = _NAMES[params["date_field"]], params["offset_days"]
        far = count_of(abs(offset), DAY)
        if offset < 0:
            return Text(f"Wait until {at}, {far.en} before the {name.en}", f"Ждать до {at} за {far.ru} до {name.ru}")
        if offset > 0:
            return Text(
                f"Wait until {at}, {far.en} after the {name.en}", f"Ждать до {at} через {far.ru} после {name.ru}"
            )
        return Text(f"Wait until {at} on the day of the {name.en}", f"Ждать до {at} в день {name.ru}")

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """The moment, at least a minute from now."""
        mode, at = params["mode"], params["at"]
        if mode == "working":
            return frame.moment(WorkingMoment(at, params["until"]))
        if mode == "weekday":
            chosen = frozenset(index for index, key in enumerate(WEEKDAYS) if key in params["weekdays"])
            return frame.moment(Weekday(chosen, at))
        if mode == "month_day":
            return frame.moment(MonthDay(params["month_day"], at))
        day = _day(params["date_field"], frame)
        days = days_between(day, literal(REFERENCE, Date())) + params["offset_days"]
        moment = shift_instant(frame.moment(DayClock(at)), days * 86_400)
        soon = frame.after(60)
        return case((moment > soon, moment), else_=soon)

    def on_due(self, params: ParamValues) -> str | None:
        """On it goes."""
        return "next"


def _day(field: str, frame: Frame) -> ColumnElement[date]:
    if field == "promise_due_on":
        return select(func.max(Promise.due_on)).where(Promise.loan_id == frame.loan.id).scalar_subquery()
    found: ColumnElement[date] = getattr(frame.loan, field)
    return found
