"""Operator task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement

from scenario_engine.nodes.base import ARRIVE, Effect, Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import (
    Form,
    branch_key,
    branch_title,
    check_keys,
    choice,
    duration,
    line,
    meta,
    seconds_of,
)
from scenario_engine.nodes.wording import duration_in_words, excerpt, same
from scenario_engine.texts import Text

EXPIRED = "expired"


class DispositionForm(Form):
    """One result that the operator may choose."""

    key = branch_key()
    title = branch_title()
    needs = choice(
        Text("Asks for", "Что заполнить"),
        {"promise": Text("a promise: sum and day", "обещание: сумма и день")},
        load_default=None,
        allow_none=True,
    )


class Task(NodeType):
    """Gives an operator something to do: a call, a visit, a check. The result that the operator chooses is the way on.

    When nobody has closed the task in time, the case leaves by “expired”. Example: call, with the results “promised”,
    “refused”, “not reached”.
    """

    key = "task"
    title = Text("Operator task", "Задача оператору")
    group = "work"
    icon = "headset"
    help_ru = (
        "Ставит оператору задачу: позвонить, выехать, проверить. Результат, который выберет оператор, и есть выход.\n\n"
        "Если за отведённое время задачу никто не закрыл, дело уходит по выходу «просрочена». "
        "Пример: звонок с результатами «обещал», «отказался», «не дозвонились»."
    )
    rests = True
    defaults = {
        "title": Text("Call the borrower", "Позвонить заёмщику"),
        "dispositions": [
            {"key": "promised", "title": Text("Promised to pay", "Обещал оплатить"), "needs": "promise"},
            {"key": "refused", "title": Text("Refused to pay", "Отказался платить")},
            {"key": "not_reached", "title": Text("Not reached", "Не дозвонились")},
        ],
        "expires": {"days": 2},
    }

    class Params(Form):
        """What to do, by when, and what may come of it."""

        title = line(Text("Task", "Задача"), most=120, required=True)
        instruction = line(
            Text("Instruction", "Что сделать"),
            Text("What the operator reads before the call.", "Что оператор прочтёт перед звонком."),
            most=4_000,
            widget="textarea",
            load_default="",
        )
        queue = line(Text("Queue", "Очередь"), most=64, load_default="calls")
        priority = fields.Integer(
            strict=True,
            load_default=5,
            validate=validate.Range(1, 9),
            metadata=meta(Text("Priority", "Приоритет"), Text("1 is the most urgent.", "1 — самое срочное.")),
        )
        dispositions = fields.List(
            fields.Nested(DispositionForm),
            required=True,
            validate=validate.Length(1, 20),
            metadata=meta(
                Text("Results", "Результаты"),
                Text("Each is a way out.", "Каждый — отдельный выход."),
                widget="dispositions",
            ),
        )
        expires = duration(Text("To be done within", "Срок выполнения"), required=True)

        @validates_schema(skip_on_field_errors=True)
        def check_dispositions(self, data: dict[str, Any], **_: Any) -> None:
            """Keys are distinct."""
            check_keys(data["dispositions"], "dispositions", reserved=(EXPIRED,))

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """One for each result, and “expired”."""
        results = (Port(key=item["key"], title=same(item["title"])) for item in params["dispositions"])
        return (*results, Port(key=EXPIRED, title=Text("expired", "просрочена")))

    def sentence(self, params: ParamValues) -> Text:
        """What to do, and by when."""
        words, title = duration_in_words(params["expires"]), excerpt(params["title"])
        return Text(f"Task: {title}, within {words.en}", f"Задача: {title}, срок — {words.ru}")

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """The last moment for the task."""
        return frame.after(seconds_of(params["expires"]))

    def on_due(self, params: ParamValues) -> str | None:
        """Nobody closed it."""
        return EXPIRED

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """An open task."""
        return (
            Effect(
                on=ARRIVE,
                table="tasks",
                values={
                    "queue": params["queue"],
                    "title": params["title"],
                    "instruction": params["instruction"],
                    "dispositions": {"items": [dict(item) for item in params["dispositions"]]},
                    "priority": params["priority"],
                    "state": "open",
                    "created_at": frame.now,
                    "due_at": frame.after(seconds_of(params["expires"])),
                },
            ),
        )
