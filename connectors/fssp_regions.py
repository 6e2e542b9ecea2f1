"""Numbers by which the bailiffs' register knows the regions of Russia."""

from __future__ import annotations

from collections.abc import Mapping

#: number → the last part of its ISO 3166-2 code, from 1
_IN_ORDER = (
    "AD BA BU AL DA IN KB KL KC KR KO ME MO SA SE TA TY UD KK CE CU ALT KDA KYA PRI STA KHA AMU ARK AST BEL BRY VLA VGG"
    " VLG VOR IVA IRK KGD KLU KAM KEM KIR KOS KGN KRS LEN LIP MAG MOS MUR NIZ NGR NVS OMS ORE ORL PNZ PER PSK ROS RYA"
    " SAM SAR SAK SVE SMO TAM TVE TOM TUL TYU ULY CHE ZAB YAR MOW SPE YEV"
)
_OTHERS = {"NEN": 83, "KHM": 86, "CHU": 87, "YAN": 89}

REGIONS: Mapping[str, str] = {
    f"RU-{code}": f"{number:02}"
    for code, number in ({code: number for number, code in enumerate(_IN_ORDER.split(), start=1)} | _OTHERS).items()
}
