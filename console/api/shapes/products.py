"""Shapes of products."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import Problem
from console.api.shapes.making import (
    day,
    document,
    flag,
    many,
    maybe,
    maybe_day,
    maybe_text,
    maybe_whole,
    one,
    page,
    shape,
    text,
    whole,
)

Terms = shape(
    "ProductTerms",
    kind=text(), rate_ppm=whole(), rate_per=text(), principal_min=whole(), principal_max=whole(), unit=text(),
    term_min=whole(), term_max=whole(), pay_every=whole(), working_days=flag(), issue_fee=whole(),
    issue_fee_ppm=whole(), instalment_fee=whole(), grace_days=whole(), penalty_ppm=whole(), penalty_per=text(),
    interest_when_late=flag(), order=many(fields.String()), policy=text(),
    prolongations=whole(), dpd_grace_days=whole(),
)  # fmt: skip
_PRODUCT = {
    "id": whole(),
    "code": text(),
    "name": text(),
    "kind": text(),
    "offered": flag(),
    "terms": maybe(Terms),
    "open_loans": whole(),
    "loans": whole(),
    "demo": flag(),
}
_Rule = shape("DecisionRule", rule=document(), outcome=text(), reason=text(), words=text())
#: `words` of a rule: the sentence that it reads as
Decision = shape("ProductDecision", rules=many(_Rule), otherwise=text(), confirm_above=maybe_whole())
ProductItem = shape("ProductItem", **_PRODUCT)
ProductPage = page("ProductPage", ProductItem)
#: what is wrong with the terms for loans that are made from a day on
_From = shape("ProductProblems", on=day(), problems=many(Problem))
ProductCard = shape(
    "ProductCard", **_PRODUCT, revision=whole(), decision=maybe(Decision), forecast=many(_From)
)  # fmt: skip
_Cap = shape(
    "Cap",
    measure=text(), title=text(), limit_ppm=whole(), valid_from=day(), valid_to=maybe_day(), source=text(),
    regime=text(), in_force=flag(),
)  # fmt: skip
_Policy = shape(
    "LendingPolicy",
    key=text(), title=text(), caps=many(_Cap), order=fields.List(fields.String(), required=True, allow_none=True),
    order_source=maybe_text(),
)  # fmt: skip
Policies = shape("LendingPolicies", items=many(_Policy))
ScheduleLine = shape(
    "ScheduleLine",
    number=whole(), due_on=day(), amount=whole(), principal=whole(), interest=whole(), fee=whole(), left=whole(),
)  # fmt: skip
_Cost = shape("FullCost", rate=whole(), amount=whole())
Preview = shape(
    "LoanPreview",
    issued_on=day(), principal=whole(), issue_fee=whole(), charges=whole(), total=whole(), ends_on=day(),
    cost=one(_Cost), lines=many(ScheduleLine),
)  # fmt: skip
