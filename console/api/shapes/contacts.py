"""Shapes of the contacts on a borrower's card."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.making import (
    day,
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

_Loan = shape(
    "ContactLoan",
    id=whole(), external_id=text(), product=text(), state=text(), issued_on=maybe_day(), principal=whole(),
    balance=whole(), overdue=whole(), dpd=whole(), bucket=text(),
)  # fmt: skip
_Totals = shape(
    "BorrowerTotals",
    open=whole(), loans=whole(), balance=whole(), overdue=whole(), dpd=whole(), promises_kept=whole(),
    promises_broken=whole(),
)  # fmt: skip
_StopEnd = shape("ContactStopEnd", reason=text(), until=day())
_Stop = shape("ContactStopNow", reason=maybe_text(), until=maybe_day(), ends=many(_StopEnd))
_Refusal = shape("RefusalOfContact", days=maybe_whole(), opens=maybe_day(), may=flag())
_Refused = shape("ChannelRefused", channel=text(), since=instant(), source=text(), by=text())
_Point = shape(
    "ContactPoint",
    id=whole(), third_party_id=maybe_whole(), kind=text(), value=maybe_text(), country=maybe_text(), given_out=flag(),
    valid_from=maybe_day(), valid_to=maybe_day(), end_reason=maybe_text(), verified_at=maybe_instant(),
    verified_by=maybe_text(), source=text(), in_use=flag(), added_at=instant(), added_by=text(),
)  # fmt: skip
_Party = shape(
    "ThirdParty",
    id=whole(), name=maybe_text(), relation=text(), borrower_agrees=flag(), third_party_agrees=flag(),
    missing=maybe_text(),
)  # fmt: skip
_Consent = shape(
    "ConsentNow",
    purpose=text(), act=maybe_text(), at=maybe_instant(), dated=maybe_day(), source=maybe_text(), document=maybe_text(),
)  # fmt: skip
_Said = shape(
    "ConsentSaid",
    id=whole(), third_party_id=maybe_whole(), said_by=text(), purpose=text(), channel=maybe_text(), act=text(),
    at=instant(), dated=maybe_day(), source=text(), document=maybe_text(), by=text(),
)  # fmt: skip
_Window = shape("ContactsMade", kind=text(), today=whole(), week=whole(), month=whole())
_Week = shape("ContactsOfWeek", monday=day(), contacts=whole())
_Used = shape("LimitUsed", kind=text(), text=text(), counts=text(), used=whole(), most=whole(), reached=flag())
_Limits = shape("LimitsUsed", policy=text(), items=many(_Used))
ContactCard = shape(
    "ContactCard",
    id=whole(), loans=many(_Loan), totals=one(_Totals), stop=one(_Stop), refusal=one(_Refusal),
    refusals=many(_Refused), channels=many(fields.String()), points=many(_Point), third_parties=many(_Party),
    consents=many(_Consent), history=many(_Said), windows=many(_Window), weeks=many(_Week), limits=one(_Limits),
)  # fmt: skip
