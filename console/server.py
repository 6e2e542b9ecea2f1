"""The web server: waitress over the application, with the engine beside it when asked."""

from __future__ import annotations

import logging
import socket
from typing import Any

from flask import Flask
from waitress.server import create_server

from console import context
from console.app import create_app
from console.clock import CLOCK, system_clock
from console.configuration import open_vault
from console.connectors import load_connectors
from console.file_imports import recover
from console.jobs.catalogue import sender
from scenario_engine.database import Database
from scenario_engine.engine.scheduler import Engine
from scenario_engine.settings import Settings

log = logging.getLogger(__name__)

#: requests worked on side by side
THREADS = 8


class Server:
    """A bound server: its address is known before the first request."""

    def __init__(self, app: Flask, settings: Settings, engine: Engine | None, database: Database) -> None:
        """Binds at once; OSError when the port is taken."""
        self.app = app
        self._settings = settings
        self._engine = engine
        self._database = database
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((settings.host, settings.port))
            self._socket.listen(128)
        except OSError:
            self._socket.close()
            raise
        self._server: Any = create_server(
            app,
            sockets=[self._socket],
            threads=THREADS,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1,
            ident="kaskad",
            clear_untrusted_proxy_headers=settings.proxies == 0,
        )

    @property
    def address(self) -> str:
        """Where a browser finds it, e.g. ``http://127.0.0.1:8080``."""
        host, port = self._socket.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        return f"http://{'127.0.0.1' if shown == '0.0.0.0' else shown}:{port}"  # noqa: S104 - compared, not bound

    def run(self) -> None:
        """Serve until `stop` is called from another thread or a signal handler raises.

        First it tells the imports that a command which is gone left behind, and looks for jobs that wait.
        """
        recover(self._database, self._settings, self.app.config[CLOCK]())
        context.room(self.app).jobs.start()
        if self._engine is not None:
            self._engine.start()
        try:
            self._server.run()
        finally:
            self.stop()

    def stop(self) -> None:
        """End the engine after its batch, the jobs, and the server. Safe to repeat."""
        if self._engine is not None:
            engine, self._engine = self._engine, None
            engine.stop()
        context.room(self.app).jobs.stop()
        self._server.close()
        self._database.dispose()


def serve(settings: Settings, *, with_engine: bool = True) -> Server:
    """A server bound to the settings' address (port 0: a free one); call `run()` on it.

    `with_engine` lets the engine's scheduler work in the same process.
    """
    database = Database(settings.database_url)
    engine = None
    if with_engine:
        connectors = load_connectors()
        hand_over = sender(settings, database, connectors, system_clock)
        engine = Engine(database, settings, connectors, vault=open_vault(settings), hand_over=hand_over)
    app = create_app(settings, database, engine)
    return Server(app, settings, engine, database)
