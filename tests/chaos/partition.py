"""`python -m tests.chaos.partition`: two engine machines, one of which is cut off in the middle and comes back.

Each moment of the simulated days one machine loses its wire, for a blink or for longer than a connection lives. The end
is compared row by row with an undisturbed run: nothing may be lost, nothing done twice. Ends with status 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import click

from tests.chaos.__main__ import DURABLE, Outcome, run, tell
from tests.chaos.actors import run_engine
from tests.chaos.network import Namespaces, Network, Proxies, can_make_namespaces, enter_namespace, free_port
from tests.chaos.storm import Storm
from tests.harness.postgres import PostgresServer, start_server

MACHINES = 2
#: seconds without a wire: a blink that TCP bridges, and longer than either side waits for the other
CUTS = (1.5, 16.0)


def run_machine(url: str, home: Path, seed: int, place: str | None) -> None:
    """An engine on a machine of its own."""
    if place is not None:
        enter_namespace(place)
    run_engine(url, home, seed)


class Cut(Storm):
    """Strikes by taking a machine's wire away."""

    engines = MACHINES

    def __init__(self, url: str, home: Path, *, seed: int, say: Callable[[str], None], network: Network) -> None:
        """`url` is for the desks and the script itself, who are never cut off."""
        super().__init__(url, home, seed=seed, say=say)
        self._network = network
        self._name = url.rsplit("/", 1)[1].split("?")[0]
        self._machines: dict[int, BaseProcess] = {}
        self._cut: tuple[int, float] | None = None

    def _new_engine(self) -> BaseProcess:
        machine = next(n for n in range(MACHINES) if n not in self._machines or not self._machines[n].is_alive())
        process = self._context.Process(
            target=run_machine,
            args=(
                self._network.url(self._name, machine), self._home, self._random.getrandbits(32),
                self._network.place(machine),
            ),
            daemon=True,
        )  # fmt: skip
        process.start()
        self._machines[machine] = process
        return process

    def _keep_alive(self) -> None:
        super()._keep_alive()
        if self._cut is not None and time.monotonic() >= self._cut[1]:
            self._calm_down()

    def _strike(self) -> int:
        if self._cut is not None:
            return 0
        machine, seconds = self._random.randrange(MACHINES), self._random.choice(CUTS)
        self._network.cut(machine)
        self._say(f"machine {machine + 1} is cut off for {seconds:g} s")
        self._cut = (machine, time.monotonic() + seconds)
        self.kills[f"cut for {seconds:g} s"] += 1
        return 1

    def _calm_down(self) -> None:
        if self._cut is not None:
            machine, until = self._cut
            time.sleep(max(0.0, until - time.monotonic()))
            self._network.mend(machine)
            self._say(f"machine {machine + 1} is back")
            self._cut = None

    def end(self) -> None:
        """End every process; the machines have their wires."""
        self._calm_down()
        super().end()


def run_partition(
    home: Path, *, loans: int, days: int, cuts: int, seed: int, say: Callable[[str], None], namespaces: bool
) -> Outcome:
    """Walk the days undisturbed, then with two machines of which one at a time is cut off."""
    port = free_port()
    addresses = "*" if namespaces else "127.0.0.1"
    server = start_server(**DURABLE, listen_addresses=addresses, port=str(port))
    network: Network | None = None
    try:
        made = _network(server, port, namespaces)
        network = made
        say(f"the machines are made of {made.made_of}")
        return run(
            server, home, loans=loans, days=days, kills=cuts, seed=seed, most=20, say=say,
            storm=lambda url, place: Cut(url, place, seed=seed, say=say, network=made),
        )  # fmt: skip
    finally:
        if network is not None:
            network.close()
        server.stop()


def _network(server: PostgresServer, port: int, namespaces: bool) -> Network:
    return Namespaces(server, port, MACHINES) if namespaces else Proxies(server, port, MACHINES)


def main() -> int:
    """Read the options, run, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.partition", description=__doc__)
    parser.add_argument("--loans", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--cuts", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kaskad-partition-") as home:
        outcome = run_partition(
            Path(home), loans=chosen.loans, days=chosen.days, cuts=chosen.cuts, seed=chosen.seed,
            say=lambda line: click.echo(f"{time.monotonic() - began:7.1f} s  {line}"),
            namespaces=can_make_namespaces(),
        )  # fmt: skip
    return tell(outcome, chosen.seed)


if __name__ == "__main__":
    sys.exit(main())
