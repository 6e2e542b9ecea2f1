"""Entry by signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_engine.models.signal import SIGNAL_KINDS
from scenario_engine.nodes.base import NodeType, ParamValues
from scenario_engine.nodes.forms import Form, choice, rule
from scenario_engine.nodes.wording import rule_words
from scenario_engine.texts import Text


class EntrySignal(NodeType):
    """Takes in a loan at the moment something happens to it, when the rule (if there is one) holds.

    Use it for work that must start at once. Example: “promise broken” starts the firm track the same minute.
    """

    key = "entry.signal"
    title = Text("Entry by signal", "Вход по событию")
    group = "entry"
    icon = "bolt"
    help_ru = (
        "Берёт займ в сценарий в тот момент, когда с ним что-то произошло и выполнено условие, если оно задано.\n\n"
        "Нужен там, где начинать надо сразу. Пример: «обещание нарушено» в ту же минуту запускает жёсткий сценарий."
    )
    entry = True
    defaults = {"signal_kind": "promise_broken"}

    class Params(Form):
        """What lets a loan in."""

        signal_kind = choice(Text("Signal", "Событие"), SIGNAL_KINDS, required=True)
        rule = rule(
            Text("Only loans", "Только займы"),
            Text("Leave it empty to take every loan.", "Оставьте пустым, чтобы брать любые займы."),
            load_default=None,
            allow_none=True,
        )

    def sentence(self, params: ParamValues) -> Text:
        """What lets a loan in, in words."""
        kind, words = SIGNAL_KINDS[params["signal_kind"]], rule_words(params["rule"])
        if not words.en:
            return Text(f"On the signal “{kind.en}”", f"По событию «{kind.ru}»")
        return Text(f"On the signal “{kind.en}”, if {words.en}", f"По событию «{kind.ru}», если {words.ru}")

    def rules(self, params: ParamValues) -> Mapping[str, Mapping[str, Any]]:
        """The rule, when there is one."""
        return {"rule": params["rule"]} if params["rule"] and params["rule"].get("rules") else {}
