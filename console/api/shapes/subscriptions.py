"""Answers about subscriptions and what they were told."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.making import (
    flag,
    instant,
    many,
    maybe,
    maybe_instant,
    maybe_text,
    one,
    page,
    shape,
    text,
    whole,
)

_Kind = shape("NewsKind", key=text(), title=text())
_MEMBERS = {
    "id": whole(), "name": text(), "url": text(), "kinds": many(fields.String()), "enabled": flag(),
    "changed_at": instant(), "changed_by": text(), "waiting": whole(), "failed": whole(), "last_at": maybe_instant(),
}  # fmt: skip
Subscription = shape("Subscription", **_MEMBERS)
#: with the secret, the only time that it is told; null when it is as it was
Saved = shape("SavedSubscription", **_MEMBERS, secret=maybe_text())
Subscriptions = shape("Subscriptions", items=many(Subscription), kinds=many(_Kind))

_Named = shape("NamedSubscription", id=whole(), name=text())
_Loan = shape("DeliveryLoan", id=whole(), external_id=text())
_DELIVERY = {
    "id": whole(), "key": text(), "kind": text(), "title": text(), "outcome": maybe_text(), "state": text(),
    "happened_at": instant(), "due_at": instant(), "sent_at": maybe_instant(), "attempts": whole(),
    "answer": maybe_text(), "reason": maybe_text(), "reason_text": maybe_text(), "subscription": one(_Named),
    "loan": maybe(_Loan), "body": text(),
}  # fmt: skip
Delivery = shape("NewsDelivery", **_DELIVERY)
DeliveryPage = page("NewsDeliveryPage", Delivery)
DeliverySummary = shape("DeliverySummary", subscriptions=many(_Named), enabled=whole(), queued=whole(), failed=whole())
