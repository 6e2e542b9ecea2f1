"""Entry by call."""

from __future__ import annotations

from scenario_engine.nodes.base import NodeType, ParamValues
from scenario_engine.nodes.forms import Form
from scenario_engine.texts import Text


class EntryCall(NodeType):
    """Takes in only the loans that a step of another scenario sends here. It never takes in a loan by itself.

    Use it at the head of a part that several scenarios share. Example: “contact data” is called from the soft and
    from the middle stage.
    """

    key = "entry.call"
    title = Text("Entry by call", "Вход по вызову")
    group = "entry"
    icon = "login"
    help_ru = (
        "Принимает только займы, которые направил сюда шаг другого сценария. Сам ни одного займа не берёт.\n\n"
        "Ставьте его в начало общей части, которую вызывают несколько сценариев. "
        "Пример: «уточнение контактов» вызывают мягкая и средняя стадии."
    )
    entry = True
    called = True

    class Params(Form):
        """Nothing to choose."""

    def sentence(self, params: ParamValues) -> Text:
        """Who comes in."""
        return Text("Takes in what another scenario sends here", "Принимает займы из других сценариев")
