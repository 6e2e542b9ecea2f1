"""Offer to the borrower."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement

from scenario_engine.graph.messages import invalid
from scenario_engine.nodes.base import ARRIVE, Effect, Frame, NodeType, ParamValues, Port, Wake
from scenario_engine.nodes.forms import Form, choice, days, meta
from scenario_engine.nodes.wording import DAY, MONTH, count_of
from scenario_engine.texts import Text

KINDS = {
    "prolongation": Text("Prolongation", "Пролонгация"),
    "restructuring": Text("Restructuring", "Реструктуризация"),
    "discount": Text("Discount", "Скидка"),
}
#: the largest size: days, months, per cent
MOST = {"prolongation": 365, "restructuring": 120, "discount": 100}


class Offer(NodeType):
    """Offers the borrower a prolongation, a restructuring or a discount and waits for the answer.

    The answer comes from an operator, the personal account or the core system; without one the case leaves by
    “expired”. Example: 20 % off when the rest is paid, valid 7 days.
    """

    key = "offer"
    title = Text("Offer", "Предложение")
    group = "action"
    icon = "gift"
    help_ru = (
        "Предлагает заёмщику пролонгацию, реструктуризацию или скидку и ждёт ответа.\n\n"
        "Ответ приходит от оператора, из личного кабинета или из учётной системы; без ответа дело уходит по выходу "
        "«срок истёк». Пример: скидка 20 % при оплате остатка, действует 7 дней."
    )
    rests = True

    class Params(Form):
        """What is offered, and for how long."""

        kind = choice(Text("What", "Что предлагаем"), KINDS, load_default="discount")
        size = fields.Integer(
            strict=True,
            load_default=10,
            validate=validate.Range(1, max(MOST.values())),
            metadata=meta(
                Text("Size", "Размер"),
                Text(
                    "Per cent for a discount, days for a prolongation, months for a restructuring.",
                    "Проценты для скидки, дни для пролонгации, месяцы для реструктуризации.",
                ),
            ),
        )
        valid_days = days(Text("Valid for", "Действует"), load_default=7)

        @validates_schema(skip_on_field_errors=True)
        def check_size(self, data: dict[str, Any], **_: Any) -> None:
            """The size fits the kind."""
            most = MOST[data["kind"]]
            if data["size"] > most:
                raise invalid(f"must be at most {most}", f"должно быть не больше {most}", field="size")

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """The answers, and none."""
        return (
            Port(key="accepted", title=Text("accepted", "принято")),
            Port(key="declined", title=Text("declined", "отклонено")),
            Port(key="expired", title=Text("expired", "срок истёк")),
        )

    def sentence(self, params: ParamValues) -> Text:
        """What is offered."""
        kind, size, valid = KINDS[params["kind"]], params["size"], count_of(params["valid_days"], DAY)
        if params["kind"] == "discount":
            much = Text(f"{size} %", f"{size} %")
        else:
            much = count_of(size, DAY if params["kind"] == "prolongation" else MONTH)
        return Text(
            f"Offer: {kind.en.lower()} {much.en}, valid {valid.en}",
            f"Предложение: {kind.ru.lower()} {much.ru}, действует {valid.ru}",
        )

    def rest_until(self, params: ParamValues, frame: Frame) -> ColumnElement[datetime] | None:
        """The end of the offer."""
        return frame.after(params["valid_days"] * 86_400)

    def on_due(self, params: ParamValues) -> str | None:
        """No answer."""
        return "expired"

    def wakes(self, params: ParamValues) -> Sequence[Wake]:
        """The answers."""
        return (
            Wake(signal_kind="offer_accepted", port="accepted"),
            Wake(signal_kind="offer_declined", port="declined"),
        )

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """An open offer."""
        return (
            Effect(
                on=ARRIVE,
                table="offers",
                values={
                    "kind": params["kind"],
                    "size": params["size"],
                    "made_at": frame.now,
                    "expires_at": frame.after(params["valid_days"] * 86_400),
                    "state": "open",
                },
            ),
        )
