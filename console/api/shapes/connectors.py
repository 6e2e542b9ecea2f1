"""Answers about connectors."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.incoming import Field
from console.api.shapes.making import (
    flag,
    instant,
    many,
    maybe_instant,
    maybe_number,
    maybe_text,
    one,
    shape,
    text,
    whole,
)

_COUNTS = {
    "sent": whole(), "failed": whole(), "retried": whole(), "delivered": whole(), "undelivered": whole(),
    "cost": whole(),
}  # fmt: skip
_Hour = shape("ConnectorHour", hour=instant(), **_COUNTS)
_Day = shape("ConnectorDay", **_COUNTS)
_Answer = shape("ConnectorAnswer", at=instant(), kind=text(), text=text())
Connector = shape(
    "Connector",
    key=text(), title=text(), help=text(), channels=many(fields.String()), is_sandbox=flag(), path=maybe_text(),
    mode=text(), sealed=flag(), rate=maybe_number(), batch=whole(), tariff=whole(), by_part=flag(),
    fields=many(Field), changed_at=maybe_instant(), changed_by=maybe_text(), breaker=text(), failures=whole(),
    retry_at=maybe_instant(), paused_until=maybe_instant(), good_at=maybe_instant(), bad_at=maybe_instant(),
    answers=many(_Answer), waiting=whole(), hours=many(_Hour), day=one(_Day), refused_day=whole(),
)  # fmt: skip
Connectors = shape("Connectors", items=many(Connector))
Tried = shape("TriedConnector", is_good=flag(), said=text())
