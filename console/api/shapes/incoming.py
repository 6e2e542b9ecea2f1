"""Shapes of incoming payments and their sources."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import LoanRef
from console.api.shapes.making import (
    flag,
    instant,
    many,
    maybe,
    maybe_instant,
    maybe_text,
    maybe_whole,
    page,
    shape,
    text,
    whole,
)

_INCOMING = {
    "id": whole(),
    "source": text(),
    "source_title": text(),
    "kind": text(),
    "external_id": text(),
    "state": text(),
    "reason": maybe_text(),
    "reason_text": maybe_text(),
    "received_at": instant(),
    "paid_at": instant(),
    "amount": maybe_whole(),
    "currency": text(),
    "named": many(fields.String()),
    "loan": maybe(LoanRef),
    "payment_id": maybe_whole(),
    "settled_at": maybe_instant(),
    "settled_by": maybe_text(),
    "note": maybe_text(),
}
IncomingItem = shape("IncomingItem", **_INCOMING)
IncomingPage = page("IncomingPage", IncomingItem)
IncomingCard = shape(
    "IncomingCard",
    **_INCOMING,
    original=maybe_text(), payer=maybe_text(), phone=maybe_text(), email=maybe_text(), purpose=maybe_text(),
    may_credit=flag(), may_take_back=flag(),
)  # fmt: skip
Credited = shape("Credited", id=whole(), payment_id=whole(), cured=flag(), ended_cases=whole())
_Waiting = shape("IncomingSource", key=text(), title=text(), unmatched=whole())
IncomingSummary = shape("IncomingSummary", unmatched=whole(), switched_on=flag(), sources=many(_Waiting))
Field = shape(
    "SettingField",
    key=text(), title=text(), help=maybe_text(), secret=flag(), flag=flag(), required=flag(), value=maybe_text(),
    known=flag(),
)  # fmt: skip
_Refusal = shape("SourceRefusal", reason=text(), count=whole(), last_at=instant(), last_sender=text())
_Source = shape(
    "PaymentSource",
    key=text(), title=text(), help=text(), path=text(), enabled=flag(), sealed=flag(), fields=many(Field),
    changed_at=maybe_instant(), changed_by=maybe_text(), last_received_at=maybe_instant(), received_day=whole(),
    refused_day=whole(), refusals=many(_Refusal),
)  # fmt: skip
Sources = shape("PaymentSources", items=many(_Source))
