"""A real browser for the tests of the player page: Debian's Chromium, driven by Playwright."""

import json
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import Browser, ConsoleMessage, Page, WebSocket, async_playwright

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--mute-audio", "--disable-dev-shm-usage")
DESKTOP: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
TABLET: Final[dict[str, Any]] = {"viewport": {"width": 1180, "height": 820}, "has_touch": True, "is_mobile": True}
WAIT_MS: Final = 60_000

CANVAS_SUM: Final = """() => {
    const canvas = document.querySelector('#screen');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let at = 0; at < data.length; at += 97) sum = (sum * 31 + data[at]) % 4294967296;
    return sum;
}"""
"""A number that changes when the picture does."""

BRIGHTNESS: Final = """() => {
    const canvas = document.querySelector('#screen');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value) => sum + value, 0) / data.length;
}"""
"""How bright the picture is, from 0 to 255; its opacity counts as a fourth colour."""
BLACK: Final = 64


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """One browser for as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def player(
    browser: Browser, url: str, device: dict[str, Any], *, script: str | None = None
) -> AsyncGenerator[Page]:
    """The player page, loaded, in a fresh profile; `script` runs before the page's own.

    Raises AssertionError for any error that the page itself makes.
    """
    context = await browser.new_context(**device, locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    if script is not None:
        await context.add_init_script(script)
    page = await context.new_page()
    page.set_default_timeout(WAIT_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: _keep_defects(message, errors))
    try:
        await page.goto(url)
        await page.wait_for_selector("#seeds [aria-checked=true]")
        yield page
    finally:
        await context.close()
    assert not errors, errors


def _keep_defects(message: ConsoleMessage, errors: list[str]) -> None:
    """Chromium reports failed connections as errors too; those are the tests' own doing."""
    if message.type == "error" and "ERR_" not in message.text and "WebSocket" not in message.text:
        errors.append(message.text)


async def step_in(page: Page) -> None:
    """From choosing to a running world whose first picture is on the screen."""
    await page.click("#enter")
    await in_phase(page, "playing")
    await page.wait_for_function(f"black => ({BRIGHTNESS})() > black", arg=BLACK)


def what_is_sent(page: Page) -> list[dict[str, Any]]:
    """The messages that the page sends to its server from the next connection on; the list grows with them."""
    messages: list[dict[str, Any]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: messages.append(json.loads(payload)))

    page.on("websocket", listen)
    return messages


async def in_phase(page: Page, phase: str) -> None:
    """Wait until the page says that it is in this phase."""
    await page.wait_for_selector(f"body[data-phase={phase}]")


async def see_the_canvas_change(page: Page) -> None:
    """Wait until the picture is another one than now."""
    before: int = await page.evaluate(CANVAS_SUM)
    await page.wait_for_function(f"before => ({CANVAS_SUM})() !== before", arg=before)
