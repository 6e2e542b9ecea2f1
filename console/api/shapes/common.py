"""Shapes that several resources share."""

from __future__ import annotations

from console.api.shapes.making import (
    document,
    many,
    maybe,
    maybe_text,
    maybe_whole,
    shape,
    text,
    whole,
)

_Fix = shape("ProblemFix", title=text(), act=text(), values=document())
Problem = shape(
    "Problem",
    code=text(),
    text=text(),
    node=maybe_text(),
    field=maybe_text(),
    row=maybe_whole(),
    severity=text(),
    fix=maybe(_Fix),
)
ErrorBody = shape("ErrorBody", code=text(), message=text(), problems=many(Problem))
Named = shape("Named", id=whole(), name=text())
PersonNamed = shape("PersonNamed", id=whole(), name=maybe_text())
Numbered = shape("Numbered", id=whole(), number=whole())
NodeRef = shape("NodeRef", key=maybe_text(), label=maybe_text())
LoanRef = shape("LoanRef", id=whole(), external_id=text())
ScenarioRef = shape("ScenarioRef", id=whole(), key=text(), name=text(), state=text())
ProductRef = shape("ProductRef", code=text(), name=text())
Done = shape("Done", id=whole(), state=text())
