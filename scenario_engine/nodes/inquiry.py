"""What the nodes that ask outside registers share: one question in the queue, and no second one so soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import ColumnElement, exists, literal, select

from scenario_engine.models import Inquiry, table_of
from scenario_engine.nodes.base import Effect, Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, days
from scenario_engine.nodes.wording import DAY, count_of
from scenario_engine.texts import Text

ASKED = "asked"
_INQUIRIES = table_of(Inquiry)


class InquiryNode(NodeType):
    """Base of the nodes that ask about the borrower. The answer comes as a signal, when it says something new."""

    group = "action"
    #: one of `models.inquiry.SUBJECTS`
    subject: ClassVar[str]

    class Params(Form):
        """How old a former answer may be."""

        not_within = days(
            Text("At most once in", "Не чаще раза в"),
            Text(
                "A loan that was asked about so recently is not asked about again.",
                "Если по займу недавно уже спрашивали, второй раз не спрашиваем.",
            ),
            load_default=7,
        )

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """Nothing is waited for here."""
        return (Port(key=ASKED, title=Text("asked", "запрошено")),)

    def sentence(self, params: ParamValues) -> Text:
        """Whom, and how often at most."""
        once = count_of(params["not_within"], DAY)
        return Text(f"{self.title.en}, at most once in {once.en}", f"{self.title.ru}, не чаще раза в {once.ru}")

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """At once."""
        return literal(ASKED)

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """A question in the queue."""
        former = exists(
            select(_INQUIRIES.c.id)
            .where(
                _INQUIRIES.c.loan_id == frame.loan.id,
                _INQUIRIES.c.subject == self.subject,
                _INQUIRIES.c.state != "failed",
                _INQUIRIES.c.asked_at > frame.after(-86_400 * params["not_within"]),
            )
            .correlate_except(_INQUIRIES)
        )
        return (
            Effect(
                on=ASKED,
                table="inquiries",
                values={
                    "subject": self.subject,
                    "state": "asked",
                    "asked_at": frame.now,
                    "due_at": frame.now,
                    "attempts": 0,
                },
                where=~former,
            ),
        )
