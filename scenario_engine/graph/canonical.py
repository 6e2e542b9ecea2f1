"""The one way a document becomes bytes: what is hashed, measured and refused before anything else looks at it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from scenario_engine.errors import Problem
from scenario_engine.texts import Text

#: largest document, in bytes of its canonical form
MAX_BYTES = 5_000_000
#: deepest nesting of lists and objects
MAX_DEPTH = 60


def content_hash(raw: Any) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of the whole document, positions included; 64 hex digits.

    Raises ValueError for what JSON cannot hold; `read_document` refuses such a document before.
    """
    return hashlib.sha256(rfc8785.dumps(raw)).hexdigest()


def parse(raw: Any) -> tuple[Any, list[Problem]]:
    """The document as Python values, from values, text or bytes; problems when it cannot be stored as JSON."""
    if isinstance(raw, bytes | bytearray | str):
        if len(raw) > 2 * MAX_BYTES:
            return None, [_too_large()]
        try:
            raw = json.loads(raw)
        except RecursionError:
            return None, [_too_deep()]
        except ValueError as error:
            place = getattr(error, "lineno", None)
            return None, [
                _not_json(
                    Text(
                        f"The file is not valid JSON (line {place})." if place else "The file is not valid JSON.",
                        f"Файл — не корректный JSON (строка {place})." if place else "Файл — не корректный JSON.",
                    )
                )
            ]
    return raw, _refusals(raw)


def _refusals(raw: Any) -> list[Problem]:
    open_values: list[tuple[Any, int]] = [(raw, 0)]
    while open_values:
        value, depth = open_values.pop()
        if depth > MAX_DEPTH:
            return [_too_deep()]
        if isinstance(value, dict):
            for key, inner in value.items():
                if not isinstance(key, str) or "\0" in key:
                    return [_unstorable()]
                open_values.append((inner, depth + 1))
        elif isinstance(value, list | tuple):
            open_values.extend((inner, depth + 1) for inner in value)
        elif isinstance(value, str) and "\0" in value:
            return [_unstorable()]
    try:
        size = len(rfc8785.dumps(raw))
    except (ValueError, TypeError):
        return [_unstorable()]
    return [_too_large()] if size > MAX_BYTES else []


def _not_json(text: Text) -> Problem:
    return Problem(code="document.not_json", text=text)


def _unstorable() -> Problem:
    return _not_json(
        Text(
            "The document holds what JSON cannot store: a broken character, an endless or far too large number.",
            "В документе есть то, чего JSON не хранит: испорченный символ, бесконечное или слишком большое число.",
        )
    )


def _too_deep() -> Problem:
    return _not_json(
        Text(
            f"The document is nested deeper than {MAX_DEPTH} levels.",
            f"Вложенность документа больше {MAX_DEPTH} уровней.",
        )
    )


def _too_large() -> Problem:
    megabytes = MAX_BYTES // 1_000_000
    return Problem(
        code="document.too_large",
        text=Text(
            f"The document is larger than {megabytes} MB.",
            f"Документ больше {megabytes} МБ.",
        ),
    )
