"""Button names of the wire and the codes that world models were trained on (Windows virtual-key codes)."""

from string import ascii_uppercase, digits
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

BUTTON_CODES: Final[dict[str, int]] = {
    **{letter: ord(letter) for letter in ascii_uppercase},
    **{digit: ord(digit) for digit in digits},
    "UP": 0x26,
    "DOWN": 0x28,
    "LEFT": 0x25,
    "RIGHT": 0x27,
    "SHIFT": 0x10,
    "CTRL": 0x11,
    "SPACE": 0x20,
    "TAB": 0x09,
    "ENTER": 0x0D,
    "MOUSE_LEFT": 0x01,
    "MOUSE_RIGHT": 0x02,
    "MOUSE_MIDDLE": 0x04,
}


def button_codes(names: "Iterable[str]") -> frozenset[int]:
    """Codes of the buttons that are down. Names are case-insensitive; unknown ones are ignored."""
    return frozenset(BUTTON_CODES[name] for name in map(str.upper, names) if name in BUTTON_CODES)
