"""Exit: the end of the way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, literal

from scenario_engine.nodes.base import Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, line
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text


class Exit(NodeType):
    """Ends the case without success and says why. The loan may come in again when the settings allow it.

    Example: “handed over to the legal department”.
    """

    key = "exit"
    title = Text("Exit", "Выход")
    group = "end"
    icon = "door-exit"
    help_ru = (
        "Завершает дело без успеха и называет причину. Займ может войти снова, если это разрешено в настройках.\n\n"
        "Пример: «передано юристам»."
    )
    terminal = True

    class Params(Form):
        """Why."""

        reason = line(Text("Reason", "Причина"), most=100, load_default="")

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """None: the case ends."""
        return ()

    def sentence(self, params: ParamValues) -> Text:
        """Why the case ends."""
        reason = excerpt(params["reason"])
        return Text(f"Exit: {reason}", f"Выход: {reason}") if reason else Text("The case ends", "Дело завершается")

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """The case ends."""
        return literal("end")
