"""The schedule drawn anew after a part of the loan was repaid ahead of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import fields, validate

from scenario_engine.registry.amendments.base import Form, Kind, Scene, refuse
from scenario_engine.registry.ledger.fold import Amended
from scenario_engine.registry.lending.schedule import fill, share
from scenario_engine.texts import Text


class Redraw(Kind):
    """Later instalments follow what is owed now: fewer of them, or smaller ones."""

    key = "redrawn"
    title = Text("New schedule after early repayment", "Новый график после досрочного погашения")

    class Params(Form):
        """What becomes of the instalments."""

        keep = fields.String(required=True, validate=validate.OneOf(("term", "instalment")))

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """``term`` keeps the days and lowers the instalments, ``instalment`` keeps these and drops the last days."""
        standing, contract, terms = scene.standing, scene.contract, scene.contract.terms
        if terms.kind == "bullet":
            raise refuse(
                Text(
                    "This loan has one instalment: what was repaid early is off it already.",
                    "У этого займа один платёж: досрочно внесённое его уже уменьшило.",
                )
            )
        if standing.overdue_since is not None:
            raise refuse(
                Text(
                    "Something is overdue on this loan. Have it paid first, or restructure the loan.",
                    "По займу есть просрочка. Сначала её погашают, или займ реструктурируют.",
                )
            )
        start = standing.at
        line = standing.next_line
        if line is not None and line.due_on == scene.on:
            if standing.owed.lent > line.left or standing.owed.interest:
                raise refuse(
                    Text("Today's instalment is not paid in full yet.", "Сегодняшний платёж внесён ещё не полностью.")
                )
            start += 1
        coming = contract.lines[start:]
        if not coming or standing.owed.lent >= coming[0].left + coming[0].principal:
            raise refuse(
                Text("Nothing was repaid ahead of the schedule.", "Сверх графика ничего не погашено.")
            )  # fmt: skip
        days = [each.due_on for each in coming]
        principal = standing.owed.lent
        if asked["keep"] == "term":
            part = share(terms, principal, days, scene.on)
        else:
            first = coming[0]
            part = first.principal + (first.interest if terms.kind == "annuity" else 0)
        lines = fill(
            terms, principal, days, part, after=scene.on, first_number=start + 1, interest=standing.owed.interest,
            rest=standing.owed.interest_rest, free=scene.free_days,
        )  # fmt: skip
        return Amended(
            kind=self.key, day=scene.on, contract=replace(contract, lines=(*contract.lines[:start], *lines))
        )  # fmt: skip
