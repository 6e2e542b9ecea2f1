"""The benchmark's report: Markdown for people, JSON for comparing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from console.cli.benchmark.measures import Run

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

#: between these marks the ratios stand in another document
_QUOTE, _END = "<!-- ratios, written by kaskad bench -->", "<!-- end of ratios -->"

_HEAD = """# Benchmark

Made by `kaskad bench`; do not edit. Seconds are wall time on the machine below and mean little anywhere else: read the
ratios. The raw limit of a measure is taken in the same run on the same database: the bare statements that write the
same rows, with every value known beforehand, into tables with the same columns, keys and indexes.

The scenario: entry → condition → A/B split → SMS → a day's wait. {percent} % of the cases make five hops in their first
tick, the others three.
"""


def write_report(folder: Path, runs: Sequence[Run], *, machine: Mapping[str, Any], described: Mapping[str, Any],
                 peaks: Mapping[str, int | None], made_at: str) -> list[Path]:  # fmt: skip
    """Write REPORT.md and report.json; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {
        "made_at": made_at,
        "machine": dict(machine),
        "loans": runs[0].loans,
        "databases": [
            {
                "database": run.database.dialect,
                **described[run.database.dialect],
                "built_seconds": round(run.built, 3),
                "peak_memory_mb": peaks[run.database.dialect],
                "failures": run.failures,
                "measures": [
                    {
                        **asdict(measure),
                        "seconds": round(measure.seconds, 6),
                        "raw_seconds": round(measure.raw_seconds, 6),
                        "ratio": round(measure.ratio, 2),
                    }
                    for measure in run.measures
                ],
            }
            for run in runs
        ],
    }
    report, values = folder / "REPORT.md", folder / "report.json"
    values.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    report.write_text(_markdown(data), encoding="utf-8")
    return [report, values]


def quote_ratios(document: Path, values: Path) -> bool:
    """Write the ratios of a report.json between the marks of another document; False when it has no such marks."""
    text = document.read_text(encoding="utf-8") if document.is_file() else ""
    before, mark, rest = text.partition(_QUOTE)
    _, end, after = rest.partition(_END)
    if not mark or not end:
        return False
    table = _ratios(json.loads(values.read_text(encoding="utf-8")))
    document.write_text(f"{before}{mark}\n{table}\n{end}{after}", encoding="utf-8")
    return True


def _ratios(data: Mapping[str, Any]) -> str:
    databases = data["databases"]
    found = [{measure["name"]: measure["ratio"] for measure in database["measures"]} for database in databases]
    lines = [
        f"{spaced(data['loans'])} loans, {data['machine']['cores']} cores, times the raw limit:",
        "",
        "| Measure | " + " | ".join(f"{_NAMES[each['database']]} {each['version']}" for each in databases) + " |",
        "|---|" + "---:|" * len(databases),
        *(f"| {name} | " + " | ".join(f"{ratios[name]:.2f}×" for ratios in found) + " |" for name in found[0]),
    ]
    return "\n".join(lines)


def _markdown(data: Mapping[str, Any]) -> str:
    machine = data["machine"]
    lines = [
        _HEAD.format(percent=95),
        f"- {data['made_at']}, {spaced(data['loans'])} loans",
        f"- {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB; {machine['system']}; "
        f"Python {machine['python']}",
    ]
    for database in data["databases"]:
        settings = ", ".join(f"{name} {value}" for name, value in database["settings"].items())
        name = _NAMES[database["database"]]
        lines += ["", f"## {name} {database['version']}", "", settings + ".", ""]
        lines += [
            "| Measure | Rows | Seconds | Raw limit | Ratio | |",
            "|---|---:|---:|---:|---:|---|",
            *(_row(measure) for measure in database["measures"]),
            "",
            f"Building the registry took {database['built_seconds']:.1f} s. "
            f"Largest memory of the process: {database['peak_memory_mb'] or '?'} MB.",
        ]
        if database["failures"]:
            lines += ["", "**Wrong:**", "", *(f"- {failure}" for failure in database["failures"])]
    return "\n".join(lines) + "\n"


def _row(measure: Mapping[str, Any]) -> str:
    return (
        f"| {measure['name']} | {spaced(measure['rows'])} | {_seconds(measure['seconds'])} "
        f"| {_seconds(measure['raw_seconds'])} "
        f"| {measure['ratio']:.2f}× | {measure['note']} |"
    )


def _seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"


def spaced(number: int) -> str:
    """A number with spaces between the thousands."""
    return f"{number:,}".replace(",", " ")
