"""What the database must not show in the clear: sealed on its way in, opened on its way out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Vault:
    """Seals with the first key; what an earlier one sealed opens as long as that key is still given."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are long random texts, the newest first; at least one."""
        self._keys = MultiFernet([Fernet(_key_of(text)) for text in keys])

    def seal(self, text: str) -> str:
        """The text as nobody without a key reads it; never twice the same."""
        return self._keys.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str | None:
        """The text again; None when no key fits."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeDecodeError):
            return None


def _key_of(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"kaskad vault\0" + text.encode()).digest())
