"""Shapes of applications and of borrowers as people write them down."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import LoanRef, PersonNamed, ProductRef
from console.api.shapes.making import (
    flag,
    instant,
    many,
    maybe,
    maybe_instant,
    maybe_text,
    maybe_whole,
    one,
    page,
    shape,
    text,
    whole,
)

_APPLICATION = {
    "id": whole(),
    "borrower": one(PersonNamed),
    "product": one(ProductRef),
    "principal": whole(),
    "term": whole(),
    "unit": maybe_text(),
    "channel": maybe_text(),
    "state": text(),
    "reason": maybe_text(),
    "filed_at": instant(),
    "filed_by": text(),
    "decided_by": maybe_text(),
    "confirmed_by": maybe_text(),
    "loan": maybe(LoanRef),
}
ApplicationItem = shape("ApplicationItem", **_APPLICATION)
ApplicationPage = page("ApplicationPage", ApplicationItem)
_Rule = shape("DecidingRule", number=whole(), outcome=text(), reason=text(), words=text())
_Seen = shape("SeenByRules", title=text(), value=maybe_text())
ApplicationCard = shape(
    "ApplicationCard",
    **_APPLICATION,
    external_id=maybe_text(), risk_score=maybe_whole(), debt_burden=maybe_whole(), note=maybe_text(),
    decided_at=maybe_instant(), requested_at=maybe_instant(), requested_by=maybe_text(), refinanced=maybe(LoanRef),
    product_revision=whole(), against=many(fields.String()), rule=maybe(_Rule), seen=many(_Seen),
    full_cost=maybe_whole(), charges=maybe_whole(), pays_off=maybe_whole(), may_settle=flag(), may_confirm=flag(),
)  # fmt: skip
BorrowerItem = shape(
    "BorrowerItem", id=whole(), external_id=text(), name=maybe_text(), phone=maybe_text(), region=maybe_text(),
    loans_count=whole(), demo=flag(),
)  # fmt: skip
BorrowerPage = page("BorrowerPage", BorrowerItem)
