"""`kaskad maintain`: partitions, statistics of the planner, sizes; months that leave the database when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from console.cli.options import json_option, now_option
from console.cli.output import print_json, print_table
from console.cli.shell import Shell, pass_shell
from scenario_engine.engine import storage, upkeep
from scenario_engine.errors import Invalid
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Maintained:
    """What `kaskad maintain` did and found."""

    dry_run: bool
    kept: upkeep.Kept
    archived: list[storage.Archived]
    #: detached months that are still in the database
    detached_before: list[str]
    #: rows in default partitions
    unsorted: dict[str, int]
    sizes: list[storage.Size]


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option(
    "--archive",
    "folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="Write detached months into this folder, as CSV.",
)
@click.option("--drop", is_flag=True, help="With --archive: take out of the database what was written.")
@now_option()
@json_option
@pass_shell
def maintain(shell: Shell, dry_run: bool, folder: Path | None, drop: bool, now: datetime | None, as_json: bool) -> None:
    """Make partitions ahead, detach old months, refresh statistics, and say what takes room.

    The engine does the first two every day by itself; KASKAD_HISTORY_MONTHS says how much history stays, and
    KASKAD_TOLD_DAYS how long reports on messages and answers about borrowers do.
    """
    if drop and folder is None:
        raise Invalid(
            Text(
                "--drop needs --archive: a month leaves the database only after it was written into a file.",
                "--drop работает только вместе с --archive: месяц покидает базу лишь после записи в файл.",
            ),
            code="maintain.drop",
        )
    database, moment = shell.database, now or shell.now
    chosen = shell.settings
    kept = upkeep.keep(database, now=moment, months=chosen.history_months, days=chosen.told_days, dry_run=dry_run)
    with database.read() as session:
        detached = upkeep.detached_parts(session)
    archived = []
    if folder is not None and not dry_run:
        archived = [storage.archive(database, part, folder, now=moment, drop=drop) for part in detached]
    if not dry_run:
        storage.analyse(database)
    with database.read() as session:
        done = Maintained(
            dry_run=dry_run,
            kept=kept,
            archived=archived,
            detached_before=upkeep.detached_parts(session),
            unsorted=upkeep.left_in_default(session),
            sizes=storage.sizes(database),
        )
    if as_json:
        print_json(asdict(done))
        return
    for line in _lines(done):
        click.echo(shell.say(line))
    titles = [Text("Table", "Таблица"), Text("Size", "Размер"), Text("Partitions", "Секций"), Text("Rows", "Строк")]
    print_table([shell.say(title) for title in titles], [_cells(shell, size) for size in done.sizes if size.bytes])


#: what upkeep does: its name in `Kept`, and how that is said before and after
_ACTS = {
    "made": (
        Text("Partitions to be made: {it}", "Будут созданы секции: {it}"),
        Text("Partitions made: {it}", "Созданы секции: {it}"),
    ),
    "detached": (
        Text("Months to be detached: {it}", "Будут отсоединены месяцы: {it}"),
        Text("Months detached: {it}", "Отсоединены месяцы: {it}"),
    ),
    "forgotten": (
        Text("Old records of transactions to be removed: {it}", "Старых записей о транзакциях удалится: {it}"),
        Text("Old records of transactions removed: {it}", "Старых записей о транзакциях удалено: {it}"),
    ),
    "told": (
        Text("Old webhook deliveries to be removed: {it}", "Старых уведомлений другим системам удалится: {it}"),
        Text("Old webhook deliveries removed: {it}", "Старых уведомлений другим системам удалено: {it}"),
    ),
    "heard": (
        Text("Old reports on messages to be removed: {it}", "Старых отчётов о сообщениях удалится: {it}"),
        Text("Old reports on messages removed: {it}", "Старых отчётов о сообщениях удалено: {it}"),
    ),
    "answers": (
        Text("Old answers about borrowers to be removed: {it}", "Старых ответов о заёмщиках удалится: {it}"),
        Text("Old answers about borrowers removed: {it}", "Старых ответов о заёмщиках удалено: {it}"),
    ),
}
_MOVED = Text("Rows moved into their months: {it}", "Строк перенесено в свои месяцы: {it}")
_IN_USE = Text(
    "Kept, because messages in them have not left yet: {it}",
    "Оставлены, потому что в них есть неотправленные сообщения: {it}",
)
_PUT_OFF = Text("Busy, the engine tries again by itself: {it}", "Заняты, движок повторит сам: {it}")
_WRITTEN = Text("{file}: {n} rows", "{file}: строк {n}")
_DROPPED = Text("{file}: {n} rows, taken out of the database", "{file}: строк {n}, из базы удалено")
_STILL_THERE = Text(
    "Detached months in the database: {it}. `--archive DIR --drop` takes them out.",
    "Отсоединённые месяцы в базе: {it}. Убрать их: `--archive ПАПКА --drop`.",
)
_UNSORTED = Text("Rows that no month's partition holds: {it}", "Строк вне помесячных секций: {it}")
_NOTHING = Text("Nothing had to be done.", "Делать было нечего.")


def _lines(done: Maintained) -> list[Text]:
    kept = done.kept
    files = [(_DROPPED if item.dropped else _WRITTEN).format(file=item.file, n=item.rows) for item in done.archived]
    found = [
        *[_about(said[not done.dry_run], getattr(kept, name)) for name, said in _ACTS.items()],
        _about(_MOVED, sum(kept.moved.values())),
        _about(_IN_USE, kept.in_use),
        _about(_PUT_OFF, kept.put_off),
        *files,
        _about(_STILL_THERE, done.detached_before),
        _about(_UNSORTED, sum(done.unsorted.values())),
    ]
    return [line for line in found if line is not None] or [_NOTHING]


def _about(said: Text, it: int | Sequence[str]) -> Text | None:
    """The line on so many rows, or on these names; none when there are none."""
    if not it:
        return None
    return said.format(it=it if isinstance(it, int) else ", ".join(it))


_NAMES = {
    "file": Text("database file", "файл базы"),
    "free": Text("of it free", "из него свободно"),
    "log": Text("write-ahead log", "журнал записи"),
}


def _cells(shell: Shell, size: storage.Size) -> list[Any]:
    name = _NAMES.get(size.name)
    shown = f"{size.bytes / 1_048_576:.1f} MB" if shell.language == "en" else f"{size.bytes / 1_048_576:.1f} МБ"
    return [shell.say(name) if name else size.name, shown, size.parts or "", size.rows if size.rows is not None else ""]
