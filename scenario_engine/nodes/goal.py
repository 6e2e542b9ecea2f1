"""Goal: the end that was hoped for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, literal

from scenario_engine.nodes.base import Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, line
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text


class Goal(NodeType):
    """Ends the case as a success. Use it where the aim of the scenario is reached by a way other than full payment.

    A loan whose overdue debt is paid leaves the scenario by itself when the scenario's settings say so.
    Example: “restructuring agreed”.
    """

    key = "goal"
    title = Text("Goal", "Цель")
    group = "end"
    icon = "target-arrow"
    help_ru = (
        "Завершает дело успехом. Ставьте там, где цель сценария достигнута не полной оплатой, а как-то иначе.\n\n"
        "Займ с погашенной просрочкой выходит из сценария сам, если так указано в настройках сценария. "
        "Пример: «согласована реструктуризация»."
    )
    terminal = True
    defaults = {"name": Text("Goal reached", "Цель достигнута")}

    class Params(Form):
        """Which goal."""

        name = line(Text("Goal", "Цель"), required=True, most=100)

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """None: the case ends."""
        return ()

    def sentence(self, params: ParamValues) -> Text:
        """Which goal."""
        name = excerpt(params["name"])
        return Text(f"Goal: {name}", f"Цель: {name}")

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """The case ends."""
        return literal("end")
