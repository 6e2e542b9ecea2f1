"""Shapes of the library of message templates."""

from __future__ import annotations

from console.api.shapes.common import Named, Problem
from console.api.shapes.making import (
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
from console.api.shapes.scenarios import Length, PreviewLoan

_Said = shape("TemplateText", subject=text(), body=text())
Texts = shape("TemplateTexts", ru=maybe(_Said), en=maybe(_Said))
_HEAD = {
    "id": whole(),
    "key": text(),
    "title": text(),
    "channel": text(),
    "revision": whole(),
    "archived_at": maybe_instant(),
    "archived_by": maybe_text(),
}
_REVISION = {
    "number": whole(),
    "texts": one(Texts),
    "note": text(),
    "restored": maybe_whole(),
    "made_by": text(),
    "made_at": instant(),
}
_Item = shape("MessageTemplateItem", **_HEAD, **_REVISION, scenarios=whole())
TemplatePage = page("MessageTemplatePage", _Item)
_Revision = shape("TemplateRevision", **_REVISION)
_Use = shape("TemplateUse", scenario=one(Named), where=text(), step=text(), revision=whole())
TemplateCard = shape("MessageTemplate", **_HEAD, revisions=many(_Revision), uses=many(_Use))
NamedRevision = shape("NamedTemplateRevision", **_HEAD, **_REVISION)
_Piece = shape("TextPiece", kind=text(), text=text())
#: subject and body as pieces that are the same, gone or new
ChangedText = shape("ChangedText", subject=many(_Piece), body=many(_Piece))
ChangedTexts = shape("ChangedTexts", ru=maybe(ChangedText), en=maybe(ChangedText))
Changes = shape("TemplateChanges", number=whole(), against=whole(), texts=one(ChangedTexts))
_Filled = shape("FilledText", subject=text(), body=text(), length=maybe(Length))
_FilledTexts = shape("FilledTexts", ru=maybe(_Filled), en=maybe(_Filled))
_Loan = shape("TemplateLoan", **PreviewLoan().declared_fields, language=text())
Look = shape("TemplateLook", problems=many(Problem), loan=maybe(_Loan), texts=one(_FilledTexts), segment_price=whole())
_Channel = shape("TemplateChannel", key=text(), title=text(), longest=whole(), longest_subject=maybe_whole())
_Word = shape("TemplateWord", key=text(), title=text())
_Variable = shape("TemplateVariable", key=text(), title=text(), example=text())
Options = shape(
    "TemplateOptions",
    channels=many(_Channel), languages=many(_Word), variables=many(_Variable), filters=many(_Word),
    segment_price=whole(),
)  # fmt: skip
_Text = shape(
    "SentText",
    #: null: of every borrower
    language=maybe_text(), subject=text(), body=text(), problems=many(Problem), changed=maybe(ChangedText),
)  # fmt: skip
_Source = shape(
    "SentTemplate",
    id=whole(), key=text(), title=text(), revision=whole(), note=text(), made_by=text(), made_at=instant(),
)  # fmt: skip
_Sent = shape(
    "SentMessage",
    node=text(), label=text(), channel=text(), source=maybe(_Source), texts=many(_Text), state=text(),
)  # fmt: skip
#: the messages of a version with their texts; `state` against the version before: new, changed, same, gone
Sent = shape("VersionMessages", items=many(_Sent), previous=maybe_whole())
