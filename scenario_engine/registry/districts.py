"""The federal districts of Russia: groups of regions that numbers are read by.

Source: decree of the President 849 of 13.05.2000 with its later changes.
"""

from __future__ import annotations

from collections.abc import Mapping

from scenario_engine.texts import Text

_OF: Mapping[str, str] = {
    "central": "BEL BRY VLA VOR IVA KLU KOS KRS LIP MOS MOW ORL RYA SMO TAM TVE TUL YAR",
    "northwest": "ARK VLG KGD KR KO LEN MUR NEN NGR PSK SPE",
    "south": "AD AST VGG KL KDA ROS",
    "caucasus": "DA IN KB KC SE STA CE",
    "volga": "BA KIR ME MO NIZ ORE PNZ PER SAM SAR TA UD ULY CU",
    "urals": "KGN SVE TYU KHM CHE YAN",
    "siberia": "AL ALT IRK KEM KYA NVS OMS TOM TY KK",
    "far_east": "AMU BU YEV ZAB KAM MAG PRI SA SAK KHA CHU",
}

TITLES: Mapping[str, Text] = {
    "central": Text("Central district", "Центральный округ"),
    "northwest": Text("Northwestern district", "Северо-Западный округ"),
    "south": Text("Southern district", "Южный округ"),
    "caucasus": Text("North Caucasian district", "Северо-Кавказский округ"),
    "volga": Text("Volga district", "Приволжский округ"),
    "urals": Text("Ural district", "Уральский округ"),
    "siberia": Text("Siberian district", "Сибирский округ"),
    "far_east": Text("Far Eastern district", "Дальневосточный округ"),
}

REGIONS: Mapping[str, tuple[str, ...]] = {
    district: tuple(f"RU-{part}" for part in parts.split()) for district, parts in _OF.items()
}
_DISTRICTS: Mapping[str, str] = {code: district for district, codes in REGIONS.items() for code in codes}


def district_of(region: str | None) -> str:
    """The key of the district of a region (ISO 3166-2 code); empty when it is not known."""
    return _DISTRICTS.get(region or "", "")
