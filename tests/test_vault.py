"""What is sealed opens with the keys it was sealed with, and with no other."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

OLD, NEW = "an old key of the house", "a newer key of the house"


def test_what_is_sealed_cannot_be_read_and_opens_again() -> None:
    vault = Vault([NEW])
    sealed = vault.seal("секрет")
    assert "секрет" not in sealed
    assert sealed != vault.seal("секрет")
    assert vault.open(sealed) == "секрет"


def test_an_earlier_key_still_opens_and_a_lost_one_opens_nothing() -> None:
    sealed = Vault([OLD]).seal("secret")
    assert Vault([NEW, OLD]).open(sealed) == "secret"
    assert Vault([NEW]).open(sealed) is None
    assert Vault([NEW]).open("not sealed at all, ключ") is None


@pytest.mark.parametrize("keys", ["short", "long enough for a key,short", "long enough for a key,"])
def test_keys_that_are_too_short_are_refused(keys: str) -> None:
    with pytest.raises(ValidationError):
        Settings(encryption_keys=keys)
