"""One way of saying for many: what is done to a request before any of its words is looked up.

Owns phrases that no list of words can hold, since something stands inside them (`put the sword away`) or since it
depends on what stands beside them whether they take something away.
"""

import re
from typing import Final

REQUEST_LIMIT_CHARS: Final = 2_000
"""What is read of a request; the rest is ignored."""

_AIR: Final = r"fog|mist|haze|smoke|rain|snow"
_WEATHER: Final = (
    rf"(?:{_AIR}|foggy|misty|smog|drizzle|downpour|rainfall|snowy|snowfall|snow ?storm|blizzard|flurries|clouds?|"
    r"(?:thunder)?storms?|thunder|lightning)"
)
_OWNER: Final = r"(?:the|this|that|my|your|his|her|its)"
_SHEATH: Final = r"(?:sheath|scabbard|holster)"
_VIEW: Final = (
    r"(?:here|there|sight|(?:the|my|your|this|that) (?:picture|image|photo|scene|view|frame|shot|sky|air|way|"
    r"(?:right )?hands?|world|place|landscape))"
)
_BETWEEN: Final = (
    r"((?: (?!(?:and|then|but|with|to|into|in|on|at|by|from|for|of|far|further|right|straight|"
    r"out|off|away|aside|down|back)\b)[\w'-]+){1,5}?)"
)
_NO_DIRECTION: Final = r"\b(?! (?:to|the|here|there|in front)\b)"
_AT_START: Final = r"(?<![a-z] )"
_AT_END: Final = r"(?= *(?:[.,;:!?\n]|\b(?:and|but|then|so|please|now|soon|over|from|in|at|by|completely|\w+ly)\b|$))"
_IN_HAND: Final = rf"(?:(?:{_OWNER}|an?|each) )?(?:\w+ )?hands?\b"
_WORDS: Final = r"(?: (?!(?:and|then|but|while|plus)\b)[\w'-]+){0,12}?"
_OF_WATER: Final = (
    r"(?:(?:blue|green|turquoise|dark|cold|cool|still|calm|deep|shallow|mountain|alpine) )*"
    r"(?:waters?|lakes?|seas?|oceans?|rivers?|streams?|ponds?|pools?|ice|glass)"
)
_NUMBER: Final = r"(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty)"

_SPELLINGS: Final = (
    (re.compile(r"\([^()]*\)"), " "),
    (re.compile(r"black[ -]and[ -]white"), "monochrome"),
    (re.compile(r"\bcan(?:'|no)t\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bdont\b"), "do not"),
    (re.compile(rf"\b({_AIR})-?less\b"), r"no \1"),
    (re.compile(r"\bno-|\b(\w+)-free\b"), r"no \1"),
    (re.compile(r"\bto (?:zero|none)\b"), "to nothing"),
    (re.compile(r"(?<!below )(?<!above )\bzero(?= (?!in|degrees|visibility|gravity|hour)[a-z])"), "no"),
    (re.compile(rf"\bminus(?= (?!{_NUMBER})[a-z])"), "no"),
    (re.compile(r"\b(all|everything|anything) but\b"), r"\1 except"),
    (re.compile(rf"\b(?:crystal[ -])?clear(?= {_OF_WATER}\b(?! (?:of|off|from|out|away)\b))"), " "),
)

_REMOVALS: Final = (
    (re.compile(rf"\b(?:de|un)-?({_AIR})\b"), r"remove \1"),
    (re.compile(rf"\b(?:do away|{_AT_START}(?:away|out|down|off|enough)) with\b"), "remove"),
    (re.compile(rf"{_AT_START}\benough(?= [a-z])(?! \w+ to\b)|\benough of\b"), "no"),
    (re.compile(rf"\bback in(?:to)?(?= {_OWNER} (?:right )?hand\b)"), "in"),
    (re.compile(rf"\b(?:drop|lay|set|put)(?: down| back)?(?= an?\b{_WORDS} in(?:to)? {_IN_HAND})"), "hold"),
    (re.compile(rf"\b(?:drop|lay|set|put)(?: back)?(?= {_OWNER}{_WORDS} into {_IN_HAND})"), "hold"),
    (re.compile(rf"\bput back(?= {_OWNER}{_WORDS} in {_IN_HAND})"), "hold"),
    (re.compile(rf"\bfill {_OWNER} (?:\w+ )?hands? with\b"), "hold"),
    (re.compile(rf"\bfree(?= {_OWNER} (?:\w+ )?hands?\b)"), "empty"),
    (re.compile(rf"\b(?:lower|drop)(?= {_OWNER}\b)"), "remove"),
    (re.compile(rf"\bsheath(?= {_OWNER}\b)"), "sheathe"),
    (re.compile(r"\b(is|are|be|been|being|was|were|has|have|gets?) (?:lowered|sheathed|cleared)\b"), r"\1 removed"),
    (re.compile(rf"\b(?:lowered|sheathed|cleared)(?: up| away)?{_AT_END}"), "removed"),
    (re.compile(rf"\bfade{_BETWEEN} in{_AT_END}"), r"add\1"),
    (re.compile(rf"\b(?:out of|from) {_OWNER} {_SHEATH}\b"), " "),
    (re.compile(rf"\b(?:back )?(?:in|into|to|inside) {_OWNER} {_SHEATH}\b"), "away"),
    (re.compile(rf"\b(?:take|get|keep|cut|clear|drive|pull|blow|wipe){_BETWEEN} (?:out of|from) {_VIEW}"), r"remove\1"),
    (
        re.compile(rf"\b(?:put|set|lay|place|throw)( {_OWNER}{_BETWEEN}) on(?:to)? the (?:ground|floor|table)\b"),
        r"put down\1",
    ),
    (
        re.compile(
            r"\b(take|get|put|set|lay|leave|throw|toss|bring|pull|cut|clear|drive|suck|wipe|strip|fade|turn|switch|blow|"
            rf"burn|sweep){_BETWEEN} (out|off|away|aside|down|back){_NO_DIRECTION}"
        ),
        r"\1 \3\2",
    ),
    (re.compile(rf"\b(?:let|make)( {_OWNER}{_BETWEEN}) fall\b"), r"drop\1"),
    (re.compile(rf"\b(?:let|make) the ({_AIR}|storm|clouds?) (?:pass|part|leave)\b"), r"remove \1"),
    (
        re.compile(rf"\b(let|make)( {_OWNER}{_BETWEEN}) (go|end|fade(?! in\b| up\b))\b(?! (?:on|to|into|down|away)\b)"),
        r"\1 \4\2",
    ),
    (re.compile(rf"\b{_OWNER} (?:weapons?|arms)\b"), "my hand"),
    (re.compile(r"\b(?:put away|sheathe?|holster|unequip) it\b|\bdisarm(?: me)?\b"), "remove my hand"),
    (
        re.compile(
            r"(?<!crystal )\bclear(?: up| out| away| off)?(?! that (?:it|there|the)\b)"
            rf"(?= (?:all|any|this|that|these|those|the|my|your|some|most)\b{_WORDS} {_WEATHER}\b)"
        ),
        "remove",
    ),
    (
        re.compile(
            rf"(?:{_AT_START}|(?<=please )|(?<=you )|(?<=to )|(?<=not )|(?<=never ))\bclear(?: up| out| away| off)?"
            rf"(?= (?:(?:thick|heavy|dense|light|deep|cold|grey|gray|white|dark) )*{_WEATHER}\b)"
        ),
        "remove",
    ),
    (
        re.compile(
            rf"\b({_WEATHER})(?: (?:should|must|shall|will|would|can|could|may|(?:has|have|needs?|ought) to|\w+ly|now|"
            rf"just|also|all))* clear(?: up| out| away| off)?{_AT_END}"
        ),
        r"removed \1",
    ),
    (re.compile(rf"\b(?:want|like|need|wish|for|allow)({_WORDS} {_WEATHER}) to clear\b"), r"remove\1"),
    (re.compile(rf"\bclear (?=of{_WORDS} {_WEATHER}\b)"), "free "),
    (re.compile(rf"\bclears? up (?:after|from)(?={_WORDS} {_WEATHER}\b)"), "remove"),
)
"""Later ones rely on earlier ones: first where something goes, then which word of a verb stands behind its object."""


def normalise(text: str) -> str:
    """Lower case, with every `not` spelt out, without what stands in parentheses: that says nothing new."""
    return _reworded(text[:REQUEST_LIMIT_CHARS].lower().replace("\u2019", "'"), _SPELLINGS)


def with_plain_removals(plain: str) -> str:
    """A normalised request in which what goes stands behind the verb that takes it away."""
    return _reworded(plain, _REMOVALS)


def _reworded(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, words in rules:
        text = pattern.sub(words, text)
    return text
