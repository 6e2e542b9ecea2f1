"""Split: by lot, sticky by borrower."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement, case, literal

from scenario_engine.errors import Fix, Problem
from scenario_engine.nodes.base import Arm, CheckScope, Deal, Frame, NodeType, ParamValues, Port
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
                fix=Fix(
                    title=Text("Make it 100 %", "Довести до 100 %"),
                    act="params",
                    values={"arms": _to_hundred(params["arms"])},
                ),
            )

    def deal(self, node_key: str, params: ParamValues) -> Deal:
        """The arms one after the other; the last one takes what is left."""
        arms, bounds = params["arms"], [0, *(100 * bound for bound in accumulate(a["weight"] for a in params["arms"]))]
        bounds[-1] = max(bounds[-1], 10_000)
        return Deal(
            salt=params["salt"] or node_key,
            arms=[
                Arm(key=arm["key"], title=Text(arm["title"], arm["title"]), low=low, high=high, holdout=arm["holdout"])
                for arm, (low, high) in zip(arms, pairwise(bounds), strict=True)
            ],
        )

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """The arm whose range of the draw the borrower is in."""
        deal = self.deal(frame.node_key, params)
        draw = frame.draw(deal.salt)
        whens = [(draw < literal(arm.high), literal(arm.key)) for arm in deal.arms]
        return case(*whens[:-1], else_=literal(deal.arms[-1].key))


def _to_hundred(arms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The arms with shares in the same proportion that add up to 100."""
    total = sum(arm["weight"] for arm in arms)
    exact = [100 * arm["weight"] / total if total else 100 / len(arms) for arm in arms]
    weights = [int(share) for share in exact]
    by_rest = sorted(range(len(arms)), key=lambda place: weights[place] - exact[place])
    for place in by_rest[: 100 - sum(weights)]:
        weights[place] += 1
    return [{**arm, "weight": weight} for arm, weight in zip(arms, weights, strict=True)]
