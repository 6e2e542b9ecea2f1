"""The benchmark's report: Markdown for people, JSON for comparing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from console.cli.benchmark.plots import draw_curves
from console.cli.benchmark.run import Run

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

#: between these marks the ratios stand in another document
_QUOTE, _END = "<!-- ratios, written by kaskad bench -->", "<!-- end of ratios -->"

_HEAD = """# Benchmark

Made by `kaskad bench`; do not edit. Seconds are wall time on the machine below and mean little anywhere else: read the
ratios. The raw limit of a measure is taken in the same run on the same database: the bare statements that write the
same rows, with every value known beforehand, in transactions of the same size, into tables with the same columns, keys
and indexes.

The scenario: entry → condition → A/B split → SMS → a day's wait. {percent} % of the cases make five hops in their first
tick, the others three.
"""


def write_report(folder: Path, runs: Sequence[Run], *, machine: Mapping[str, Any], described: Mapping[str, Any],
                 made_at: str, name: str = "report", head: str = _HEAD.format(percent=95)) -> list[Path]:  # fmt: skip
    """Write REPORT.md and report.json (or those of another `name`); gives their paths."""
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
                "megabytes": run.megabytes,
                "peak_memory_mb": run.peak,
                "curves": [asdict(curve) for curve in run.curves],
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
    report, values = folder / f"{name.upper()}.md", folder / f"{name}.json"
    values.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    report.write_text(_markdown(data, head) + _plots(folder, data), encoding="utf-8")
    return [report, values]


def _plots(folder: Path, data: Mapping[str, Any]) -> str:
    """Draw every curve with a line for each database; the part of the report that shows them."""
    titles = {curve["name"]: curve["across"] for found in data["databases"] for curve in found["curves"]}
    lines = []
    for number, (title, across) in enumerate(titles.items(), start=1):
        curves = {
            found["database"]: curve["points"]
            for found in data["databases"]
            for curve in found["curves"]
            if curve["name"] == title
        }
        file = folder / f"plot-{number}.svg"
        draw_curves(file, title, across, curves)
        lines += ["", f"![{title}: microseconds a case]({file.name})", ""]
        lines += [f"| {across} | " + " | ".join(_NAMES[name] for name in curves) + " |"]
        lines += ["|---:|" + "---:|" * len(curves)]
        for place, (x, _) in enumerate(next(iter(curves.values()))):
            cells = [f"{points[place][1]:.1f} µs" if place < len(points) else "" for points in curves.values()]
            lines.append(f"| {spaced(int(x))} | " + " | ".join(cells) + " |")
    return "\n".join(["", "## Cost of a case", *lines]) + "\n" if lines else ""


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
        *(
            f"| {name} | " + " | ".join(f"{ratios[name]:.2f}×" if name in ratios else "–" for ratios in found) + " |"
            for name in dict.fromkeys(name for ratios in found for name in ratios)
        ),
    ]
    return "\n".join(lines)


def _markdown(data: Mapping[str, Any], head: str) -> str:
    machine = data["machine"]
    lines = [
        head,
        f"- {data['made_at']}, {spaced(data['loans'])} loans",
        f"- {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB; {machine['system']}; "
        f"Python {machine['python']}",
    ]
    for database in data["databases"]:
        settings = ", ".join(f"{name} {value}" for name, value in database["settings"].items())
        name = _NAMES[database["database"]]
        lines += ["", f"## {name} {database['version']}", "", settings + ".", ""]
        lines += [
            "| Measure | Rows | Seconds | Raw limit | Ratio | Log a row | |",
            "|---|---:|---:|---:|---:|---:|---|",
            *(_row(measure) for measure in database["measures"]),
            "",
            f"Building the registry took {database['built_seconds']:.1f} s; it holds {spaced(database['megabytes'])} "
            "MB before the first case."
            + (
                f" Largest memory of the engine's process in the tick of 5 hops: {database['peak_memory_mb']} MB."
                if database["peak_memory_mb"]
                else ""
            ),
        ]
        if database["failures"]:
            lines += ["", "**Wrong:**", "", *(f"- {failure}" for failure in database["failures"])]
    return "\n".join(lines) + "\n"


def _row(measure: Mapping[str, Any]) -> str:
    return (
        f"| {measure['name']} | {spaced(measure['rows'])} | {_seconds(measure['seconds'])} "
        f"| {_seconds(measure['raw_seconds'])} "
        f"| {measure['ratio']:.2f}× | {_bytes(measure)} | {measure['note']} |"
    )


def _bytes(measure: Mapping[str, Any]) -> str:
    written = measure["log_bytes"]
    return f"{written / max(measure['rows'], 1):.0f} B" if written else ""


def _seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"


def spaced(number: int) -> str:
    """A number with spaces between the thousands."""
    return f"{number:,}".replace(",", " ")
