"""Shapes of registered letters."""

from __future__ import annotations

from console.api.shapes.making import day, many, maybe_day, maybe_text, shape, text, whole

_LetterDay = shape(
    "LetterDay", day=day(), letters=whole(), sheets=whole(), tracked=whole(), delivered=whole(), returned=whole()
)
LetterDays = shape("LetterDays", items=many(_LetterDay))
Letter = shape(
    "Letter",
    number=text(), day=day(), addressee=maybe_text(), address=maybe_text(), subject=text(), sheets=whole(),
    tracking=maybe_text(), outcome=maybe_text(), outcome_on=maybe_day(),
)  # fmt: skip
Letters = shape("Letters", items=many(Letter))
