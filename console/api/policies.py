"""Contact policies: read, tried out, changed with a second person's word; and the calendar of working days."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Json, Key, Line
from console.api.shapes import policies as shapes
from console.clock import now
from console.context import database
from console.queries.policies import policy_card, policy_list, year_card
from scenario_engine.errors import Invalid, NotFound, Problem
from scenario_engine.models import Loan, PolicyVersion
from scenario_engine.policies import editing
from scenario_engine.policies.bench import Invented, Made, ask, imagine
from scenario_engine.policies.pack import INCOMING, KINDS, TALKED, read_pack
from scenario_engine.policies.reasons import in_words
from scenario_engine.policies.shelf import calendar_of, policy_in_force, version_in_force
from scenario_engine.texts import Text

_YEARS = validate.Range(2000, 2099)
_INSTANT = validate.Range(2000, 2099)


def _within_a_century(value: Any) -> None:
    _INSTANT(value.year)


class VersionBody(Schema):
    """A version as it is to be; without a moment it comes into force when it is approved."""

    document = Json(required=True)
    valid_from = fields.AwareDateTime(load_default=None, allow_none=True, validate=_within_a_century)
    note = fields.String(load_default="")


class ChangedVersion(VersionBody):
    """A draft that is changed; `changed_at` is that of the one which the change began from."""

    changed_at = fields.AwareDateTime(required=True)


class RemarkBody(Schema):
    """What the reviewer says."""

    remark = fields.String(load_default="")


class MadeBody(Schema):
    """A contact of a made-up history."""

    kind = fields.String(required=True, validate=validate.OneOf((*KINDS, INCOMING)))
    at = fields.AwareDateTime(required=True, validate=_within_a_century)
    same_loan = fields.Boolean(load_default=True)
    talked = fields.Boolean(load_default=False)


class PolicyTrialBody(Schema):
    """A contact to try: with a loan that there is, or with somebody made up."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    channel = Line(longest=64, required=True)
    at = fields.AwareDateTime(required=True, validate=_within_a_century)
    #: a version that is not in force; null: what is in force then
    version = Key(load_default=None, allow_none=True)
    loan = Line(longest=64, load_default=None, allow_none=True)
    time_zone = Line(longest=40, load_default="Europe/Moscow")
    contact_stop = Line(longest=40, load_default=None, allow_none=True)
    refused = fields.Boolean(load_default=False)
    history = fields.List(fields.Nested(MadeBody), load_default=list, validate=validate.Length(max=60))


class DecreeBody(Schema):
    """What a day is; null: as the country has it."""

    rest = fields.Boolean(required=True, allow_none=True)
    note = fields.String(load_default="")


class PoliciesApi(Api):
    """Contact policies."""

    resource_name = "policies"

    @route("GET", "", right="policy.read", answer=shapes.Policies)
    def get_list(self, *, actor: Actor) -> dict[str, Any]:
        """Every policy with what is in force."""
        with database().read() as session:
            return policy_list(session, actor, now=now())

    @route("GET", "/<string:key>", right="policy.read", answer=shapes.Policy)
    def get(self, *, actor: Actor, key: str) -> dict[str, Any]:
        """A policy with its versions, in words and with what each would change."""
        with database().read() as session:
            return policy_card(session, actor, key, now=now())

    @route("POST", "/<string:key>/versions", right="policy.edit", body=VersionBody, answer=shapes.Policy, status=201)
    def draft(self, *, actor: Actor, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Draw up a new dated version."""
        with database().write() as session:
            editing.draft(session, key, **_checked(body), actor=actor.name, now=now())
            return policy_card(session, actor, key, now=now())

    @route("PUT", "/versions/<key:version_id>", right="policy.edit", body=ChangedVersion, answer=shapes.Policy)
    def change(self, *, actor: Actor, version_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change a draft."""
        with database().write() as session:
            made = editing.change(session, version_id, **_checked(body), actor=actor.name, now=now())
            return policy_card(session, actor, made.key, now=now())

    @route("DELETE", "/versions/<key:version_id>", right="policy.edit", status=204)
    def discard(self, *, actor: Actor, version_id: int) -> Any:
        """Throw a draft away."""
        with database().write() as session:
            editing.discard(session, version_id, actor=actor.name, now=now())
        return None

    @route("POST", "/versions/<key:version_id>/submit", right="policy.edit", answer=shapes.Policy)
    def submit(self, *, actor: Actor, version_id: int) -> dict[str, Any]:
        """Ask another person of compliance."""
        with database().write() as session:
            made = editing.submit(session, version_id, actor=actor.name, now=now())
            return policy_card(session, actor, made.key, now=now())

    @route("POST", "/versions/<key:version_id>/withdraw", right="policy.edit", answer=shapes.Policy)
    def withdraw(self, *, actor: Actor, version_id: int) -> dict[str, Any]:
        """Take it back to work on it."""
        with database().write() as session:
            made = editing.withdraw(session, version_id, actor=actor.name, now=now())
            return policy_card(session, actor, made.key, now=now())

    @route("POST", "/versions/<key:version_id>/approve", right="policy.approve", body=RemarkBody, answer=shapes.Policy)
    def approve(self, *, actor: Actor, version_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Let a version that somebody else wrote come into force."""
        with database().write() as session:
            made = editing.approve(session, version_id, actor=actor.name, now=now(), remark=body["remark"])
            return policy_card(session, actor, made.key, now=now())

    @route("POST", "/versions/<key:version_id>/reject", right="policy.approve", body=RemarkBody, answer=shapes.Policy)
    def reject(self, *, actor: Actor, version_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Refuse a version that somebody else wrote, and say why."""
        with database().write() as session:
            made = editing.reject(session, version_id, actor=actor.name, now=now(), remark=body["remark"])
            return policy_card(session, actor, made.key, now=now())

    @route("POST", "/<string:key>/trial", right="policy.read", body=PolicyTrialBody, answer=shapes.PolicyTrial)
    def try_out(self, *, actor: Actor, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Would this contact be allowed, and if not, why and until when."""
        at = body["at"]
        with database().read() as session:
            if body["version"] is None:
                policy, held = policy_in_force(session, key, at), version_in_force(session, key, at)
                revision = 1 if held is None else held.revision
            else:
                version = session.get(PolicyVersion, body["version"])
                if version is None or version.key != key:
                    raise NotFound(Text("There is no such version.", "Такой версии нет."))
                calendar = calendar_of(session, version.document["country"])
                policy, revision = read_pack(key, version.document, calendar), version.revision
            zone = body["time_zone"]
            if body["loan"]:
                loan = session.query(Loan).filter_by(external_id=body["loan"]).one_or_none()
                if loan is None:
                    text = Text("There is no loan with this number.", "Займа с таким номером нет.")
                    raise Invalid(text, problems=[Problem(code="trial.loan", text=text, field="loan")])
                answer = ask(session, policy, loan_id=loan.id, kind=body["kind"], channel=body["channel"], now=at)
            else:
                person = Invented(
                    time_zone=zone,
                    contact_stop=body["contact_stop"] or None,
                    refused=body["refused"],
                    history=[
                        Made(
                            kind=each["kind"], at=each["at"], same_loan=each["same_loan"],
                            outcome=TALKED if each["talked"] else None,
                        )
                        for each in body["history"]
                    ],
                )  # fmt: skip
                answer = imagine(session, policy, person, kind=body["kind"], channel=body["channel"], now=at)
        return {
            "allowed": answer.allowed,
            "code": answer.code,
            "text": in_words(answer.code).say(actor.language),
            "until": answer.until,
            "revision": revision,
            "rest_day": policy.is_rest_day(at, zone),
        }


class CalendarApi(Api):
    """The calendar of working days."""

    resource_name = "calendar"

    @route("GET", "/<string:country>/<int:year>", right="policy.read", answer=shapes.Year)
    def get(self, *, actor: Actor, country: str, year: int) -> dict[str, Any]:
        """A year of a country."""
        if not 2000 <= year <= 2099:
            raise NotFound(Text("There is no calendar of this year.", "Календаря на этот год нет."))
        with database().read() as session:
            return year_card(session, actor, country, year)

    @route("PUT", "/<string:country>/<string:day>", right="policy.edit", body=DecreeBody, answer=shapes.Year)
    def put(self, *, actor: Actor, country: str, day: str, body: dict[str, Any]) -> dict[str, Any]:
        """Say that a day is one of rest or of work, or let it be as the country has it."""
        try:
            when = date.fromisoformat(day)
        except ValueError as error:
            raise NotFound(Text("There is no such day.", "Такого дня нет.")) from error
        with database().write() as session:
            year_card(session, actor, country, when.year)  # NotFound for a country without a calendar
            editing.decree(session, country, when, rest=body["rest"], note=body["note"], actor=actor.name, now=now())
            return year_card(session, actor, country, when.year)


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(body["document"], dict):
        text = Text("The document must be a JSON object.", "Документ — это объект JSON.")
        raise Invalid(text, problems=[Problem(code="policy.document", text=text, field="document")])
    return body
