"""Registered letters: a day's letters and their register for the post office, and what the post says of each."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask.wrappers import Response
from marshmallow import Schema, fields, validate

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Line
from console.api.listing import reader
from console.api.shapes import letters as shapes
from console.clock import now
from console.context import database, settings
from console.export import Column, export
from console.queries.visibility import Veil
from scenario_engine import audit, mailing
from scenario_engine.engine.outbox import hear
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.mailing import Letter
from scenario_engine.ports import Report
from scenario_engine.texts import Text

#: the connector that makes letters, and its channel
LETTER = "letter"
#: what the post makes of a letter
OUTCOMES: Mapping[str, Text] = {
    "delivered": Text("handed over", "вручено"),
    "returned": Text("came back", "вернулось"),
}
_CAME_BACK = Text("The letter came back: {reason}.", "Письмо вернулось: {reason}.")
_NO_REASON = Text("the post gives no reason", "почта не назвала причину")
#: of the inner post, and of the Universal Postal Union
_TRACKING = re.compile(r"[0-9]{14}|[A-Z]{2}[0-9]{9}[A-Z]{2}")
_REGISTER = (
    Column(Text("Number", "Номер"), "number"),
    Column(Text("Addressee", "Адресат"), "addressee"),
    Column(Text("Address", "Адрес"), "address"),
    Column(Text("Date", "Дата"), "day"),
    Column(Text("Sheets", "Листов"), "sheets"),
    Column(Text("Tracking number", "Трек-номер"), "tracking"),
)


class PostBody(Schema):
    """What the post says of a letter; what is left out stays."""

    tracking = Line(longest=20, load_default=None, allow_none=True)
    outcome = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(OUTCOMES)))
    #: the day of the outcome; today when it is left out
    on = fields.Date(load_default=None, allow_none=True)
    reason = Line(longest=200, load_default=None, allow_none=True)


class LettersApi(Api):
    """Letters that were made."""

    resource_name = "letters"

    @route("GET", "", right="outbox.read", answer=shapes.LetterDays)
    def get_days(self, *, actor: Actor) -> dict[str, Any]:
        """The days on which letters were made, the newest first, and how far each is."""
        folder = settings().data_dir
        return {"items": [_counted(day, mailing.letters_of(folder, day)) for day in mailing.days(folder)]}

    @route("GET", "/<string:day>", right="outbox.read", answer=shapes.Letters)
    def get_day(self, *, actor: Actor, day: str) -> dict[str, Any]:
        """The letters of a day."""
        veil = Veil(actor)
        return {"items": [_shown(letter, veil) for letter in _letters(day)]}

    @route("GET", "/<string:day>/register.csv", right="outbox.work", files=("text/csv",))
    def register(self, *, actor: Actor, day: str) -> Response:
        """The register of a day's letters, for the post office."""
        found = _letters(day)
        _note(actor, "letter.registered", day, letters=len(found))
        items = [_plain(letter) for letter in found]
        return export(items, columns=_REGISTER, form="csv", file_name=f"letters-{day}", reader=reader(actor))

    @route("GET", "/<string:day>/letters.zip", right="outbox.work", files=("application/zip",))
    def everything(self, *, actor: Actor, day: str) -> Response:
        """All PDFs of a day, to print them."""
        packed = io.BytesIO()
        found = _letters(day)
        with zipfile.ZipFile(packed, "w") as archive:
            for letter in found:
                archive.writestr(f"{letter.number}.pdf", mailing.content_of(settings().data_dir, letter))
        _note(actor, "letter.printed", day, letters=len(found))
        return _file(packed.getvalue(), "application/zip", f"letters-{day}.zip")

    @route("GET", "/<string:day>/<string:letter>.pdf", right="outbox.work", files=("application/pdf",))
    def pdf(self, *, actor: Actor, day: str, letter: str) -> Response:
        """One letter."""
        found = mailing.letter_of(settings().data_dir, _date(day), letter)
        _note(actor, "letter.printed", day, letters=1)
        return _file(mailing.content_of(settings().data_dir, found), "application/pdf", f"{found.number}.pdf")

    @route("PUT", "/<string:day>/<string:letter>", right="outbox.work", body=PostBody, answer=shapes.Letter)
    def put(self, *, actor: Actor, day: str, letter: str, body: dict[str, Any]) -> dict[str, Any]:
        """Write down the post's number of a letter, and what became of it."""
        moment, zone = now(), ZoneInfo(settings().time_zone)
        found = mailing.letter_of(settings().data_dir, _date(day), letter)
        tracking = re.sub(r"\s", "", body["tracking"] or "").upper() or None
        if tracking is not None and not _TRACKING.fullmatch(tracking):
            raise Invalid(
                Text(
                    "A tracking number has 14 digits, or looks like RA123456789RU.",
                    "Трек-номер — это 14 цифр или номер вида RA123456789RU.",
                ),
                code="letter.tracking",
            )
        today = moment.astimezone(zone).date()
        on = body["on"] or today
        if not found.day <= on <= today:
            raise Invalid(
                Text("On that day it cannot have happened.", "В этот день такого быть не могло."), code="letter.day"
            )
        known = mailing.tracked(found, tracking=tracking, outcome=body["outcome"], on=on)
        mailing.note(settings().data_dir, known)
        _note(actor, "letter.tracked", day, number=known.number, outcome=body["outcome"])
        if body["outcome"] is not None:
            at = moment if on == today else datetime.combine(on, time(12), zone).astimezone(UTC)
            hear(
                database(), LETTER, (LETTER,), [_report(known, body["outcome"], body["reason"], at)], now=moment,
                time_zone=settings().time_zone,
            )  # fmt: skip
        return _shown(known, Veil(actor))


def _report(letter: Letter, outcome: str, reason: str | None, at: datetime) -> Report:
    if outcome == "delivered":
        return Report(kind="delivered", key=f"{letter.number}-delivered", at=at, receipt=letter.number)
    error = " / ".join(_CAME_BACK.format(reason=reason or _NO_REASON))
    return Report(kind="failed", key=f"{letter.number}-failed", at=at, receipt=letter.number, error=error)


def _letters(day: str) -> list[Letter]:
    found = list(mailing.letters_of(settings().data_dir, _date(day)))
    if not found:
        raise NotFound(Text("No letters were made that day.", "В этот день писем не было."), code="letter.unknown")
    return found


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(Text("There is no such day.", "Такого дня нет."), code="letter.unknown") from error


def _counted(day: date, letters: Any) -> dict[str, Any]:
    outcomes = Counter(letter.outcome for letter in letters)
    return {
        "day": day, "letters": len(letters), "sheets": sum(letter.sheets for letter in letters),
        "tracked": sum(letter.tracking is not None for letter in letters),
        "delivered": outcomes["delivered"], "returned": outcomes["returned"],
    }  # fmt: skip


def _plain(letter: Letter) -> dict[str, Any]:
    return {
        "number": letter.number, "day": letter.day, "addressee": letter.addressee, "address": letter.address,
        "subject": letter.subject, "sheets": letter.sheets, "tracking": letter.tracking, "outcome": letter.outcome,
        "outcome_on": letter.outcome_on,
    }  # fmt: skip


def _shown(letter: Letter, veil: Veil) -> dict[str, Any]:
    return _plain(letter) | {
        "addressee": veil.name(letter.addressee),
        "address": None if veil.masked else letter.address,
    }


def _note(actor: Actor, action: str, day: str, **details: Any) -> None:
    with database().write() as session:
        audit.record(session, at=now(), actor=actor.name, action=action, subject_type="letters", day=day, **details)


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
