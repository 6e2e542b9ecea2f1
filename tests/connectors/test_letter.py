"""Letters: a PDF that can be read and printed, once for each message, with what the post office wants to know."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.letter import LetterConnector, typeset
from scenario_engine import mailing
from scenario_engine.errors import NotFound
from scenario_engine.ports import Connector, Outgoing, Setup, Unreached
from tests.connectors.vendors import message, send

NOW = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
DAY = date(2026, 11, 25)
POST = LetterConnector(clock=lambda: NOW)
ADDRESS = "000123, г. Примерск, ул. Образцовая, д. 5"


def _setup(folder: Path, **chosen: str) -> Setup:
    values = {each.key: each.default for each in POST.fields}
    given = {"sender": "ООО МКК «Пример»", "sender_address": "000001, г. Примерск, а/я 1"}
    return Setup(chosen=values | given | chosen, networks="", folder=folder)


def _letter(number: int = 1, **more: Any) -> Outgoing:
    given = {"recipient": ADDRESS, "body": "Здравствуйте!\n\nПросрочено 500 ₽.", "addressee": "Примерова Анна Ивановна"}
    made = message(number, channel="letter", **(given | more))
    return replace(made, subject="Требование")


def _pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", content))


def test_a_letter_becomes_a_pdf_under_the_day_where_it_is_posted(tmp_path: Path) -> None:
    (sent,) = send(POST, _setup(tmp_path), _letter())
    assert (sent.accepted, sent.receipt) == (True, "7-1-3")
    assert mailing.days(tmp_path) == [DAY]  # half past nine in the evening is tomorrow in Moscow
    (letter,) = mailing.letters_of(tmp_path, DAY)
    assert (letter.number, letter.addressee, letter.address, letter.sheets) == (
        "7-1-3", "Примерова Анна Ивановна", ADDRESS, 1,
    )  # fmt: skip
    content = mailing.content_of(tmp_path, letter)
    assert content.startswith(b"%PDF-")
    assert _pages(content) == 1
    file = tmp_path / "letters" / DAY.isoformat() / "7-1-3.pdf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_font_travels_inside_the_pdf() -> None:
    content, _ = typeset(number="1", day=DAY, addressee="А", address="Б", subject="В", body="Ёж № 1 — 500 ₽", chosen={})
    known = content.upper()  # the table from glyphs to letters stands there as it is
    assert b"BEGINBFCHAR" in known
    assert b"/FONTFILE2" in known
    for sign in "Ёж№₽—":
        assert f"{ord(sign):04X}".encode() in known, sign


def test_sheets_are_counted(tmp_path: Path) -> None:
    send(POST, _setup(tmp_path), _letter(body="Строка.\n" * 120))
    (letter,) = mailing.letters_of(tmp_path, DAY)
    assert letter.sheets == _pages(mailing.content_of(tmp_path, letter)) == 4


def test_a_letter_that_is_made_again_stays_one_and_the_same(tmp_path: Path) -> None:
    setup = _setup(tmp_path)
    send(POST, setup, _letter())
    first = mailing.content_of(tmp_path, mailing.letter_of(tmp_path, DAY, "7-1-3"))
    later = LetterConnector(clock=lambda: NOW.replace(day=27))
    (again,) = send(later, setup, _letter(again=True))
    assert again.accepted
    assert mailing.days(tmp_path) == [DAY]
    assert mailing.content_of(tmp_path, mailing.letter_of(tmp_path, DAY, "7-1-3")) == first


def test_a_letter_that_is_at_the_post_is_not_made_anew(tmp_path: Path) -> None:
    setup = _setup(tmp_path)
    send(POST, setup, _letter())
    letter = mailing.letter_of(tmp_path, DAY, "7-1-3")
    mailing.note(tmp_path, mailing.tracked(letter, tracking="80000000000000", outcome=None, on=None))
    send(POST, setup, _letter(body="Другой текст", again=True))
    assert mailing.letter_of(tmp_path, DAY, "7-1-3").tracking == "80000000000000"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"recipient": "Москва"}, "too short"), ({"addressee": " "}, "envelope"), ({"body": "\n"}, "no text")],
)
def test_a_letter_that_cannot_be_posted_is_refused_in_words_and_the_next_is_made(
    wrong: dict[str, str], words: str, tmp_path: Path
) -> None:
    refused, sent = send(POST, _setup(tmp_path), _letter(1, **wrong), _letter(2))
    assert (refused.accepted, refused.retry) == (False, False)
    assert words in (refused.error or "")
    assert sent.accepted


def test_a_disk_that_takes_nothing_is_worth_another_attempt(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("in the way")
    (sent,) = send(POST, _setup(tmp_path), _letter())
    assert (sent.accepted, sent.retry, sent.uncertain) == (False, True, False)
    with pytest.raises(Unreached, match="folder"):
        POST.test(_setup(tmp_path))


def test_the_test_leaves_nothing_behind(tmp_path: Path) -> None:
    assert "Letters can be made" in POST.test(_setup(tmp_path)).en
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_text_that_fits_no_font_and_a_word_without_end_still_become_a_letter(tmp_path: Path) -> None:
    assert send(POST, _setup(tmp_path), _letter(body="🙂 漢字 " + "я" * 3000))[0].accepted


@pytest.mark.parametrize("number", ["../../etc", "", "7/1", "absent"])
def test_a_number_leads_nowhere_but_to_a_letter(number: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        mailing.letter_of(tmp_path, DAY, number)
    assert mailing.made_before(tmp_path, number) is None


def test_letters_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    send(POST, _setup(tmp_path), *(_letter(number) for number in (10, 9, 100)))
    assert [letter.number for letter in mailing.letters_of(tmp_path, DAY)] == ["7-9-3", "7-10-3", "7-100-3"]


def test_a_time_zone_that_is_none_is_told_before_it_is_switched_on(tmp_path: Path) -> None:
    chosen = _setup(tmp_path).chosen
    assert isinstance(POST, Connector)
    assert POST.problem(chosen) is None
    assert POST.problem({**chosen, "time_zone": "Moscow"}) is not None
