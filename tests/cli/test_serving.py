"""`kaskad serve` as a process: it prints where it is, answers, and ends cleanly when it is told to."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.cli.terminal import Terminal

START = "import sys; from console.cli import main; sys.exit(main())"


@contextmanager
def running(terminal: Terminal, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, killed at the end when it is still there."""
    environment = {
        **os.environ,
        "KASKAD_DATABASE_URL": f"sqlite:///{terminal.database}",
        "KASKAD_DATA_DIR": str(terminal.folder / "var"),
        "KASKAD_LANGUAGE": "en",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", START, *words],
        env=environment, cwd=terminal.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_address_and_logins_answers_and_ends_cleanly(demo: Terminal, end: signal.Signals) -> None:
    with running(demo, "serve", "--demo", "--port", "0") as process:
        assert process.stdout is not None
        printed = ""
        while "Ctrl+C" not in printed:
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            printed += line
        assert "Compliance\tcompliance\t" in printed
        found = re.search(r"http://\S+", printed)
        assert found is not None
        connection = http.client.HTTPConnection(urlsplit(found[0]).netloc, timeout=20)
        connection.request("GET", "/login/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(end)
        _out, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert said == ""


def test_a_port_that_is_taken_is_said_clearly(demo: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = demo.run("serve", "--port", port)
    assert answer.status == 2
    assert port in answer.err
    assert "--port or KASKAD_PORT" in answer.err
