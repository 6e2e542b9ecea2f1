"""Links and replies by which a borrower refuses a channel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_engine.contacts.optout import OptOut, make_token, optout_url, read_token
from scenario_engine.contacts.stop_words import is_stop_word
from scenario_engine.models.consent import CHANNELS
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

VAULT = Vault(["the newest key of the house", "an old key of the house"])


@given(st.integers(min_value=1, max_value=2**63 - 1), st.sampled_from(sorted(CHANNELS)))
def test_a_link_says_what_was_put_into_it(borrower: int, channel: str) -> None:
    assert read_token(make_token(borrower, channel, vault=VAULT), vault=VAULT) == OptOut(
        borrower_id=borrower, channel=channel
    )


@given(st.text(max_size=50))
def test_what_is_no_link_is_none(text: str) -> None:
    assert read_token(text, vault=VAULT) is None


def test_a_link_with_one_letter_changed_is_none() -> None:
    token = make_token(12345, "sms", vault=VAULT)
    changed = {token[:at] + other + token[at + 1 :] for at in range(len(token) - 1) for other in "Aase_9"} - {token}
    assert all(read_token(each, vault=VAULT) is None for each in changed)


def test_links_of_an_older_key_hold() -> None:
    token = make_token(7, "email", vault=Vault(["an old key of the house"]))
    assert read_token(token, vault=VAULT) == OptOut(borrower_id=7, channel="email")
    assert read_token(token, vault=Vault(["the newest key of the house"])) is None


def test_the_address_is_the_public_one_and_short() -> None:
    url = optout_url(1_000_000, "sms", settings=Settings(public_url="https://pay.example.test/"), vault=VAULT)
    assert url.startswith("https://pay.example.test/o/s")
    assert len(url) <= 50


@pytest.mark.parametrize(
    "text",
    ["СТОП", "стоп", " Стоп! ", "с т о п", "С.Т.О.П.", "CTOП", "STOP", "stop.", "Stop sms", "Стоп, пожалуйста",
     "ＳＴＯＰ", "st\u200bop", "отписаться", "Не пишите мне!", "cnjg", "«СТОП»", "STOP ALL", "unsubscribe"],
)  # fmt: skip
def test_a_wish_to_hear_no_more_is_understood(text: str) -> None:
    assert is_stop_word(text)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "!!!", "остановка", "стопка", "Стоп, я уже заплатил", "нон-стоп", "не стоп", "заплачу завтра",
     "stopping by tomorrow", "где остановиться"],
)  # fmt: skip
def test_other_replies_are_left_to_a_person(text: str) -> None:
    assert not is_stop_word(text)
