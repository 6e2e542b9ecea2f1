"""Texts in two languages."""

from __future__ import annotations

import pytest

from scenario_engine.texts import half


@pytest.mark.parametrize(
    ("said", "english", "russian"),
    [
        ("No number. / Нет номера.", "No number.", "Нет номера."),
        ("550 no such user / try later", "550 no such user / try later", "550 no such user / try later"),
        ("нет такого / ошибка", "нет такого / ошибка", "нет такого / ошибка"),
        ("", "", ""),
        (None, None, None),
    ],
)
def test_a_reader_gets_their_half_of_what_was_kept_in_both_languages(
    said: str | None, english: str | None, russian: str | None
) -> None:
    assert (half(said, "en"), half(said, "ru")) == (english, russian)
