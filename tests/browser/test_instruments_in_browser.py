"""A sheet in two windows of a real Chromium: it saves by itself, the other window is told, nothing is lost."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from governed import NAME, House
from interlock.surfaces.web.visitor import COOKIE
from web_desk import web_desk
from web_served import pages_served

SHEET = f"/instruments/readiness-scorecard/sheet/security-and-risk?subject={NAME}"


def test_a_sheet_saves_by_itself_and_tells_the_other_window(chromium: Browser, tmp_path: Path) -> None:
    house = House(tmp_path)
    house.define()
    with web_desk(house.rt) as desk, pages_served(desk.client.app) as at:
        context = chromium.new_context()
        context.add_cookies([{"name": COOKIE, "value": "leader", "url": at}])
        one, other = context.new_page(), context.new_page()
        for page in (one, other):
            page.goto(at + SHEET)
        one.check('input[name="value.security"][value="2"]')
        one.fill('textarea[name="words.security"]', "two findings are open")
        expect(one.locator("#draft-state")).to_contain_text("Your draft was kept")
        one.wait_for_timeout(1_200)  # both fields are on their way together, or one after the other
        assert one.input_value('textarea[name="words.security"]') == "two findings are open"
        one.click("#i-security summary")
        with one.expect_navigation():
            one.press('input[name="digests.security"]', "Enter")
        assert "/sheet/security-and-risk" in one.url, "it saves, and is not the button of a file"
        assert one.input_value('textarea[name="words.security"]') == "two findings are open"
        other.check('input[name="value.security"][value="5"]')
        expect(other.locator("#draft-state")).to_contain_text(re.compile("Changed in another window: Security"))
        other.click("text=Save >> nth=1")
        expect(other.locator("main")).to_contain_text("You wrote this in another window")
        one.reload()
        assert one.is_checked('input[name="value.security"][value="2"]')
        assert one.input_value('textarea[name="words.security"]') == "two findings are open"
        context.close()
    house.opened.close()
