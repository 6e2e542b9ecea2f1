"""Two ways to give an engine a machine of its own whose wire can be cut: network namespaces, or a proxy for each."""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from tests.harness.postgres import PostgresServer

_CLONE_NEWNET = 0x40000000


class Network(Protocol):
    """Machines by number, each with its own way to the database."""

    #: how it says what it is made of
    made_of: str

    def url(self, name: str, machine: int) -> str:
        """Where the machine finds the database of that name."""

    def place(self, machine: int) -> str | None:
        """The network namespace that the machine's process has to enter; None: the one it is in."""

    def cut(self, machine: int) -> None:
        """Take the wire away: nothing comes through, and nobody is told."""

    def mend(self, machine: int) -> None:
        """Put it back."""

    def close(self) -> None:
        """Remove everything."""


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def can_make_namespaces() -> bool:
    """Whether this user and kernel allow network namespaces, and `ip` is there."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"kaskad-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        _ip("netns", "del", name)
    return made


def enter_namespace(name: str) -> None:
    """Let this process live in a network namespace from now on. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(f"/var/run/netns/{name}", os.O_RDONLY)
    try:
        if libc.setns(descriptor, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(descriptor)


class Namespaces:
    """A namespace for each machine, joined with the server by a pair of virtual cards."""

    made_of = "network namespaces"

    def __init__(self, server: PostgresServer, port: int, machines: int) -> None:
        """`server` listens on all addresses at `port`."""
        self._server, self._port, self._machines = server, port, machines
        self._key = os.getpid() % 10_000
        with Path(server.ask("SHOW hba_file")).open("a") as rules:
            rules.write("host all all 10.231.0.0/16 trust\n")
        server.ask("SELECT pg_reload_conf()")
        for machine in range(machines):
            name, outer, inner = self.place(machine), self._card(machine), f"kn{self._key}x{machine}"
            _ip("netns", "add", name)
            _ip("link", "add", outer, "type", "veth", "peer", "name", inner)
            _ip("link", "set", inner, "netns", name)
            _ip("addr", "add", f"10.231.{machine}.1/30", "dev", outer)
            _ip("link", "set", outer, "up")
            _ip("-n", name, "addr", "add", f"10.231.{machine}.2/30", "dev", inner)
            _ip("-n", name, "link", "set", inner, "up")
            _ip("-n", name, "link", "set", "lo", "up")

    def _card(self, machine: int) -> str:
        return f"kh{self._key}x{machine}"

    def url(self, name: str, machine: int) -> str:
        return _over_tcp(self._server, name, f"10.231.{machine}.1", self._port)

    def place(self, machine: int) -> str:
        return f"kaskad-{self._key}-{machine}"

    def cut(self, machine: int) -> None:
        _ip("link", "set", self._card(machine), "down")

    def mend(self, machine: int) -> None:
        _ip("link", "set", self._card(machine), "up")

    def close(self) -> None:
        for machine in range(self._machines):
            _ip("netns", "del", self.place(machine))


class Proxies:
    """A relay for each machine that can stop relaying: for users who may not make namespaces."""

    made_of = "a relay for each process (network namespaces need root and `ip`)"

    def __init__(self, server: PostgresServer, port: int, machines: int) -> None:
        """`server` listens on 127.0.0.1 at `port`."""
        self._server = server
        self._relays = [_Relay(port) for _machine in range(machines)]

    def url(self, name: str, machine: int) -> str:
        return _over_tcp(self._server, name, "127.0.0.1", self._relays[machine].port)

    def place(self, machine: int) -> None:
        return None

    def cut(self, machine: int) -> None:
        self._relays[machine].open.clear()

    def mend(self, machine: int) -> None:
        self._relays[machine].open.set()

    def close(self) -> None:
        for relay in self._relays:
            relay.close()


class _Relay:
    """Carries bytes both ways while it is open; while it is not, it holds them."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.open = threading.Event()
        self.open.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            self.open.wait()
            with socket.create_connection(("127.0.0.1", self._target)) as server:
                ends = {client: server, server: client}
                while True:
                    for end in select.select(list(ends), [], [])[0]:
                        data = end.recv(65_536)
                        self.open.wait()
                        if not data:
                            return
                        ends[end].sendall(data)

    def close(self) -> None:
        self.open.set()
        self._listener.close()


def _over_tcp(server: PostgresServer, name: str, host: str, port: int) -> str:
    url = make_url(server.url(name)).set(host=host, port=port, query={})
    return url.render_as_string(hide_password=False)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
