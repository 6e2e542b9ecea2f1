"""The terms of a product, as one value that is stored with the product and copied into every contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from marshmallow import RAISE, Schema, fields, post_load, validate

from scenario_engine.texts import Text

KINDS: Mapping[str, Text] = {
    "bullet": Text("bullet", "единовременный"),
    "annuity": Text("annuity", "аннуитетный"),
    "differentiated": Text("differentiated", "дифференцированный"),
}
#: of a rate: a share of the principal a day, or a year
SPANS = ("day", "year")
UNITS = ("day", "week", "month")
#: what a payment can pay. `interest` and `principal` are of the current period, what fell due before is `…_overdue`
PARTS: Mapping[str, Text] = {
    "interest_overdue": Text("overdue interest", "просроченные проценты"),
    "principal_overdue": Text("overdue principal", "просроченный основной долг"),
    "penalty": Text("penalty", "неустойка"),
    "interest": Text("interest of the current period", "проценты за текущий период"),
    "principal": Text("principal of the current period", "основной долг за текущий период"),
    "fee": Text("other payments", "иные платежи"),
}
#: what a payment pays first, second, … by the law; 353-ФЗ, art. 5, part 20
LAW_ORDER = tuple(PARTS)
#: one whole, in millionths
WHOLE = 1_000_000
#: a hundred million roubles; keeps a day's interest on it within 64 bits
LARGEST_PRINCIPAL = 10**10
#: days: a loan that is late for a month is late, whatever was agreed
MOST_GRACE = 30
#: in days, weeks and months: thirty years
LONGEST = {"day": 10_950, "week": 1_565, "month": 360}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Money in kopecks; rates and shares in millionths."""

    #: see KINDS
    kind: str
    rate_ppm: int
    #: day or year
    rate_per: str
    principal_min: int
    principal_max: int
    #: of the term: day, week or month
    unit: str
    term_min: int
    term_max: int
    #: units from one instalment to the next; a bullet has one instalment, at the end of its term
    pay_every: int
    #: a due day that is a weekend or public holiday moves to the next working day; civil code, art. 193
    working_days: bool
    #: kept back when the loan is paid out: so much, and such a share of the principal
    issue_fee: int
    issue_fee_ppm: int
    #: paid with every instalment
    instalment_fee: int
    #: days after a due day that cost no penalty yet
    grace_days: int
    #: on the overdue principal
    penalty_ppm: int
    penalty_per: str
    #: whether interest runs on while an instalment is overdue
    interest_when_late: bool
    #: all of PARTS, the first one is paid first
    order: tuple[str, ...]
    #: key of the rule pack that the product is held to; see `law.PACKS`
    policy: str
    #: how often the due day of a loan with one instalment may be moved; 0: never
    prolongations: int = 0
    #: days after a due day in which an instalment does not count as overdue yet; past them, days count from the due day
    dpd_grace_days: int = 0

    def as_document(self) -> dict[str, Any]:
        """The terms as JSON; `TermsSchema().load` reads it back."""
        return {**asdict(self), "order": list(self.order)}

    def fee_at_issue(self, principal: int) -> int:
        """What is kept back of a loan of that principal; fractions of a kopeck are let go."""
        return self.issue_fee + principal * self.issue_fee_ppm // WHOLE


def _amount(least: int = 0, most: int = LARGEST_PRINCIPAL) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(least, most))


def _choice(known: Any) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(tuple(known)))


class TermsSchema(Schema):
    """Types and ranges of each field alone; what they mean together is checked by `products.problems`."""

    class Meta:
        unknown = RAISE

    kind = _choice(KINDS)
    rate_ppm = _amount(0, 100 * WHOLE)
    rate_per = _choice(SPANS)
    principal_min = _amount(1)
    principal_max = _amount(1)
    unit = _choice(UNITS)
    term_min = _amount(1, LONGEST["day"])
    term_max = _amount(1, LONGEST["day"])
    pay_every = _amount(1, 366)
    working_days = fields.Boolean(required=True)
    issue_fee = _amount()
    issue_fee_ppm = _amount(0, WHOLE)
    instalment_fee = _amount()
    grace_days = _amount(0, 366)
    penalty_ppm = _amount(0, 100 * WHOLE)
    penalty_per = _choice(SPANS)
    interest_when_late = fields.Boolean(required=True)
    order = fields.List(fields.String(validate=validate.OneOf(tuple(PARTS))), required=True)
    policy = fields.String(required=True, validate=validate.Length(1, 64))
    # terms that were stored before there were prolongations know of none
    prolongations = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 99))
    # nor of a grace
    dpd_grace_days = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, MOST_GRACE))

    @post_load
    def make(self, data: dict[str, Any], **_rest: Any) -> Terms:
        """The value."""
        return Terms(**{**data, "order": tuple(data["order"])})


def read(document: Mapping[str, Any]) -> Terms:
    """The terms that were stored."""
    found: Terms = TermsSchema().load(dict(document))
    return found
