"""Take the pictures of the player page in docs/screenshots: `.venv/bin/python scripts/screenshots.py [--url URL]`.

Needs a running server with a free world, Chromium, and Playwright. Drives the page as a player would, on a desktop and
on a phone, and writes JPEGs that a README can show.
"""

import argparse
import asyncio
import io
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.async_api import Browser, Page, WebSocketRoute, async_playwright

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
LIMIT_BYTES: Final = 300_000
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--mute-audio")
SETTLE_MS: Final = 900
"""Transitions and decoding are over by then."""
SMOOTH_FPS: Final = 56
"""A machine that is busy with something else is no sight: the picture of the overlay waits for this, half a minute."""
HELD_STAGE: Final = "session.init.seed"

DEVICES: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
}


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes the pictures of one device."""

    page: Page
    device: str

    async def take(self, name: str) -> None:
        """Wait until nothing moves but the world, and write the picture."""
        await self.page.wait_for_timeout(SETTLE_MS)
        picture = Image.open(io.BytesIO(await self.page.screenshot())).convert("RGB")
        path = FOLDER / f"{name}-{self.device}.jpg"
        for quality in range(90, 40, -5):
            picture.save(path, quality=quality, optimize=True, progressive=True)
            if path.stat().st_size < LIMIT_BYTES:
                break
        print(f"{path.name}: {picture.width} x {picture.height}, {path.stat().st_size} bytes")


async def choosing_and_loading(camera: Camera, url: str) -> None:
    """The first sight, and the wait. The wait is over too quickly for a picture, so a stage is held."""
    page = camera.page
    await page.route_web_socket("**/ws?*", hold_at_a_stage)
    await page.goto(url)
    await page.wait_for_selector("#seeds [aria-checked=true]")
    await camera.take("choosing")
    await page.click("#enter")
    await page.wait_for_selector("body[data-phase=loading]")
    await camera.take("loading")
    await page.click("#loading-cancel")


def hold_at_a_stage(socket: WebSocketRoute) -> None:
    """Pass on what the server says until it comes to the stage; nothing after that arrives."""
    server = socket.connect_to_server()
    is_held = False

    def pass_on(message: str | bytes) -> None:
        nonlocal is_held
        if is_held:
            return
        socket.send(message)
        is_held = isinstance(message, str) and json.loads(message).get("stage") == HELD_STAGE

    server.on_message(pass_on)


async def playing(camera: Camera, url: str) -> None:
    """The world, with its panels."""
    page = camera.page
    await page.goto(url)
    await page.click("[data-seed=castle]")
    await page.click("#enter")
    await page.wait_for_selector("body[data-phase=playing]")
    await page.mouse.move(300, 150)
    await camera.take("playing")
    await page.click("#dock-overlay")
    await page.click("#dock-record")
    await page.keyboard.down("w")
    await page.wait_for_timeout(1200)
    await page.keyboard.up("w")
    await page.wait_for_timeout(8000)
    await page.wait_for_function(f"() => Number(document.querySelector('#overlay').dataset.fps) >= {SMOOTH_FPS}")
    await page.mouse.move(320, 160)
    await camera.take("performance")
    await page.click("#dock-record")
    await page.click("#dock-overlay")
    await page.wait_for_selector(".notice", state="detached")
    await page.click("#dock-pause")
    await page.wait_for_selector("body[data-phase=paused]")
    await camera.take("paused")


async def panels(camera: Camera) -> None:
    """What stands beside the picture."""
    page = camera.page
    await page.click("#dock [data-open=edit]")
    await page.fill("#edit-prompt", "golden sunset")
    await page.click("#panel-edit form .primary")
    await page.wait_for_selector("#panel-edit .problem:not([hidden]), #panel-edit .result:not([hidden])")
    await camera.take("edit")
    await page.keyboard.press("Escape")
    await page.click("#dock [data-open=recordings]")
    await page.click("#recordings-list .play:not([disabled])")
    await page.wait_for_function("() => document.querySelector('#recording-video').currentTime > 1")
    await camera.take("recordings")
    await page.keyboard.press("Escape")
    for name in ("settings", "help"):
        await page.click(f"#dock [data-open={name}]")
        await camera.take(name)
        await page.keyboard.press("Escape")


async def losing(camera: Camera, url: str) -> None:
    """The server goes away."""
    page = camera.page
    sockets: list[WebSocketRoute] = []

    def remember(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    await page.route_web_socket("**/ws?*", remember)
    await page.goto(url)
    await page.click("[data-seed=village]")
    await page.click("#enter")
    await page.wait_for_selector("body[data-phase=playing]")
    await page.wait_for_timeout(SETTLE_MS)
    await sockets[-1].close(code=1012)
    await page.wait_for_selector("body[data-phase=lost]")
    await page.click("[data-setting=autoReconnect] >> visible=true")
    await camera.take("lost")


async def on_a_page(browser: Browser, device: str, tour: Callable[[Camera], Awaitable[None]]) -> None:
    """Run one tour in a fresh profile."""
    context = await browser.new_context(**DEVICES[device], locale="en-GB")
    page = await context.new_page()
    await tour(Camera(page, device))
    await context.close()


async def take_all(url: str, chromium: str) -> None:
    """Every picture, on every device."""
    FOLDER.mkdir(parents=True, exist_ok=True)

    async def play_and_look(camera: Camera) -> None:
        await playing(camera, url)
        await panels(camera)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for device in DEVICES:
            await on_a_page(browser, device, lambda camera: choosing_and_loading(camera, url))
            await on_a_page(browser, device, play_and_look)
            await on_a_page(browser, device, lambda camera: losing(camera, url))
        await browser.close()


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:7987/", help="the server's page (default: %(default)s)")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        parser.error("Chromium is not installed: `apt-get install chromium`")
    asyncio.run(take_all(options.url, chromium))


if __name__ == "__main__":
    main()
