"""A loan with one instalment whose due day is moved once its interest is paid, or as it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

from marshmallow import fields, validate

from scenario_engine.registry.amendments.base import Form, Kind, Scene, refuse, roubles, say_day
from scenario_engine.registry.ledger.fold import Amended, Paid
from scenario_engine.registry.lending.calendar import term_later, working_day
from scenario_engine.registry.lending.schedule import fill, millionths
from scenario_engine.registry.lending.terms import WHOLE, Terms
from scenario_engine.texts import Text

_UNITS = {"day": Text("days", "дн."), "week": Text("weeks", "нед."), "month": Text("months", "мес.")}


class Prolong(Kind):
    """Interest and penalty up to today are paid, and the principal falls due later.

    They may be paid with it, in one act: as the price of the agreement they are paid before principal that is overdue,
    whatever the order of the contract.
    """

    key = "prolonged"
    title = Text("Prolongation", "Пролонгация")

    order = ("interest_overdue", "interest", "penalty", "fee", "principal_overdue", "principal")

    class Params(Form):
        """By how many days, weeks or months: the product's unit of terms; and what the borrower pays with it."""

        pays = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 10**12))
        term = fields.Integer(required=True, strict=True, validate=validate.Range(1, 365))

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """Counted from the due day, or from today where that is past.

        The law limits all charges on a loan, its prolongations included (353-ФЗ, art. 5, part 24).
        """
        standing, contract, terms = scene.standing, scene.contract, scene.contract.terms
        if terms.kind != "bullet":
            raise refuse(
                Text(
                    "Only a loan with one instalment is prolonged. Give this one a new schedule instead.",
                    "Пролонгируют займы с одним платежом. Для этого займа составьте новый график.",
                )
            )
        self._check_product(scene, asked["term"])
        owed = standing.owed
        self._check_paid(scene)
        last = contract.lines[-1]
        due = new_due_day(scene, asked["term"])
        self._check_law(scene, due)
        on = min(scene.on, last.due_on)
        before = contract.lines[-2].due_on if len(contract.lines) > 1 else contract.issued_on
        paid = replace(
            last,
            due_on=on,
            principal=max(0, last.principal - owed.lent),
            interest=last.interest if on == last.due_on else millionths(terms, last.principal, before, on) // WHOLE,
            fee=last.fee if on == last.due_on else 0,
            left=owed.lent,
        )
        lines = fill(
            terms, owed.lent, [due], 0, after=scene.on, first_number=last.number + 1, rest=owed.interest_rest,
            free=scene.free_days,
        )  # fmt: skip
        return Amended(
            kind=self.key, day=scene.on, debt="anew",
            contract=replace(contract, lines=(*contract.lines[:-1], paid, *lines)),
        )  # fmt: skip

    def price(self, scene: Scene, asked: Mapping[str, Any]) -> int:
        """All charges up to today; another sum than was shown is refused."""
        if asked["pays"] is None:
            return 0
        charges = _charges(scene)
        if asked["pays"] != charges:
            raise refuse(
                Text(
                    "With the prolongation {sum} is to be paid today, no more and no less.",
                    "Вместе с пролонгацией сегодня нужно внести ровно {sum}.",
                ).format(sum=roubles(charges)),
                code="price",
            )
        return charges

    def _check_paid(self, scene: Scene) -> None:
        charges = _charges(scene)
        if not charges:
            return
        trial = deepcopy(scene.standing)
        trial.pay(Paid(day=scene.on, amount=charges))
        if trial.owed.balance > trial.owed.lent:
            raise refuse(
                Text(
                    "Interest, penalty and fees up to today ({sum}) are not paid, and by the order of this contract"
                    " money repays principal before all of them are. Take them together with the prolongation, or"
                    " restructure the loan instead.",
                    "Проценты, неустойка и комиссии на сегодня ({sum}) не погашены, а по очерёдности договора деньги"
                    " раньше погасят основной долг. Примите их вместе с пролонгацией или реструктурируйте займ.",
                ).format(sum=roubles(charges)),
                code="order",
            )
        raise refuse(
            Text(
                "First interest and penalty up to today are to be paid: {sum}.",
                "Сначала нужно погасить проценты и неустойку на сегодня: {sum}.",
            ).format(sum=roubles(charges)),
            code="charges",
        )

    def _check_product(self, scene: Scene, term: int) -> None:
        terms = scene.contract.terms
        count = sum(each.kind == self.key for each in scene.earlier)
        if count >= terms.prolongations:
            raise refuse(
                Text(
                    "The contract allows {most} prolongations, and there were {count}.",
                    "По договору пролонгаций может быть {most}, уже было {count}.",
                ).format(most=terms.prolongations, count=count)
                if terms.prolongations
                else Text("The contract knows no prolongation.", "Договор пролонгацию не предусматривает.")
            )
        if term > terms.term_max:
            raise refuse(
                Text(
                    "This product lends for {most} {unit} at most; so far it can be prolonged at once.",
                    "По этому продукту выдают не больше чем на {most} {unit} — не больше и за одну пролонгацию.",
                ).format(most=terms.term_max, unit=_UNITS[terms.unit]),
                field="term",
            )

    def _check_law(self, scene: Scene, due: date) -> None:
        contract, owed = scene.contract, scene.standing.owed
        rate = scene.pack.caps_on(contract.issued_on).get("daily_rate")
        if rate is not None and _a_day(contract.terms) > rate.limit_ppm:
            raise refuse(
                Text(
                    "At this rate the law knows only loans of up to 15 days ({source}): it cannot be prolonged.",
                    "По такой ставке закон допускает только займы до 15 дней ({source}): пролонгировать нельзя.",
                ).format(source=rate.source)
            )
        if contract.charges_limit is None:
            return
        room = max(0, contract.charges_limit - owed.charged)
        if self._interest(scene, due) <= room:
            return
        fits = scene.on
        while self._interest(scene, date.fromordinal(fits.toordinal() + 1)) <= room:
            fits = date.fromordinal(fits.toordinal() + 1)
        raise refuse(
            Text(
                "By {due} interest would pass the limit of the law: of {limit} of charges {room} are left. Until {fits}"
                " it fits.",
                "К {due} проценты превысят предел закона: из {limit} начислений осталось {room}. Хватит до {fits}.",
            ).format(
                due=say_day(due), limit=roubles(contract.charges_limit), room=roubles(room), fits=say_day(fits)
            ),
            field="term",
        )  # fmt: skip

    def _interest(self, scene: Scene, due: date) -> int:
        owed = scene.standing.owed
        return (owed.interest_rest + millionths(scene.contract.terms, owed.lent, scene.on, due)) // WHOLE


def _charges(scene: Scene) -> int:
    return scene.standing.owed.balance - scene.standing.owed.lent


def new_due_day(scene: Scene, term: int) -> date:
    """When the loan falls due once it is prolonged."""
    terms = scene.contract.terms
    due = term_later(max(scene.contract.lines[-1].due_on, scene.on), term, terms.unit)
    return working_day(due, scene.pack.country) if terms.working_days else due


def _a_day(terms: Terms) -> int:
    return terms.rate_ppm if terms.rate_per == "day" else terms.rate_ppm // 366
