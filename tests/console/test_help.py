"""The help: both languages say the same, links lead somewhere, and what the program knows is not written twice."""

from __future__ import annotations

import re

import pytest

from console import help_pages
from console.security import RIGHTS, ROLE_RIGHTS
from console.views import role_words
from scenario_engine.errors import NotFound
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.rules.fields import FIELDS
from scenario_engine.texts import LANGUAGES

#: pages of the application that help may lead to
PLACES = {
    "/",
    "/scenarios",
    "/templates",
    "/review",
    "/tasks",
    "/loans",
    "/products",
    "/applications",
    "/buckets",
    "/monitoring",
    "/incoming",
    "/incoming/sources",
    "/imports/databases",
    "/outbox/webhooks",
    "/outbox/connectors",
    "/outbox/inquiries",
    "/outbox/providers",
    "/imports",
    "/outbox",
    "/jobs",
    "/audit",
    "/engine",
}
SLUGS = [slug for slug, _title in help_pages.topics("en")]


def headings(html: str) -> list[str]:
    """The levels of a page's headings, in order."""
    return re.findall(r"<(h[1-6])>", html)


def test_both_languages_have_the_same_pages_in_the_same_order() -> None:
    assert [slug for slug, _ in help_pages.topics("ru")] == SLUGS
    assert SLUGS[0] == "index"
    assert len(SLUGS) == 23


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_is_built_alike_in_both_languages_and_filled_in(slug: str) -> None:
    (english_title, english), (russian_title, russian) = (help_pages.page(slug, each) for each in LANGUAGES)
    assert headings(english) == headings(russian)
    assert english_title != russian_title
    assert "[[" not in english + russian
    assert re.search("[а-яё]", russian)
    prose = re.sub(r"<code>.*?</code>|«.*?»|“.*?”", "", english)
    assert not re.search("[а-яё]", prose), slug


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_link_leads_somewhere(slug: str, language: str) -> None:
    for target in re.findall(r'href="([^"]+)"', help_pages.page(slug, language)[1]):
        assert target in PLACES or target.removeprefix("/help/") in SLUGS, target


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_node_type_and_field_is_explained(language: str) -> None:
    nodes, rules = help_pages.page("nodes", language)[1], help_pages.page("rules", language)[1]
    for kind in load_catalogue().values():
        assert f"{kind.title.say(language)} <code>{kind.key}</code></h3>" in nodes
    assert "<pre>" not in nodes
    assert all(f"<code>{key}</code>" in rules for key in FIELDS)


def test_every_right_and_role_has_its_words() -> None:
    assert set(role_words.RIGHTS) == set(RIGHTS)
    assert set(role_words.ROLES) >= set(ROLE_RIGHTS)
    rows = help_pages.page("roles", "en")[1].split("<tr>")
    [approving] = [row for row in rows if "approve and return" in row]
    assert approving.count("✓") == 1


@pytest.mark.parametrize("slug", ["nope", "../secret", "index.md", ""])
def test_a_page_that_is_not_there_is_said(slug: str) -> None:
    with pytest.raises(NotFound):
        help_pages.page(slug, "en")
