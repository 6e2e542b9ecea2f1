"""The guard's answers: codes that are written down, and the words in which people read them.

A code is ``allow``, ``no_address``, ``defer`` (the hours do not allow it yet), or a reason why not, with details after
colons: ``stop:bankruptcy``, ``refused``, ``channel_off``, ``limit:2:week``, ``limit:7:7d:loan``, ``talk:7d``.
"""

from __future__ import annotations

from scenario_engine.models import STOP_REASONS
from scenario_engine.policies.pack import Limit
from scenario_engine.policies.windows import DAY, HOUR, Calendar, Rolling
from scenario_engine.texts import Text

ALLOW, NO_ADDRESS, DEFER = "allow", "no_address", "defer"
STOP, REFUSED, CHANNEL_OFF = "stop", "refused", "channel_off"
LIMIT, TALK = "limit", "talk"
#: `Trail.seen` holds the guard's answer under this name, beside the fields that rules saw
SEEN_AS = "@contact"

_UNITS = {"day": Text("a day", "в день"), "week": Text("a week", "в неделю"), "month": Text("a month", "в месяц")}
_FIXED = {
    ALLOW: Text("Allowed", "Можно"),
    NO_ADDRESS: Text("There is no address", "Нет адреса"),
    DEFER: Text("Not at this hour of the borrower's day", "Не то время суток у заёмщика"),
    REFUSED: Text("The borrower refused this channel", "Заёмщик отказался от этого канала"),
    CHANNEL_OFF: Text("The policy has this channel switched off", "Канал выключен политикой контактов"),
}


def code_of_limit(limit: Limit) -> str:
    """The code of a contact that would be one too many."""
    span = _span(limit)
    if limit.counts == "talks":
        return f"{TALK}:{span}"
    return f"{LIMIT}:{limit.contacts}:{span}" + (":loan" if limit.per == "loan" else "")


def _span(limit: Limit) -> str:
    for window in limit.windows:
        if isinstance(window, Calendar):
            return window.unit
    seconds = max(window.seconds for window in limit.windows if isinstance(window, Rolling))
    return f"{seconds // HOUR}h" if seconds % DAY else f"{seconds // DAY}d"


def in_words(code: str) -> Text:
    """What a person reads of an answer."""
    name, *details = code.split(":")
    if name in _FIXED:
        return _FIXED[name]
    if name == STOP:
        reason = ":".join(details)
        said = STOP_REASONS.get(reason, Text(reason, reason))
        return Text(f"Contacts are forbidden: {said.en}", f"Контакты запрещены: {said.ru}")
    if name == TALK and len(details) == 1:
        length = _length(details[0])
        return Text(
            f"There was a conversation less than {length.en} ago", f"С последнего разговора не прошло {length.ru}"
        )
    if name == LIMIT and len(details) in (2, 3):
        span = _UNITS.get(details[1]) or _in_any(details[1])
        about = Text(" about one loan", " по одному займу") if len(details) == 3 else Text("", "")
        return Text(
            f"The limit is used up: at most {details[0]} {span.en}{about.en}",
            f"Лимит исчерпан: не больше {details[0]} {span.ru}{about.ru}",
        )
    return Text(code, code)


def _in_any(span: str) -> Text:
    length = _length(span)
    return Text(f"in any {length.en}", f"за любые {length.ru}")


def _length(span: str) -> Text:
    if span in _UNITS:
        return {"day": Text("a day", "дня"), "week": Text("a week", "недели"), "month": Text("a month", "месяца")}[span]
    number, unit = span[:-1], span[-1]
    if unit == "d" and number != "1":
        return Text(f"{number} days", f"{number} дн.")
    hours = number if unit == "h" else "24"
    return Text(f"{hours} hours", f"{hours} ч")
