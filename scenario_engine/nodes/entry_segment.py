"""Entry by segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scenario_engine.errors import Problem
from scenario_engine.nodes.base import CheckScope, NodeType, ParamValues
from scenario_engine.nodes.forms import Form, rule
from scenario_engine.nodes.wording import rule_words
from scenario_engine.texts import Text


class EntrySegment(NodeType):
    """Takes in every loan that the rule describes. The registry is looked at every minute.

    A loan has one active case in a track; when several scenarios want it, the smallest priority number wins.
    Example: “days past due from 1 to 5 and overdue more than 500 ₽”.
    """

    key = "entry.segment"
    title = Text("Entry by segment", "Вход по сегменту")
    group = "entry"
    icon = "filter"
    help_ru = (
        "Берёт в сценарий все займы, подходящие под условие. Реестр просматривается раз в минуту.\n\n"
        "В одном потоке у займа может быть только одно активное дело; если на займ претендуют несколько сценариев, "
        "побеждает тот, у которого число приоритета меньше. "
        "Пример: «дней просрочки от 1 до 5 и просрочено больше 500 ₽»."
    )
    entry = True
    defaults = {"rule": {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": 1}]}}

    class Params(Form):
        """Who comes in."""

        rule = rule(Text("Which loans", "Какие займы"), required=True)

    def sentence(self, params: ParamValues) -> Text:
        """Who comes in, in words."""
        words = rule_words(params["rule"])
        return Text(f"Takes in loans: {words.en}", f"Берёт займы: {words.ru}") if words.en else EVERY

    def check(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        """A rule that says nothing takes in the whole portfolio."""
        if not params["rule"].get("rules"):
            yield Problem(
                code="entry.everyone",
                text=Text(
                    "The condition is empty: every open loan comes in.",
                    "Условие пустое: в сценарий войдут все открытые займы.",
                ),
                node=node_id,
                field="rule",
                severity="warning",
            )

    def rules(self, params: ParamValues) -> Mapping[str, Mapping[str, Any]]:
        """The rule."""
        return {"rule": params["rule"]}


EVERY = Text("Takes in every loan", "Берёт все займы")
