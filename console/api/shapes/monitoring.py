"""Shapes of monitoring."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import LoanRef, Named
from console.api.shapes.making import (
    day,
    document,
    flag,
    instant,
    many,
    maybe_day,
    maybe_text,
    one,
    page,
    shape,
    text,
    whole,
)

_SAID = {
    "name": text(),
    "signal_kind": text(),
    "signal": text(),
    "words": text(),
    "quiet_days": whole(),
    "enabled": flag(),
    "revision": whole(),
    "changed_at": instant(),
    "changed_by": text(),
}
_RULE = {"id": whole(), "key": text(), "watched_since": maybe_day(), **_SAID}
_Watched = shape("MonitoringRuleItem", **_RULE, holding=whole(), fired=many(fields.Integer()))
_Raised = shape("MonitoringSignal", key=text(), title=text())
_Difference = shape("MonitoringDifference", part=text(), before=maybe_text(), after=text())
_Change = shape(
    "MonitoringChange",
    id=whole(), rule=one(Named), asked_by=text(), asked_at=instant(), own=flag(), differences=many(_Difference),
)  # fmt: skip
Board = shape(
    "MonitoringBoard",
    days=many(fields.Date()), signals=many(_Raised), rules=many(_Watched), waiting=many(_Change),
)  # fmt: skip
_Version = shape("MonitoringVersion", **_SAID)
RuleCard = shape("MonitoringRuleCard", **_RULE, rule=document(), versions=many(_Version), waiting=many(_Change))
_Tried = shape("MonitoringTried", day=day(), fired=whole())
Trial = shape("MonitoringTrial", days=many(_Tried), by_today=many(fields.String()))
Firing = shape(
    "MonitoringFiring",
    id=whole(), since=day(), until=maybe_day(), rule=one(Named), loan=one(LoanRef), dpd=whole(), bucket=text(),
    overdue=whole(),
)  # fmt: skip
FiringPage = page("MonitoringFiringPage", Firing)
