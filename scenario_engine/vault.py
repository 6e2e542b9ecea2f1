"""What the database must not show in the clear: sealed on its way in, opened on its way out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Vault:
    """Seals with the first key; what an earlier one sealed opens as long as that key is still given."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are long random texts, the newest first; at least one."""
        self._signing = [hashlib.sha256(b"kaskad signature\0" + text.encode()).digest() for text in keys]
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

    def sign(self, text: str, size: int = 32) -> bytes:
        """The first `size` bytes of the text's signature, by the newest key; always the same."""
        return _signature(self._signing[0], text)[:size]

    def is_signed(self, text: str, signature: bytes) -> bool:
        """Whether one of the keys made the signature. Its length is what was asked of `sign`."""
        return any(
            hmac.compare_digest(_signature(key, text)[: len(signature)], signature) for key in self._signing
        ) and bool(signature)


def _signature(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _key_of(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"kaskad vault\0" + text.encode()).digest())
