"""Switch: the first branch that fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate, validates_schema
from sqlalchemy import ColumnElement, case, literal

from scenario_engine.nodes.base import Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, branch_key, branch_title, check_keys, meta, rule
from scenario_engine.nodes.wording import excerpt, same
from scenario_engine.texts import Text

OTHERWISE = "otherwise"


class BranchForm(Form):
    """One branch."""

    key = branch_key()
    title = branch_title()
    rule = rule(Text("Condition", "Условие"), required=True)


class Switch(NodeType):
    """Sends the case by the first branch whose rule holds, from the top; by “otherwise” when none does.

    Use it instead of a chain of conditions. Example: debt up to 5 000 ₽, up to 30 000 ₽, the rest.
    """

    key = "switch"
    title = Text("Switch", "Выбор")
    group = "logic"
    icon = "sitemap"
    help_ru = (
        "Отправляет дело по первой сверху ветке, условие которой выполнено, а если не подошла ни одна — по «иначе».\n\n"
        "Удобнее цепочки условий. Пример: долг до 5 000 ₽, до 30 000 ₽, остальные."
    )
    defaults = {
        "branches": [
            {
                "key": "a",
                "title": Text("Up to 5 000 ₽", "Долг до 5 000 ₽"),
                "rule": {
                    "combinator": "and",
                    "rules": [{"field": "balance", "operator": "<=", "value": 500_000}],
                },
            },
            {
                "key": "b",
                "title": Text("Up to 30 000 ₽", "Долг до 30 000 ₽"),
                "rule": {
                    "combinator": "and",
                    "rules": [{"field": "balance", "operator": "<=", "value": 3_000_000}],
                },
            },
        ]
    }

    class Params(Form):
        """The branches, in order."""

        branches = fields.List(
            fields.Nested(BranchForm),
            required=True,
            validate=validate.Length(1, 30),
            metadata=meta(
                Text("Branches", "Ветки"),
                Text("The first one that fits is taken.", "Выбирается первая подходящая."),
                widget="branches",
            ),
        )

        @validates_schema(skip_on_field_errors=True)
        def check_branches(self, data: dict[str, Any], **_: Any) -> None:
            """Keys are distinct."""
            check_keys(data["branches"], "branches", reserved=(OTHERWISE,))

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """One for each branch, and “otherwise”."""
        branches = (Port(key=item["key"], title=same(item["title"])) for item in params["branches"])
        return (*branches, Port(key=OTHERWISE, title=Text("otherwise", "иначе")))

    def sentence(self, params: ParamValues) -> Text:
        """The branches by their titles."""
        titles = excerpt(" · ".join(item["title"] for item in params["branches"]), 80)
        return Text(f"Chooses: {titles} · otherwise", f"Выбирает: {titles} · иначе")

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """The first branch that holds."""
        whens = [(frame.rule(item["rule"]), literal(item["key"])) for item in params["branches"]]
        return case(*whens, else_=literal(OTHERWISE))

    def rules(self, params: ParamValues) -> Mapping[str, Mapping[str, Any]]:
        """Every branch's rule."""
        return {f"branches.{index}.rule": item["rule"] for index, item in enumerate(params["branches"])}
