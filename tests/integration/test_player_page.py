"""The player page in a real browser, against the real server."""

import base64
import io
import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import pytest_asyncio
from PIL import ExifTags, Image
from playwright.async_api import Browser, Page

from tests.fakes.cuttable_line import CuttableLine
from tests.integration.browser import (
    BRIGHTNESS,
    CANVAS_SUM,
    CHROMIUM,
    DESKTOP,
    PHONE,
    TABLET,
    chromium,
    in_phase,
    player,
    see_the_canvas_change,
    step_in,
    what_is_sent,
)
from tests.integration.playing import eventually
from tests.integration.server import RunningServer

pytestmark = [
    pytest.mark.integration,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: `apt-get install chromium`"),
]

LAKE = Path(__file__).parents[1] / "fakes" / "photos" / "lake_pagoda.jpg"
SMOOTH_FPS = 50
RESTART_S: Final = 120.0

WITHOUT_LOCK_OR_FULL_SCREEN: Final = """
for (const name of ['pointerLockElement', 'exitPointerLock']) delete Document.prototype[name];
for (const name of ['fullscreenElement', 'fullscreenEnabled', 'exitFullscreen']) delete Document.prototype[name];
for (const name of ['requestPointerLock', 'requestFullscreen']) delete Element.prototype[name];
for (const name of ['movementX', 'movementY']) delete MouseEvent.prototype[name];
"""
"""A browser as on an iPhone."""

GAMEPAD: Final = """
const buttons = Array.from({ length: 17 }, () => ({ pressed: false }));
window.gamepad = { id: 'A gamepad', connected: true, axes: [0, 0, 0, 0], buttons };
navigator.getGamepads = () => [window.gamepad];
"""
CONNECT_GAMEPAD: Final = (
    "() => dispatchEvent(Object.assign(new Event('gamepadconnected'), { gamepad: window.gamepad }))"
)
PRESS_START: Final = """async () => {
    const beats = async (count) => {
        for (let beat = 0; beat < count; beat += 1) await new Promise(requestAnimationFrame);
    };
    const start = window.gamepad.buttons[9];
    start.pressed = true;
    await beats(3);
    start.pressed = false;
    await beats(3);
}"""


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


async def test_on_a_tablet_the_pads_leave_the_dock_free_and_give_way_to_a_tap_while_paused(
    server: RunningServer, browser: Browser
) -> None:
    async with player(browser, server.http_url, TABLET) as page:
        await page.tap("#enter")
        await in_phase(page, "playing")
        ring = await page.locator("#pad-move .ring").bounding_box()
        assert ring is not None
        await page.tap("#dock-pause")
        await in_phase(page, "paused")
        await page.touchscreen.tap(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
        await in_phase(page, "playing")
        await page.tap("#dock-leave")
        await in_phase(page, "choosing")


async def test_without_pointer_lock_and_full_screen_the_dock_stays_and_dragging_looks_around(
    server: RunningServer, browser: Browser
) -> None:
    async with player(browser, server.http_url, PHONE, script=WITHOUT_LOCK_OR_FULL_SCREEN) as page:
        sent = what_is_sent(page)
        await page.tap("#enter")
        await in_phase(page, "playing")
        assert await page.get_attribute("body", "data-quiet") is None
        assert await page.is_hidden("#dock-fullscreen")
        picture = await page.locator("#screen").bounding_box()
        assert picture is not None
        await page.mouse.move(picture["x"] + 100, picture["y"] + 100)
        await page.mouse.down()
        await page.mouse.move(picture["x"] + 160, picture["y"] + 70, steps=3)
        await page.mouse.up()
        await eventually(lambda: looked(sent) == pytest.approx((60, -30), abs=0.1) or None)


async def test_what_would_be_another_world_waits_until_it_is_asked_for(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        sent = what_is_sent(page)
        await step_in(page)
        await page.mouse.move(300, 300)
        await page.click("#dock [data-open=settings]")
        await page.select_option("#settings-model", "local/pocket")
        await page.keyboard.press("Escape")
        await page.keyboard.press("F9")
        await page.wait_for_selector("#recording:not([hidden])")
        await page.keyboard.press("F9")
        await page.wait_for_selector("#recording", state="hidden")
        asked = [(init["model"], init["config"]["video_recording"]) for init in of_type(sent, "init")]
        assert asked == [("local/synthetic", False), ("local/synthetic", True), ("local/synthetic", False)]
        await page.click("#dock [data-open=settings]")
        assert await page.is_visible("#settings-apply")
        await page.keyboard.press("Escape")
        await page.keyboard.down("a")
        await see_the_canvas_change(page)


AS_THE_INIT_GOES_OUT: Final = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
    send.call(this, data);
    if (!String(data).includes('"init"')) return;
    WebSocket.prototype.send = send;
    document.querySelector("[data-setting=actionLog]").click();
};
"""
"""Moves a switch while the world is loaded."""


async def test_a_switch_that_is_moved_while_a_world_loads_is_in_force_when_it_begins(
    server: RunningServer, browser: Browser
) -> None:
    async with player(browser, server.http_url, DESKTOP, script=AS_THE_INIT_GOES_OUT) as page:
        sent = what_is_sent(page)
        await step_in(page)
        await eventually(lambda: _logged(sent) == [False, True] or None)


def _logged(sent: list[dict[str, Any]]) -> list[bool]:
    return [init["config"]["action_logging"] for init in of_type(sent, "init")]


def large_photograph() -> bytes:
    """As a phone held upright takes it: its pixels lie on their side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return encoded(Image.open(LAKE).resize((6000, 4000)), "JPEG", exif=exif)


def transparent_drawing() -> bytes:
    """The photograph in the middle of nothing."""
    drawing = Image.new("RGBA", (640, 480))
    drawing.paste(Image.open(LAKE).resize((400, 240)), (120, 120))
    return encoded(drawing, "PNG")


def animation() -> bytes:
    """Two pictures, the photograph first."""
    photograph = Image.open(LAKE).resize((640, 360))
    return encoded(photograph, "WEBP", save_all=True, append_images=[photograph.rotate(180)])


@pytest.mark.parametrize(
    ("picture", "suffix", "size"),
    [
        (large_photograph, "jpg", (1707, 2560)),
        (transparent_drawing, "png", (640, 480)),
        (animation, "webp", (640, 360)),
    ],
)
async def test_a_picture_that_the_server_would_rather_not_have_is_sent_as_a_small_still(
    server: RunningServer,
    browser: Browser,
    tmp_path: Path,
    picture: Callable[[], bytes],
    suffix: str,
    size: tuple[int, int],
) -> None:
    file = tmp_path / f"by hand.{suffix}"
    file.write_bytes(picture())
    async with player(browser, server.http_url, DESKTOP) as page:
        sent = what_is_sent(page)
        await page.set_input_files("#file", file)
        await page.wait_for_selector("[data-seed=own][aria-checked=true]")
        assert await page.text_content("#seed-title") == "by hand"
        await step_in(page)
        (init,) = of_type(sent, "init")
        assert init["seed_filename"] == "by hand.jpg"
        seed = Image.open(io.BytesIO(base64.b64decode(init["seed_image_data"])))
        assert (seed.format, seed.size) == ("JPEG", size)
        if suffix == "png":
            assert np.asarray(seed)[:60, :60].min() > 250


async def test_start_on_a_gamepad_pauses_and_goes_on(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP, script=GAMEPAD) as page:
        await page.evaluate(CONNECT_GAMEPAD)
        await step_in(page)
        await page.evaluate(PRESS_START)
        await in_phase(page, "paused")
        await page.evaluate(PRESS_START)
        await in_phase(page, "playing")


async def test_a_line_that_goes_dead_without_a_word_counts_as_lost(server: RunningServer, browser: Browser) -> None:
    async with CuttableLine(server.port).open() as line, player(browser, line.url, DESKTOP) as page:
        await step_in(page)
        await page.keyboard.down("d")
        await see_the_canvas_change(page)
        line.go_dead()
        await in_phase(page, "lost")
        line.mend()
        await in_phase(page, "playing")
        await page.keyboard.down("a")
        await see_the_canvas_change(page)


async def test_a_key_of_the_page_acts_once_however_long_it_is_held(server: RunningServer, browser: Browser) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        await step_in(page)
        for _ in range(2):
            await page.keyboard.down("F4")
        assert await page.is_visible("#overlay")
        for _ in range(2):
            await page.keyboard.down("Escape")
        await in_phase(page, "paused")
        await page.keyboard.up("Escape")
        await page.keyboard.press("Escape")
        await in_phase(page, "playing")


async def test_a_key_let_go_while_the_command_key_is_down_is_let_go_with_it(
    server: RunningServer, browser: Browser
) -> None:
    async with player(browser, server.http_url, DESKTOP) as page:
        sent = what_is_sent(page)
        await step_in(page)
        await page.keyboard.down("w")
        await eventually(lambda: of_type(sent, "control")[-1]["buttons"] == ["W"] or None)
        await page.keyboard.down("Meta")
        await page.keyboard.up("Meta")
        await eventually(lambda: of_type(sent, "control")[-1]["buttons"] == [] or None)


async def test_an_engine_that_the_server_does_not_offer_is_not_asked_for(
    server: RunningServer, browser: Browser
) -> None:
    stored = json.dumps({"backend": "quark", "quant": "fp8w8a8"})
    remember = f"localStorage.setItem('biome.player.settings', JSON.stringify({stored}))"
    async with player(browser, server.http_url, DESKTOP, script=remember) as page:
        await page.wait_for_selector("#start-model [value='local/synthetic']", state="attached")
        sent = what_is_sent(page)
        await step_in(page)
        (init,) = of_type(sent, "init")
        health = await (await page.request.get(f"{server.http_url}/health")).json()
        capabilities = health["capabilities"]
        backends: dict[str, list[str | None]] = capabilities["quants"] or {"world_engine": [None]}
        assert init["config"]["engine_backend"] in backends
        assert init["config"]["quant"] in backends[init["config"]["engine_backend"]]


async def test_a_recorder_that_gives_up_switches_recording_off_until_it_is_asked_for_again(
    spare_server: RunningServer, browser: Browser
) -> None:
    async with player(browser, spare_server.http_url, DESKTOP) as page:
        sent = what_is_sent(page)
        await page.set_input_files("#file", LAKE)
        await page.wait_for_selector("[data-seed=own][aria-checked=true]")
        await step_in(page)
        await page.keyboard.down("d")
        await page.keyboard.press("F9")
        await page.wait_for_selector("#recording:not([hidden])")
        dead = spare_server.replica("Recorder")
        dead.kill()
        await page.wait_for_selector(".notice.warning")
        await page.wait_for_selector("#recording", state="hidden")
        await eventually(lambda: not of_type(sent, "init")[-1]["config"]["video_recording"] or None)
        assert await page.get_attribute("#dock-record", "aria-pressed") == "false"
        await eventually(
            lambda: any(replica.pid != dead.pid for replica in spare_server.replicas("Recorder")) or None, RESTART_S
        )
        await page.keyboard.press("F9")
        await page.wait_for_selector("#recording:not([hidden])")
        await page.keyboard.press("F9")
        await page.wait_for_selector("#recording", state="hidden")


def of_type(messages: list[dict[str, Any]], wanted: str) -> list[dict[str, Any]]:
    """Those of the messages that are of this type."""
    return [message for message in messages if message["type"] == wanted]


def looked(messages: list[dict[str, Any]]) -> tuple[float, float]:
    """How far the mouse has moved in all of them."""
    controls = of_type(messages, "control")
    return sum(control["mouse_dx"] for control in controls), sum(control["mouse_dy"] for control in controls)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


async def copied(page: Page) -> str:
    """What the page has put on the clipboard."""
    await page.wait_for_selector(".notice")
    return await page.evaluate("() => navigator.clipboard.readText()")
