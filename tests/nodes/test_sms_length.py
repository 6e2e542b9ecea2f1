"""The length of a text message is that which a phone company counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_engine.nodes.sms_length import measure


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "room"),
    [
        ("", "GSM-7", 0, 160),
        ("a" * 160, "GSM-7", 1, 0),
        ("a" * 161, "GSM-7", 2, 145),
        ("a" * 306, "GSM-7", 2, 0),
        ("€" * 80, "GSM-7", 1, 0),
        # a pair is not torn apart: 76 fit into a part of 153
        ("€" * 81, "GSM-7", 2, 143),
        ("я" * 70, "UCS-2", 1, 0),
        ("я" * 71, "UCS-2", 2, 63),
        ("я" * 135, "UCS-2", 3, 66),
        ("😀" * 35, "UCS-2", 1, 0),
        ("😀" * 36, "UCS-2", 2, 61),
        ("`", "UCS-2", 1, 69),
    ],
)
def test_segments_follow_the_standard(text: str, encoding: str, segments: int, room: int) -> None:
    found = measure(text)
    assert (found.encoding, found.segments, found.room) == (encoding, segments, room)


def test_the_sign_that_makes_a_text_dear_is_named() -> None:
    assert measure("Pay 5 ₽ and 6 ₽").odd == "₽"
    assert measure("Pay now").odd is None


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=700))
def test_one_more_character_never_makes_a_message_shorter(text: str) -> None:
    longer = measure(text + "я")
    assert longer.segments >= measure(text).segments
    assert longer.characters == len(text) + 1
