"""Pauses of the days past due: credit holidays, a moratorium, a dispute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from marshmallow import fields, validate

from scenario_engine.registry.amendments.base import Form, Kind, Scene, overlaps, refuse, roubles, say_day
from scenario_engine.registry.ledger.fold import ONE_DAY, Amended, Pause
from scenario_engine.registry.lending.calendar import months_later, working_day
from scenario_engine.registry.lending.schedule import fill
from scenario_engine.texts import Text

#: what credit holidays are granted for; the last one has no limit of months: service and 180 days after it (377-ФЗ)
GROUNDS: Mapping[str, Text] = {
    "income": Text("fall of income", "снижение дохода"),
    "emergency": Text("emergency", "чрезвычайная ситуация"),
    "service": Text("service in the special operation (377-FZ)", "участие в СВО (377-ФЗ)"),
}
#: months of the longest holidays that anybody may grant
MOST_MONTHS = 60


class Holidays(Kind):
    """Instalments move by the months of the holidays; no day counts as past due and no penalty is charged meanwhile."""

    key = "holidays"
    title = Text("Credit holidays", "Кредитные каникулы")

    class Params(Form):
        """From when, for how long, on which ground."""

        first = fields.Date(required=True)
        months = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_MONTHS))
        ground = fields.String(required=True, validate=validate.OneOf(tuple(GROUNDS)))

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """The limits of the law: facts of 353-ФЗ and 377-ФЗ as `lending.law` gives them; interest goes on."""
        standing, contract = scene.standing, scene.contract
        first, months = asked["first"], asked["months"]
        if not scene.on < first <= scene.on + timedelta(days=92):
            raise refuse(
                Text(
                    "Holidays begin after today, within three months.",
                    "Каникулы начинаются позже сегодняшнего дня, в пределах трёх месяцев.",
                ),
                field="first",
            )
        self._check_law(scene, asked)
        pause = Pause(
            kind=self.key, first=first, last=months_later(first, months) - ONE_DAY, interest_stops=False,
            penalty_stops=True, ground=asked["ground"],
        )  # fmt: skip
        _check_free(scene, pause)
        start = next((index for index, line in enumerate(contract.lines) if line.due_on >= first), len(contract.lines))
        start = max(start, standing.at)
        later = contract.lines[start:]
        lines = list(contract.lines[:start])
        if later:
            days = [months_later(line.due_on, months) for line in later]
            if contract.terms.working_days:
                days = [working_day(day, scene.pack.country) for day in days]
            before = lines[-1].due_on if lines else contract.issued_on
            begins_here = before < scene.on
            lines += fill(
                contract.terms, later[0].principal + later[0].left, days, lambda index: later[index].principal,
                after=scene.on if begins_here else before, first_number=start + 1,
                interest=standing.owed.interest if begins_here else 0,
                rest=standing.owed.interest_rest if begins_here else 0, free=scene.free_days,
            )  # fmt: skip
        return Amended(
            kind=self.key,
            day=scene.on,
            contract=replace(contract, lines=tuple(lines), pauses=(*contract.pauses, pause)),
        )

    def _check_law(self, scene: Scene, asked: Mapping[str, Any]) -> None:
        rule = scene.pack.holidays
        if rule is None or asked["ground"] == "service":
            return
        if asked["months"] > rule.months:
            raise refuse(
                Text(
                    "The law grants up to {most} months ({source}).", "Закон даёт не больше {most} мес. ({source})."
                ).format(most=rule.months, source=rule.source),
                field="months",
            )
        if scene.loan.principal > rule.principal_most:
            raise refuse(
                Text(
                    "The law grants holidays for loans of up to {most} ({source}); this one is of {principal}.",
                    "Закон даёт каникулы по займам до {most} ({source}), а этот выдан на {principal}.",
                ).format(
                    most=roubles(rule.principal_most), principal=roubles(scene.loan.principal), source=rule.source
                )
            )  # fmt: skip
        earlier = next((each for each in scene.contract.pauses if each.ground == asked["ground"]), None)
        if earlier is not None:
            raise refuse(
                Text(
                    "There were holidays on this ground already, from {day}: the law grants them once a ground"
                    " ({source}).",
                    "По этому основанию каникулы уже были, с {day}: закон даёт их один раз ({source}).",
                ).format(day=say_day(earlier.first), source=rule.source),
                field="ground",
            )


class Hold(Kind):
    """No day counts as past due while a moratorium or a dispute lasts; it may have begun in the past."""

    key = "paused"
    title = Text("Moratorium or dispute", "Мораторий или спор")

    class Params(Form):
        """What it is, from when until when (null: until it is ended), and what stops."""

        what = fields.String(required=True, validate=validate.OneOf(("moratorium", "dispute")))
        first = fields.Date(required=True)
        last = fields.Date(load_default=None, allow_none=True)
        interest_stops = fields.Boolean(required=True)
        penalty_stops = fields.Boolean(required=True)

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """Days that were charged already are put right by a correction."""
        first, last = asked["first"], asked["last"]
        contract = scene.contract
        since = scene.settled_on
        if not since < first <= scene.on + timedelta(days=366):
            raise refuse(
                Text(
                    "Choose a first day after {day}, within a year: what was agreed before stands.",
                    "Первый день — после {day}, в пределах года: прежние договорённости не меняются.",
                ).format(day=say_day(since)),
                field="first",
            )
        if last is not None and last < first:
            raise refuse(
                Text("The last day is before the first.", "Последний день раньше первого."), field="last"
            )  # fmt: skip
        pause = Pause(
            kind=asked["what"], first=first, last=last, interest_stops=asked["interest_stops"],
            penalty_stops=asked["penalty_stops"],
        )  # fmt: skip
        _check_free(scene, pause)
        return Amended(
            kind=self.key,
            day=min(scene.on, first - ONE_DAY),
            contract=replace(contract, pauses=(*contract.pauses, pause)),
        )


class Resume(Kind):
    """The pause that lasts, or is to begin, ends today: from tomorrow days count again."""

    key = "resumed"
    title = Text("End of a pause", "Окончание паузы")

    class Params(Form):
        """Nothing is asked."""

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """An instalment that holidays moved stays where it is."""
        found = [each for each in scene.contract.pauses if each.last is None or each.last > scene.on]
        if not found:
            raise refuse(Text("The loan is not paused.", "Паузы по займу нет."))
        kept = [each for each in scene.contract.pauses if each not in found]
        kept += [replace(each, last=scene.on) for each in found if each.first <= scene.on]
        return Amended(kind=self.key, day=scene.on, contract=replace(scene.contract, pauses=tuple(kept)))


def _check_free(scene: Scene, pause: Pause) -> None:
    other = overlaps(pause, scene.contract.pauses)
    if other is not None:
        raise refuse(
            Text(
                "The loan is paused already, from {first}{upto}.", "Займ уже на паузе: с {first}{upto}."
            ).format(
                first=say_day(other.first),
                upto=_until(other.last),
            ),
            field="first",
        )  # fmt: skip


def _until(last: date | None) -> Text:
    return Text("", "") if last is None else Text(" to {day}", " по {day}").format(day=say_day(last))
