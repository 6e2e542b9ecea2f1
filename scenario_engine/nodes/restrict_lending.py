"""Restriction of new lending."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_engine.nodes.base import Effect, Frame, NodeType, ParamValues
from scenario_engine.nodes.forms import Form, line
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text


class RestrictLending(NodeType):
    """Marks the borrower so that no new loan is given, with the day and the reason. An earlier mark is left as it is.

    Example: more than 30 days past due.
    """

    key = "restrict_lending"
    title = Text("Restrict new lending", "Запрет новых займов")
    group = "action"
    icon = "ban"
    help_ru = (
        "Отмечает, что заёмщику нельзя выдавать новые займы, — с днём и причиной. Прежняя отметка не меняется.\n\n"
        "Пример: просрочка больше 30 дней."
    )
    defaults = {"reason": Text("Overdue", "Просрочка")}

    class Params(Form):
        """Why."""

        reason = line(Text("Reason", "Причина"), most=250, required=True)

    def sentence(self, params: ParamValues) -> Text:
        """Why."""
        reason = excerpt(params["reason"])
        return Text(f"No new loans: {reason}", f"Новых займов не выдавать: {reason}")

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """The mark on the borrower."""
        return (
            Effect(
                on="next",
                table="borrowers",
                values={"lending_restricted_at": frame.now, "lending_restriction": params["reason"]},
                update=True,
                where=frame.borrower.lending_restricted_at.is_(None),
            ),
        )
