"""`kaskad import`: a file of loans or payments into the registry."""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.cli.options import FILE, json_option, now_option, read_json
from console.cli.output import print_json, print_problems, progress, report_error
from console.cli.shell import COMMAND, Shell, pass_shell
from scenario_engine import audit
from scenario_engine.engine.events import react
from scenario_engine.errors import Invalid, KaskadError, Problem
from scenario_engine.models import ImportProblem
from scenario_engine.registry import imports
from scenario_engine.registry.days import local_day
from scenario_engine.texts import Text

#: exit status when nothing was brought in
NOT_DONE = 1
#: wrong rows that are told on the spot; `--json` tells more
TOLD = 20
TOLD_JSON = 1_000

_SEPARATORS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|"}

_ENDS = {
    "done": Text(
        "Rows read: {read}; added: {added}, updated: {updated}, unchanged: {unchanged}, wrong and left out: {wrong}",
        "Прочитано строк: {read}; добавлено: {added}, обновлено: {updated}, без изменений: {unchanged}, "
        "с ошибками и пропущено: {wrong}",
    ),
    "dry": Text(
        "Nothing was written. Rows read: {read}; to be added: {added}, to be updated: {updated}, unchanged: "
        "{unchanged}, wrong: {wrong}",
        "Ничего не записано. Прочитано строк: {read}; добавилось бы: {added}, обновилось бы: {updated}, "
        "без изменений: {unchanged}, с ошибками: {wrong}",
    ),
}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(list(imports.TARGETS)), default="loans", show_default=True)
@click.option("--mapping", "mapping_file", type=FILE, metavar="FILE", help="JSON: which column becomes what.")
@click.option("--save-mapping", type=click.Path(dir_okay=False, path_type=Path), help="Write the mapping to this file.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.option("--partial", is_flag=True, help="Bring in the right rows even if others are wrong.")
@click.option("--encoding", type=click.Choice(imports.ENCODINGS), help="Detected when it is left out.")
@click.option("--separator", help="comma, semicolon, tab or bar; detected when it is left out.")
@click.option("--sheet", help="Sheet of a workbook; the first that holds something when it is left out.")
@click.option("--as", "--actor", "actor", metavar="USER", default=COMMAND, help="User name for the audit trail.")
@now_option()
@json_option
@pass_shell
def import_file(
    shell: Shell,
    file: Path,
    kind: str,
    mapping_file: BinaryIO | None,
    save_mapping: Path | None,
    dry_run: bool,
    partial: bool,
    encoding: str | None,
    separator: str | None,
    sheet: str | None,
    actor: str,
    now: datetime | None,
    as_json: bool,
) -> None:
    """Bring in the loans or payments of FILE, CSV or XLSX: all of them, or none.

    Without --mapping the columns are assigned as last time for such a file, or by their names. Ends with status 1 when
    nothing was brought in.
    """
    given = read_json(mapping_file) if mapping_file is not None else None
    try:
        look = imports.look(
            file,
            file_name=file.name,
            encoding=encoding,
            separator=_SEPARATORS.get(separator or "", separator),
            sheet=sheet,
        )
        mapping = _mapping(shell, kind, look, given)
        if save_mapping is not None:
            save_mapping.write_text(json.dumps(mapping, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        problems = imports.check_mapping(kind, look, mapping)
        if problems:
            raise Invalid(
                Text(
                    "The columns of {file} are not assigned yet. Edit this, and give it with --mapping:",
                    "Столбцы файла {file} ещё не сопоставлены. Поправьте это и передайте через --mapping:",
                ).format(file=file.name),
                code="mapping",
                problems=problems,
            )
    except Invalid as error:
        _refuse(shell, error, mapping if error.code == "mapping" else None, as_json=as_json)
        raise click.exceptions.Exit(NOT_DONE) from error
    moment = now or shell.now
    clock = (lambda: moment) if now is not None else (lambda: shell.now)
    import_id, outcome = _bring_in(
        shell, file, kind, look, mapping, dry_run=dry_run, partial=partial, actor=actor, moment=moment, clock=clock
    )
    _answer(shell, import_id, outcome, kind, dry_run=dry_run, as_json=as_json)
    if outcome.state != "done":
        raise click.exceptions.Exit(NOT_DONE)


def _mapping(shell: Shell, kind: str, look: imports.FileLook, given: Any) -> Any:
    """The mapping that was given, else the proposed one; required targets without a column stand there as null."""
    if given is not None:
        return given
    with shell.database.read() as session:
        proposed = imports.propose(session, kind, look).mapping
    required = {target.key: {"column": None} for target in imports.TARGETS[kind] if target.required}
    return required | proposed


def _bring_in(
    shell: Shell,
    file: Path,
    kind: str,
    look: imports.FileLook,
    mapping: Mapping[str, Any],
    *,
    dry_run: bool,
    partial: bool,
    actor: str,
    moment: datetime,
    clock: Callable[[], datetime],
) -> tuple[int, imports.Outcome]:
    with file.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    zone = shell.settings.time_zone
    with shell.database.write() as session:
        import_id = imports.start(
            session, kind=kind, file_name=file.name, file_hash=digest, mapping=mapping, dry_run=dry_run, actor=actor,
            now=moment,
        ).id  # fmt: skip
        audit.record(
            session, at=moment, actor=actor, action="import.started", subject_type="import", subject_id=import_id,
            kind=kind, file=file.name, hash=digest, dry_run=dry_run, partial=partial,
        )  # fmt: skip

    def act(session: Session) -> None:
        react(session, now=moment, time_zone=zone)

    with _interrupted() as cancelled, progress(file.name) as report:
        outcome = imports.run(
            shell.database,
            import_id,
            source=imports.FileRows(path=file, look=look),
            mapping=mapping,
            partial=partial,
            time_zone=zone,
            today=local_day(moment, zone),
            now=moment,
            report=report,
            cancelled=cancelled,
            react=act,
            clock=clock,
        )
    with shell.database.write() as session:
        audit.record(
            session, at=clock(), actor=actor, action="import.finished", subject_type="import", subject_id=import_id,
            kind=kind, file=file.name, hash=digest, dry_run=dry_run, state=outcome.state, read=outcome.read,
            added=outcome.added, updated=outcome.updated, wrong=outcome.wrong,
        )  # fmt: skip
    return import_id, outcome


@contextmanager
def _interrupted() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: the import then ends in good order. A second Ctrl-C ends the command at once."""
    pressed: list[int] = []

    def note(number: int, _frame: Any) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


# -- what is said -------------------------------------------------------------------------------------------------


def _refuse(shell: Shell, error: KaskadError, mapping: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "import_id": None,
                "state": "refused",
                "code": error.code,
                "message": shell.say(error.text),
                "mapping": mapping,
                "problems": [problem.as_dict(shell.language) for problem in error.problems],
            }
        )
        return
    report_error(error, shell.language)
    if mapping is not None:
        print_json(mapping)


def _answer(shell: Shell, import_id: int, outcome: imports.Outcome, kind: str, *, dry_run: bool, as_json: bool) -> None:
    counts = {name: getattr(outcome, name) for name in ("read", "added", "updated", "unchanged", "wrong")}
    with shell.database.read() as session:
        problems = session.scalars(
            select(ImportProblem)
            .where(ImportProblem.import_id == import_id)
            .order_by(ImportProblem.row, ImportProblem.id)
            .limit(TOLD_JSON if as_json else TOLD + 1)
        ).all()
    if as_json:
        message = None if outcome.message is None else shell.say(outcome.message)
        told = [
            {"row": one.row, "column": one.column, "value": one.value, "code": one.code, "text": _text(shell, one)}
            for one in problems
        ]
        print_json(
            {"import_id": import_id, "kind": kind, "dry_run": dry_run, "state": outcome.state, **counts,
             "message": message, "problems": told}
        )  # fmt: skip
        return
    if outcome.state == "done":
        click.echo(shell.say(_ENDS["dry" if dry_run else "done"].format(**counts)))
    elif outcome.message is not None:
        click.secho(shell.say(outcome.message), err=True, fg="red")
    print_problems(
        [
            Problem(code=one.code, row=one.row, field=_named(one), text=Text(one.text["en"], one.text["ru"]))
            for one in problems[:TOLD]
        ],
        shell.language,
    )
    if len(problems) > TOLD:
        click.echo(shell.say(Text("  … and more; --json tells them", "  … и другие; все покажет --json")), err=True)


def _named(problem: ImportProblem) -> str | None:
    if problem.column is None:
        return problem.value
    return f"{problem.column} {problem.value!r}" if problem.value is not None else problem.column


def _text(shell: Shell, problem: ImportProblem) -> str:
    return str(problem.text.get(shell.language) or problem.text["en"])
