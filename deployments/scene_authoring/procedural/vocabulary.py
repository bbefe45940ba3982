"""Which words mean what: one table per kind, and the scanner that finds them in a clause.

Owns words and their longest match. What a clause as a whole asks for is the grammar's business.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from deployments.scene_authoring.procedural.plan import (
    Colour,
    Material,
    Mood,
    Place,
    Season,
    Side,
    Size,
    Strength,
    Thing,
    TimeOfDay,
    Tool,
    Weather,
)


class Verb(StrEnum):
    """What a clause does with what it names: for `LIFT`, `LAY`, `PART` and `FADE` that depends on what it is."""

    ADD = "add"
    HOLD = "hold"
    REPLACE = "replace"
    REMOVE = "remove"
    LIFT = "lift"
    LAY = "put down"
    PART = "give up"
    FADE = "fade"
    CHANGE = "change"
    KEEP = "keep"


class Word(StrEnum):
    """Words that steer how their neighbours are read. An `IDIOM` only looks as if it denied or removed something."""

    LIGHT = "light"
    SKY = "sky"
    GROUND = "ground"
    HAND = "hand"
    BARE = "bare hands"
    WITH = "with"
    INTO = "into"
    INSTEAD = "instead of"
    NO = "no"
    IDIOM = "not only"


Meaning: TypeAlias = (
    Verb
    | Word
    | TimeOfDay
    | Weather
    | Strength
    | Season
    | Mood
    | Colour
    | Material
    | Thing
    | Tool
    | Side
    | Size
    | Place
    | int
)

_PHRASES: Final[tuple[tuple[Meaning, str], ...]] = (
    (
        Verb.ADD,
        "add|put|place|insert|draw|paint|spawn|there is|there are|there should be|i want|i need|show|build"
        "|bring out|fade in|fades in|fade up",
    ),
    (
        Verb.HOLD,
        "hold|holds|holding|wield|wields|wielding|carry|carries|carrying|give me|hand me|equip|grab|grip|pick up"
        "|raise|take up|unsheathe",
    ),
    (Verb.REPLACE, "replace|swap|exchange|substitute|turn|convert|transform"),
    (Verb.REMOVE, "remove|removed|delete|erase|take away|take off|take out|leave out|get rid of|lose|hide|ditch"),
    (Verb.REMOVE, "stop|stops|stopped|dispel|banish|eliminate|exclude|avoid|ban|withdraw|call off|dispose of"),
    (Verb.REMOVE, "skip the|forget the|cancel the|undo the|cut the|strip the|scrap the|kill the|end the|hate|tired of"),
    (Verb.REMOVE, "strip away|cut out|blow out|drive out|suck out|put out|extinguish|put aside|lay aside|toss aside"),
    (Verb.REMOVE, "clear the|clear my|clear away|clear up the|part the|turn off|switch off|off|away|go away|gone"),
    (Verb.REMOVE, "should go|must go|has to go|needs to go|make go|let go|let go of|let end|let fade|out of here"),
    (Verb.REMOVE, "too much|too many|is too|it's too|sick of|sheathe|holster|unequip|empty my|empty the|empty your"),
    (Verb.FADE, "fade the|fade out|fade away|fades|wipe|wipe out|melt|melts|dissolve|dissolves|evaporate|evaporates"),
    (Verb.FADE, "dissipate|dissipates|disperse|disperses|disappear|disappears|disappeared|vanish|vanished|clears"),
    (Verb.FADE, "burn off|reduce"),
    (Verb.LIFT, "lift|lifts|lifted|lifting|get out|pull out"),
    (Verb.LIFT, "take out a|take out an|take out my|take out your"),
    (Verb.LAY, "put down|set down|lay down|throw down|put back|drop|release|surrender|hand over"),
    (Verb.PART, "give up|abandon|discard|stow|stash|relinquish"),
    (Verb.CHANGE, "change|make|set|let|relight|grade|bathe|switch|become|becomes|cover|fill|give it|more"),
    (Verb.CHANGE, "return|slide|bring back|take a|take an"),
    (Verb.KEEP, "keep|keeping|leave|preserve|do not change|do not touch|do not add|without changing|without touching"),
    (Verb.KEEP, "except|except for|apart from|other than|save for|with the exception of"),
    (Verb.KEEP, "change nothing|nothing else|no changes|no other changes|never mind"),
    (Word.LIGHT, "light|lighting|lights|glow|tint|hue|illumination|lit|everything|atmosphere|ambience"),
    (Word.SKY, "sky|skies|heaven|heavens"),
    (Word.GROUND, "ground|floor|road|path|terrain|soil|earth|field"),
    (Word.HAND, "hand|hands|right hand|my hand|fist"),
    (Word.BARE, "empty hand|empty hands|bare hand|bare hands|free hand|free hands|empty right hand|free right hand"),
    (Word.BARE, "empty-handed|empty handed|bare-handed|bare handed|unarmed"),
    (Word.WITH, "with|by|for"),
    (Word.INTO, "into|to"),
    (Word.INSTEAD, "instead of|rather than"),
    (Word.NO, "no|not|do not|does not|without|less|fewer|never|neither|nor|nothing"),
    (Word.NO, "no more|no longer|free of|free from|sans"),
    (Word.IDIOM, "not only|not just|nothing but|change nothing but|no doubt|no problem|why not|why do not|can not you"),
    (Word.IDIOM, "not enough|do not forget|nothing except|nothing other than|nothing apart from"),
    (Word.IDIOM, "end the day|end the night"),
    (Word.IDIOM, "far away|right away|straight away|far off|off to the|off the"),
    (TimeOfDay.DAWN, "dawn|sunrise|daybreak|early morning|first light|morning"),
    (TimeOfDay.DAY, "daytime|day|noon|midday|daylight|broad daylight|afternoon"),
    (TimeOfDay.SUNSET, "sunset|golden hour|sundown|evening sun|setting sun"),
    (TimeOfDay.DUSK, "dusk|twilight|evening|blue hour|nightfall|gloaming"),
    (TimeOfDay.NIGHT, "night|nighttime|night time|midnight|moonlight|moonlit|nocturnal|dark outside|starry night"),
    (Weather.CLEAR, "clear sky|clear weather|clear skies|clear the sky|clear the weather|clear the air"),
    (Weather.CLEAR, "sunny|sunshine|blue sky|cloudless|fine weather|clear"),
    (Weather.CLOUDS, "overcast|cloudy|clouds|cloud|grey sky|gray sky|clouded"),
    (Weather.FOG, "fog|foggy|mist|misty|haze|hazy|smoke|smoky"),
    (Weather.RAIN, "rain|rainy|raining|drizzle|wet|downpour|shower|rainfall"),
    (Weather.STORM, "thunderstorm|storm|stormy|thunder|lightning|tempest"),
    (Weather.SNOW, "snow|snowy|snowing|snowfall|blizzard|snowstorm|snow covered|snow-covered|flurries"),
    (Strength.LIGHT, "slight|slightly|a little|a bit of|a bit|thin|gentle|faint|soft|mild|light"),
    (
        Strength.LIGHT,
        "thinner|lighter|less thick|less dense|less heavy|not too thick|not too heavy|not too strong|not too much",
    ),
    (Strength.NORMAL, "moderate"),
    (Strength.HEAVY, "heavy|heavily|thick|dense|strong|torrential|lots of|a lot of|deep|intense|pouring"),
    (Season.SPRING, "spring|springtime|cherry blossom|cherry blossoms|blossom|blossoms"),
    (Season.SUMMER, "summer|summertime|summery"),
    (Season.AUTUMN, "autumn|autumnal|make it fall|fall colors|fall colours|fall foliage|in fall|the fall|october"),
    (Season.WINTER, "winter|wintry|wintertime|frozen|icy|frosty"),
    (Mood.WARM, "warm|warmer|cosy|cozy|less cold|less cool"),
    (Mood.COLD, "cold|colder|cool|cooler|chilly|less warm"),
    (Mood.GLOOMY, "gloomy|bleak|dreary|grim|sad|dark|darker|moody|menacing|somber|sombre|post-apocalyptic|apocalyptic"),
    (Mood.GLOOMY, "less bright|less cheerful"),
    (Mood.CHEERFUL, "cheerful|happy|vibrant|vivid|bright|brighter|colourful|colorful|lively|joyful"),
    (Mood.CHEERFUL, "less dark|less gloomy|less bleak|less grim|not so dark|not so gloomy"),
    (Mood.EERIE, "eerie|creepy|spooky|haunted|scary|horror|sinister|alien|toxic"),
    (Mood.DREAMY, "dreamy|dreamlike|magical|ethereal|fairy tale|fairytale|enchanted|mystical"),
    (Mood.VINTAGE, "vintage|sepia|retro|old photo|nostalgic"),
    (Mood.MONOCHROME, "monochrome|black and white|black-and-white|noir|grayscale|greyscale"),
    (Colour.RED, "red|crimson|scarlet|blood red"),
    (Colour.ORANGE, "orange|amber"),
    (Colour.YELLOW, "yellow"),
    (Colour.GREEN, "green|emerald|lime"),
    (Colour.CYAN, "cyan|teal|turquoise|aqua"),
    (Colour.BLUE, "blue|azure|navy"),
    (Colour.PURPLE, "purple|violet|magenta|neon"),
    (Colour.PINK, "pink|rose"),
    (Colour.WHITE, "white|silver"),
    (Colour.BLACK, "black|obsidian"),
    (Material.WOOD, "wooden|wood|oak"),
    (Material.STONE, "stone|marble|granite|rocky|cobblestone|gravel"),
    (Material.IRON, "iron|steel|metal|metallic"),
    (Material.GOLD, "golden|gold|gilded"),
    (Material.GLOWING, "crystal|glass|luminous|enchanted crystal"),
    (Material.GRASS, "grass|lawn|grassy"),
    (Material.SAND, "sand|sandy"),
    (Material.WATER, "water|flood|flooded"),
    (Material.LAVA, "lava|magma|molten rock"),
    (Thing.MOON, "moon|full moon"),
    (Thing.SUN, "sun"),
    (Thing.RAINBOW, "rainbow"),
    (Thing.AURORA, "aurora|northern lights|aurora borealis|polar lights"),
    (Thing.STARS, "stars|starry sky|starry|milky way"),
    (Thing.LAMP, "street lamp|street lamps|streetlamp|streetlamps|street light|street lights|lamp|lamps|lamp post"),
    (Thing.LAMP, "lamp posts|lamppost|lantern post|streetlight|streetlights"),
    (Thing.TREE, "tree|trees|oak tree|oak trees"),
    (Thing.PINE, "pine tree|pine trees|pine|pines|fir|firs|fir tree|fir trees|christmas tree|spruce|conifer|conifers"),
    (Thing.PALM, "palm tree|palm trees|palm|palms|coconut tree"),
    (Thing.CAMPFIRE, "campfire|campfires|bonfire|fire|camp fire|fireplace"),
    (Thing.CRATE, "crate|crates|wooden box|box|boxes"),
    (Thing.BARREL, "barrel|barrels|keg|cask"),
    (Thing.CHEST, "treasure chest|treasure chests|chest|chests|treasure"),
    (Thing.DOOR, "door|doors|doorway|gate"),
    (Thing.ROCK, "boulder|boulders|rock|rocks|big stone"),
    (Thing.PORTAL, "portal|portals|magic gate|gateway"),
    (Thing.BRIDGE, "bridge|bridges"),
    (Thing.HOUSE, "house|houses|cottage|cottages|hut|huts|cabin|cabins"),
    (Thing.TOWER, "tower|towers|lighthouse"),
    (Tool.TORCH, "torch|torches|burning torch"),
    (Tool.SWORD, "sword|blade|katana|longsword|sabre|saber|dagger|knife"),
    (Tool.LANTERN, "lantern|oil lamp|hand lamp"),
    (Tool.AXE, "axe|ax|battle axe|hatchet"),
    (Tool.STAFF, "staff|wand|magic staff|walking stick|wizard staff|stick"),
    (Tool.FLASHLIGHT, "flashlight|electric torch|torchlight"),
    (Side.LEFT, "left|left side|left-hand side"),
    (Side.CENTRE, "centre|center|middle|in front of me|straight ahead|ahead"),
    (Side.RIGHT, "right|right side|right-hand side"),
    (Size.SMALL, "small|tiny|little|mini"),
    (Size.HUGE, "huge|big|large|giant|gigantic|enormous|massive|tall"),
    (Place.MEADOW, "meadow|countryside|grassland|hills|hill|prairie|plain|farm|park|garden"),
    (Place.FOREST, "forest|woods|woodland|jungle|grove|rainforest"),
    (Place.MOUNTAINS, "mountain valley|mountains|mountain|alps|valley|fjord|canyon|lake"),
    (Place.VILLAGE, "mountain village|village|hamlet|small town"),
    (Place.DESERT, "desert|dunes|sahara|dune"),
    (Place.BEACH, "beach|seaside|coast|shore|island|tropical island|ocean|sea"),
    (Place.HARBOUR, "harbour|harbor|port|pier|docks|dock|marina|wharf|jetty"),
    (Place.CITY, "city street|city|street|downtown|alley|metropolis|town|skyscrapers|cyberpunk city|avenue"),
    (Place.CASTLE, "castle|fortress|citadel|ruins"),
    (Place.DUNGEON, "dungeon corridor|dungeon|corridor|catacombs|crypt|hallway|tunnel|prison|maze|labyrinth|sewer"),
    (Place.HALL, "castle hall|throne room|great hall|ballroom|cathedral|church|temple|banquet hall|hall"),
    (Place.LIBRARY, "library|study|bookshop|archive|reading room"),
    (Place.CAVE, "cave|cavern|grotto|mine|lair|underground"),
    (
        Place.STATION,
        "space station corridor|space station|spaceship|spacecraft|starship|sci-fi corridor|laboratory|lab|bunker",
    ),
    (1, "a|an|one|the|another"),
    (2, "two|a pair of|a couple of|2"),
    (3, "three|some|several|a few|3|many|a row of"),
    (4, "four|4"),
    (5, "five|5|lots"),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase that was recognised, and where it starts in its clause."""

    meaning: Meaning
    start: int
    text: str

    @property
    def end(self) -> int:
        """Where the clause goes on after it."""
        return self.start + len(self.text)

    @property
    def is_plural(self) -> bool:
        """Whether it is spelt like several."""
        return self.text.endswith("s")


def _table() -> dict[str, Meaning]:
    table: dict[str, Meaning] = {}
    for meaning, phrases in _PHRASES:
        for phrase in phrases.split("|"):
            table.setdefault(phrase, meaning)
        if isinstance(meaning, StrEnum):
            table.setdefault(meaning.value, meaning)
    return table


_MEANINGS: Final = _table()
_PATTERN: Final = re.compile(
    r"(?<![\w'-])(?:" + "|".join(re.escape(p) for p in sorted(_MEANINGS, key=len, reverse=True)) + r")(?![\w'])",
)

_FILLER_LINES: Final = """
a an the of in on at is are be it its it's this that my me you your i we us please can could would
should like very really quite so bit too and or but now here there just also from up down over
under near next behind scene picture image view frame world place all around whole some any
something want look looks looking feel beautiful nice pretty cool time side area top bottom corner
front background foreground distance horizon was were weather season with into to by for as if then
being falling fallen covered season's air high low upper lower first person first-person eye level
detailed standing stands shining full burning clothed fully elegant out off through when while hour
o'clock tall do does did take any anything anymore soon
"""
_FILLERS: Final = frozenset(_FILLER_LINES.split())


def scan(clause: str) -> tuple[Token, ...]:
    """The recognised phrases of a lower-case clause, left to right, longest match first."""
    return tuple(Token(_MEANINGS[found.group()], found.start(), found.group()) for found in _PATTERN.finditer(clause))


def unknown_words(clause: str) -> tuple[str, ...]:
    """The words of a clause that are neither vocabulary nor mere grammar."""
    rest = _PATTERN.sub(" ", clause)
    return tuple(word for word in re.findall(r"[^\W\d_][\w'-]*", rest) if word not in _FILLERS)
