"""Whether a reply asks for no more messages."""

from __future__ import annotations

import unicodedata

#: letters that look alike are one letter: people mix the alphabets, and phones too
_ALIKE = str.maketrans("авекмнорстухіѕ", "abekmhopctyxis")
_WORDS = (
    "стоп", "stop", "stopall", "отписка", "отписаться", "отпишите", "отпишите меня", "unsubscribe", "отказ",
    "не пишите", "не пишите мне", "больше не пишите", "больше не пишите мне", "не присылайте", "не звоните",
    "opt out", "optout", "remove me", "cancel", "end", "quit",
    # the two words with the keyboard in the other layout
    "cnjg", "ыещз",
)  # fmt: skip
#: what may follow “stop” and says nothing more
_AFTER = ("смс", "sms", "рассылка", "рассылку", "сообщения", "messages", "all", "пожалуйста", "please", "спасибо")


def _plain(text: str) -> list[str]:
    """The words, in small letters, without marks, look-alikes made one."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    seen = "".join(
        each if each.isalnum() else " " for each in folded if unicodedata.category(each) not in ("Cf", "Mn", "Me")
    )
    return seen.translate(_ALIKE).split()


def _glued(words: list[str]) -> str:
    return "".join(words)


_STOPS = frozenset(_glued(_plain(word)) for word in _WORDS)
_FIRST = frozenset(_glued(_plain(word)) for word in ("стоп", "stop"))
_REST = frozenset(_glued(_plain(word)) for word in _AFTER)


def is_stop_word(text: str) -> bool:
    """Whether the whole reply is a wish to get no more messages: «СТОП», ``s t o p !``, «Стоп, пожалуйста».

    A sentence that only contains such a word is left to a person.
    """
    words = _plain(text)
    if _glued(words) in _STOPS:
        return True
    return len(words) > 1 and words[0] in _FIRST and all(word in _REST for word in words[1:])
