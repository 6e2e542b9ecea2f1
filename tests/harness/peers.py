"""Servers of the outside world that run on Node.js, for tests to send to: an SMPP centre, a Telegram API.

Each is a script in tests/peers. It chooses a port, takes orders as lines of JSON (see peer.js) and ends when its
standard input closes, in whatever way the test dies. Node.js and npm come from the wheel, as for the front-end.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, Any

TOP = Path(__file__).resolve().parents[2]
HERE = TOP / "tests" / "peers"
#: a peer that neither speaks nor answers for so long has failed
SECONDS = 20.0


class PeerError(Exception):
    """A peer could not be installed or did not do as it was told; the text says what it said."""


class Peer:
    """A running peer on the loopback."""

    def __init__(self, script: str, *arguments: str) -> None:
        """Start tests/peers/`script` and wait until it listens."""
        front_end = _front_end()
        home = front_end.node_home()
        _install(front_end, home)
        command = [str(front_end.node_program(home)), str(HERE / script), *arguments]
        self.script = script
        self._process = subprocess.Popen(
            command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip
        try:
            self.port = int(self._heard().removeprefix("listening "))
        except (PeerError, ValueError):
            self.stop()
            raise

    def ask(self, order: str, **values: Any) -> Any:
        """Give an order and return its answer; raises PeerError with what went wrong."""
        stream = self._process.stdin
        assert stream is not None
        stream.write(json.dumps({"order": order, **values}) + "\n")
        stream.flush()
        said = json.loads(self._heard())
        if "error" in said:
            raise PeerError(f"{self.script}, {order}: {said['error']}")
        return said["answer"]

    def stop(self) -> None:
        """End it."""
        process = self._process
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        try:
            process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _heard(self) -> str:
        # a peer that says nothing is ended, and then its silence is an empty line
        clock = threading.Timer(SECONDS, self._process.kill)
        clock.start()
        try:
            stream: IO[str] | None = self._process.stdout
            assert stream is not None
            line = stream.readline()
        finally:
            clock.cancel()
        if not line:
            raise PeerError(f"{self.script} said nothing; what it wrote to its standard error stands above.")
        return line.strip()


@contextmanager
def peer(script: str, *arguments: str) -> Iterator[Peer]:
    """A peer for as long as the block lasts."""
    running = Peer(script, *arguments)
    try:
        yield running
    finally:
        running.stop()


def _front_end() -> ModuleType:
    """static/build.py, which knows where the wheel's Node.js and npm are and which certificates to trust."""
    spec = importlib.util.spec_from_file_location("kaskad_front_end", TOP / "static" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _install(front_end: ModuleType, home: Path) -> None:
    """Bring tests/peers/node_modules to the state of its lock file; nothing when it is there already."""
    modules = HERE / "node_modules"
    stamp = modules / ".kaskad-stamp"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with (HERE / ".install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another test run may be installing at this moment
        if front_end.is_current(stamp, wanted):
            return
        command = [front_end.node_program(home), front_end.npm_script(home), "ci"]
        done = subprocess.run(
            [str(part) for part in command], cwd=HERE, env=front_end.environment(home), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise PeerError(f"The peers could not be installed: {done.stdout}{done.stderr}")
        stamp.write_text(wanted + "\n", encoding="ascii")
