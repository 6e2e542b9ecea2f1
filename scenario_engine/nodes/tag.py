"""Tag on a loan."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_engine.nodes.base import Effect, Frame, NodeType, ParamValues
from scenario_engine.nodes.forms import Form, line
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text


class Tag(NodeType):
    """Puts a tag on the loan. Rules of any scenario can ask for it, and lists can be filtered by it.

    Example: “legal” before the papers go to court.
    """

    key = "tag"
    title = Text("Tag", "Метка")
    group = "action"
    icon = "tag"
    help_ru = (
        "Ставит на займ метку. Её видят условия любых сценариев, по ней можно отбирать займы в списках.\n\n"
        "Пример: «суд» перед подготовкой документов."
    )
    defaults = {"tag": Text("court", "суд")}

    class Params(Form):
        """Which tag."""

        tag = line(Text("Tag", "Метка"), most=64, widget="tags", required=True)

    def sentence(self, params: ParamValues) -> Text:
        """Which tag."""
        tag = excerpt(params["tag"])
        return Text(f"Tag “{tag}”", f"Поставить метку «{tag}»")

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """The tag, unless the loan has it."""
        return (
            Effect(
                on="next",
                table="loan_tags",
                values={"tag": params["tag"], "at": frame.now},
                ignore_existing=True,
            ),
        )
