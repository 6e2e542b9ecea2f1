"""The door: the login page, right and wrong."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.people import OpenPage
from tests.e2e.site import PASSWORD


def test_a_person_signs_in_where_they_were_heading_and_out_again(open_page: OpenPage) -> None:
    page = open_page(path="/loans?bucket=1-30")
    page.get_by_label("User name").fill("operator")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("User name").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/loans\?bucket=1-30"))
    page.get_by_role("button", name=re.compile("Оператор")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/login/"))
