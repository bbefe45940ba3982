"""The embedded content policy: what is refused, what is softened, and what only looks like either."""

import pytest

from deployments.scene_authoring.procedural.policy import Allowed, Refused, apply_policy

REFUSED = (
    "a porn scene",
    "make it pornographic",
    "two people having sex on the beach",
    "an orgy in the castle hall",
    "erotic art on the walls",
    "a strip club interior",
    "add a stripper",
    "hentai style",
    "nsfw please",
    "XXX",
    "show me boobs",
    "a brothel at night",
    "bdsm dungeon",
    "a naked child",
    "a nude schoolgirl in a meadow",
    "sexy teenager",
    "add a topless young girl",
)

SOFTENED = (
    ("a naked man on the beach", "fully clothed"),
    ("a completely nude statue in the hall", "fully clothed"),
    ("topless woman at sunset", "fully clothed"),
    ("people without any clothes in the forest", "fully clothed"),
    ("nudists on the beach", "fully clothed"),
    ("a sexy elf in the forest", "elegant"),
    ("give me Excalibur", "glowing sword"),
    ("hold a lightsaber", "glowing sword"),
    ("Hogwarts at night", "castle"),
    ("the Batcave", "cave"),
    ("Gotham City in the rain", "city"),
    ("a desert on Tatooine", "desert"),
    ("Narnia in winter", "snowy forest"),
    ("Skyrim's mountains", "mountain village"),
    ("Batman on a roof", "costumed hero"),
    ("add Pikachu", "cartoon figure"),
    ("a Coca-Cola machine", "snack bar"),
    ("a Ferrari on the road", "a car"),
    ("Thor's hammer Mjolnir", "battle axe"),
    ("Minecraft village", "story world"),
    ("Taylor Swift on stage", "a person"),
    ("the Death Star corridor", "spaceship"),
)

ALLOWED_AS_IT_IS = (
    "stars visible to the naked eye",
    "a naked flame",
    "bare trees in winter",
    "bare rock and bare walls",
    "a village in Sussex",
    "the Essex countryside",
    "a street in Middlesex",
    "a cocktail bar",
    "a peacock in the garden",
    "the cockpit of a spaceship",
    "a cockroach in the dungeon",
    "a weathercock on the roof",
    "breast stroke pool",
    "breaststroke swimmers",
    "a robin redbreast in the snow",
    "blue tits in a tree",
    "the Titanic in fog",
    "a titanium door",
    "a sextant on the table",
    "an analog clock",
    "analyse the ruins",
    "pussy willows in spring",
    "a virgin forest",
    "an adult dragon",
    "a comic strip on the wall",
    "a strip of land",
    "hardcore mode",
    "escort mission",
    "a nude beige wall",
    "Scunthorpe harbour",
    "a shuttlecock on the lawn",
    "a field of grass",
    "a class of wizards in the hall",
    "children playing in the snow",
)

VIOLENT = (
    "a battlefield full of corpses",
    "blood on the sword",
    "kill the zombies",
    "a bloody axe in my hand",
    "make the village burn",
    "a gun fight in the city",
)


@pytest.mark.parametrize("request_text", REFUSED)
def test_a_sexual_request_is_refused(request_text: str) -> None:
    assert isinstance(apply_policy(request_text), Refused)


@pytest.mark.parametrize(("request_text", "instead"), SOFTENED)
def test_names_brands_and_nudity_are_put_in_general_words(request_text: str, instead: str) -> None:
    ruling = apply_policy(request_text)
    assert isinstance(ruling, Allowed)
    assert instead in ruling.text
    assert ruling.softened


@pytest.mark.parametrize("request_text", ALLOWED_AS_IT_IS)
def test_a_harmless_look_alike_passes_unchanged(request_text: str) -> None:
    assert apply_policy(request_text) == Allowed(request_text.lower())


@pytest.mark.parametrize("request_text", VIOLENT)
def test_violence_is_allowed(request_text: str) -> None:
    assert apply_policy(request_text) == Allowed(request_text)


def test_an_innocent_phrase_does_not_hide_a_guilty_one() -> None:
    ruling = apply_policy("a naked man, seen with the naked eye")
    assert isinstance(ruling, Allowed)
    assert ruling.text == "a fully clothed man, seen with the naked eye"


def test_spelling_in_wide_letters_does_not_get_around_the_list() -> None:
    assert isinstance(apply_policy("\uff50\uff4f\uff52\uff4e"), Refused)


def test_at_least_sixty_requests_are_covered() -> None:
    assert len({*REFUSED, *(text for text, _ in SOFTENED), *ALLOWED_AS_IT_IS, *VIOLENT}) >= 60
