"""A new schedule for all that is owed, from a day to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from marshmallow import fields, validate

from scenario_engine.registry.amendments.base import Form, Kind, Scene, refuse, settled
from scenario_engine.registry.ledger.fold import Amended
from scenario_engine.registry.lending.calendar import term_later, working_day
from scenario_engine.registry.lending.schedule import fill, share
from scenario_engine.texts import Text

#: what becomes of a part of the debt
WAYS = ("keep", "capitalise", "waive")
#: days until the first instalment
LONGEST_WAIT = 366
_PARTS = {"interest": ("interest_overdue", "interest"), "penalty": ("penalty",), "fee": ("fee",)}


class Restructure(Kind):
    """All principal is spread over new instalments; interest, penalty and fees are kept, added to it or waived.

    Interest that is kept is paid with the first instalment; penalty and fees that are kept stay owed. Such a penalty is
    paid after the instalments and is not overdue until the last of them has fallen due.
    """

    key = "restructured"
    title = Text("Restructuring", "Реструктуризация")
    needs_approval = True

    class Params(Form):
        """The new schedule, and what becomes of each part."""

        first_on = fields.Date(required=True)
        count = fields.Integer(required=True, strict=True, validate=validate.Range(1, 360))
        unit = fields.String(required=True, validate=validate.OneOf(("week", "month")))
        rate_ppm = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 10**8))
        interest = fields.String(load_default="keep", validate=validate.OneOf(WAYS))
        penalty = fields.String(load_default="keep", validate=validate.OneOf(WAYS))
        fee = fields.String(load_default="keep", validate=validate.OneOf(WAYS))

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """Equal instalments (one: all at once), in the unit of the rate that is agreed now."""
        standing, contract = scene.standing, scene.contract
        if not scene.on < asked["first_on"] <= scene.on + timedelta(days=LONGEST_WAIT):
            raise refuse(
                Text(
                    "The first instalment falls due after today, within a year.",
                    "Первый платёж — позже сегодняшнего дня, в пределах года.",
                ),
                field="first_on",
            )
        rate = contract.terms.rate_ppm if asked["rate_ppm"] is None else asked["rate_ppm"]
        if rate > contract.terms.rate_ppm:
            raise refuse(
                Text(
                    "A restructuring may lower the rate and not raise it.",
                    "При реструктуризации ставку можно снизить, но не поднять.",
                ),
                field="rate_ppm",
            )
        moved: dict[str, dict[str, int]] = {"keep": {}, "capitalise": {}, "waive": {}}
        for name, parts in _PARTS.items():
            for part in parts:
                if amount := getattr(standing.owed, part):
                    moved[asked[name]][part] = amount
        principal = standing.owed.lent + sum(moved["capitalise"].values())
        if not principal:
            raise refuse(Text("No principal is left to be spread.", "Основного долга не осталось."))
        terms = replace(
            contract.terms, kind="annuity" if asked["count"] > 1 else "bullet", unit=asked["unit"], pay_every=1,
            rate_ppm=rate, prolongations=0,
        )  # fmt: skip
        days = [term_later(asked["first_on"], index, asked["unit"]) for index in range(asked["count"])]
        if terms.working_days:
            days = [working_day(day, scene.pack.country) for day in days]
        kept = sum(amount for part, amount in moved["keep"].items() if part.startswith("interest"))
        lines = fill(
            terms, principal, days, share(terms, principal, days, scene.on), after=scene.on,
            first_number=standing.at + 1, rest=standing.owed.interest_rest, free=scene.free_days,
        )  # fmt: skip
        # beside the instalment and not out of it: else principal would wait for the last one
        lines[0] = replace(lines[0], interest=lines[0].interest + kept)
        return Amended(
            kind=self.key, day=scene.on, debt="anew", waived=moved["waive"], capitalised=moved["capitalise"],
            contract=replace(
                contract, terms=terms, lines=(*settled(standing, principal), *lines),
                penalty_kept=moved["keep"].get("penalty", 0),
            ),
        )  # fmt: skip
