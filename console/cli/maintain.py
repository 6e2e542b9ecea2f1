"""`kaskad maintain`: partitions, statistics of the planner, sizes; months that leave the database when asked."""

from __future__ import annotations

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

    The engine does the first two every day by itself; KASKAD_HISTORY_MONTHS says how much history stays.
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
    kept = upkeep.keep(database, now=moment, months=shell.settings.history_months, dry_run=dry_run)
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


def _lines(done: Maintained) -> list[Text]:
    kept = done.kept
    found = []
    for parts, would, did in (
        (
            kept.made,
            Text("Partitions to be made: {names}", "Будут созданы секции: {names}"),
            Text("Partitions made: {names}", "Созданы секции: {names}"),
        ),
        (
            kept.detached,
            Text("Months to be detached: {names}", "Будут отсоединены месяцы: {names}"),
            Text("Months detached: {names}", "Отсоединены месяцы: {names}"),
        ),
    ):
        if parts:
            found.append((would if done.dry_run else did).format(names=", ".join(parts)))
    if kept.forgotten:
        would = Text("Old records of transactions to be removed: {n}", "Старых записей о транзакциях удалится: {n}")
        did = Text("Old records of transactions removed: {n}", "Старых записей о транзакциях удалено: {n}")
        found.append((would if done.dry_run else did).format(n=kept.forgotten))
    if kept.moved:
        rows = sum(kept.moved.values())
        found.append(Text("Rows moved into their months: {n}", "Строк перенесено в свои месяцы: {n}").format(n=rows))
    if kept.in_use:
        found.append(
            Text(
                "Kept, because messages in them have not left yet: {names}",
                "Оставлены, потому что в них есть неотправленные сообщения: {names}",
            ).format(names=", ".join(kept.in_use))
        )
    if kept.put_off:
        found.append(
            Text(
                "Busy, the engine tries again by itself: {names}",
                "Заняты, движок повторит сам: {names}",
            ).format(names=", ".join(kept.put_off))
        )
    for item in done.archived:
        said = (
            Text("{file}: {n} rows, taken out of the database", "{file}: строк {n}, из базы удалено")
            if item.dropped
            else Text("{file}: {n} rows", "{file}: строк {n}")
        )
        found.append(said.format(file=item.file, n=item.rows))
    if done.detached_before:
        found.append(
            Text(
                "Detached months in the database: {names}. `--archive DIR --drop` takes them out.",
                "Отсоединённые месяцы в базе: {names}. Убрать их: `--archive ПАПКА --drop`.",
            ).format(names=", ".join(done.detached_before))
        )
    if done.unsorted:
        rows = sum(done.unsorted.values())
        found.append(
            Text("Rows that no month's partition holds: {n}", "Строк вне помесячных секций: {n}").format(n=rows)
        )
    return found or [Text("Nothing had to be done.", "Делать было нечего.")]


_NAMES = {
    "file": Text("database file", "файл базы"),
    "free": Text("of it free", "из него свободно"),
    "log": Text("write-ahead log", "журнал записи"),
}


def _cells(shell: Shell, size: storage.Size) -> list[Any]:
    name = _NAMES.get(size.name)
    shown = f"{size.bytes / 1_048_576:.1f} MB" if shell.language == "en" else f"{size.bytes / 1_048_576:.1f} МБ"
    return [shell.say(name) if name else size.name, shown, size.parts or "", size.rows if size.rows is not None else ""]
