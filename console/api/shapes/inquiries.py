"""Shapes of inquiries and of the providers that they go to."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import LoanRef, PersonNamed
from console.api.shapes.making import (
    flag,
    instant,
    many,
    maybe_day,
    maybe_instant,
    maybe_text,
    maybe_whole,
    one,
    page,
    shape,
    text,
    whole,
)

Inquiry = shape(
    "Inquiry",
    id=whole(), subject=text(), subject_title=text(), state=text(), loan=one(LoanRef), borrower=one(PersonNamed),
    asked_at=instant(), asked_by=maybe_text(), provider=maybe_text(), provider_title=maybe_text(), due_at=instant(),
    attempts=whole(), sent_at=maybe_instant(), answered_at=maybe_instant(), outcome=maybe_text(),
    outcome_text=maybe_text(), is_news=flag(), cost=maybe_whole(), error=maybe_text(), error_text=maybe_text(),
    lines=many(fields.String()), said=maybe_text(),
)  # fmt: skip
InquiryPage = page("InquiryPage", Inquiry)
AskingFacts = shape(
    "AskingFacts", consent_on=maybe_day(), has_passport=flag(), going=many(fields.String()), live=many(fields.String())
)
_Provider = shape("InquiryProviderNamed", key=text(), title=text())
InquirySummary = shape(
    "InquirySummary",
    asked=whole(), waiting=whole(), failed=whole(), cost=whole(), live=many(fields.String()), providers=many(_Provider),
)  # fmt: skip
_Field = shape(
    "InquiryField",
    key=text(), title=text(), help=maybe_text(), secret=flag(), flag=flag(), required=flag(), value=maybe_text(),
    known=flag(),
)  # fmt: skip
_Quota = shape("InquiryQuota", kind=text(), most=whole(), seconds=whole(), used=whole())
_Card = shape(
    "InquiryProvider",
    key=text(), title=text(), help=text(), subject=text(), subject_title=text(), enabled=flag(), sealed=flag(),
    fields=many(_Field), quotas=many(_Quota), paused_until=maybe_instant(), trouble_text=maybe_text(),
    changed_at=maybe_instant(), changed_by=maybe_text(),
)  # fmt: skip
Providers = shape("InquiryProviders", items=many(_Card))
Tested = shape("InquiryProviderTested", said=text())
