"""Split: by lot, sticky by borrower."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement, case, literal

from scenario_engine.errors import Problem
from scenario_engine.nodes.base import CheckScope, Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, branch_key, branch_title, check_keys, line, meta
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text


class ArmForm(Form):
    """One arm."""

    key = branch_key()
    title = branch_title()
    weight = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 100),
        metadata=meta(Text("Share", "Доля"), unit=Text("%", "%")),
    )
    holdout = fields.Boolean(
        load_default=False,
        metadata=meta(
            Text("Control group", "Контрольная группа"),
            Text("The other arms are compared with it.", "С ней сравнивают остальные ветви."),
        ),
    )


class Split(NodeType):
    """Deals cases out by lot in the shares you give: champion, challengers, control group.

    The same borrower always gets the same arm, in every version of the scenario, for all loans; splits that share a
    salt deal alike. Example: 50 % soft text, 40 % firm text, 10 % no message.
    """

    key = "split"
    title = Text("A/B split", "A/B-тест")
    group = "logic"
    icon = "arrows-shuffle"
    help_ru = (
        "Делит дела жребием в заданных долях: чемпион, претенденты, контрольная группа.\n\n"
        "Один и тот же заёмщик всегда попадает в одну ветвь — по всем займам и во всех версиях сценария; "
        "блоки с одинаковой «солью» делят одинаково. "
        "Пример: 50 % — мягкий текст, 40 % — строгий, 10 % — без сообщения."
    )
    defaults = {
        "arms": [
            {"key": "a", "title": "A", "weight": 50},
            {"key": "b", "title": "B", "weight": 50},
        ]
    }

    class Params(Form):
        """The arms and their shares."""

        arms = fields.List(
            fields.Nested(ArmForm),
            required=True,
            validate=validate.Length(2, 10),
            metadata=meta(
                Text("Arms", "Ветви"),
                Text("The shares add up to 100 %.", "Доли в сумме дают 100 %."),
                widget="branches",
            ),
        )
        salt = line(
            Text("Salt", "Соль"),
            Text(
                "Splits with the same salt deal alike. Empty: this node on its own.",
                "Блоки с одинаковой солью делят одинаково. Пусто — этот блок делит сам по себе.",
            ),
            most=60,
            load_default="",
        )

        @validates_schema(skip_on_field_errors=True)
        def check_arms(self, data: dict[str, Any], **_: Any) -> None:
            """Keys are distinct."""
            check_keys(data["arms"], "arms")

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """One for each arm."""
        return tuple(
            Port(key=arm["key"], title=Text(*([f"{arm['title']} · {arm['weight']} %"] * 2))) for arm in params["arms"]
        )

    def sentence(self, params: ParamValues) -> Text:
        """The shares."""
        shares = excerpt(" · ".join(f"{arm['title']} {arm['weight']} %" for arm in params["arms"]), 80)
        return Text(f"By lot: {shares}", f"Жребий: {shares}")

    def check(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        """The shares add up."""
        total = sum(arm["weight"] for arm in params["arms"])
        if total != 100:
            yield Problem(
                code="split.weights",
                text=Text(
                    f"The shares add up to {total} %, not to 100 %.",
                    f"Доли дают в сумме {total} %, а должны 100 %.",
                ),
                node=node_id,
                field="arms",
            )

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """The arm whose range of the draw the borrower is in."""
        draw = frame.draw(params["salt"] or frame.node_key)
        arms = params["arms"]
        bounds = accumulate(arm["weight"] for arm in arms)
        whens = [(draw < literal(bound * 100), literal(arm["key"])) for arm, bound in zip(arms, bounds, strict=True)]
        return case(*whens[:-1], else_=literal(arms[-1]["key"]))
