"""Parts of addresses: a key that fits 64 bits. Anything else is "not found", never an error further in."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter, Map, ValidationError

from console.api.fields import LARGEST


class KeyConverter(BaseConverter):
    """``<key:loan_id>``: a whole number from 1 to 2⁶³ - 1, without a leading zero or sign."""

    regex = r"[1-9][0-9]{0,18}"

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **kwargs)

    def to_python(self, value: str) -> int:
        """The number; no match when it is larger than a key can be."""
        number = int(value)
        if number > LARGEST:
            raise ValidationError
        return number
