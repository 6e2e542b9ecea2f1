"""Words of other systems, without what may be a person."""

from __future__ import annotations

import pytest

from scenario_engine.masking import without_persons


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no route to +7 (900) 123-45-67", "no route to +…"),
        ("card 4276 1234 5678 9010\nrefused", "card … refused"),
        ("<anna@mail.example> is unknown", "… is unknown"),
        ("Такого почтового ящика нет. Код 550 5.1.1.", "Такого почтового ящика нет. Код 550 5.1.1."),
        ("5.2.2 full 79001234567", "5.2.2 full …"),
        ("550 5.1.1 79001234567", "550 5.1.1 …"),
        ("WhatsApp did not take it (code 131026).", "WhatsApp did not take it (code 131026)."),
        ("code 131026 79001234567", "code …"),
        ("code 79001234567", "code …"),
        ("called 5.123.45.67.89", "called …"),
    ],
)
def test_numbers_and_addresses_are_masked_and_codes_stay(said: str, kept: str) -> None:
    assert without_persons(said) == kept
