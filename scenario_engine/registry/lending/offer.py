"""What a borrower would pay for a loan on given terms, and why terms cannot be offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scenario_engine.errors import Invalid, Problem
from scenario_engine.registry.lending import law
from scenario_engine.registry.lending.calendar import term_later, within_a_year
from scenario_engine.registry.lending.full_cost import FullCost, full_cost
from scenario_engine.registry.lending.schedule import Schedule, draw
from scenario_engine.registry.lending.terms import LONGEST, PARTS, WHOLE, Terms
from scenario_engine.rules.words import money
from scenario_engine.texts import Text

_PER = {"day": Text("a day", "в день"), "year": Text("a year", "годовых")}
_UNITS = {
    "day": Text("days", "дн."),
    "week": Text("weeks", "нед."),
    "month": Text("months", "мес."),
}


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A loan as it would be."""

    schedule: Schedule
    cost: FullCost


def schedule_of(terms: Terms, *, principal: int, term: int, issued_on: date) -> Schedule:
    """The schedule with the public holidays of the terms' rule pack."""
    country = law.pack_of(terms.policy).country
    return draw(terms, principal=principal, term=term, issued_on=issued_on, country=country)


def preview(terms: Terms, *, principal: int, term: int, issued_on: date) -> Preview:
    """Schedule and full cost. Raises `Invalid` for terms, a sum or a term that the product does not offer."""
    problems = [*shape_problems(terms), *_choice_problems(terms, principal, term)]
    if not problems:
        problems += law_problems(terms, on=issued_on)
    if problems:
        raise refusal(problems)
    schedule = schedule_of(terms, principal=principal, term=term, issued_on=issued_on)
    return Preview(schedule=schedule, cost=full_cost(schedule, months=months_between(terms, term)))


def months_between(terms: Terms, term: int) -> int | None:
    """Months from one instalment to the next; None when the terms count in days or weeks."""
    if terms.unit != "month":
        return None
    return term if terms.kind == "bullet" else terms.pay_every


def refusal(problems: list[Problem]) -> Invalid:
    """The error that tells why a product cannot be offered."""
    return Invalid(
        Text("These terms cannot be offered.", "На таких условиях выдавать нельзя."),
        code="terms.refused",
        problems=problems,
    )


def problems_of(terms: Terms, *, on: date) -> list[Problem]:
    """Everything that is wrong with the terms for loans made on a day; what the law says is asked of sound terms."""
    return shape_problems(terms) or law_problems(terms, on=on)


# -- what the fields mean together ------------------------------------------------------------------------------


def shape_problems(terms: Terms) -> list[Problem]:
    """Contradictions within the terms."""
    return list(_shape_problems(terms))


def _shape_problems(terms: Terms) -> Iterator[Problem]:
    if terms.principal_min > terms.principal_max:
        yield _problem(
            "principal_max", Text("The largest sum is below the smallest.", "Наибольшая сумма меньше наименьшей.")
        )
    if terms.term_min > terms.term_max:
        yield _problem(
            "term_max", Text("The longest term is below the shortest.", "Наибольший срок меньше наименьшего.")
        )
    if terms.term_max > LONGEST[terms.unit]:
        text = Text("A term may not be longer than 30 years.", "Срок не может быть больше 30 лет.")
        yield _problem("term_max", text)
    if terms.kind != "bullet":
        for field, term in (("term_min", terms.term_min), ("term_max", terms.term_max)):
            if term % terms.pay_every:
                yield _problem(
                    field,
                    Text(
                        "Instalments are {every} {unit} apart, and {term} is not a multiple of that.",
                        "Платежи идут через {every} {unit}, а {term} на столько не делится.",
                    ).format(every=terms.pay_every, unit=_UNITS[terms.unit], term=term),
                )
    if terms.dpd_grace_days > terms.grace_days:
        yield _problem(
            "dpd_grace_days",
            Text(
                "For {days} days after its due day an instalment is not overdue: no penalty can be due then. Make the"
                " days without penalty at least as many.",
                "Платёж не считается просроченным {days} дн. после срока: неустойки за эти дни быть не может. Дней без"
                " неустойки нужно не меньше.",
            ).format(days=terms.dpd_grace_days),
        )
    if sorted(terms.order) != sorted(PARTS):
        yield _problem(
            "order",
            Text(
                "The order must name each part of a debt once.", "В очерёдности каждая часть долга называется один раз."
            ),
        )
    if terms.fee_at_issue(terms.principal_min) >= terms.principal_min:
        text = Text("The fee at issue eats up the smallest loan.", "Комиссия при выдаче съедает весь наименьший займ.")
        yield _problem("issue_fee", text)
    if terms.policy not in {pack.key for pack in law.PACKS}:
        yield _problem("policy", Text("There is no such rule pack.", "Такого набора правил нет."))


def _choice_problems(terms: Terms, principal: int, term: int) -> Iterator[Problem]:
    if not terms.principal_min <= principal <= terms.principal_max:
        text = Text("This product lends from {least} to {most}.", "По этому продукту выдают от {least} до {most}.")
        yield _problem("principal", text.format(least=amount(terms.principal_min), most=amount(terms.principal_max)))
    if not terms.term_min <= term <= terms.term_max:
        text = Text(
            "This product lends for {least} to {most} {unit}.",
            "По этому продукту выдают на срок от {least} до {most} {unit}",
        )
        yield _problem("term", text.format(least=terms.term_min, most=terms.term_max, unit=_UNITS[terms.unit]))
    elif terms.kind != "bullet" and term % terms.pay_every:
        text = Text("Choose a multiple of {every} {unit}.", "Выберите срок, кратный {every} {unit}")
        yield _problem("term", text.format(every=terms.pay_every, unit=_UNITS[terms.unit]))


# -- what the law says --------------------------------------------------------------------------------------------


def law_problems(terms: Terms, *, on: date) -> list[Problem]:
    """Where the terms ask more of a loan made that day than the law allows, each with its figures."""
    pack = law.pack_of(terms.policy)
    problems = list(_capped(terms, pack, on, "ordinary"))
    if (
        problems
        and pack.caps_on(on, "special")
        and _is_special(terms, on)
        and not [*_capped(terms, pack, on, "special")]
    ):
        problems = []
    problems += _penalty(terms, pack.caps_on(on))
    if pack.order is not None and terms.order != pack.order:
        problems.append(
            _problem(
                "order",
                Text(
                    "The law prescribes the order in which a payment pays a debt ({source}).",
                    "Очерёдность погашения установлена законом ({source}).",
                ).format(source=pack.order_source),
            )
        )
    return problems


def _is_special(terms: Terms, on: date) -> bool:
    if terms.principal_max > law.SPECIAL_PRINCIPAL:
        return False
    schedule = schedule_of(terms, principal=terms.principal_max, term=terms.term_max, issued_on=on)
    return (schedule.ends_on - on).days <= law.SPECIAL_DAYS


def _capped(terms: Terms, pack: law.Pack, on: date, regime: str) -> Iterator[Problem]:
    caps = pack.caps_on(on, regime)
    rate = caps.get("daily_rate")
    if rate is not None and _above(terms.rate_ppm, terms.rate_per, rate.limit_ppm, "day"):
        most = rate.limit_ppm if terms.rate_per == "day" else rate.limit_ppm * 365
        yield _problem(
            "rate_ppm",
            Text(
                "{asked} {per} is above the cap: a loan made on {day} may cost at most {limit} a day ({source})."
                " Ask at most {most} {per}.",
                "{asked} {per} — выше предела: займ, выданный {day}, не может стоить больше {limit} в день ({source})."
                " Ставьте не больше {most} {per}.",
            ).format(
                asked=share(terms.rate_ppm), per=_PER[terms.rate_per], day=_day(on), limit=share(rate.limit_ppm),
                most=share(most), source=rate.source,
            ),
        )  # fmt: skip
    charges = caps.get("charges")
    if charges is not None:
        yield from _overcharged(terms, charges, on)


def _overcharged(terms: Terms, cap: law.Cap, on: date) -> Iterator[Problem]:
    """The dearest loan of up to a year that the terms allow, if it is dearer than the cap."""
    terms_in_steps = range(terms.term_min, terms.term_max + 1, 1 if terms.kind == "bullet" else terms.pay_every)
    longest = _last(terms_in_steps, lambda term: within_a_year(on, _longest_end(terms, term, on)))
    if longest is None:
        return
    drawn = [
        (schedule_of(terms, principal=principal, term=term, issued_on=on), term)
        for principal in {terms.principal_min, terms.principal_max}
        for term in {terms.term_min, longest}
    ]
    worst, term = max(drawn, key=lambda pair: pair[0].charges / pair[0].principal)
    if not _too_dear(worst, cap):
        return
    principal = worst.principal
    fits = _last(
        [each for each in terms_in_steps if each <= longest],
        lambda each: not _too_dear(schedule_of(terms, principal=principal, term=each, issued_on=on), cap),
    )
    advice = (
        Text("Shorten the term or lower the rate.", "Сократите срок или снизьте ставку.")
        if fits is None
        else Text("At this rate at most {fits} {unit} fit.", "При такой ставке срок — не больше {fits} {unit}").format(
            fits=fits, unit=_UNITS[terms.unit]
        )
    )
    yield _problem(
        "term_max",
        Text(
            "A loan of {principal} for {term} {unit} would cost {charges}, {asked} of it; a loan of up to a year made"
            " on {day} may cost at most {limit} ({source}). {advice}",
            "Займ {principal} на {term} {unit} обойдётся в {charges}, это {asked} от суммы; займ на срок до года,"
            " выданный {day}, не может стоить больше {limit} ({source}). {advice}",
        ).format(
            principal=amount(principal), term=term, unit=_UNITS[terms.unit], charges=amount(worst.charges),
            asked=share(worst.charges * WHOLE // principal), day=_day(on), limit=share(cap.limit_ppm),
            source=cap.source, advice=advice,
        ),
    )  # fmt: skip


def _longest_end(terms: Terms, term: int, on: date) -> date:
    """When a loan of that term ends by its contract; a move to a working day makes no loan longer than a year."""
    return term_later(on, term, terms.unit)


def _last(terms: Sequence[int], fits: Callable[[int], bool]) -> int | None:
    """The last of ascending terms that fits, when all before it fit too."""
    low, high = 0, len(terms)
    while low < high:
        middle = (low + high) // 2
        if fits(terms[middle]):
            low = middle + 1
        else:
            high = middle
    return terms[low - 1] if low else None


def _too_dear(schedule: Schedule, cap: law.Cap) -> bool:
    return schedule.charges * WHOLE > cap.limit_ppm * schedule.principal


def _penalty(terms: Terms, caps: dict[str, law.Cap]) -> Iterator[Problem]:
    cap, per = (
        (caps.get("penalty_with_interest"), "year") if terms.interest_when_late else (caps.get("penalty_alone"), "day")
    )
    if cap is None or not _above(terms.penalty_ppm, terms.penalty_per, cap.limit_ppm, per):
        return
    when = (
        Text("while interest runs on", "пока начисляются проценты")
        if terms.interest_when_late
        else Text("once interest has stopped", "если проценты больше не начисляются")
    )
    yield _problem(
        "penalty_ppm",
        Text(
            "A penalty of {asked} {asked_per} is above the cap: at most {limit} {per} {when} ({source}).",
            "Неустойка {asked} {asked_per} — выше предела: не больше {limit} {per}, {when} ({source}).",
        ).format(
            asked=share(terms.penalty_ppm), asked_per=_PER[terms.penalty_per], limit=share(cap.limit_ppm),
            per=_PER[per], when=when, source=cap.source,
        ),
    )  # fmt: skip


def _above(asked: int, asked_per: str, limit: int, limit_per: str) -> bool:
    """Compare a share a day or a year with a limit; a year has 365 days."""
    return asked * (365 if asked_per == "day" else 1) > limit * (365 if limit_per == "day" else 1)


# -- words --------------------------------------------------------------------------------------------------------


def share(ppm: int) -> Text:
    """Millionths as per cent: ``0.8%``, «0,8 %»."""
    plain = format((Decimal(ppm) / 10_000).normalize(), "f")
    return Text(f"{plain}%", f"{plain.replace('.', ',')}\u00a0%")


def amount(kopecks: int) -> Text:
    """Kopecks in roubles."""
    return Text(money(kopecks, "en"), money(kopecks, "ru"))


def _day(day: date) -> Text:
    return Text(day.isoformat(), day.strftime("%d.%m.%Y"))


def _problem(field: str, text: Text) -> Problem:
    return Problem(code=f"terms.{field}", field=field, text=text)
