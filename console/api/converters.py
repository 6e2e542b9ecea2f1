"""Parts of addresses: a key that fits 64 bits. Anything else is "not found", never an error further in."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

from console.api.fields import LARGEST


class KeyConverter(BaseConverter):
    """``<key:loan_id>``: a whole number from 1 on, without a leading zero or sign."""

    regex = r"[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """The number; one beyond 64 bits becomes the largest key, which no row ever has."""
        return min(int(value), LARGEST)
