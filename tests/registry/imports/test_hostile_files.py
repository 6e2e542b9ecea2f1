"""Whatever bytes a file holds, it is read or refused: nothing else ever comes out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scenario_engine.errors import Invalid
from scenario_engine.registry import imports
from scenario_engine.registry.imports.cell import Surroundings
from scenario_engine.registry.imports.reading import RowReader
from scenario_engine.registry.imports.source import FileRows
from scenario_engine.registry.imports.targets import TARGETS
from tests.registry.imports.files import NOW, TODAY, ZONE, workbook

AROUND = Surroundings(time_zone=ZONE, today=TODAY, now=NOW)

#: text that is close to a table, with all that may go wrong in one
marks = st.sampled_from(
    [";", ",", "\t", "|", "\n", "\r\n", "\r", '"', '""', "sep=;\n", "=1+1", "-5", "1 234,56", "\x00", "\ufeff"]
)
texts = st.lists(st.one_of(marks, st.text(max_size=8)), max_size=60).map("".join)
encoded = st.builds(
    lambda text, encoding: text.encode(encoding, "replace"),
    texts,
    st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "koi8-r"]),
)
hostile = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_all(path: Path, **how: Any) -> str:
    """Read the file as every kind and every target: the code of the refusal, or ``read``."""
    try:
        look = imports.look(path, file_name=path.name, **how)
        for kind, targets in TARGETS.items():
            names = [column.name for column in look.columns]
            mapping = {target.key: {"column": names[n % len(names)]} for n, target in enumerate(targets)}
            assert imports.check_mapping(kind, look, mapping) == []
            reader = RowReader(kind, look, mapping, AROUND)
            last = look.header_row
            for row in FileRows(path=path, look=look).rows():
                assert row.number > last
                last = row.number
                values, troubles = reader.read(row)
                assert values is not None or troubles
    except Invalid as error:
        refused = error
    else:
        return "read"
    assert refused.text.en != refused.text.ru
    return refused.code


@hostile
@given(content=st.one_of(encoded, st.binary(max_size=400)))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert read_all(path)


@hostile
@example(content=b"\x80\x00", encoding="utf-16", separator=";")
@given(content=encoded, encoding=st.sampled_from(imports.ENCODINGS), separator=st.sampled_from(imports.SEPARATORS))
def test_any_bytes_read_as_somebody_chose(tmp_path: Path, content: bytes, encoding: str, separator: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert read_all(path, encoding=encoding, separator=separator)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A good workbook."""
    rows = (("id", "sum", "day"), ("L1", 5.5, date(2026, 1, 1)), ("L2", "=1", "x"))
    return workbook(tmp_path_factory.mktemp("book"), *rows).read_bytes()


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


@hostile
@given(data=st.data())
def test_workbooks_damaged_anywhere(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "file.xlsx"
    path.write_bytes(bytes(changed[: data.draw(st.integers(1, len(whole)))]))
    assert read_all(path)


@hostile
@given(data=st.data())
def test_workbooks_with_damaged_parts(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    path = tmp_path / "file.xlsx"
    names = [name for name, _content in parts(whole)]
    wrong = data.draw(st.sampled_from(names))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts(whole):
            damaged = bytearray(content)
            if name == wrong:
                for _ in range(data.draw(st.integers(1, 4))):
                    at = data.draw(st.integers(0, len(damaged) - 1))
                    damaged[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
            archive.writestr(name, bytes(damaged))
    assert read_all(path)
