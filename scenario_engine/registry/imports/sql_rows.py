"""Rows of a query on another system's database: read only, as a stream, from the last value of a growing column on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    ColumnClause,
    Connection,
    Select,
    TextClause,
    bindparam,
    column,
    create_engine,
    literal_column,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from scenario_engine.addresses import Lookup, checked_address, look_up
from scenario_engine.errors import Invalid, KaskadError
from scenario_engine.registry.imports.layout import SAMPLED_ROWS, FileLook, Row, describe, header_names
from scenario_engine.texts import Text

MAX_QUERY = 20_000
#: rows fetched at a time
FETCHED = 2_000
#: seconds that one answer of the other database may take: while it is tried, and in a run
PATIENCE, LONG_PATIENCE = 15, 600
#: databases that can be read, with their usual ports
PORTS: Mapping[str, int] = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433, "oracle": 1521}
#: options of a URL that lead to no other host and no file
_OPTIONS = frozenset({"sslmode", "charset", "encoding", "driver", "Encrypt", "TrustServerCertificate", "service_name"})
#: what makes a transaction a reader's, where it is not an option of the connection
_READ_ONLY = {
    "mysql": "SET TRANSACTION READ ONLY",
    "mariadb": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}


class SourceLost(KaskadError):
    """The other database cannot be reached, or went away in the middle; nothing of the run is written."""

    code = "source.lost"

    def __init__(self, text: Text, *, details: str = "") -> None:
        super().__init__(text)
        #: what the driver said, for who sets the source up
        self.details = details


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What an installation lets a source reach."""

    #: inner networks, with commas between
    networks: str = ""
    #: where SQLite files may lie
    folder: Path | None = None
    lookup: Lookup = look_up


@dataclass(frozen=True, kw_only=True)
class SqlRows:
    """A query as a source of rows; `reached` is where the last run of it ended."""

    url: str
    query: str
    growing: str | None = None
    reached: Mapping[str, str] | None = None
    reach: Reach = Reach()

    def look(self) -> FileLook:
        """The columns of the query with their first values. Raises `Invalid` and `SourceLost`."""
        statement: Select[Any] = select(literal_column("*")).select_from(_inner(self.query)).limit(SAMPLED_ROWS)
        with self._connected(PATIENCE) as connection:
            result = connection.execute(statement)
            names = header_names(list(result.keys()))
            sampled = [[_cell(value) for value in row] for row in result]
        columns, digest, places = describe(names, sampled)
        if self.growing is not None and self.growing not in places:
            raise Invalid(
                Text("The query has no column {name}.", "В запросе нет столбца {name}.").format(name=self.growing),
                code="source.growing",
            )
        return FileLook(
            format="rows", encoding=None, separator=None, sheet=None, sheets=(), columns=columns, header_hash=digest,
            header_row=0, places=places,
        )  # fmt: skip

    def open(self) -> OpenQuery:
        """The query, to be read once."""
        return OpenQuery(self, self.look())

    @contextmanager
    def _connected(self, patience: int) -> Iterator[Connection]:
        parsed, arguments = _target(self.url, self.reach, patience)
        try:
            engine = create_engine(parsed, poolclass=NullPool, connect_args=arguments)
        except (NoSuchModuleError, ImportError) as error:
            raise Invalid(
                Text(
                    "The driver for {name} is not installed beside Kaskad.",
                    "Драйвер для {name} рядом с Каскадом не установлен.",
                ).format(name=parsed.drivername),
                code="source.driver",
            ) from error
        options: dict[str, Any] = {}
        if parsed.get_backend_name() == "postgresql":
            options["postgresql_readonly"] = True
        try:
            with engine.connect().execution_options(**options) as connection:
                if (first := _READ_ONLY.get(parsed.get_backend_name())) is not None:
                    connection.exec_driver_sql(first)
                yield connection
        except SQLAlchemyError as error:
            raise _lost(error) from error
        finally:
            engine.dispose()


class OpenQuery:
    """One reading of a query."""

    def __init__(self, asked: SqlRows, look: FileLook) -> None:
        self.look = look
        self._asked = asked
        self._place = None if asked.growing is None else look.places[asked.growing]
        #: the largest value of the growing column so far, as it is stored
        self.reached: Mapping[str, str] | None = asked.reached

    def expected(self) -> int | None:
        """Nobody counts beforehand."""
        return None

    def rows(self) -> Iterator[Row]:
        """The rows, in the order of the growing column; `SourceLost` when the database goes away."""
        with self._asked._connected(LONG_PATIENCE) as connection:
            streamed = {"stream_results": True, "max_row_buffer": FETCHED}
            with connection.execute(self._statement(), execution_options=streamed) as result:
                for number, found in enumerate(result, 1):
                    if self._place is not None and found[self._place] is not None:
                        self.reached = _stored(found[self._place])
                    yield Row(number=number, cells=[_cell(value) for value in found])

    def _statement(self) -> Select[Any]:
        statement: Select[Any] = select(literal_column("*")).select_from(_inner(self._asked.query))
        if self._asked.growing is None:
            return statement
        growing: ColumnClause[Any] = column(self._asked.growing)
        if self._asked.reached is not None:
            # from it on and not above it: another row may have got the same value a moment later
            statement = statement.where(growing >= bindparam("reached", _value(self._asked.reached)))
        return statement.order_by(growing)


def check_query(query: str) -> None:
    """Raise `Invalid` unless it is one SELECT."""
    bare = re.sub(r"--[^\n]*|/\*.*?\*/", " ", query, flags=re.DOTALL).strip().rstrip(";")
    if len(query) > MAX_QUERY or ";" in bare or not re.match(r"(?is)^(select|with)\b", bare):
        raise Invalid(
            Text(
                "Write one SELECT, without semicolons inside, of at most {most} characters.",
                "Нужен один SELECT без точек с запятой внутри, не длиннее {most} символов.",
            ).format(most=MAX_QUERY),
            code="source.query",
        )


def shown_url(url: str) -> str:
    """The URL without its password. Raises `Invalid` when it is none that can be read from."""
    return _parsed(url).render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise _no_url() from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
        name = "postgresql"
    if name == "sqlite":
        return parsed
    if name not in PORTS or not parsed.host or set(parsed.query) - _OPTIONS or re.search(r"[/,\s]", parsed.host):
        raise _no_url()
    return parsed


def _no_url() -> Invalid:
    text_ = Text(
        "Write it like postgresql://reader:password@host:5432/database. Databases: {all}; options: {options}.",
        "Адрес пишется так: postgresql://reader:password@host:5432/database. Базы: {all}; параметры: {options}.",
    )
    return Invalid(text_.format(all=", ".join(PORTS), options=", ".join(sorted(_OPTIONS))), code="source.url")


def _target(url: str, reach: Reach, patience: int) -> tuple[URL, dict[str, Any]]:
    """Where to connect, by the address that was checked, and with what patience."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _file(parsed, reach), {}
    name = parsed.get_backend_name()
    host = str(parsed.host)
    address = checked_address(host, parsed.port or PORTS[name], networks=reach.networks, lookup=reach.lookup)
    if name == "postgresql":
        # the name stays for TLS; the address is the one that was checked
        return parsed, {
            "hostaddr": address, "connect_timeout": 10, "keepalives_idle": 4, "keepalives_interval": 2,
            "keepalives_count": 3, "tcp_user_timeout": 10_000, "options": f"-c statement_timeout={patience}s",
            "application_name": "kaskad",
        }  # fmt: skip
    limits = {"connect_timeout": 10, "read_timeout": patience} if parsed.drivername.endswith("pymysql") else {}
    return parsed.set(host=address), limits


def _file(parsed: URL, reach: Reach) -> URL:
    path = Path(parsed.database or "")
    folder = None if reach.folder is None else reach.folder.resolve()
    inside = folder is not None and path.name and (folder / path).resolve().is_relative_to(folder)
    if folder is None or not inside or not (folder / path).is_file():
        raise Invalid(
            Text(
                "A SQLite file must lie in the folder {folder}.", "Файл SQLite должен лежать в папке {folder}."
            ).format(folder="" if folder is None else folder.name),
            code="source.file",
        )
    return URL.create("sqlite", database=(folder / path).resolve().as_uri(), query={"mode": "ro", "uri": "true"})


def _inner(query: str) -> Any:
    clause: TextClause = text(query.strip().rstrip(";").replace(":", r"\:"))
    return clause.columns().subquery("kaskad_source")


def _cell(value: Any) -> Any:
    """A value as the readers of cells take it."""
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    if value is None or isinstance(value, (str, int, float, bool, datetime, date, dict)):
        return value
    return str(value)


def _stored(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"type": "instant", "value": value.isoformat()}
    if isinstance(value, date):
        return {"type": "day", "value": value.isoformat()}
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return {"type": "number", "value": str(value)}
    return {"type": "text", "value": str(value)}


def _value(stored: Mapping[str, str]) -> Any:
    kind, value = stored["type"], stored["value"]
    if kind == "number":
        return int(value) if re.fullmatch(r"-?\d+", value) else Decimal(value)
    if kind == "instant":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind == "day" else value


def _lost(error: SQLAlchemyError) -> SourceLost:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return SourceLost(
        Text(
            "The other database did not answer as it should. Nothing was written; the next run begins where the last "
            "finished one ended.",
            "Другая база данных не ответила как надо. Ничего не записано; следующий запуск начнётся с того места, где "
            "закончился последний успешный.",
        ),
        details=str(cause).strip().split("\n")[0][:300],
    )
