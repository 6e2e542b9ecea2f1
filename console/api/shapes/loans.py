"""Shapes of loans, cases and tasks."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import LoanRef, Named, NodeRef, Numbered, PersonNamed, Problem, ProductRef
from console.api.shapes.making import (
    day,
    document,
    flag,
    instant,
    many,
    maybe,
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
from console.api.shapes.products import Preview

LoanItem = shape(
    "LoanItem",
    id=whole(), external_id=text(), borrower=one(PersonNamed), product=one(ProductRef), region=maybe_text(),
    channel=maybe_text(), principal=whole(), balance=whole(), overdue=whole(), dpd=whole(), bucket=text(),
    next_due_on=maybe_day(), next_due_amount=maybe_whole(), last_payment_on=maybe_day(), state=text(),
    active_cases=whole(), demo=flag(),
)  # fmt: skip
LoanPage = page("LoanPage", LoanItem)
_Product = shape("LoanProduct", code=text(), name=text(), kind=text())
LoanFacts = shape(
    "LoanFacts",
    id=whole(), external_id=text(), product=one(_Product), state=text(), servicing=text(), issued_on=maybe_day(),
    region=maybe_text(), channel=maybe_text(), principal=whole(), balance=whole(), overdue=whole(),
    overdue_since=maybe_day(), dpd=whole(), dpd_grace_days=whole(), bucket=text(), next_due_on=maybe_day(),
    next_due_amount=maybe_whole(), last_payment_on=maybe_day(), risk_score=maybe_whole(), risk_group=maybe_text(),
    debt_burden=maybe_whole(), ordinal=whole(), bailiff_state=text(), bureau_state=text(), tags=many(fields.String()),
    demo=flag(),
)  # fmt: skip
_OtherLoan = shape("OtherLoan", id=whole(), external_id=text(), state=text(), overdue=whole(), dpd=whole())
BorrowerFacts = shape(
    "BorrowerFacts",
    id=whole(), external_id=text(), name=maybe_text(), birth_date=maybe_day(), phone=maybe_text(), email=maybe_text(),
    messenger=maybe_text(), postal_address=maybe_text(), region=maybe_text(), language=text(), time_zone=text(),
    local_time=maybe_text(), contact_stop=maybe_text(),
    lending_restricted_at=maybe_instant(), lending_restriction=maybe_text(), loans_count=whole(),
    loans=many(_OtherLoan), masked=flag(), demo=flag(),
)  # fmt: skip
InstalmentItem = shape(
    "Instalment",
    number=whole(), due_on=day(), amount=whole(), principal=whole(), paid=whole(), paid_on=maybe_day(), state=text(),
)  # fmt: skip
PaymentItem = shape(
    "Payment", id=whole(), external_id=text(), amount=whole(), paid_at=instant(), source=text(),
    reversed_at=maybe_instant(),
)  # fmt: skip
_CASE = {
    "id": whole(),
    "scenario": one(Named),
    "version": one(Numbered),
    "node": one(NodeRef),
    "entered_at": instant(),
    "due_at": maybe_instant(),
    "enrolled_at": instant(),
    "enrolled_overdue": whole(),
    "ended_at": maybe_instant(),
    "end_reason": maybe_text(),
    "error": maybe_text(),
    #: why its scenario stands still; null while it runs
    "paused": maybe_text(),
}
CaseItem = shape("CaseItem", **_CASE)
_Claimant = shape("Claimant", scenario=one(Named), track=text(), priority=whole(), verdict=text(), text=text())
Claimants = shape("Claimants", items=many(_Claimant))
Visit = shape(
    "Visit",
    node=one(NodeRef), entered_at=maybe_instant(), left_at=maybe_instant(), port=maybe_text(), seen=document(),
    words=maybe_text(), guard=maybe_text(),
)  # fmt: skip
CaseCard = shape("CaseCard", **_CASE, loan=one(LoanRef), visits=many(Visit))
OfferItem = shape(
    "Offer",
    id=whole(), kind=text(), size=whole(), made_at=instant(), expires_at=maybe_instant(), state=text(),
    answered_at=maybe_instant(),
)  # fmt: skip
PromiseItem = shape(
    "Promise",
    id=whole(), amount=whole(), due_on=day(), given_at=instant(), state=text(), decided_at=maybe_instant(),
    task_id=maybe_whole(),
)  # fmt: skip
_TaskLoan = shape("TaskLoan", id=whole(), external_id=text(), dpd=whole(), overdue=whole())
_TASK = {
    "id": whole(),
    "queue": text(),
    "title": text(),
    "priority": whole(),
    "state": text(),
    "assignee": maybe_text(),
    "created_at": instant(),
    "due_at": maybe_instant(),
    "disposition": maybe_text(),
    "result": maybe_text(),
    "closed_at": maybe_instant(),
    "closed_by": maybe_text(),
}
TaskItem = shape("TaskItem", **_TASK, loan=one(_TaskLoan), borrower=one(PersonNamed))
TaskPage = page("TaskPage", TaskItem)
_TaskRefused = shape("TaskRefused", task=whole(), code=text(), message=text())
TasksAssigned = shape("TasksAssigned", assigned=many(fields.Integer()), refused=many(_TaskRefused))
LoanCard = shape(
    "LoanCard",
    loan=one(LoanFacts), borrower=one(BorrowerFacts), instalments=many(InstalmentItem), payments=many(PaymentItem),
    cases=many(CaseItem), offers=many(OfferItem), promises=many(PromiseItem), tasks=many(TaskItem),
)  # fmt: skip
_Ref = shape("TimelineRef", type=text(), id=whole())
_Event = shape(
    "TimelineItem",
    at=instant(), kind=text(), title=text(), text=maybe_text(), amount=maybe_whole(), ref=one(_Ref), icon=text(),
)  # fmt: skip
Timeline = shape("Timeline", items=many(_Event), next=maybe_text())
_Disposition = shape("Disposition", key=text(), title=text(), needs=maybe_text())
_Contact = shape("Contact", id=whole(), kind=text(), channel=text(), at=instant())
Chance = shape(
    "ContactChance",
    channel=text(), kind=text(), allowed=flag(), code=text(), text=text(), until=maybe_instant(),
)  # fmt: skip
Chances = shape("ContactChances", items=many(Chance))
ContactMade = shape("ContactMade", id=whole(), kind=text(), channel=text(), at=instant(), third_party_id=maybe_whole())
TaskCard = shape(
    "TaskCard",
    **_TASK, loan=one(LoanFacts), borrower=one(BorrowerFacts), instruction=text(), note=maybe_text(),
    dispositions=many(_Disposition), payments=many(PaymentItem), promises=many(PromiseItem), contacts=many(_Contact),
    call=maybe(Chance),
)  # fmt: skip
Reversed = shape("ReversedPayment", payment_id=whole(), balance=whole(), overdue=whole(), dpd=whole())
Recorded = shape("RecordedPayment", payment_id=whole(), cured=flag(), ended_cases=whole(), repeated=flag())
SignalTaken = shape("SignalTaken", signal_id=whole(), kind=text())
NodeCase = shape(
    "NodeCase",
    case_id=whole(), loan_id=whole(), loan_external_id=text(), borrower_name=maybe_text(), dpd=whole(),
    overdue=whole(), entered_at=instant(), due_at=maybe_instant(), error=maybe_text(),
)  # fmt: skip
NodeCasePage = page("NodeCasePage", NodeCase)
Answered = shape("OfferAnswered", id=whole(), state=text())
ContactStop = shape("ContactStop", id=whole(), contact_stop=maybe_text(), cancelled_messages=whole())
_Operator = shape("Operator", name=text(), full_name=text())
Operators = shape("Operators", items=many(_Operator))
_PARTS = {
    name: whole()
    for name in ("principal", "principal_overdue", "interest", "interest_overdue", "penalty", "fee", "credit")
}
Owed = shape("Owed", balance=whole(), overdue=whole(), **_PARTS)
_LedgerEvent = shape(
    "LedgerEvent",
    id=whole(), kind=text(), day=day(), recorded_at=instant(), actor=text(), paid=whole(), balance=whole(),
    given_up=whole(), more=fields.Dict(required=True, allow_none=True), **_PARTS,
)  # fmt: skip
_LedgerDay = shape("LedgerDay", day=day(), balance=whole(), dpd=whole())
Ledger = shape("Ledger", upto=day(), owed=one(Owed), events=many(_LedgerEvent), days=many(_LedgerDay))
Quote = shape("CloseQuote", on=day(), owed=one(Owed))
Decision = shape(
    "LoanDecision",
    outcome=text(), reason=maybe_text(), confirm=flag(), approved=flag(), ordinal=whole(), against=many(Problem),
    pays_off=maybe_whole(), preview=maybe(Preview),
)  # fmt: skip
Issued = shape("IssuedLoan", id=whole(), external_id=text())
