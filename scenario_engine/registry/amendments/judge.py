"""Claims that a court has fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from marshmallow import fields, validate

from scenario_engine.registry.amendments.base import Form, Kind, Scene, refuse, roubles, say_day
from scenario_engine.registry.ledger.fold import Amended
from scenario_engine.registry.lending.terms import SPANS, WHOLE
from scenario_engine.texts import Text

#: costs of obtaining performance, interest, principal, and penalty last; civil code, art. 319
ORDER = ("fee", "interest_overdue", "interest", "principal_overdue", "principal", "penalty")
_CLAIMS = {
    "principal": ("principal_overdue", "principal"),
    "interest": ("interest_overdue", "interest"),
    "penalty": ("penalty",),
    "fee": ("fee",),
}
_NAMES = {
    "principal": Text("principal", "основного долга"),
    "interest": Text("interest", "процентов"),
    "penalty": Text("penalty", "неустойки"),
    "fee": Text("fees", "комиссий"),
}


def _sum() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(0, 10**12))


class Judge(Kind):
    """The awarded sums are owed at once; what was not awarded is waived.

    They grow no more or, where the court awarded interest until actual payment, by that on the principal
    that is not repaid, within the limit of the law. Court costs are added, and payments pay the costs first, then
    interest, principal and the penalty. All that holds from the day after the judgment on, however late it is
    recorded, or after another day up to which the court counted the debt.
    """

    key = "judged"
    title = Text("Judgment", "Решение суда")

    class Params(Form):
        """The number of the court's act, its day (null: today), the sums that it awarded, its costs, and interest until
        payment (0: none).
        """

        day = fields.Date(load_default=None, allow_none=True)
        act = fields.String(required=True, validate=validate.Length(1, 100))
        principal = _sum()
        interest = _sum()
        penalty = _sum()
        fee = _sum()
        costs = _sum()
        rate_ppm = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 100 * WHOLE))
        rate_per = fields.String(load_default="year", validate=validate.OneOf(SPANS))

    def day(self, scene: Scene, asked: Mapping[str, Any]) -> date:
        """No later than today, and not before what was agreed last."""
        day: date = asked["day"] or scene.on
        if not scene.settled_on <= day <= scene.on:
            raise refuse(
                Text(
                    "Choose a day from {day} to today: what was agreed before stands.",
                    "Выберите день начиная с {day} и не позже сегодняшнего: прежние договорённости не меняются.",
                ).format(day=say_day(scene.settled_on)),
                field="day",
            )
        return day

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """No more than is owed, part by part."""
        standing, contract = scene.standing, scene.contract
        if standing.overdue_since is None:
            raise refuse(
                Text(
                    "Nothing is overdue on this loan on that day: there was no claim to award.",
                    "По займу на этот день нет просрочки: взыскивать было нечего.",
                )
            )
        waived: dict[str, int] = {}
        for name, parts in _CLAIMS.items():
            owed = sum(getattr(standing.owed, part) for part in parts)
            less = owed - asked[name]
            if less < 0:
                raise refuse(
                    Text(
                        "Of {part} {owed} is owed on {day}: no more can be awarded.",
                        "Долг по части «{part}» на {day} — {owed}: присудить больше нельзя.",
                    ).format(part=_NAMES[name], owed=roubles(owed), day=say_day(scene.on)),
                    field=name,
                )
            # what is not due yet is the first that a court leaves out
            for part in reversed(parts):
                taken = min(less, getattr(standing.owed, part))
                if taken:
                    waived[part] = taken
                less -= taken
        terms = replace(
            contract.terms, rate_ppm=asked["rate_ppm"], rate_per=asked["rate_per"], interest_when_late=True,
            penalty_ppm=0, dpd_grace_days=0, order=ORDER,
        )  # fmt: skip
        # costs of the court are no charges of the lender's
        limit = contract.charges_limit and contract.charges_limit + asked["costs"]
        fallen = contract.lines[: standing.at]
        coming = contract.lines[standing.at :]
        if coming:
            last = fallen[-1]
            merged = replace(last, principal=last.principal + last.left, left=0)
            fallen = (*fallen[:-1], merged)
        return Amended(
            kind=self.key, day=scene.on, debt="due", waived=waived, costs=asked["costs"],
            contract=replace(contract, terms=terms, lines=tuple(fallen), charges_limit=limit, penalty_kept=0),
        )  # fmt: skip
