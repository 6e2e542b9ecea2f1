"""Shapes of scenarios, versions and rules."""

from __future__ import annotations

from marshmallow import fields

from console.api.shapes.common import Numbered, Problem, ScenarioRef
from console.api.shapes.making import (
    by_key,
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

_Live = shape("LiveVersion", id=whole(), number=whole(), published_at=maybe_instant(), published_by=maybe_text())
_Submitted = shape("SubmittedVersion", id=whole(), number=whole(), submitted_by=text())
ScenarioItem = shape(
    "ScenarioItem",
    id=whole(), key=text(), name=text(), state=text(), pause_reason=maybe_text(), live_version=maybe(_Live),
    submitted_version=maybe(_Submitted), draft_revision=whole(), draft_by=text(), draft_at=instant(),
    active_cases=whole(), entered_30d=whole(), paid_30d_cases=whole(), paid_30d_amount=whole(), nodes=whole(),
    sparkline=many(fields.Integer()), problems=whole(), demo=flag(),
)  # fmt: skip
ScenarioPage = page("ScenarioPage", ScenarioItem)
_Port = shape("NodePort", key=text(), title=text(), required=flag())
_NodeAnalysis = shape("NodeAnalysis", sentence=text(), ports=many(_Port))
Analysis = shape("Analysis", problems=many(Problem), nodes=by_key(_NodeAnalysis), publishable=flag())
Scenario = shape(
    "Scenario",
    id=whole(), key=text(), name=text(), state=text(), pause_reason=maybe_text(), draft=document(), revision=whole(),
    draft_by=text(), draft_at=instant(), live_version=maybe(_Live), submitted_version=maybe(_Submitted),
    analysis=one(Analysis), demo=flag(),
)  # fmt: skip
Saved = shape("SavedDraft", revision=whole(), analysis=one(Analysis))
_VERSION = {
    "id": whole(),
    "number": whole(),
    "state": text(),
    "content_hash": text(),
    "comment": text(),
    "submitted_by": text(),
    "submitted_at": instant(),
    "reviewed_by": maybe_text(),
    "reviewed_at": maybe_instant(),
    "review_comment": maybe_text(),
    "review_node": maybe_text(),
    "retired_at": maybe_instant(),
    "active_cases": whole(),
}
VersionItem = shape("VersionItem", **_VERSION)
Versions = shape("Versions", items=many(VersionItem))
ReviewItem = shape("ReviewItem", **_VERSION, scenario=one(ScenarioRef))
Reviews = shape("Reviews", items=many(ReviewItem), total=whole())
VersionCard = shape(
    "VersionCard",
    **_VERSION, scenario=one(ScenarioRef), document=document(), analysis=one(Analysis), previous=maybe(Numbered),
)  # fmt: skip
_Way = shape("PortNumbers", cases=whole(), amount=whole())
_Day = shape(
    "DayNumbers",
    day=day(), entered=whole(), left=whole(), failed=whole(), paid_cases=whole(), paid_amount=whole(), matured=flag(),
)  # fmt: skip
_Node = shape(
    "NodeNumbers",
    before=whole(), entered=whole(), entered_amount=whole(), here=whole(), left=whole(), failed=whole(),
    ports=by_key(_Way),
    paid_cases=whole(), paid_amount=whole(), lost=whole(), dwell=maybe_whole(), days=many(_Day),
)  # fmt: skip
_Totals = shape("TotalNumbers", entered=whole(), active=whole(), ended=whole(), paid_cases=whole(), paid_amount=whole())
Numbers = shape(
    "Numbers",
    **{"from": day(), "to": day(), "spark_from": day()},
    version_id=whole(), revision=text(), window_days=whole(), nodes=by_key(_Node), totals=one(_Totals),
)  # fmt: skip
_Arm = shape("NumbersArm", key=text(), title=text(), of=text(), holdout=flag())
_Choice = shape("NumbersChoice", key=text(), title=text())
_Segment = shape("NumbersSegment", key=text(), title=text(), values=many(_Choice))
Slices = shape("NumbersSlices", arms=many(_Arm), segments=many(_Segment))
Words = shape("RuleWords", words=text())
Counted = shape("RuleCount", loans=whole(), borrowers=whole(), overdue=whole(), words=text(), sql=maybe_text())
Fields = shape("RuleFields", fields=many(fields.Dict()))
Palette = shape(
    "Palette",
    groups=many(fields.Dict()), nodes=many(fields.Dict()), variables=many(fields.Dict()),
    connectors=many(fields.Dict()),
)  # fmt: skip
Template = shape("Template", key=text(), stage=text(), title=text(), purpose=text(), document=document())
Templates = shape("Templates", items=many(Template))
Length = shape("MessageLength", characters=whole(), encoding=text(), segments=whole(), room=whole(), odd=maybe_text())
PreviewLoan = shape("PreviewLoan", id=whole(), external_id=text(), dpd=whole(), name=maybe_text())
_Segments = shape("SampleSegments", segments=whole(), loans=whole())
_Sample = shape("MessageSample", loans=whole(), segments=many(_Segments))
MessagePreview = shape(
    "MessagePreview",
    problems=many(Problem), loan=maybe(PreviewLoan), text=maybe_text(), length=maybe(Length), sample=maybe(_Sample),
    segment_price=whole(),
)  # fmt: skip
_Other = shape("OtherTab", tab=text(), person=text(), full_name=text(), node=maybe_text(), editing=flag())
Present = shape("Present", others=many(_Other), revision=whole())
