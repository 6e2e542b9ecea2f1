"""Shapes of what is agreed about loans after their issue."""

from __future__ import annotations

from console.api.shapes.loans import Owed
from console.api.shapes.making import (
    day,
    document,
    flag,
    instant,
    many,
    maybe_day,
    maybe_instant,
    maybe_text,
    maybe_whole,
    one,
    shape,
    text,
    whole,
)
from console.api.shapes.products import ScheduleLine

_Pause = shape(
    "LoanPause",
    kind=text(), first=day(), last=maybe_day(), interest_stops=flag(), penalty_stops=flag(), ground=maybe_text(),
)  # fmt: skip
Request = shape(
    "LoanRequest",
    id=whole(), loan_id=whole(), loan=text(), kind=text(), title=text(), asked=document(), state=text(),
    asked_by=text(), asked_at=instant(), own=flag(), decided_by=maybe_text(), decided_at=maybe_instant(),
    reason=maybe_text(),
)  # fmt: skip
Requests = shape("LoanRequests", items=many(Request))
Desk = shape(
    "LoanDesk",
    today=day(), product_kind=text(), unit=text(), rate_ppm=whole(), rate_per=text(), prolongations=whole(),
    prolonged=whole(), prolonged_on=maybe_day(), owed=one(Owed), pauses=many(_Pause), requests=many(Request),
)  # fmt: skip
Prospect = shape(
    "LoanProspect",
    needs_approval=flag(), price=whole(), before=one(Owed), after=one(Owed), dpd_before=whole(), dpd_after=whole(),
    given_up=whole(), lines=many(ScheduleLine),
)  # fmt: skip
Done = shape(
    "LoanChanged",
    waits=flag(), balance=maybe_whole(), overdue=maybe_whole(), state=maybe_text(), ended_cases=whole(),
)  # fmt: skip
