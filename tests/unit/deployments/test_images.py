"""What becomes pixels, and what is refused with which defect."""

import base64
import io
import pickle
import random
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps

from deployments.images import decode_base64, decode_image, encode_jpeg, fit_frame
from protocol.errors import ImageDefect, InvalidImageError, MessageId
from tests.fakes import pictures

LIMIT = 1_000_000
PHOTO = Path(__file__).parents[2] / "fakes" / "photos" / "lake_pagoda.jpg"
KINDS = ["PNG", "JPEG", "WEBP"]
SMALL_FILES = {kind: pictures.encoded(pictures.noise(), kind) for kind in KINDS}


def defect_of(data: bytes, limit_pixels: int = LIMIT) -> ImageDefect:
    with pytest.raises(InvalidImageError) as caught:
        decode_image(data, limit_pixels=limit_pixels)
    return caught.value.defect


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.tobytes() == other.tobytes()


def jpeg_of_scans(scans: int) -> bytes:
    """A progressive JPEG: Pillow's ten scans, and more that refine brightness without having a single bit."""
    buffer = io.BytesIO()
    pictures.noise().save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    return data[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x00\x10" * (scans - 10) + data[-2:]


@pytest.mark.parametrize("kind", KINDS)
def test_png_jpeg_and_webp_are_decoded_to_rgb(kind: str) -> None:
    image = decode_image(SMALL_FILES[kind], limit_pixels=LIMIT)
    assert (image.mode, image.size, image.info) == ("RGB", (64, 48), {})


def test_a_lossless_picture_keeps_its_pixels() -> None:
    assert same(decode_image(SMALL_FILES["PNG"], limit_pixels=LIMIT), pictures.noise())


def test_a_photograph_is_decoded() -> None:
    image = decode_image(PHOTO.read_bytes(), limit_pixels=LIMIT)
    assert image.width > 100
    assert np.asarray(image).std() > 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_pixel_is_a_picture(kind: str) -> None:
    image = decode_image(pictures.encoded(pictures.plain("red", 1, 1), kind), limit_pixels=1)
    assert image.size == (1, 1)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_other_formats_are_refused(kind: str) -> None:
    assert defect_of(pictures.encoded(pictures.plain("red", 32, 32), kind)) is ImageDefect.UNKNOWN_FORMAT


def test_an_animated_gif_is_refused() -> None:
    assert defect_of(pictures.animation("GIF")) is ImageDefect.UNKNOWN_FORMAT


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animated_png_and_webp_are_refused(kind: str) -> None:
    assert defect_of(pictures.animation(kind)) is ImageDefect.ANIMATED


def test_the_first_picture_of_a_telephones_jpeg_pair_is_taken() -> None:
    buffer = io.BytesIO()
    pictures.plain("red").save(buffer, "MPO", save_all=True, append_images=[pictures.plain("blue")])
    red, green, blue = np.asarray(decode_image(buffer.getvalue(), limit_pixels=LIMIT))[0, 0]
    assert (red > 200, green < 50, blue < 50) == (True, True, True)


def test_nothing_is_no_picture() -> None:
    assert defect_of(b"") is ImageDefect.EMPTY


@pytest.mark.parametrize(
    "data",
    [
        pictures.png_claiming(60_000, 60_000),
        pictures.png_claiming(2**31 - 1, 2**31 - 1),
        pictures.webp_claiming(16_383, 16_383),
        pictures.webp_claiming(2**24, 2**24),
        pictures.jpeg_claiming(60_000, 60_000),
        pictures.jpeg_claiming(10_000, 9_000),
    ],
    ids=["png", "largest png", "webp", "largest webp", "jpeg", "jpeg that Pillow only warns about"],
)
def test_a_huge_claim_is_refused_before_any_pixel_is_decoded(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", Mock(side_effect=AssertionError("decodes")))
    assert defect_of(data) is ImageDefect.TOO_MANY_PIXELS


def test_a_huge_webp_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", Mock(side_effect=AssertionError("opens, and thereby allocates the canvas")))
    assert defect_of(pictures.webp_claiming(16_383, 16_383)) is ImageDefect.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", KINDS)
def test_the_pixel_limit_is_exact(kind: str) -> None:
    assert decode_image(SMALL_FILES[kind], limit_pixels=64 * 48).size == (64, 48)
    assert defect_of(SMALL_FILES[kind], 64 * 48 - 1) is ImageDefect.TOO_MANY_PIXELS


@pytest.mark.parametrize("quality", [{"lossless": True}, {"quality": 50}])
def test_the_pixel_limit_holds_for_both_webp_encodings(quality: dict[str, int]) -> None:
    buffer = io.BytesIO()
    pictures.noise(33, 17).save(buffer, "WEBP", **quality)
    assert decode_image(buffer.getvalue(), limit_pixels=33 * 17).size == (33, 17)
    assert defect_of(buffer.getvalue(), 33 * 17 - 1) is ImageDefect.TOO_MANY_PIXELS


def test_a_png_without_pixels_is_refused() -> None:
    assert defect_of(pictures.png_claiming(0, 7)) is ImageDefect.DAMAGED


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_file_is_refused(kind: str) -> None:
    data = SMALL_FILES[kind]
    assert defect_of(data[: len(data) // 2]) is ImageDefect.DAMAGED


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00"
    data = SMALL_FILES["JPEG"]
    with pytest.raises(InvalidImageError, match="too many scans"):
        decode_image(data[:-2] + scan * 101 + data[-2:], limit_pixels=LIMIT)


@pytest.mark.parametrize("share", [1, 2, 4])
def test_a_jpeg_may_have_the_more_scans_the_smaller_it_is(share: int) -> None:
    limit_pixels = share * 64 * 48
    assert decode_image(jpeg_of_scans(12 * share), limit_pixels=limit_pixels).size == (64, 48)
    with pytest.raises(InvalidImageError, match="too many scans"):
        decode_image(jpeg_of_scans(12 * share + 1), limit_pixels=limit_pixels)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_an_ordinary_progressive_jpeg_may_be_as_large_as_any_picture(mode: str) -> None:
    buffer = io.BytesIO()
    pictures.noise().convert(mode).save(buffer, "JPEG", progressive=True)
    assert decode_image(buffer.getvalue(), limit_pixels=64 * 48).size == (64, 48)


def test_a_video_behind_a_jpeg_is_no_scan() -> None:
    video = random.Random(0).randbytes(10_000) + 200 * b"\xff\xda"
    assert decode_image(SMALL_FILES["JPEG"] + video, limit_pixels=64 * 48).size == (64, 48)


@pytest.mark.parametrize(("huffman", "arithmetic"), [(b"\xff\xc0", b"\xff\xc9"), (b"\xff\xc2", b"\xff\xca")])
def test_a_jpeg_in_arithmetic_coding_is_refused(huffman: bytes, arithmetic: bytes) -> None:
    data = SMALL_FILES["JPEG"] if huffman == b"\xff\xc0" else jpeg_of_scans(10)
    with pytest.raises(InvalidImageError, match="arithmetic coding"):
        decode_image(data.replace(huffman, arithmetic, 1), limit_pixels=LIMIT)


def test_transparency_is_flattened_on_black() -> None:
    image = Image.new("RGBA", (2, 1), (255, 255, 255, 0))
    image.putpixel((1, 0), (200, 100, 50, 128))
    pixels = np.asarray(decode_image(pictures.encoded(image), limit_pixels=LIMIT))
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert np.abs(pixels[0, 1].astype(int) - [100, 50, 25]).max() <= 1


def test_a_transparent_palette_entry_is_black() -> None:
    image = pictures.plain("white").convert("P")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=image.getpixel((0, 0)))
    assert same(decode_image(buffer.getvalue(), limit_pixels=LIMIT), pictures.plain("black"))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_mode_keeps_its_brightness(mode: str) -> None:
    grey = Image.new("L", (4, 4), 255 if mode == "1" else 100)
    wide = Image.fromarray(np.full((4, 4), 100 << 8, dtype=np.uint16))
    data = pictures.encoded(wide if mode == "I;16" else grey.convert(mode))
    red, green, blue = np.asarray(decode_image(data, limit_pixels=LIMIT))[0, 0].tolist()
    assert (red, green, blue) == ((255,) * 3 if mode == "1" else (100,) * 3)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_jpegs_that_are_not_rgb_become_rgb(mode: str) -> None:
    data = pictures.encoded(pictures.plain("white").convert(mode), "JPEG")
    assert np.asarray(decode_image(data, limit_pixels=LIMIT)).min() > 250


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_whatever_its_orientation_tag(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    pictures.noise().save(buffer, "PNG", exif=exif)
    with Image.open(io.BytesIO(buffer.getvalue())) as tagged:
        expected = ImageOps.exif_transpose(tagged)
    assert same(decode_image(buffer.getvalue(), limit_pixels=LIMIT), expected)


def test_a_broken_orientation_tag_reads_as_upright() -> None:
    buffer = io.BytesIO()
    pictures.noise().save(buffer, "PNG", exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff\x12\x01\x03\x00")
    assert same(decode_image(buffer.getvalue(), limit_pixels=LIMIT), pictures.noise())


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_colour_profile_is_ignored(kind: str) -> None:
    buffer = io.BytesIO()
    pictures.noise().save(buffer, kind, icc_profile=b"no profile at all")
    assert decode_image(buffer.getvalue(), limit_pixels=LIMIT).size == (64, 48)


@given(st.binary(max_size=300))
def test_random_bytes_never_do_worse_than_be_refused(data: bytes) -> None:
    assert isinstance(defect_of(data), ImageDefect)


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_file_is_refused_unless_every_pixel_is_there(kind: str) -> None:
    data = SMALL_FILES[kind]
    whole = decode_image(data, limit_pixels=LIMIT)
    refused = 0
    for length in range(1, len(data)):
        try:
            image = decode_image(data[:length], limit_pixels=LIMIT)
        except InvalidImageError:
            refused += 1
        else:
            assert same(image, whole), length
    assert refused > 0.9 * len(data)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 20))
def test_a_damaged_file_is_refused_or_decoded_within_the_limit(kind: str, seed: int, flips: int) -> None:
    data, rng = bytearray(SMALL_FILES[kind]), random.Random(seed)
    for _ in range(flips):
        data[rng.randrange(12, len(data))] = rng.randrange(256)
    try:
        image = decode_image(bytes(data), limit_pixels=LIMIT)
    except InvalidImageError:
        return
    assert image.mode == "RGB"
    assert image.width * image.height <= LIMIT


def test_base64_is_decoded_with_and_without_the_data_url_prefix() -> None:
    text = base64.b64encode(b"picture").decode()
    assert decode_base64(text, limit_bytes=7) == b"picture"
    assert decode_base64("data:image/jpeg;base64," + text, limit_bytes=7) == b"picture"


@pytest.mark.parametrize(
    "text",
    ["a", "ab=", "a-_b", "YWJj\n", " YWJj", "YWJj!", "é", "data:text/html;base64,YWJj", "data:image/png,YWJj", "=YWJ"],
)
def test_text_that_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidImageError) as caught:
        decode_base64(text, limit_bytes=100)
    assert caught.value.defect is ImageDefect.NOT_BASE64


@pytest.mark.parametrize("text", ["", "data:image/png;base64,"])
def test_empty_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidImageError) as caught:
        decode_base64(text, limit_bytes=100)
    assert caught.value.defect is ImageDefect.EMPTY


@pytest.mark.parametrize("size", [7, 8, 9, 10_000])
def test_base64_of_too_many_bytes_is_refused(size: int) -> None:
    with pytest.raises(InvalidImageError) as caught:
        decode_base64(base64.b64encode(bytes(size)).decode(), limit_bytes=6)
    assert caught.value.defect is ImageDefect.TOO_MANY_BYTES


@given(st.text(max_size=60))
def test_any_text_is_decoded_or_refused(text: str) -> None:
    try:
        assert base64.b64encode(decode_base64(text, limit_bytes=100)).decode() == text
    except InvalidImageError as error:
        assert error.message_id is MessageId.INVALID_SEED_DATA


def test_the_error_survives_the_way_between_processes() -> None:
    error = InvalidImageError(ImageDefect.DAMAGED, "PNG, cut")
    twin = pickle.loads(pickle.dumps(error))
    assert (twin.defect, twin.detail, str(twin)) == (error.defect, "PNG, cut", "the image is damaged: PNG, cut")


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (64, 48), (1280, 720), (37, 91)])
def test_any_picture_fits_a_frame(size: tuple[int, int]) -> None:
    frame = fit_frame(pictures.noise(*size), 36, 64)
    assert (frame.shape, frame.dtype) == ((36, 64, 3), np.uint8)
    assert frame.flags.writeable


def test_a_frame_shows_the_middle_of_a_picture_that_is_too_wide() -> None:
    image = pictures.plain("red", 300, 100)
    image.paste("blue", (90, 0, 210, 100))
    frame = fit_frame(image, 50, 50)
    assert frame.reshape(-1, 3).tolist() == [[0, 0, 255]] * 2500


def test_a_frame_of_the_pictures_own_size_keeps_every_pixel() -> None:
    assert np.array_equal(fit_frame(pictures.noise(), 48, 64), np.asarray(pictures.noise()))


def test_a_frame_survives_jpeg_but_for_small_errors() -> None:
    frame = fit_frame(pictures.noise(), 48, 64)
    decoded = simplejpeg.decode_jpeg(encode_jpeg(frame, 95))
    assert decoded.shape == frame.shape
    assert np.abs(decoded.astype(int) - frame).mean() < 8
