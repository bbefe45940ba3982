"""Generated pictures as files: what stands in their comment, and that any JPEG reader still takes them."""

import io
import json

import pytest
from PIL import Image

from deployments.scene_authoring.pictures import PROMPT_LIMIT_CHARS, describe, encode_picture, read_properties
from tests.fakes import pictures

NOW_S = 1_700_000_000.4


@pytest.mark.parametrize("prompt", ["a night", 'über "Brücken" ☂ 🌉', "x" * 100_000, "🌉" * 100_000])
def test_the_comment_holds_the_properties_as_plain_json(prompt: str) -> None:
    image = pictures.noise(64, 48)
    properties = describe(image, prompt=prompt, model="procedural", seed=7, now_s=NOW_S)
    jpeg = encode_picture(image, properties, quality=92)
    reread = Image.open(io.BytesIO(jpeg))
    comment = reread.info["comment"]
    assert json.loads(comment.decode("ascii")) == {
        "prompt": prompt[:PROMPT_LIMIT_CHARS],
        "model": "procedural",
        "width": 64,
        "height": 48,
        "seed": 7,
        "created": "2023-11-14T22:13:20Z",
    }
    assert read_properties(jpeg) == properties
    assert reread.size == (64, 48)


def test_a_jpeg_without_a_comment_has_no_properties() -> None:
    assert read_properties(pictures.encoded(pictures.noise(), "JPEG")) is None


def test_a_higher_quality_keeps_more_of_the_picture() -> None:
    image = pictures.noise(64, 48)
    properties = describe(image, prompt="p", model="m", seed=0, now_s=NOW_S)
    assert len(encode_picture(image, properties, quality=92)) > len(encode_picture(image, properties, quality=60))
