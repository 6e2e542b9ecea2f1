"""Condition: yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, literal

from scenario_engine.nodes.base import Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, rule
from scenario_engine.nodes.wording import rule_words
from scenario_engine.texts import Text


class Condition(NodeType):
    """Asks a question about the loan and its borrower and sends the case by “yes” or “no”.

    What the rule saw is kept with the visit. A comparison with a value that is not known counts as “no”.
    Example: “balance more than 30 000 ₽”.
    """

    key = "condition"
    title = Text("Condition", "Условие")
    group = "logic"
    icon = "arrows-split-2"
    help_ru = (
        "Проверяет условие о займе и заёмщике и отправляет дело по выходу «да» или «нет».\n\n"
        "Значения, на которые смотрело условие, сохраняются в истории дела. Если значение неизвестно, ответ — «нет». "
        "Пример: «остаток долга больше 30 000 ₽»."
    )
    defaults = {"rule": {"combinator": "and", "rules": [{"field": "dpd", "operator": ">", "value": 5}]}}

    class Params(Form):
        """The question."""

        rule = rule(Text("Condition", "Условие"), required=True)

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """Yes and no."""
        return (Port(key="yes", title=Text("yes", "да")), Port(key="no", title=Text("no", "нет")))

    def sentence(self, params: ParamValues) -> Text:
        """The question in words."""
        words = rule_words(params["rule"])
        return Text(f"If {words.en}", f"Если {words.ru}") if words.en else Text("Always yes", "Всегда «да»")

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """Yes when the rule holds."""
        return case((frame.rule(params["rule"]), literal("yes")), else_=literal("no"))

    def rules(self, params: ParamValues) -> Mapping[str, Mapping[str, Any]]:
        """The question."""
        return {"rule": params["rule"]}
