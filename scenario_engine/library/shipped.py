"""The templates that come with Kaskad: the ready strategies use them, and bring them along as any file does."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Any


def shipped(keys: Collection[str], language: str) -> list[dict[str, Any]]:
    """Those of these keys as `unpack` takes them, in the order of their keys; titled in `language`."""
    return [
        {
            "key": key, "revision": 1, "title": found["title"][language], "channel": found["channel"],
            "texts": {spoken: dict(said) for spoken, said in found["texts"].items()},
        }
        for key, found in sorted(_all().items())
        if key in keys
    ]  # fmt: skip


@cache
def _all() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files(__package__) / "shipped.json").read_text(encoding="utf-8"))
    return found
