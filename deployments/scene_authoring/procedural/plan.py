"""What the grammar understands and the editor carries out: typed values, no words and no pixels.

Enum values are the words used in instructions; the vocabulary lists the other ways to say them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class TimeOfDay(StrEnum):
    """When it is."""

    DAWN = "dawn"
    DAY = "daytime"
    SUNSET = "sunset"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """What falls from the sky or hangs in the air."""

    CLEAR = "clear"
    CLOUDS = "overcast"
    FOG = "fog"
    RAIN = "rain"
    STORM = "thunderstorm"
    SNOW = "snow"


class Strength(StrEnum):
    """How much of it."""

    LIGHT = "light"
    NORMAL = "moderate"
    HEAVY = "heavy"


class Season(StrEnum):
    """Which season the vegetation shows."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Mood(StrEnum):
    """A grading of the whole picture."""

    WARM = "warm"
    COLD = "cold"
    GLOOMY = "gloomy"
    CHEERFUL = "cheerful"
    EERIE = "eerie"
    DREAMY = "dreamy"
    VINTAGE = "vintage"
    MONOCHROME = "monochrome"


class Colour(StrEnum):
    """Colours of light and of things."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    CYAN = "cyan"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    WHITE = "white"
    BLACK = "black"


class Material(StrEnum):
    """What a thing is made of, or what covers the ground."""

    WOOD = "wooden"
    STONE = "stone"
    IRON = "iron"
    GOLD = "golden"
    GLOWING = "glowing"
    GRASS = "grass"
    SAND = "sand"
    WATER = "water"
    LAVA = "lava"


class Thing(StrEnum):
    """What can stand in a scene or hang in its sky."""

    MOON = "moon"
    SUN = "sun"
    RAINBOW = "rainbow"
    AURORA = "aurora"
    STARS = "stars"
    LAMP = "street lamp"
    TREE = "tree"
    PINE = "pine tree"
    PALM = "palm tree"
    CAMPFIRE = "campfire"
    CRATE = "crate"
    BARREL = "barrel"
    CHEST = "treasure chest"
    DOOR = "door"
    ROCK = "boulder"
    PORTAL = "portal"
    BRIDGE = "bridge"
    HOUSE = "house"
    TOWER = "tower"


SKY_THINGS = frozenset({Thing.MOON, Thing.SUN, Thing.RAINBOW, Thing.AURORA, Thing.STARS})
"""Things that hang in the sky; the others stand on the ground."""

UNCOUNTED_THINGS = frozenset({Thing.SUN, Thing.RAINBOW, Thing.AURORA, Thing.STARS})
"""Things of which there is one, however they are spelt."""

SCENE_ONLY_THINGS = frozenset({Thing.BRIDGE, Thing.HOUSE, Thing.TOWER})
"""Things painted as a part of a whole scene, never into an existing picture."""


class Tool(StrEnum):
    """What a right hand can hold."""

    TORCH = "torch"
    SWORD = "sword"
    LANTERN = "lantern"
    AXE = "axe"
    STAFF = "staff"
    FLASHLIGHT = "flashlight"


class Side(StrEnum):
    """Where in the picture, seen from the viewer."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Size(StrEnum):
    """How big, compared with the usual."""

    SMALL = "small"
    USUAL = "usual"
    HUGE = "huge"


class Place(StrEnum):
    """Where a scene plays."""

    MEADOW = "meadow"
    FOREST = "forest"
    MOUNTAINS = "mountain valley"
    VILLAGE = "mountain village"
    DESERT = "desert"
    BEACH = "beach"
    HARBOUR = "harbour"
    CITY = "city street"
    CASTLE = "castle"
    DUNGEON = "dungeon corridor"
    HALL = "castle hall"
    LIBRARY = "library"
    CAVE = "cave"
    STATION = "space station corridor"


INDOORS = frozenset({Place.DUNGEON, Place.HALL, Place.LIBRARY, Place.CAVE, Place.STATION})
"""Places under a roof: no sky, no weather."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a thing looks where that is not the usual."""

    colour: Colour | None = None
    material: Material | None = None
    size: Size = Size.USUAL


@dataclass(frozen=True, slots=True)
class Relight:
    """The same place at another time of day."""

    time: TimeOfDay


@dataclass(frozen=True, slots=True)
class SetWeather:
    """The same place in other weather."""

    weather: Weather
    strength: Strength = Strength.NORMAL


@dataclass(frozen=True, slots=True)
class SetSeason:
    """The same place in another season."""

    season: Season


@dataclass(frozen=True, slots=True)
class SetMood:
    """The same place in another mood."""

    mood: Mood


@dataclass(frozen=True, slots=True)
class Tint:
    """The same place in coloured light."""

    colour: Colour


@dataclass(frozen=True, slots=True)
class Cover:
    """The ground covered with something else."""

    material: Material


@dataclass(frozen=True, slots=True)
class AddThing:
    """A thing put into the picture; `count` of them, side by side."""

    thing: Thing
    look: Look = Look()
    side: Side | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Hold:
    """A right hand at the bottom right that holds a tool."""

    tool: Tool
    look: Look = Look()


@dataclass(frozen=True, slots=True)
class ClearAir:
    """Fog, haze, clouds, rain or falling snow taken away."""

    weather: Weather


@dataclass(frozen=True, slots=True)
class EmptyHand:
    """Whatever is held at the bottom right taken away."""


Step: TypeAlias = Relight | SetWeather | SetSeason | SetMood | Tint | Cover | AddThing | Hold | ClearAir | EmptyHand


@dataclass(frozen=True, slots=True)
class EditPlan:
    """Steps of an edit in the order in which they were asked for; never empty."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ScenePlan:
    """A whole first-person scene."""

    place: Place
    held: Hold
    time: TimeOfDay = TimeOfDay.DAY
    weather: SetWeather = SetWeather(Weather.CLEAR)
    season: Season = Season.SUMMER
    mood: Mood | None = None
    tint: Colour | None = None
    things: tuple[AddThing, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Words that led nowhere: `unknown` names them where single ones could be made out.

    `to_remove` says that they name what should go, which may be more than can be taken away.
    """

    unknown: tuple[str, ...] = ()
    to_remove: bool = False
