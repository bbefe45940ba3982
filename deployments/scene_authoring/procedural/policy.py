"""The content policy of the embedded author: a word list that softens or refuses.

Owns the words and their innocent look-alikes. Named characters, places and brands become generic
equivalents; nudity is clothed; violence is allowed; a request that is sexual as a whole, or sexual at all
about somebody young, is refused. What the remaining words mean is the grammar's business.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Allowed:
    """The request as it may go on; `softened` names what was put in more general words."""

    text: str
    softened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The request is not carried out in any form."""

    reason: str


REFUSAL: Final = (
    "This request asks for sexual content, which is not painted here. Try a place, a mood or an object instead."
)

_INNOCENT: Final = (
    r"naked eye|naked flames?|naked truth|naked mole[- ]rats?|bare (?:trees?|branch(?:es)?|rocks?|walls?|"
    r"floors?|hands?|feet|ground|mountains?)",
    r"nude (?:colou?red|lipstick|tones?|beige)|breast ?stroke\w*|chicken breasts?|turkey breasts?|"
    r"robin redbreasts?|redbreasts?",
    r"sex(?:tants?|tets?|tuplets?)|same[- ]sex (?:couple|wedding|marriage)|sex (?:ratio|chromosomes?|"
    r"of the)|unisex|sexton",
    r"cock(?:tails?|pits?|roach(?:es)?|erels?|atoos?|les?)\b|weather ?cocks?|cock[- ]a[- ]doodle\w*|"
    r"pea ?cocks?|shuttle ?cocks?",
    r"blue tits?|great tits?|coal tits?|tit(?:anic|anium|ans?)|adult (?:trees?|dragons?|cats?|dogs?|"
    r"animals?|bears?|wolf|wolves)",
    r"strip(?: of)? (?:land|light|lights|mall)|comic strips?|landing strips?|erotic ?less|hot ?pot|"
    r"horny (?:toads?|lizards?|devils?)",
    r"hard[- ]?core (?:mode|gamer|punk|parkour)|x[- ]rated difficulty|anal(?:og\w*|y\w+)|pussy ?(?:cats?|"
    r"willows?)|virgin (?:forests?|snow|islands?|olive oil)",
    r"hooker(?:'s)? (?:green|creek|valley|falls)|escort (?:mission|ship|fighter|vessel)s?|kinky (?:hair|path)",
)
_INNOCENT_PATTERN: Final = re.compile(r"\b(?:" + "|".join(_INNOCENT) + r")\b")

_SEXUAL: Final = re.compile(
    r"\b(?:porn\w*|sex|sexual(?:ly)?|hentai|erotic\w*|orgy|orgies|orgasm\w*|intercourse|masturbat\w*|fetish\w*|bdsm"
    r"|blow ?jobs?|hand ?jobs?|genital\w*|penis(?:es)?|vaginas?|dildos?|cum ?shots?|xxx|nsfw|x-rated|r18|"
    r"r-18|lewd|smut|hardcore"
    r"|strippers?|striptease|strip ?clubs?|prostitutes?|hookers?|horny|anal|tits|titties|pussy|cocks?|"
    r"dicks?|boobs?|milf|camgirls?"
    r"|making love|having sex|rape|raping|raped|bondage|kinky|aroused|brothels?|upskirts?|incest|bestiality)\b"
)
_NUDE: Final = re.compile(
    r"\b(?:completely |fully |half[- ]|totally |stark |semi[- ]?)?"
    r"(?:nude|naked|topless|bottomless|unclothed|undressed|shirtless|bare[- ]?(?:chested|breasted|naked)|"
    r"in the nude|in the buff)\b"
)
_NUDE_PHRASES: Final = re.compile(
    r"\b(?:without (?:any |her |his |their )?(?:clothes|clothing)|wearing nothing|with nothing on|"
    r"no clothes(?: on)?"
    r"|(?:bare|exposed) (?:breasts?|chest|butt|bottom|skin)|nudity|nudes?|nudists?|skinny[- ]dipping|"
    r"in (?:sexy )?(?:lingerie|underwear))\b"
)
_SUGGESTIVE: Final = re.compile(
    r"\b(?:sexy|sexier|sexiest|seductive|sultry|hot (?=girls?|wom[ae]n|m[ae]n|guys?)|busty)\b"
)
_YOUNG: Final = re.compile(
    r"\b(?:child(?:ren)?|kids?|minors?|under ?age|teen(?:s|ager|agers|aged?)?|school ?(?:girls?|boys?)|"
    r"little (?:girls?|boys?)"
    r"|young (?:girls?|boys?)|toddlers?|bab(?:y|ies)|loli\w*|shota\w*|preteens?|pubescent)\b"
)

_GENERIC: Final[tuple[tuple[str, str], ...]] = (
    (r"darth vader|kylo ren", "a dark armoured knight"),
    (
        r"light ?sabers?|light ?sabres?|excalibur|master sword|buster sword|"
        r"needle from game of thrones",
        "glowing sword",
    ),
    (r"mjolnir|stormbreaker", "battle axe"),
    (r"elder wand|harry potter'?s? wand|gandalf'?s? staff", "wizard staff"),
    (r"millennium falcon|uss enterprise|starship enterprise|death star|star destroyers?", "spaceship"),
    (
        r"hogwarts|cair paravel|minas tirith|winterfell|disney ?land|disney castle|cinderella'?s? castle|"
        r"hyrule castle",
        "castle",
    ),
    (r"tatooine|arrakis", "desert"),
    (r"hoth|narnia|arendelle", "snowy forest"),
    (r"hobbiton|the shire", "village in green hills"),
    (r"skyrim|whiterun|riften", "snowy mountain village"),
    (r"gotham(?: city)?|night city|metropolis city|liberty city|los santos", "city"),
    (r"mordor|mount doom", "gloomy mountain valley with lava"),
    (r"moria|khazad[- ]d[uû]m|bat ?cave", "cave"),
    (r"rivendell|endor|lothl[oó]rien", "forest"),
    (r"hyrule|azeroth|middle[- ]earth|westeros", "mountain valley"),
    (r"black mesa|aperture(?: science)?(?: labs?)?", "laboratory"),
    (r"azkaban", "dungeon"),
    (
        r"batman|superman|spider[- ]?man|wonder woman|iron man|captain america|the hulk|hulk|wolverine",
        "a costumed hero",
    ),
    (r"harry potter|gandalf|dumbledore|hermione(?: granger)?|voldemort", "a robed wizard"),
    (
        r"super mario|mario|luigi|sonic the hedgehog|sonic|pikachu|pok[eé]mons?|mickey mouse|donald duck|"
        r"bugs bunny|shrek",
        "a cartoon figure",
    ),
    (r"geralt|link from zelda|aragorn|jon snow|lara croft|master chief|kratos", "an adventurer"),
    (r"godzilla|king kong|smaug", "a giant monster"),
    (r"taylor swift|donald trump|elon musk|barack obama|joe biden|beyonc[eé]|brad pitt|emma watson", "a person"),
    (r"coca[- ]?cola|pepsi|starbucks|mcdonald'?s|burger king", "a snack bar"),
    (r"ferrari|lamborghini|tesla model \w|porsche|bmw|toyota|rolls[- ]royce", "a car"),
    (r"nike|adidas|gucci|prada|louis vuitton", "a fashion shop"),
    (
        r"mine ?craft|fort ?nite|roblox|lego|disney|pixar|marvel|star wars|star trek|studio ghibli|ghibli|"
        r"the witcher",
        "a story world",
    ),
    (r"ak-?47|glock|colt|desert eagle", "a rifle"),
    (r"maglite", "flashlight"),
)
_GENERIC_PATTERNS: Final = tuple(
    (re.compile(rf"\b(?:an? |the )?(?:{names})(?:'s)?\b"), word) for names, word in _GENERIC
)
_CLOTHED: Final = "fully clothed"


def apply_policy(request: str) -> Allowed | Refused:
    """The request in lower case with names and nudity softened, or a refusal."""
    text = " ".join(unicodedata.normalize("NFKC", request).lower().replace("\u2019", "'").split())
    innocent = _INNOCENT_PATTERN.findall(text)
    suspect = _INNOCENT_PATTERN.sub(" ", text)
    nude = _NUDE.search(suspect) or _NUDE_PHRASES.search(suspect)
    suggestive = _SUGGESTIVE.search(suspect)
    if _SEXUAL.search(suspect) or ((nude or suggestive) and _YOUNG.search(suspect)):
        return Refused(REFUSAL)
    softened: list[str] = []
    if suggestive:
        text = _SUGGESTIVE.sub("elegant", text)
        softened.append("elegant")
    if nude:
        text = _clothe(text, keep=frozenset(innocent))
        softened.append("nudity")
    for pattern, word in _GENERIC_PATTERNS:
        text, count = pattern.subn(word, text)
        if count:
            softened.append(word)
    return Allowed(" ".join(text.split()), tuple(softened))


def _clothe(text: str, keep: frozenset[str]) -> str:
    """`text` with every word for nudity replaced, except within the innocent phrases `keep`."""
    guard = re.compile("(" + "|".join(re.escape(phrase) for phrase in keep) + ")") if keep else None
    parts = guard.split(text) if guard else [text]
    return "".join(part if part in keep else _NUDE.sub(_CLOTHED, _NUDE_PHRASES.sub(_CLOTHED, part)) for part in parts)
