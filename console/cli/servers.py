"""`kaskad serve`, `web` and `engine`: the processes that keep running."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import threading
from types import FrameType

import click

from console.cli.demo import Demo, bring_demo, find_demo
from console.cli.installation import prepare
from console.cli.output import print_table
from console.cli.shell import Shell, installed_connectors, pass_shell
from console.clock import system_clock
from console.configuration import open_vault
from console.installation import Login, demo_users
from console.jobs.broker import Broker
from console.jobs.catalogue import open_desk, sender
from console.migrate import current, newest
from console.server import serve as open_server
from scenario_engine.engine.scheduler import Engine
from scenario_engine.errors import Invalid
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

log = logging.getLogger(__name__)


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Make the demo when the database is empty.")
@click.option("--host", help="Address to listen on, instead of KASKAD_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, instead of KASKAD_PORT; 0 takes a free one.")
@pass_shell
def serve(shell: Shell, with_demo: bool, host: str | None, port: int | None) -> None:
    """Web server and engine in one process, on a database that is made and migrated as needed."""
    _speak_logs()
    settings = _chosen(shell, host, port)
    _require_free(settings)  # before a minute is spent on the demo
    prepare(shell)
    if with_demo and find_demo(shell) in (Demo.NONE, Demo.HALF):
        said = Text("Making the demo, about a minute ...", "Создаём демонстрацию, около минуты ...")
        click.echo(shell.say(said), err=True)
        bring_demo(shell, now=shell.now)
    _run(shell, settings, with_engine=True, logins=with_demo and find_demo(shell) is Demo.WHOLE)


@click.command()
@click.option("--host", help="Address to listen on, instead of KASKAD_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, instead of KASKAD_PORT; 0 takes a free one.")
@pass_shell
def web(shell: Shell, host: str | None, port: int | None) -> None:
    """The web server alone; any number of them may run on one PostgreSQL."""
    _speak_logs()
    _require_newest(shell)
    _run(shell, _chosen(shell, host, port), with_engine=False, logins=False)


@click.command()
@pass_shell
def engine(shell: Shell) -> None:
    """The engine alone; any number of them may run on one PostgreSQL."""
    _speak_logs()
    _require_newest(shell)
    connectors = installed_connectors()
    hand_over = sender(shell.settings, shell.database, connectors, system_clock)
    running = Engine(shell.database, shell.settings, connectors, vault=open_vault(shell.settings), hand_over=hand_over)
    done = threading.Event()
    _on_signals(done.set)
    running.start()
    text = Text("The engine {process} is running. Ctrl+C ends it.", "Движок {process} работает. Остановить: Ctrl+C.")
    click.echo(shell.say(text.format(process=running.process)))
    done.wait()
    running.stop()


@click.command()
@pass_shell
def worker(shell: Shell) -> None:
    """Work on long jobs from the broker's queue; any number of them may run."""
    _speak_logs()
    if not shell.settings.broker_url:
        raise Invalid(
            Text(
                "There is no queue to take jobs from: set KASKAD_BROKER_URL. Without it the web server does "
                "them itself.",
                "Неоткуда брать операции: задайте KASKAD_BROKER_URL. Без него их выполняет сам веб-сервер.",
            ),
            code="broker.none",
        )
    _require_newest(shell)
    connectors = installed_connectors()
    desk = open_desk(shell.settings, shell.database, connectors, system_clock)
    broker = Broker(shell.settings.broker_url)
    listening = Text("A worker listens. Ctrl+C ends it.", "Исполнитель слушает очередь. Остановить: Ctrl+C.")

    def ready() -> None:
        desk.start()
        click.echo(shell.say(listening))

    try:
        broker.work(desk.runner.run, threads=shell.settings.job_threads, ready=ready, ending=desk.runner.stopping.set)
    finally:
        desk.stop()


def _chosen(shell: Shell, host: str | None, port: int | None) -> Settings:
    over = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return shell.settings.model_copy(update=over)


def _require_free(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            probe.listen(1)
        except OSError as error:
            raise _taken(settings, error) from error


def _taken(settings: Settings, error: OSError) -> Invalid:
    return Invalid(
        Text(
            "{host}:{port} cannot be listened on ({why}). Choose another with --port or KASKAD_PORT.",
            "Адрес {host}:{port} занят или недоступен ({why}). Укажите другой порт: --port или KASKAD_PORT.",
        ).format(host=settings.host, port=settings.port, why=error.strerror or error)
    )


def _run(shell: Shell, settings: Settings, *, with_engine: bool, logins: bool) -> None:
    try:
        server = open_server(settings, with_engine=with_engine)
    except OSError as error:
        raise _taken(settings, error) from error
    if logins:
        _print_logins(shell, demo_users(server.app))
    click.echo(shell.say(Text("Kaskad is at {address}", "Каскад: {address}").format(address=server.address)))
    click.echo(shell.say(Text("Ctrl+C ends it.", "Остановить: Ctrl+C.")))
    _on_signals(_interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    server.stop()


def _print_logins(shell: Shell, logins: list[Login]) -> None:
    titles = [Text("role", "роль"), Text("user", "пользователь"), Text("password", "пароль")]
    print_table(
        [shell.say(title) for title in titles], [(login.role, login.username, login.password) for login in logins]
    )


def _require_newest(shell: Shell) -> None:
    with shell.database.engine.connect() as connection:
        found = current(connection)
    if found != newest():
        raise Invalid(
            Text(
                "The database is at revision {found}, this program needs {wanted}. Run `kaskad init`.",
                "База в ревизии {found}, программе нужна {wanted}. Выполните `kaskad init`.",
            ).format(found=found or "—", wanted=newest()),
            code="database.old",
        )


def _interrupt() -> None:
    raise KeyboardInterrupt


def _on_signals(act: object) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        if callable(act):
            act()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)


def _speak_logs() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # a busy machine is no news for the terminal: the Engine page tells how far behind the work is
    for busy in ("apscheduler.scheduler", "waitress.queue"):
        logging.getLogger(busy).setLevel(logging.ERROR)
