"""What a policy's document may say, checked with every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import holidays
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from scenario_engine.errors import Problem
from scenario_engine.models.consent import CHANNELS
from scenario_engine.policies.pack import IDENTIFICATION, KINDS
from scenario_engine.texts import Text

_TIME = validate.Regexp(r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_LONGEST_DAYS = 31


class _Strict(Schema):
    class Meta:
        """Nothing that is not declared."""

        unknown = RAISE


class _Title(_Strict):
    en = fields.String(required=True, validate=validate.Length(1, 120))
    ru = fields.String(required=True, validate=validate.Length(1, 120))


class _Window(_Strict):
    calendar = fields.String(validate=validate.OneOf(("day", "week", "month")))
    rolling_days = fields.Integer(strict=True, validate=validate.Range(1, _LONGEST_DAYS))
    rolling_hours = fields.Integer(strict=True, validate=validate.Range(1, 24 * _LONGEST_DAYS))

    @validates_schema
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        """A window is of one kind."""
        if len(data) != 1:
            raise ValidationError("one of calendar, rolling_days, rolling_hours")


class _Limit(_Strict):
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    contacts = fields.Integer(strict=True, required=True, validate=validate.Range(0, 1_000))
    windows = fields.List(fields.Nested(_Window), required=True, validate=validate.Length(1, 4))
    per = fields.String(required=True, validate=validate.OneOf(("borrower", "loan")))
    counts = fields.String(required=True, validate=validate.OneOf(("attempts", "talks")))


class _Hours(_Strict):
    working = fields.List(fields.String(validate=_TIME), required=True, validate=validate.Length(equal=2))
    rest = fields.List(fields.String(validate=_TIME), required=True, validate=validate.Length(equal=2))

    @validates_schema(skip_on_field_errors=True)
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """It opens before it closes."""
        for name, (opens, closes) in data.items():
            if opens >= closes:
                raise ValidationError("opens before it closes", name)


class _Moratorium(_Strict):
    days = fields.Integer(strict=True, required=True, validate=validate.Range(1, 366))
    once_in_months = fields.Integer(strict=True, required=True, validate=validate.Range(1, 60))


class _Document(_Strict):
    title = fields.Nested(_Title, required=True)
    source = fields.String(required=True, validate=validate.Length(1, 500))
    limits = fields.List(fields.Nested(_Limit), required=True, validate=validate.Length(max=40))
    hours = fields.Nested(_Hours, required=True)
    country = fields.String(required=True, allow_none=True)
    channels_off = fields.List(fields.String(validate=validate.OneOf(tuple(CHANNELS))), required=True)
    consent_exempts = fields.Boolean(required=True)
    refusal_from_days = fields.Integer(strict=True, required=True, allow_none=True, validate=validate.Range(0, 3_650))
    third_party_consents = fields.Integer(strict=True, required=True, validate=validate.Range(0, 2))
    identification = fields.List(fields.String(validate=validate.OneOf(tuple(IDENTIFICATION))), required=True)
    moratorium = fields.Nested(_Moratorium, required=True, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def check_country(self, data: dict[str, Any], **_: Any) -> None:
        """Its days of rest are known."""
        if data["country"] is not None and data["country"] not in holidays.list_supported_countries():
            raise ValidationError("unknown", "country")


_WORDS = {
    "title": Text("Give the policy a name in both languages.", "Назовите политику на обоих языках."),
    "source": Text("Say where the rules come from.", "Укажите, откуда взяты правила."),
    "limits": Text(
        "A limit is a number of contacts and one to four windows of at most 31 days.",
        "Лимит — это число контактов и от одного до четырёх окон не длиннее 31 дня.",
    ),
    "hours": Text(
        "Hours read 08:00 and end after they begin.", "Часы пишутся как 08:00 и кончаются позже, чем начались."
    ),
    "country": Text("The holidays of this country are not known.", "Праздники этой страны неизвестны."),
    "channels_off": Text("There is no such channel.", "Такого канала нет."),
    "refusal_from_days": Text("Days past due are a number from 0 on.", "Дни просрочки — число от нуля."),
    "moratorium": Text("A moratorium has days and months.", "У моратория есть дни и месяцы."),
}
_OTHER = Text("This part of the document does not fit.", "Эта часть документа не подходит.")


def problems_of(document: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a document."""
    errors = _Document().validate(document)
    return [Problem(code="policy.document", field=f"document.{name}", text=_WORDS.get(name, _OTHER)) for name in errors]
