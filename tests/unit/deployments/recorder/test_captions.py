"""Captions: their strength over time, their line breaks, their look in numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from deployments.recorder.captions import ELLIPSIS, LINES_LIMIT, CaptionDrawer, CaptionTiming, shorten_lines, wrap
from deployments.recorder.fonts import Font, find_font, has_letters

LONG = "replace the sky with a storm and put a lighthouse on the cliff " * 5


def own_font(size_px: int = 15) -> Font:
    font = ImageFont.load_default(size_px)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@pytest.mark.parametrize(
    ("age_s", "opacity"), [(0.0, 1.0), (3.9, 1.0), (4.0, 1.0), (4.5, 0.5), (4.75, 0.25), (5.0, 0.0), (9.0, 0.0)]
)
def test_a_caption_shows_for_five_seconds_and_fades_over_the_last(age_s: float, opacity: float) -> None:
    assert CaptionTiming(shown_s=5.0, fade_s=1.0).opacity(age_s) == opacity


def test_a_caption_may_end_without_fading() -> None:
    timing = CaptionTiming(shown_s=5.0, fade_s=0.0)
    assert (timing.opacity(4.999), timing.opacity(5.0)) == (1.0, 0.0)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=200))
@settings(max_examples=40, deadline=None)
def test_lines_fit_and_no_letter_is_lost(text: str) -> None:
    font, limit_px = own_font(), 120
    lines = list(wrap(text, font, limit_px))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(font.getlength(line) <= limit_px or len(line) == 1 for line in lines)


def test_a_long_text_is_cut_off_with_an_ellipsis() -> None:
    font = own_font()
    lines = shorten_lines(list(wrap(LONG, font, 300)), font, 300)
    assert len(lines) == LINES_LIMIT
    assert lines[-1].endswith(ELLIPSIS)
    assert font.getlength(lines[-1]) <= 300


def test_a_short_text_is_not_cut() -> None:
    assert shorten_lines(["one", "two", "three"], own_font(), 300) == ["one", "two", "three"]


@pytest.mark.parametrize("prompt", ["x", LONG, "ü\n\tö", "W" * 500, ""])
@pytest.mark.parametrize(("width", "height"), [(64, 48), (640, 360), (1280, 720), (2, 2), (360, 640)])
def test_the_box_lies_inside_the_frame_on_even_pixels(prompt: str, width: int, height: int) -> None:
    box = CaptionDrawer(width, height, None).draw(prompt)
    box_height, box_width = box.luma.shape
    assert box.opacity.shape == box.luma.shape
    assert (box.left % 2, box.top % 2, box_width % 2, box_height % 2) == (0, 0, 0, 0)
    assert 0 <= box.left <= width - box_width
    assert 0 <= box.top <= height - box_height


def test_letters_are_white_and_the_box_is_dark_and_translucent() -> None:
    box = CaptionDrawer(640, 360, None).draw("add a lighthouse")
    middle = box.opacity[2, box.opacity.shape[1] // 2]
    assert 0.5 < middle < 0.8
    assert box.luma[2, box.luma.shape[1] // 2] == 16
    assert np.max(box.luma) == 235
    assert np.max(box.opacity) == 1


def test_a_font_is_chosen_that_has_the_letters() -> None:
    text = "Добавь маяк"
    font = find_font(text, 20, None)
    if font.getname()[0] == own_font().getname()[0]:
        pytest.skip("this system has no font with Cyrillic letters")
    assert has_letters(font, text)


def test_pillows_own_font_has_ascii_and_little_else() -> None:
    assert has_letters(own_font(), "Add a lighthouse (red & white), please!")
    assert not has_letters(own_font(), "灯台")
