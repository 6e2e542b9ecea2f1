"""marshmallow's messages reach people in both languages."""

from __future__ import annotations

import re

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from scenario_engine.graph.messages import Said, flatten, invalid, translate
from scenario_engine.texts import Text


class Everything(Schema):
    """Fields of every sort that node types use."""

    text = fields.String()
    whole = fields.Integer(strict=True)
    number = fields.Float()
    yes = fields.Boolean()
    items = fields.List(fields.String())
    mapping = fields.Dict()
    required = fields.String(required=True)
    null = fields.String(allow_none=False)
    url = fields.Url()
    one_of = fields.String(validate=validate.OneOf(["a", "b"]))
    pattern = fields.String(validate=validate.Regexp("x"))
    short = fields.String(validate=validate.Length(min=3))
    long = fields.String(validate=validate.Length(max=3))
    between = fields.String(validate=validate.Length(2, 3))
    exact = fields.String(validate=validate.Length(equal=3))
    range = fields.Integer(validate=validate.Range(1, 3))
    least = fields.Integer(validate=validate.Range(min=1))
    most = fields.Integer(validate=validate.Range(max=1))
    nested = fields.Nested(lambda: Everything(only=["text"]))


WRONG = {
    "text": 1, "whole": 1.5, "number": "x", "yes": "perhaps", "items": 5, "mapping": 5, "null": None, "url": "x",
    "one_of": "c", "pattern": "y", "short": "a", "long": "aaaa", "between": "aaaa", "exact": "a", "range": 5,
    "least": 0, "most": 5, "nested": 5, "surprise": 1,
}  # fmt: skip


def test_every_message_that_marshmallow_has_for_us_is_known() -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load(WRONG)
    told = dict(flatten(refused.value.messages))

    assert {path[0] for path in told} == {*WRONG, "required"}
    for text in told.values():
        assert text.en != "is not valid"
        assert re.search("[А-Яа-я]", text.ru)
    assert told[("range",)] == Text("must be from 1 to 3", "должно быть от 1 до 3")


def test_a_message_that_nobody_knows_still_says_something_in_both_languages() -> None:
    assert translate("Gobbledygook.") == Text("is not valid", "заполнено неверно")


def test_messages_of_our_own_keep_both_languages() -> None:
    error = invalid("must shine", "должно сиять", field="lamp")

    assert dict(flatten(error.messages)) == {(): Text("must shine", "должно сиять")}
    assert Said(Text("from {a}", "от {a}")).format(a=1).text == Text("from 1", "от 1")
