"""A contact policy in the words in which people read it: a line for each thing that it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scenario_engine.models.consent import CHANNELS
from scenario_engine.policies.pack import IDENTIFICATION, KINDS, ContactPolicy, Limit
from scenario_engine.policies.windows import DAY, HOUR, Calendar, Window
from scenario_engine.texts import Text

COUNTRIES: Mapping[str, Text] = {
    "RU": Text("Russia", "Россия"),
    "US": Text("USA", "США"),
    "GB": Text("United Kingdom", "Великобритания"),
}
_ANY = Text("without a limit", "без ограничений")
_CALENDAR = {
    "day": Text("a calendar day", "календарный день"),
    "week": Text("a calendar week", "календарную неделю"),
    "month": Text("a calendar month", "календарный месяц"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that a policy says."""

    key: str
    title: Text
    text: Text


def lines(policy: ContactPolicy) -> Sequence[Line]:
    """Everything that the policy says, in the order in which people ask for it."""
    return [
        *(
            _line(f"limit.{kind}", _capital(title), _limits(policy.limits.get(kind, ())))
            for kind, title in KINDS.items()
        ),
        _line("hours", Text("Hours", "Часы"), _hours(policy)),
        _line("country", Text("Days of rest", "Выходные и праздники"), _rest(policy.calendar.country)),
        _line("channels", Text("Channels switched off", "Выключенные каналы"), _channels(policy.channels_off)),
        _line("refusal", Text("Refusal of contact", "Отказ от взаимодействия"), _refusal(policy.refusal_from_days)),
        _line(
            "third_parties",
            Text("Third persons", "Третьи лица"),
            Text(
                "only with the borrower's consent"
                + (" and a separate one of their own" if policy.third_party_consents > 1 else ""),
                "только с согласия заёмщика"
                + (" и отдельного их собственного" if policy.third_party_consents > 1 else ""),
            )
            if policy.third_party_consents
            else _ANY,
        ),
        _line(
            "sender",
            Text("Every message names", "В каждом сообщении есть"),
            _joined([IDENTIFICATION[name] for name in sorted(policy.identification)]),
        ),
        *(
            [
                _line(
                    "consent",
                    Text("Consent beforehand", "Предварительное согласие"),
                    Text("lifts the limits for that contact", "снимает лимиты для этого контакта"),
                )
            ]
            if policy.consent_exempts
            else []
        ),
        *(
            [
                _line(
                    "moratorium",
                    Text("Moratorium", "Мораторий"),
                    Text(
                        f"up to {policy.moratorium.days} days, once in {policy.moratorium.once_in_months} months",
                        f"до {policy.moratorium.days} дней, раз в {policy.moratorium.once_in_months} мес.",
                    ),
                )
            ]
            if policy.moratorium
            else []
        ),
    ]


def _line(key: str, title: Text, text: Text) -> Line:
    return Line(key=key, title=title, text=text)


def _limits(limits: Sequence[Limit]) -> Text:
    return _joined([limit_in_words(limit) for limit in limits], "; ") if limits else _ANY


def limit_in_words(limit: Limit) -> Text:
    """What one limit allows, the kind of contact left out."""
    windows = _joined([_window(each) for each in limit.windows], last=Text(" and ", " и "))
    about = Text(" about one loan", " по одному займу") if limit.per == "loan" else Text("", "")
    if limit.counts == "talks":
        return Text(
            f"none within {windows.en} after a conversation{about.en}",
            f"после разговора ни одного за {windows.ru}{about.ru}",
        )
    return Text(
        f"at most {limit.contacts} in {windows.en}{about.en}", f"не больше {limit.contacts} за {windows.ru}{about.ru}"
    )


def _window(window: Window) -> Text:
    if isinstance(window, Calendar):
        return _CALENDAR[window.unit]
    if window.seconds % DAY:
        return Text(f"any {window.seconds // HOUR} hours", f"любые {window.seconds // HOUR} ч")
    days = window.seconds // DAY
    return Text("any 24 hours", "любые 24 ч") if days == 1 else Text(f"any {days} days", f"любые {days} дн.")


def _hours(policy: ContactPolicy) -> Text:
    return Text(
        "on working days from {a} to {b}, on days of rest from {c} to {d}, the borrower's own time",
        "в рабочие дни с {a} до {b}, в выходные и праздники с {c} до {d} по времени заёмщика",
    ).format(
        a=f"{policy.working_days.opens:%H:%M}", b=f"{policy.working_days.closes:%H:%M}",
        c=f"{policy.rest_days.opens:%H:%M}", d=f"{policy.rest_days.closes:%H:%M}",
    )  # fmt: skip


def _rest(country: str | None) -> Text:
    if country is None:
        return Text("Saturday and Sunday", "суббота и воскресенье")
    name = COUNTRIES.get(country, Text(country, country))
    return Text(f"Saturday, Sunday and public holidays: {name.en}", f"суббота, воскресенье и праздники: {name.ru}")


def _channels(off: frozenset[str]) -> Text:
    return _joined([CHANNELS.get(name, Text(name, name)) for name in sorted(off)]) if off else Text("none", "нет")


def _refusal(from_days: int | None) -> Text:
    if from_days is None:
        return Text("at any time", "в любое время")
    return Text(f"from {from_days} days past due on", f"начиная с {from_days} дней просрочки")


def _joined(texts: Sequence[Text], between: str = ", ", last: Text | None = None) -> Text:
    if last is not None and len(texts) > 1:
        head, tail = _joined(texts[:-1], between), texts[-1]
        return Text(head.en + last.en + tail.en, head.ru + last.ru + tail.ru)
    return Text(between.join(text.en for text in texts), between.join(text.ru for text in texts))


def _capital(text: Text) -> Text:
    return Text(text.en[:1].upper() + text.en[1:], text.ru[:1].upper() + text.ru[1:])
