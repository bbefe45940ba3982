"""The photographs that training may see: where each lies in its Debian package, and which cuts are taken.

Owns the list; the evaluation's seeds (`seeds/README.md`) are not on it. Authors and licences stand in each package's
copyright file; those of GCompris in the README beside the pictures in its resource (public domain, CC0, CC BY-SA 4.0).
"""

from dataclasses import dataclass
from typing import Final

PACKAGES: Final = (
    "lomiri-wallpapers-16.04",
    "lxqt-themes",
    "mate-backgrounds",
    "plasma-workspace-wallpapers",
    "gcompris-qt-data",
)
"""In Debian 12."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A 16:9 window: how far it is zoomed in, and where its centre lies between the limits (0 left or top, 1 right)."""

    zoom: float = 1.0
    across: float = 0.5
    down: float = 0.5


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture file; `member` names the file inside a Qt resource."""

    path: str
    name: str
    cuts: tuple[Cut, ...]
    member: str | None = None


_LARGE: Final = (Cut(down=0.7), Cut(zoom=1.6, across=0.15, down=0.8), Cut(zoom=1.6, across=0.85, down=0.6))
_WIDE: Final = (Cut(down=0.7), Cut(zoom=1.4, across=0.1, down=0.7))
_ONE: Final = (Cut(down=0.6),)

_LOMIRI: Final = "usr/share/backgrounds"
_LXQT: Final = "usr/share/lxqt/wallpapers"
_MATE: Final = "usr/share/backgrounds/mate/nature"
_PLASMA: Final = "usr/share/wallpapers"
_GCOMPRIS: Final = "usr/share/gcompris-qt/rcc"
_ACTIVITIES: Final = "/gcompris/src/activities"

_MONUMENTS: Final = {
    "egypt": ("bentPyramid", "greatPyramidOfGiza", "meidumPyramid", "redPyramid"),
    "france": (
        "arlesAmphitheater",
        "chateaudeChambord",
        "chateaudeChenonceau",
        "citedeCarcassonne",
        "eiffelTower",
        "montStMichel",
        "palaisdesPapes",
        "pontduGard",
        "reimsCathedral",
        "rocamadour",
    ),
    "germany": (
        "aulaPalatina",
        "berlinCathedral",
        "brandenburgGate",
        "neuschwansteinCastle",
        "schwerinPalace",
        "trierImperialBaths",
    ),
    "india": (
        "ajantaCave",
        "gatewayofIndia",
        "goldenTemple",
        "greatStupa",
        "hawaMahal",
        "konarkSunTemple",
        "mysorePalace",
        "rangGhar",
        "victoriaMemorial",
    ),
    "usa": ("canyondeChelly", "fortSumter", "georgeWashingtonBirthplace", "lincolnMemorial", "mountRushmore", "navajo"),
    "wonders": (
        "chichenItza",
        "christTheRedeemer",
        "colosseum",
        "greatWallofChina",
        "machuPicchu",
        "petra",
        "tajMahal",
    ),
}
_ANIMALS: Final = ("camels", "goat", "horse", "nubian_ibex")
"""Animals in wide landscapes."""


def photographs() -> tuple[Photograph, ...]:
    """All of them, in the order of the packages."""
    return (
        Photograph(f"{_LOMIRI}/Bridge_by_Sander_Klootwijk.jpg", "beach_bridge", _LARGE),
        Photograph(f"{_LOMIRI}/sunset_by_Aitzol_Berasategi.jpg", "hill_sunset", _LARGE),
        Photograph(f"{_LOMIRI}/seeding_by_Clements_Engelhardt.jpg", "dandelions", _WIDE),
        Photograph(f"{_LXQT}/Valendas.png", "valendas", _WIDE),
        Photograph(f"{_LXQT}/after-the-rain.jpg", "after_rain", _WIDE),
        Photograph(f"{_LXQT}/beam.png", "beam", _WIDE),
        Photograph(f"{_LXQT}/flowers.png", "flower_meadow", _LARGE),
        Photograph(f"{_LXQT}/fog.jpg", "fog_field", _WIDE),
        Photograph(f"{_LXQT}/this-is-not-windows.jpg", "hills", _LARGE),
        Photograph(f"{_MATE}/Dune.jpg", "dune_grass", _WIDE),
        Photograph(f"{_MATE}/Storm.jpg", "storm_road", _WIDE),
        Photograph(f"{_MATE}/GreenMeadow.jpg", "green_meadow", _ONE),
        *(
            Photograph(f"{_PLASMA}/{wallpaper}/contents/images/2560x1600.jpg", name, _WIDE)
            for wallpaper, name in (
                ("DarkestHour", "darkest_hour"),
                ("summer_1am", "summer_night"),
                ("ColdRipple", "pier"),
                ("BytheWater", "deck"),
                ("FallenLeaf", "fallen_leaf"),
            )
        ),
        *(
            Photograph(
                f"{_GCOMPRIS}/explore_monuments.rcc",
                f"{country}_{name}",
                _ONE,
                f"{_ACTIVITIES}/explore_monuments/resource/{country}/{name}.webp",
            )
            for country, names in _MONUMENTS.items()
            for name in names
        ),
        *(
            Photograph(f"{_GCOMPRIS}/erase.rcc", f"wild_{name}", _ONE, f"{_ACTIVITIES}/erase/resource/{name}.webp")
            for name in _ANIMALS
        ),
    )
