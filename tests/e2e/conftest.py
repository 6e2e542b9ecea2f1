"""One demo site for the whole run, and pages in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.people import Doors, OpenPage
from tests.e2e.site import Site, prepare, running, settings_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: a small portfolio is enough to fill every page
LOANS = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            # said by Flask-AppBuilder's own forms
            item.add_marker(pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served with its engine. Tests share it: take what you change from what others do not look at."""
    settings = settings_in(tmp_path_factory.mktemp("site"))
    prepare(settings, loans=LOANS)
    with running(settings) as served:
        yield served


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A console with logins and nothing else, served with its engine."""
    settings = settings_in(tmp_path_factory.mktemp("empty"))
    prepare(settings, loans=0)
    with running(settings) as served:
        yield served


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Opens pages of the demo; the test fails when one of them had an error."""
    doors = Doors(browser, site)
    yield doors.open
    doors.close()
    assert doors.faults == []


@pytest.fixture
def open_empty_page(browser: Browser, empty_site: Site) -> Iterator[OpenPage]:
    """Opens pages of the empty console; the test fails when one of them had an error."""
    doors = Doors(browser, empty_site)
    yield doors.open
    doors.close()
    assert doors.faults == []
