"""What a centre tells of its own accord: receipts and replies, held until they are recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.bodies import words
from connectors.exchange import both
from connectors.smpp.pdus import KIND, MESSAGE_STATE, RECEIPTED_MESSAGE_ID, Told
from connectors.smpp.words import outcome, plain, read_receipt
from scenario_engine.ports import Report

Clock = Callable[[], datetime]

_RECEIPT, _PASSING = 0x04, 0x20
#: a reply has no id of its own: the same words from the same phone within this many seconds are one told again
_SAME_REPLY = 600


@dataclass
class _Held:
    """A report, and the numbers under which the centre told it."""

    report: Report
    sequences: list[int] = field(default_factory=list)


class Inbox:
    """Reports by key."""

    def __init__(self, form: str, clock: Clock) -> None:
        """`form`: see `words.plain`."""
        self._form = form
        self._clock = clock
        self._held: dict[str, _Held] = {}
        #: pieces of long replies by sender and reference
        self._pieces: dict[tuple[str, int, int], dict[int, tuple[Told, int]]] = {}

    def __len__(self) -> int:
        return len(self._held)

    @property
    def has_pieces(self) -> bool:
        """Whether a piece of a long reply is missing."""
        return bool(self._pieces)

    def note(self, said: Told, sequence: int) -> bool:
        """Hold what is said; false for what nobody waits for."""
        kind = said.esm_class & KIND
        named = said.options.get(RECEIPTED_MESSAGE_ID, b"")
        if kind == _RECEIPT or named:
            report = self._of_receipt(said, named)
            if report is None:  # it says nothing that anybody waits for
                return False
            self._hold(report, sequence)
        elif kind == _PASSING:
            return False
        elif said.piece is not None and said.piece.total > 1:
            place = (said.source, said.piece.reference, said.piece.total)
            pieces = self._pieces.setdefault(place, {})
            pieces[said.piece.number] = (said, sequence)
            if len(pieces) == said.piece.total:
                self._join(self._pieces.pop(place))
        else:
            self._hold(self._of_reply(said.source, said.destination, said.text), sequence)
        return True

    def reports(self) -> Sequence[Report]:
        """All that is held; what came of a long reply is told though a piece of it is missing."""
        for pieces in self._pieces.values():
            self._join(pieces)
        self._pieces.clear()
        return [held.report for held in self._held.values()]

    def release(self, key: str) -> Sequence[int]:
        """Hold it no more: the numbers under which it was told."""
        held = self._held.pop(key, None)
        return held.sequences if held is not None else ()

    def _of_receipt(self, said: Told, named: bytes) -> Report | None:
        receipt = read_receipt(said.text, named, said.options.get(MESSAGE_STATE, b""))
        ended = outcome(receipt) if receipt is not None else None
        if receipt is None or ended is None:
            return None
        identity = plain(receipt.id, self._form, answered=False)
        kind, why = ended
        return Report(
            kind=kind, key=f"{identity}-{receipt.state}", at=self._clock(), receipt=identity,
            address=_written(said.source), error=both(why) if why is not None else None,
        )  # fmt: skip

    def _of_reply(self, source: str, destination: str, text: str) -> Report:
        now = self._clock()
        same = f"{source}\n{destination}\n{int(now.timestamp()) // _SAME_REPLY}\n{text}"
        return Report(
            kind="reply", key=f"reply-{hashlib.sha256(same.encode('utf-8', 'replace')).hexdigest()[:32]}", at=now,
            address=_written(source), text=words(text),
        )  # fmt: skip

    def _hold(self, report: Report, *sequences: int) -> None:
        self._held.setdefault(report.key, _Held(report)).sequences.extend(sequences)

    def _join(self, pieces: Mapping[int, tuple[Told, int]]) -> None:
        found = [pieces[number] for number in sorted(pieces)]
        first = found[0][0]
        report = self._of_reply(first.source, first.destination, "".join(said.text for said, _ in found))
        self._hold(report, *(sequence for _, sequence in found))


def _written(phone: str) -> str:
    """A phone number as the registry writes it."""
    return f"+{phone}" if phone.isdigit() and len(phone) > 7 else phone
