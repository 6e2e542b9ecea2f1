"""A throw-away Redis for the tests, as the queue of long jobs.

`KASKAD_TEST_BROKER` may name another broker by URL; else a redis-server on the PATH is started, and when there is none
and this is root on Debian, its package is installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

START_SECONDS = 15.0
#: The server ends, and its directory goes, when this process closes the pipe, in whatever way it dies.
SUPERVISE = '"$@" & server=$!; read -r _; kill -TERM "$server"; wait "$server"; rm -rf "$KASKAD_BROKER_DIRECTORY"'


class BrokerError(Exception):
    """There is no broker, and none could be started; the text says what to do."""


class RedisServer:
    """A running broker."""

    def __init__(self, url: str, supervisor: subprocess.Popen[bytes] | None = None) -> None:
        """`supervisor` is set when the server is ours."""
        self.url = url
        self._supervisor = supervisor

    def stop(self) -> None:
        """End the server when it is ours; another's is left running."""
        if self._supervisor is not None and self._supervisor.stdin is not None:
            self._supervisor.stdin.close()
            self._supervisor.wait(timeout=START_SECONDS)


def start_broker() -> RedisServer:
    """The broker `KASKAD_TEST_BROKER` names, or a new Redis; raises BrokerError."""
    named = os.environ.get("KASKAD_TEST_BROKER")
    if named:
        return RedisServer(named)
    program = shutil.which("redis-server") or debian_redis()
    if program is None:
        raise BrokerError(
            "No redis-server here, and none could be installed. Install Redis or set KASKAD_TEST_BROKER to the URL of "
            "a broker."
        )
    directory = tempfile.mkdtemp(prefix="kaskad-redis-")
    port = free_port()
    log = Path(directory) / "server.log"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with log.open("wb") as output:
        supervisor = subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISE, "kaskad-redis", *command, "--dir", directory],
            stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "KASKAD_BROKER_DIRECTORY": directory},
        )  # fmt: skip
    server = RedisServer(f"redis://127.0.0.1:{port}/0", supervisor)
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        if time.monotonic() > deadline:
            said = log.read_text(encoding="utf-8", errors="replace")
            server.stop()
            raise BrokerError(f"Redis did not start: {said}")
        time.sleep(0.02)
    return server


def debian_redis() -> str | None:
    """Debian's redis-server, installed when this is root on a system with apt."""
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Another test run may be installing at this moment: wait for its lock.
    wait = ["-q", "-o", "DPkg::Lock::Timeout=300"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", "redis-server"]):
        done = subprocess.run([apt, *wait, *step], env=environment, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise BrokerError(f"redis-server could not be installed ({said}). Set KASKAD_TEST_BROKER instead.")
    return shutil.which("redis-server")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether a Redis on this machine says PONG."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
