"""Shapes of contact policies."""

from __future__ import annotations

from console.api.shapes.making import (
    day,
    document,
    flag,
    instant,
    many,
    maybe_instant,
    maybe_text,
    shape,
    text,
    whole,
)

_Item = shape(
    "PolicyItem",
    key=text(), title=text(), source=text(), revision=whole(), valid_from=instant(), waiting=whole(), drafts=whole(),
    coming=maybe_instant(),
)  # fmt: skip
Policies = shape("Policies", items=many(_Item))
_Line = shape("PolicyLine", key=text(), title=text(), text=text())
_Change = shape("PolicyChange", title=text(), before=maybe_text(), after=maybe_text())
_Version = shape(
    "PolicyVersion",
    id=whole(), revision=whole(), valid_from=maybe_instant(), state=text(), in_force=flag(), note=maybe_text(),
    author=text(), changed_at=instant(), reviewer=maybe_text(), reviewed_at=maybe_instant(), remark=maybe_text(),
    document=document(), lines=many(_Line), changes=many(_Change),
)  # fmt: skip
_Kind = shape("PolicyKind", key=text(), title=text())
Policy = shape(
    "Policy",
    key=text(), title=text(), source=text(), document=document(), lines=many(_Line), kinds=many(_Kind),
    versions=many(_Version),
)  # fmt: skip
PolicyTrial = shape(
    "PolicyTrial", allowed=flag(), code=text(), text=text(), until=maybe_instant(), revision=whole(), rest_day=flag()
)
_Country = shape("CalendarCountry", key=text(), title=text())
_Day = shape("CalendarDay", day=day(), rest=flag(), decreed=flag(), name=maybe_text())
Year = shape("CalendarYear", country=text(), year=whole(), countries=many(_Country), days=many(_Day))
