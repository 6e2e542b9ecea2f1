"""What every kind of amendment shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from marshmallow import RAISE, Schema

from scenario_engine.errors import Invalid, Problem
from scenario_engine.models import Loan
from scenario_engine.registry.ledger.fold import Amended, Contract, Pause, Standing
from scenario_engine.registry.lending import law
from scenario_engine.registry.lending.schedule import Line
from scenario_engine.rules.words import money
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The loan as it stands on the day `on`, which has been charged, and what was agreed so far."""

    loan: Loan
    standing: Standing
    on: date
    earlier: Sequence[Amended]

    @property
    def contract(self) -> Contract:
        """What is agreed now."""
        return self.standing.contract

    @property
    def settled_on(self) -> date:
        """The last day on which something was agreed: nothing takes effect before it any more."""
        return max([self.contract.issued_on, *(each.day for each in self.earlier)])

    @property
    def pack(self) -> law.Pack:
        """The law of the loan."""
        return law.pack_of(self.contract.terms.policy)

    @property
    def free_days(self) -> list[tuple[date, date]]:
        """Days on which no interest runs."""
        return [
            (pause.first, pause.last or date(9999, 12, 31)) for pause in self.contract.pauses if pause.interest_stops
        ]


class Form(Schema):
    """What is asked for; nothing else may be in it."""

    class Meta:
        unknown = RAISE


class Kind(ABC):
    """One kind of amendment."""

    key: ClassVar[str]
    title: ClassVar[Text]
    Params: ClassVar[type[Form]]
    #: a second person has to agree
    needs_approval: ClassVar[bool] = False
    #: what the loan is afterwards; null: as before
    leaves_as: ClassVar[str | None] = None
    #: what its price pays first
    order: ClassVar[tuple[str, ...] | None] = None

    def day(self, scene: Scene, asked: Mapping[str, Any]) -> date:
        """The day at whose end it takes effect; `plan` sees the loan as it stood then. Raises `Invalid`."""
        return scene.on

    @abstractmethod
    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """What it changes. Raises `Invalid` with every field that speaks against it."""

    def price(self, scene: Scene, asked: Mapping[str, Any]) -> int:
        """What is paid with it, in one act, kopecks. Raises `Invalid`."""
        return 0

    def told(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What people read of it later, in the ledger and in the audit; no personal data."""
        return {name: str(value) if isinstance(value, date) else value for name, value in asked.items()}


def refuse(text: Text, *, field: str | None = None, code: str = "refused") -> Invalid:
    """The error that says why it may not be."""
    return Invalid(
        text,
        code=f"amendment.{code}",
        problems=[Problem(code=f"amendment.{code}", field=field, text=text)] if field else (),
    )


def settled(standing: Standing, left: int) -> list[Line]:
    """The lines that fell due, each with what was paid of it; the schedule that follows them leaves `left`."""
    found = []
    for index, line in enumerate(standing.contract.lines[: standing.at]):
        principal, interest, fee = standing.paid_of(index)
        found.append(replace(line, principal=principal, interest=interest, fee=fee, left=left))
    return found


def overlaps(pause: Pause, others: Sequence[Pause]) -> Pause | None:
    """The pause of the loan that has days in common with it."""
    return next(
        (
            other
            for other in others
            if (other.last is None or other.last >= pause.first) and (pause.last is None or other.first <= pause.last)
        ),
        None,
    )


def roubles(kopecks: int) -> Text:
    """A sum for people."""
    return Text(money(kopecks, "en"), money(kopecks, "ru"))


def say_day(day: date) -> Text:
    """A day for people."""
    return Text(day.isoformat(), day.strftime("%d.%m.%Y"))
