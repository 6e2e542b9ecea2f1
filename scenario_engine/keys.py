"""Stable names in documents and commands, made out of what people call a thing."""

from __future__ import annotations

import re

#: 1 to 64 small Latin letters, digits and hyphens
KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
#: the soft and the hard sign have no sound of their own
_LATIN = {
    **dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeezijklmnoprstufye", strict=True)),
    "й": "y",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
}


def slug(name: str, *, otherwise: str) -> str:
    """A key out of a name, Russian letters in Latin: «Мягкое 1–30» → ``myagkoe-1-30``. No letter left: `otherwise`."""
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    return re.sub(r"[^a-z0-9]+", "-", latin, flags=re.ASCII).strip("-")[:48].strip("-") or otherwise
