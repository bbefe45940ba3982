"""The TypeScript that small models become, and what --check says of a file."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from scripts.codegen.contract import UnsupportedTypeError
from scripts.codegen.render import HEADER, render
from scripts.codegen_ts import OUTPUT, STALE_EXIT_CODE, generate, run

PREAMBLE = """
from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from pydantic import ConfigDict, Field
from protocol.base import InboundModel, OutboundModel
"""

ModuleMaker = Callable[[str], ModuleType]
_numbers = count()


@pytest.fixture
def module_of(tmp_path: Path) -> Iterator[ModuleMaker]:
    """Imports source text, below the imports that all of it needs, as a module of its own."""
    names: list[str] = []

    def make(text: str) -> ModuleType:
        name = f"codegen_sample_{next(_numbers)}"
        path = tmp_path / f"{name}.py"
        path.write_text(PREAMBLE + text)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        names.append(name)
        spec.loader.exec_module(module)
        return module

    yield make
    for name in names:
        del sys.modules[name]


def statements(*modules: ModuleType) -> str:
    """What the modules become, without the file's header and the request map."""
    return render(modules, []).removeprefix(f"{HEADER}\n").split("/** By method:")[0].strip()


def test_what_a_client_sends_is_strict_with_its_defaults_optional_and_its_discriminator_required(
    module_of: ModuleMaker,
) -> None:
    module = module_of('''
class Move(InboundModel):
    """One step."""

    type: Literal["move"] = "move"
    steps: Annotated[float, Field(ge=-2.5, le=1e6)] = 1.0
    """In metres."""
    names: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=32)], ...], Field(max_length=64)] = ()
    note: str | None = None
    folder: str | None
    is_fast: bool
''')
    assert (
        statements(module)
        == """\
/** One step. */
export const MoveSchema = z.strictObject({
  type: z.literal("move"),
  /**
   * In metres.
   * Default: `1`.
   */
  steps: z.number().gte(-2.5).lte(1000000).optional(),
  /** Default: `[]`. */
  names: z.array(z.string().min(1).max(32)).max(64).optional(),
  note: z.string().nullish(),
  folder: z.string().nullable(),
  is_fast: z.boolean(),
});
/** One step. */
export type Move = z.infer<typeof MoveSchema>;"""
    )


def test_what_the_server_sends_may_grow_fills_in_defaults_and_leaves_out_instead_of_sending_null(
    module_of: ModuleMaker,
) -> None:
    module = module_of("""
class Place(OutboundModel):
    kind: Literal["place"] = "place"
    count: int = 0
    label: str | None = None
    size: int | None = 5
    ids: tuple[int | None, ...]
""")
    assert (
        statements(module)
        == """\
export const PlaceSchema = z.object({
  kind: z.literal("place"),
  count: z.int().default(0),
  label: z.string().optional(),
  size: z.int().optional(),
  ids: z.array(z.int().nullable()),
});
export type Place = z.infer<typeof PlaceSchema>;"""
    )


def test_a_model_that_ignores_unknown_fields_is_no_strict_object(module_of: ModuleMaker) -> None:
    module = module_of("""
class Start(InboundModel):
    model_config = ConfigDict(extra="ignore")
    model: str
""")
    assert "StartSchema = z.object({" in statements(module)


def test_an_enum_is_an_object_of_its_members_and_a_schema(module_of: ModuleMaker) -> None:
    module = module_of('''
class Colour(StrEnum):
    """What it looks like."""

    RED = "red"
    DARK_BLUE = "dark.blue"
    """As at night."""
''')
    assert (
        statements(module)
        == """\
/** What it looks like. */
export const Colour = {
  RED: "red",
  /** As at night. */
  DARK_BLUE: "dark.blue",
} as const;

export const ColourSchema = z.enum(Colour);
export type Colour = z.infer<typeof ColourSchema>;"""
    )


def test_a_record_with_an_enum_as_its_key_does_not_demand_every_key(module_of: ModuleMaker) -> None:
    module = module_of("""
class Side(StrEnum):
    LEFT = "left"

class Counts(OutboundModel):
    by_side: dict[Side, int]
    by_name: dict[str, int]
""")
    text = statements(module)
    assert "by_side: z.partialRecord(SideSchema, z.int())," in text
    assert "by_name: z.record(z.string(), z.int())," in text


TAGGED = """
class Up(OutboundModel):
    type: Literal["up"] = "up"

class Won(OutboundModel):
    type: Literal["reply"] = "reply"
    success: Literal[True] = True

class Lost(OutboundModel):
    type: Literal["reply"] = "reply"
    success: Literal[False] = False
"""


def test_a_union_is_told_apart_by_its_literals_and_what_shares_one_by_the_next(module_of: ModuleMaker) -> None:
    text = statements(module_of(TAGGED + "\nMessage = Up | Won | Lost"))
    assert text.endswith(
        """\
export const MessageSchema = z.discriminatedUnion("type", [
  UpSchema,
  z.discriminatedUnion("success", [
    WonSchema,
    LostSchema,
  ]),
]);
export type Message = z.infer<typeof MessageSchema>;"""
    )


def test_a_union_inside_another_is_written_by_its_name_and_before_it(module_of: ModuleMaker) -> None:
    text = statements(module_of(TAGGED + "\nMessage = Up | Won | Lost\nReply = Won | Lost"))
    assert '("type", [\n  UpSchema,\n  ReplySchema,\n])' in text
    assert text.index("const ReplySchema") < text.index("const MessageSchema")


def test_an_annotated_union_is_a_union(module_of: ModuleMaker) -> None:
    text = statements(module_of(TAGGED + '\nReply = Annotated[Won | Lost, Field(discriminator="success")]'))
    assert 'export const ReplySchema = z.discriminatedUnion("success", [' in text


def test_a_union_of_values_is_referred_to_by_its_name_and_its_integers_are_numbers(module_of: ModuleMaker) -> None:
    module = module_of("""
Value = str | int | float

class Fields(OutboundModel):
    values: dict[str, Value]
    other: Value | None = None
""")
    assert (
        statements(module)
        == """\
export const ValueSchema = z.union([
  z.string(),
  z.number(),
]);
export type Value = z.infer<typeof ValueSchema>;

export const FieldsSchema = z.object({
  values: z.record(z.string(), ValueSchema),
  other: ValueSchema.optional(),
});
export type Fields = z.infer<typeof FieldsSchema>;"""
    )


def test_constants_keep_their_names_and_docstrings_and_private_or_imported_ones_stay_out(
    module_of: ModuleMaker,
) -> None:
    module = module_of('''
from protocol.version import PROTOCOL_VERSION

VERSION: Final = 7
"""Raised
for reasons */ of note."""
LIMIT = 1e6
RATE: Final = 0.5
NAME: Final = "größe"
CODES: Final = {"A": 65, "0": 48}
_PRIVATE: Final = 1
lower_case = 2
''')
    assert (
        statements(module)
        == """\
/**
 * Raised
 * for reasons *\\/ of note.
 */
export const VERSION = 7;

export const LIMIT = 1000000;

export const RATE = 0.5;

export const NAME = "größe";

export const CODES = {
  A: 65,
  "0": 48,
} as const;"""
    )


def test_an_inherited_field_keeps_its_docstring(module_of: ModuleMaker) -> None:
    module = module_of('''
class Base(OutboundModel):
    size: int
    """In bytes."""

class Derived(Base):
    """More."""

    type: Literal["derived"] = "derived"
''')
    derived = statements(module).split("const DerivedSchema")[1]
    assert "/** In bytes. */\n  size: z.int()," in derived


def test_what_another_module_defines_is_written_when_it_is_referred_to_and_once(module_of: ModuleMaker) -> None:
    colours = module_of('class Colour(StrEnum):\n    RED = "red"\n\nclass Unused(StrEnum):\n    A = "a"')
    user = module_of(f"""
from {colours.__name__} import Colour, Unused

class Wall(OutboundModel):
    colour: Colour
    other: Colour | None = None
""")
    text = statements(user)
    assert text.count("export const Colour = {") == 1
    assert "Unused" not in text
    assert "other: ColourSchema.optional()," in text


def test_requests_are_mapped_to_what_callers_give_and_get(module_of: ModuleMaker) -> None:
    module = module_of("""
class Ask(InboundModel):
    type: Literal["ask"] = "ask"
    req_id: str
    question: str

class Answer(OutboundModel):
    words: str
""")
    assert render([module], [(module.Ask, module.Answer)]).endswith(
        """\
export interface RpcRequestMap {
  ask: {
    request: Ask;
    params: Omit<Ask, "type" | "req_id">;
    response: Answer;
  };
}
export type RpcMethod = keyof RpcRequestMap;

export const RPC_REQUEST_SCHEMAS = {
  ask: AskSchema,
};

export const RPC_RESPONSE_SCHEMAS = {
  ask: AnswerSchema,
};
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "class M(OutboundModel):\n    x: Any",
        "class M(OutboundModel):\n    x: tuple[int, str]",
        "class M(OutboundModel):\n    x: Annotated[str, Field(pattern='a')]",
        "class M(OutboundModel):\n    x: str = Field(alias='y')",
        "class M(OutboundModel):\n    x: str = Field(exclude=True)",
        "SIZES: Final = (1, 2)",
    ],
    ids=["any", "mixed tuple", "pattern", "alias", "excluded", "constant tuple"],
)
def test_what_has_no_translation_is_refused(module_of: ModuleMaker, text: str) -> None:
    module = module_of(text)
    with pytest.raises(UnsupportedTypeError, match=r"M\.x|SIZES"):
        render([module], [])


def test_two_models_of_one_name_are_refused(module_of: ModuleMaker) -> None:
    text = "class Twin(OutboundModel):\n    x: int"
    with pytest.raises(UnsupportedTypeError, match="Twin"):
        render([module_of(text), module_of(text)], [])


def test_check_passes_on_a_fresh_file_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "protocol.generated.ts"
    path.write_text("fresh\n")
    before = path.stat().st_mtime_ns
    assert run(path, "fresh\n", check=True) == 0
    assert path.stat().st_mtime_ns == before


def test_check_fails_on_a_stale_file_says_what_differs_and_leaves_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "protocol.generated.ts"
    path.write_text("same\nold\n")
    assert run(path, "same\nnew\n", check=True) == STALE_EXIT_CODE
    output = capsys.readouterr()
    assert "-old\n+new\n" in output.out
    assert "run scripts/codegen_ts.py" in output.err
    assert path.read_text() == "same\nold\n"


def test_check_fails_where_there_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "protocol.generated.ts", "new\n", check=True) == STALE_EXIT_CODE
    assert "+new\n" in capsys.readouterr().out


def test_without_check_the_file_and_its_folder_are_made(tmp_path: Path) -> None:
    path = tmp_path / "src" / "protocol.generated.ts"
    assert run(path, "größe\n", check=False) == 0
    assert path.read_bytes() == "größe\n".encode()


def test_the_committed_file_is_what_the_models_say() -> None:
    assert OUTPUT.read_text(encoding="utf-8") == generate()
