"""Pages of signed-in people. A page fails its test when its console shows an error or the server breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from playwright.sync_api import expect

from tests.e2e.site import PASSWORD, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

#: what the person sees when a request is refused on purpose; the browser itself logs such answers as errors
_REFUSED = "Failed to load resource: the server responded with a status of 4"
WIDE = (1440, 900)
NARROW = (390, 844)
SLOWEST = 10_000
expect.set_options(timeout=SLOWEST)


class OpenPage(Protocol):
    """Opens a page for a person; without a name nobody is signed in."""

    def __call__(
        self,
        person: str | None = None,
        *,
        path: str | None = "/",
        language: str = "en",
        theme: str = "light",
        size: tuple[int, int] = WIDE,
        password: str = PASSWORD,
    ) -> Page: ...


class Doors:
    """Opens pages and watches them."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser = browser
        self._site = site
        self._contexts: list[BrowserContext] = []
        #: what went wrong on any page
        self.faults: list[str] = []

    def open(
        self,
        person: str | None = None,
        *,
        path: str | None = "/",
        language: str = "en",
        theme: str = "light",
        size: tuple[int, int] = WIDE,
        password: str = PASSWORD,
    ) -> Page:
        """A page in a browser of its own, at `path` (None: nowhere yet); `base_url` is the site's address."""
        context = self._browser.new_context(
            base_url=self._site.address,
            viewport={"width": size[0], "height": size[1]},
            locale="ru-RU" if language == "ru" else "en-GB",
            timezone_id=self._site.settings.time_zone,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(SLOWEST)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.faults.append(f"error on the page: {error.error}"))
        context.on("response", self._see)
        self._contexts.append(context)
        if person is not None:
            sign_in(context, person, password)
            choose(context, language, theme)
        page = context.new_page()
        if path is not None:
            page.goto(path)
        return page

    def close(self) -> None:
        """Close every browser that was opened."""
        for context in self._contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REFUSED):
            self.faults.append(f"console: {message.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} from {response.request.method} {response.url}")


def sign_in(context: BrowserContext, person: str, password: str = PASSWORD) -> None:
    """Sign in without drawing the login page."""
    form = context.request.get("/login/").text()
    token = form.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    answer = context.request.post(
        "/login/",
        form={"csrf_token": token, "username": person, "password": password},
        max_redirects=0,
    )
    assert answer.status == 302, f"{person} could not sign in: {answer.status}"


def choose(context: BrowserContext, language: str, theme: str) -> None:
    """Keep the person's language and theme, as their own menu does."""
    answer = ask(context, "PUT", "/me", {"language": language, "theme": theme})
    assert answer.status == 200, answer.text()


def ask(context: BrowserContext, method: str, path: str, body: Any = None) -> Any:
    """The API's answer to this person, with the session's token on whatever is not a GET."""
    headers = {}
    if method != "GET":
        headers["X-CSRFToken"] = context.request.get("/api/v1/me").json()["csrf"]
    return context.request.fetch(f"/api/v1{path}", method=method, data=body, headers=headers)


def settle(page: Page) -> None:
    """Wait until the page shows its content and no skeleton of it.

    A live message is none: that a colleague has the scenario open, too, may be said for a minute.
    """
    page.locator("h1, .panel").first.wait_for()
    expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)


def overflow(page: Page) -> int:
    """By how many pixels the whole page scrolls sideways."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def until(found: Callable[[], bool], page: Page, what: str, milliseconds: int = SLOWEST) -> None:
    """Look again until `found`; fail and say `what` was waited for."""
    for _ in range(milliseconds // 100):
        if found():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came: {what}")
