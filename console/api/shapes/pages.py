"""Shapes of the other pages: home, outbox, imports, engine, audit, help, search, the person."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import LoanRef, Named, NodeRef, PersonNamed
from console.api.shapes.making import (
    day,
    document,
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

_User = shape(
    "User", name=text(), full_name=text(), roles=many(fields.String()), language=maybe_text(), theme=maybe_text()
)
_Site = shape("Site", time_zone=text(), demo=flag(), version=text(), upload_megabytes=whole())
Me = shape("Me", user=one(_User), rights=many(fields.String()), csrf=text(), settings=one(_Site))
_Bucket = shape("Bucket", key=text(), title=text(), loans=whole(), balance=whole(), overdue=whole())
_DayAmount = shape("DayAmount", day=day(), amount=whole(), count=whole())
_Recovered = shape("Recovered", today=whole(), week=whole(), month=whole(), days=many(_DayAmount))
_HomeScenario = shape(
    "HomeScenario",
    id=whole(), key=text(), name=text(), state=text(), active_cases=whole(), entered_30d=whole(),
    paid_30d_cases=whole(), paid_30d_amount=whole(), sparkline=many(fields.Integer()),
)  # fmt: skip
_EngineState = shape(
    "EngineState",
    state=text(), seen_at=maybe_instant(), last_tick_at=maybe_instant(), last_tick_ms=maybe_whole(),
    lag_seconds=whole(), due_cases=whole(),
)  # fmt: skip
Home = shape(
    "Home",
    buckets=many(_Bucket), overdue_total=whole(), overdue_loans=whole(), loans_total=whole(), balance_total=whole(),
    recovered=one(_Recovered), scenarios=many(_HomeScenario), engine=one(_EngineState), to_review=whole(),
    rules_waiting=whole(), open_tasks=whole(), failed_messages=whole(),
)  # fmt: skip
_MESSAGE = {
    "id": whole(),
    "channel": text(),
    "connector": text(),
    "through": text(),
    "state": text(),
    "recipient": maybe_text(),
    "subject": maybe_text(),
    "queued_at": instant(),
    "due_at": maybe_instant(),
    "sent_at": maybe_instant(),
    "attempts": whole(),
    "error": maybe_text(),
    "uncertain_at": maybe_instant(),
    "told_at": maybe_instant(),
    "cost": maybe_whole(),
    "loan": one(LoanRef),
    "scenario": one(Named),
    "node": one(NodeRef),
    "case_id": whole(),
}
MessageItem = shape("MessageItem", **_MESSAGE)
MessagePage = page("MessagePage", MessageItem)
MessageCard = shape(
    "MessageCard",
    **_MESSAGE,
    borrower_id=whole(),
    body=maybe_text(),
    template=maybe_text(),
    receipt=maybe_text(),
    masked=flag(),
    expires_at=maybe_instant(),
    note=maybe_text(),
)
MessagesDone = shape("MessagesDone", done=whole())
_SUMMED = {name: whole() for name in ("queued", "sending", "failed", "today", "cost")}
_Channel = shape("ChannelSummary", channel=text(), **_SUMMED)
OutboxSummary = shape("OutboxSummary", **_SUMMED, channels=many(_Channel))
_Column = shape("UploadColumn", name=text(), samples=many(fields.String(allow_none=True)))
_Target = shape(
    "UploadTarget",
    key=text(), title=text(), required=flag(), type=text(), help=text(),
    options=fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True),
)  # fmt: skip
#: what rows hold, what it may become, and what is proposed
DESCRIBED = {
    "kind": text(),
    "encoding": maybe_text(),
    "separator": maybe_text(),
    "sheet": maybe_text(),
    "sheets": many(fields.String()),
    "format": text(),
    "columns": many(_Column),
    "targets": many(_Target),
    "mapping": document(),
    "remembered": flag(),
    "doubts": fields.Dict(keys=fields.String(), values=fields.String(), required=True),
}
Upload = shape("Upload", upload_id=text(), file_name=text(), size=whole(), **DESCRIBED)
ImportStarted = shape("ImportStarted", import_id=whole(), job_id=whole())
_IMPORT = {
    "id": whole(),
    "kind": text(),
    "file_name": text(),
    "state": text(),
    "dry_run": flag(),
    "actor": text(),
    "started_at": instant(),
    "finished_at": maybe_instant(),
    "rows_read": whole(),
    "rows_total": maybe_whole(),
    "rows_added": whole(),
    "rows_updated": whole(),
    "rows_wrong": whole(),
    "message": maybe_text(),
    "job_id": maybe_whole(),
}
ImportItem = shape("ImportItem", **_IMPORT)
ImportPage = page("ImportPage", ImportItem)
_ImportProblem = shape("ImportProblem", row=whole(), column=maybe_text(), value=maybe_text(), code=text(), text=text())
ImportCard = shape("ImportCard", **_IMPORT, mapping=document(), problems=many(_ImportProblem))
_Process = shape(
    "EngineProcess",
    process=text(), started_at=instant(), seen_at=instant(), last_tick_at=maybe_instant(), last_tick_ms=maybe_whole(),
    last_error=maybe_text(), retries=whole(), alive=flag(), leads=flag(),
)  # fmt: skip
_Stage = shape(
    "EngineStage",
    stage=text(), batches=whole(), cases=whole(), messages=whole(), micros=whole(), slowest_micros=whole(),
    lately_cases=whole(), lately_micros=whole(),
)  # fmt: skip
_Paused = shape("PausedByEngine", scenario=one(Named), cause=document())
_Group = shape(
    "SetAsideGroup",
    version_id=whole(), node_id=whole(), error=text(), cases=whole(), first_at=maybe_instant(),
    last_at=maybe_instant(), scenario=one(Named), node=one(NodeRef),
)  # fmt: skip
_Batch = shape(
    "EngineBatch",
    id=whole(), kind=text(), at=instant(), cases=whole(), messages=whole(), micros=maybe_whole(), error=maybe_text(),
    version_id=maybe_whole(), scenario=maybe(Named),
)  # fmt: skip
_SetAside = shape(
    "SetAsideCase",
    case_id=whole(), error=maybe_text(), entered_at=instant(), failed_at=maybe_instant(), loan_id=whole(),
    loan_external_id=text(), scenario=one(Named), version_id=whole(), node=one(NodeRef),
)  # fmt: skip
_Hour = shape(
    "EngineHour",
    hour=instant(), cases=whole(), messages=whole(), sent=whole(), moved=whole(), micros=whole(),
)  # fmt: skip
Retried = shape("Retried", retried=whole(), busy=whole(), unfit=whole())
Engine = shape(
    "Engine",
    state=text(), seen_at=maybe_instant(), leader=maybe_text(), processes=many(_Process), lag_seconds=whole(),
    due_cases=whole(), waiting_cases=whole(), queued_messages=whole(), outbox_most=whole(), outbox_full=flag(),
    waiting_signals=whole(), queued_jobs=whole(), running_jobs=whole(), set_aside=whole(), stages=many(_Stage),
    paused=many(_Paused), batches=many(_Batch), groups=many(_Group), errors=many(_SetAside), last_24h=many(_Hour),
)  # fmt: skip
AuditItem = shape(
    "AuditEntry",
    id=whole(), at=instant(), actor=text(), action=text(), subject_type=text(), subject_id=maybe_text(),
    details=document(),
)  # fmt: skip
AuditPage = page("AuditPage", AuditItem)
_words = fields.String()
Facets = shape("AuditFacets", actors=many(_words), actions=many(_words), subject_types=many(_words))
HelpPage = shape("HelpPage", title=text(), html=text())
HelpTopic = shape("HelpTopic", slug=text(), title=text())
_FoundLoan = shape("FoundLoan", id=whole(), external_id=text(), borrower=one(PersonNamed), dpd=whole(), overdue=whole())
_FoundScenario = shape("FoundScenario", id=whole(), key=text(), name=text(), state=text())
_FoundTask = shape("FoundTask", id=whole(), title=text(), state=text(), borrower=one(PersonNamed))
_FoundBorrower = shape("FoundBorrower", id=whole(), external_id=text(), name=maybe_text())
Found = shape(
    "Found",
    loans=many(_FoundLoan), scenarios=many(_FoundScenario), tasks=many(_FoundTask), borrowers=many(_FoundBorrower),
)  # fmt: skip
