"""The regions of Russia: ISO 3166-2 code, time zone, and the names by which files call them.

Zones: the IANA database's, by region; where a region spans several (Sakha, Sakhalin) the capital's.
"""

from __future__ import annotations

from collections.abc import Mapping

from scenario_engine.registry.imports.words import plain_name

_MOSCOW, _SAMARA, _URALS = "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg"

#: code, zone, name without the word for its kind, further names
_REGIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("RU-AD", _MOSCOW, "Адыгея", ()),
    ("RU-AL", "Asia/Barnaul", "Алтай", ("Горный Алтай",)),
    ("RU-ALT", "Asia/Barnaul", "Алтайский", ()),
    ("RU-AMU", "Asia/Yakutsk", "Амурская", ()),
    ("RU-ARK", _MOSCOW, "Архангельская", ()),
    ("RU-AST", "Europe/Astrakhan", "Астраханская", ()),
    ("RU-BA", _URALS, "Башкортостан", ("Башкирия",)),
    ("RU-BEL", _MOSCOW, "Белгородская", ()),
    ("RU-BRY", _MOSCOW, "Брянская", ()),
    ("RU-BU", "Asia/Irkutsk", "Бурятия", ()),
    ("RU-CE", _MOSCOW, "Чеченская", ("Чечня",)),
    ("RU-CHE", _URALS, "Челябинская", ()),
    ("RU-CHU", "Asia/Anadyr", "Чукотский", ("Чукотка",)),
    ("RU-CU", _MOSCOW, "Чувашская", ("Чувашия", "Чувашская Республика Чувашия")),
    ("RU-DA", _MOSCOW, "Дагестан", ()),
    ("RU-IN", _MOSCOW, "Ингушетия", ()),
    ("RU-IRK", "Asia/Irkutsk", "Иркутская", ()),
    ("RU-IVA", _MOSCOW, "Ивановская", ()),
    ("RU-KAM", "Asia/Kamchatka", "Камчатский", ("Камчатка",)),
    ("RU-KB", _MOSCOW, "Кабардино-Балкарская", ("Кабардино-Балкария",)),
    ("RU-KC", _MOSCOW, "Карачаево-Черкесская", ("Карачаево-Черкесия",)),
    ("RU-KDA", _MOSCOW, "Краснодарский", ("Кубань",)),
    ("RU-KEM", "Asia/Novokuznetsk", "Кемеровская", ("Кузбасс", "Кемеровская область Кузбасс")),
    ("RU-KGD", "Europe/Kaliningrad", "Калининградская", ()),
    ("RU-KGN", _URALS, "Курганская", ()),
    ("RU-KHA", "Asia/Vladivostok", "Хабаровский", ()),
    ("RU-KHM", _URALS, "Ханты-Мансийский", ("ХМАО", "ХМАО Югра", "Югра", "Ханты-Мансийский автономный округ Югра")),
    ("RU-KIR", "Europe/Kirov", "Кировская", ()),
    ("RU-KK", "Asia/Krasnoyarsk", "Хакасия", ()),
    ("RU-KL", _MOSCOW, "Калмыкия", ()),
    ("RU-KLU", _MOSCOW, "Калужская", ()),
    ("RU-KO", _MOSCOW, "Коми", ()),
    ("RU-KOS", _MOSCOW, "Костромская", ()),
    ("RU-KR", _MOSCOW, "Карелия", ()),
    ("RU-KRS", _MOSCOW, "Курская", ()),
    ("RU-KYA", "Asia/Krasnoyarsk", "Красноярский", ()),
    ("RU-LEN", _MOSCOW, "Ленинградская", ()),
    ("RU-LIP", _MOSCOW, "Липецкая", ()),
    ("RU-MAG", "Asia/Magadan", "Магаданская", ()),
    ("RU-ME", _MOSCOW, "Марий Эл", ()),
    ("RU-MO", _MOSCOW, "Мордовия", ()),
    ("RU-MOS", _MOSCOW, "Московская", ("Подмосковье",)),
    ("RU-MOW", _MOSCOW, "Москва", ("Moscow",)),
    ("RU-MUR", _MOSCOW, "Мурманская", ()),
    ("RU-NEN", _MOSCOW, "Ненецкий", ("НАО",)),
    ("RU-NGR", _MOSCOW, "Новгородская", ()),
    ("RU-NIZ", _MOSCOW, "Нижегородская", ()),
    ("RU-NVS", "Asia/Novosibirsk", "Новосибирская", ()),
    ("RU-OMS", "Asia/Omsk", "Омская", ()),
    ("RU-ORE", _URALS, "Оренбургская", ()),
    ("RU-ORL", _MOSCOW, "Орловская", ()),
    ("RU-PER", _URALS, "Пермский", ()),
    ("RU-PNZ", _MOSCOW, "Пензенская", ()),
    ("RU-PRI", "Asia/Vladivostok", "Приморский", ("Приморье",)),
    ("RU-PSK", _MOSCOW, "Псковская", ()),
    ("RU-ROS", _MOSCOW, "Ростовская", ()),
    ("RU-RYA", _MOSCOW, "Рязанская", ()),
    ("RU-SA", "Asia/Yakutsk", "Саха", ("Якутия", "Саха Якутия")),
    ("RU-SAK", "Asia/Sakhalin", "Сахалинская", ("Сахалин",)),
    ("RU-SAM", _SAMARA, "Самарская", ()),
    ("RU-SAR", "Europe/Saratov", "Саратовская", ()),
    ("RU-SE", _MOSCOW, "Северная Осетия", ("Северная Осетия Алания", "Алания")),
    ("RU-SMO", _MOSCOW, "Смоленская", ()),
    ("RU-SPE", _MOSCOW, "Санкт-Петербург", ("Петербург", "СПб", "Saint Petersburg")),
    ("RU-STA", _MOSCOW, "Ставропольский", ()),
    ("RU-SVE", _URALS, "Свердловская", ()),
    ("RU-TA", _MOSCOW, "Татарстан", ("Татарстан Татарстан",)),
    ("RU-TAM", _MOSCOW, "Тамбовская", ()),
    ("RU-TOM", "Asia/Tomsk", "Томская", ()),
    ("RU-TUL", _MOSCOW, "Тульская", ()),
    ("RU-TVE", _MOSCOW, "Тверская", ()),
    ("RU-TY", "Asia/Krasnoyarsk", "Тыва", ("Тува",)),
    ("RU-TYU", _URALS, "Тюменская", ()),
    ("RU-UD", _SAMARA, "Удмуртская", ("Удмуртия",)),
    ("RU-ULY", "Europe/Ulyanovsk", "Ульяновская", ()),
    ("RU-VGG", "Europe/Volgograd", "Волгоградская", ()),
    ("RU-VLA", _MOSCOW, "Владимирская", ()),
    ("RU-VLG", _MOSCOW, "Вологодская", ()),
    ("RU-VOR", _MOSCOW, "Воронежская", ()),
    ("RU-YAN", _URALS, "Ямало-Ненецкий", ("ЯНАО",)),
    ("RU-YAR", _MOSCOW, "Ярославская", ()),
    ("RU-YEV", "Asia/Vladivostok", "Еврейская", ("ЕАО",)),
    ("RU-ZAB", "Asia/Chita", "Забайкальский", ("Забайкалье",)),
)  # fmt: skip

#: words that say what kind of region it is
_KINDS = frozenset(
    (
        "область", "обл", "край", "республика", "респ", "автономный", "автономная", "округ", "ао", "г", "город",
        "oblast", "republic",
    )
)  # fmt: skip

ZONES: Mapping[str, str] = {code: zone for code, zone, _name, _others in _REGIONS}


def _bare(name: str) -> str:
    return " ".join(word for word in plain_name(name).split() if word not in _KINDS)


_BY_NAME = {_bare(name): code for code, _zone, first, others in _REGIONS for name in (first, *others)}


def region_of(said: str) -> str | None:
    """The ISO code of a region that a file calls so; None when it is not known."""
    code = said.strip().upper()
    if code in ZONES:
        return code
    if f"RU-{code}" in ZONES:
        return f"RU-{code}"
    return _BY_NAME.get(_bare(said))
