"""How words of a file are compared with words that are known."""

from __future__ import annotations

import re

_NOT_WORDS = re.compile(r"[^0-9a-zа-я]+")


def plain_name(name: str) -> str:
    """Lower-case words parted by single spaces, with ё as е: ``LIMIT_BAL`` becomes ``limit bal``."""
    return _NOT_WORDS.sub(" ", name.casefold().replace("ё", "е")).strip()
