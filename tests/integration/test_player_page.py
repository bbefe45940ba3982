"""The player page in a real browser, against the real server."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.fakes.cuttable_line import CuttableLine
from tests.integration.browser import (
    BRIGHTNESS,
    CANVAS_SUM,
    CHROMIUM,
    DESKTOP,
    PHONE,
    chromium,
    in_phase,
    player,
    see_the_canvas_change,
    step_in,
)
from tests.integration.server import RunningServer

pytestmark = [
    pytest.mark.integration,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: `apt-get install chromium`"),
]

LAKE = Path(__file__).parents[1] / "fakes" / "photos" / "lake_pagoda.jpg"
SMOOTH_FPS = 50


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncGenerator[Browser]:
    """One browser for all; each test has a profile of its own in it."""
    async with chromium() as running:
        yield running


async def test_a_newcomer_chooses_a_picture_and_walks_smoothly(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await page.click("[data-seed=castle]")
        assert await page.text_content("#seed-title") == "Castle in autumn"
        await step_in(page)
        await page.keyboard.press("F4")
        await page.keyboard.down("w")
        await see_the_canvas_change(page)
        await page.wait_for_timeout(5000)
        await see_the_canvas_change(page)
        await page.wait_for_function(f"() => Number(document.querySelector('#overlay').dataset.fps) >= {SMOOTH_FPS}")
        await page.keyboard.up("w")


async def test_a_paused_world_stands_still_and_goes_on_when_asked(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await step_in(page)
        await page.keyboard.down("d")
        await see_the_canvas_change(page)
        await page.keyboard.press("Escape")
        await in_phase(page, "paused")
        await page.wait_for_timeout(500)
        still = await page.evaluate(CANVAS_SUM)
        await page.wait_for_timeout(500)
        assert await page.evaluate(CANVAS_SUM) == still
        await page.click("#resume")
        await in_phase(page, "playing")
        await page.keyboard.down("d")
        await see_the_canvas_change(page)


async def test_an_edit_shows_before_and_after_and_the_world_goes_on_from_it(
    server: RunningServer, browser: Browser
) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await step_in(page)
        before = await page.evaluate(BRIGHTNESS)
        await page.keyboard.press("F2")
        await page.fill("#edit-prompt", "make it night")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#panel-edit .result:not([hidden])")
        assert await page.evaluate("() => document.querySelector('#panel-edit .after').naturalWidth") > 0
        assert "night" in (await page.inner_text("#panel-edit .instruction")).lower()
        assert await page.evaluate(BRIGHTNESS) < before * 0.8
        await page.click("#panel-edit [data-continue]")
        await page.keyboard.down("a")
        await see_the_canvas_change(page)
        assert await page.evaluate(BRIGHTNESS) < before * 0.8


async def test_a_request_that_cannot_be_met_is_answered_in_words(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await step_in(page)
        await page.keyboard.press("F2")
        await page.keyboard.press("Enter")
        problem = await page.wait_for_selector("#panel-edit .problem:not([hidden])")
        assert problem is not None
        assert (await problem.inner_text()).startswith("There was no text to work from.")
        await page.keyboard.press("Escape")
        await page.keyboard.down("a")
        await see_the_canvas_change(page)


async def test_a_new_scene_is_made_while_paused_and_then_walked_in(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await step_in(page)
        await page.keyboard.press("Escape")
        await in_phase(page, "paused")
        await page.keyboard.press("F3")
        await page.fill("#generate-prompt", "a tropical beach with palm trees")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#panel-generate .result:not([hidden])")
        await page.click("#panel-generate [data-continue]")
        await in_phase(page, "playing")
        assert await page.text_content("#place") == "A tropical beach with palm trees"
        await page.keyboard.down("d")
        await see_the_canvas_change(page)


async def test_a_recording_is_made_played_and_deleted_in_the_page(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await step_in(page)
        await page.keyboard.press("F9")
        await page.wait_for_selector("#recording:not([hidden])")
        await page.keyboard.down("w")
        await page.wait_for_timeout(4500)
        await page.keyboard.up("w")
        await page.keyboard.press("F9")
        await page.wait_for_selector("#recording", state="hidden")
        await page.mouse.move(300, 300)
        await page.click("#dock [data-open=recordings]")
        await page.click("#recordings-list .play:not([disabled])")
        await page.wait_for_function("() => document.querySelector('#recording-video').currentTime > 0.2")
        video = await page.get_attribute("#recording-video", "src")
        partial = await page.request.get(f"{server.http_url}{video}", headers={"Range": "bytes=0-99"})
        assert (partial.status, len(await partial.body())) == (206, 100)
        recording = await page.get_attribute("#recordings-list li", "data-recording")
        mine = f"#recordings-list li[data-recording='{recording}']"
        await page.click(f"{mine} [data-key^=delete]")
        await page.click(f"{mine} .sure")
        await page.wait_for_selector(mine, state="detached")


async def test_a_lost_server_is_said_and_found_again_by_itself(server: RunningServer, browser: Browser) -> None:
    async with CuttableLine(server.port).open() as line, player(browser, line.url, DESKTOP) as page:
        await step_in(page)
        await page.keyboard.down("d")
        await see_the_canvas_change(page)
        line.cut()
        await in_phase(page, "lost")
        assert await page.text_content("#ended-title") == "The connection was lost"
        await page.click("[data-setting=autoReconnect] >> visible=true")
        line.mend()
        await page.click("#ended-retry")
        await in_phase(page, "playing")
        line.cut()
        await in_phase(page, "lost")
        line.mend()
        await page.click("[data-setting=autoReconnect] >> visible=true")
        await in_phase(page, "playing")
        await page.keyboard.down("a")
        await see_the_canvas_change(page)


async def test_a_second_player_is_told_that_the_world_is_taken(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as first, player(browser, server.http_url, DESKTOP) as second:
        await step_in(first)
        await second.click("#enter")
        await in_phase(second, "refused")
        assert await second.text_content("#ended-title") == "Somebody else is playing"
        await first.mouse.move(300, 300)
        await first.click("#dock-leave")
        await in_phase(first, "choosing")
        await in_phase(second, "playing")


async def test_a_players_own_picture_becomes_a_world_and_a_text_file_does_not(
    server: RunningServer, browser: Browser
) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await page.set_input_files("#file", Path(__file__))
        await page.wait_for_selector(".notice.warning")
        await page.set_input_files("#file", LAKE)
        await page.wait_for_selector("[data-seed=own][aria-checked=true]")
        assert await page.text_content("#seed-title") == "lake pagoda"
        await step_in(page)
        await page.keyboard.down("s")
        await see_the_canvas_change(page)


async def test_a_phone_walks_with_its_thumb(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, PHONE) as page:
        await page.tap("#enter")
        await in_phase(page, "playing")
        await page.wait_for_selector("#pad-move")
        ring = await page.locator("#pad-move .ring").bounding_box()
        assert ring is not None
        await page.mouse.move(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
        await page.mouse.down()
        await page.mouse.move(ring["x"] + ring["width"] / 2, ring["y"])
        await page.wait_for_selector("#pad-move.held")
        await see_the_canvas_change(page)
        await page.mouse.up()
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


async def test_everything_about_a_session_can_be_copied_for_somebody_else(
    server: RunningServer, browser: Browser
) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await step_in(page)
        await page.mouse.move(300, 300)
        await page.click("#dock [data-open=settings]")
        await page.click("#panel-settings [data-copy]")
        report = await copied(page)
        for part in ('"model": "local/synthetic"', '"torch_version"', "-> playing", "== Server log"):
            assert part in report


async def copied(page: Page) -> str:
    """What the page has put on the clipboard."""
    await page.wait_for_selector(".notice")
    return await page.evaluate("() => navigator.clipboard.readText()")
