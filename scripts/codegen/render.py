"""The contract as one TypeScript file.

Owns the statements: which declaration each definition becomes, what is optional in which direction, comments, and the
order. Expressions are written by `zod`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import ModuleType
from typing import Final, TypeAlias

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from protocol.base import InboundModel
from scripts.codegen.contract import (
    Constant,
    Definition,
    NamedUnion,
    UnsupportedTypeError,
    attribute_doc,
    class_doc,
    definitions_of,
    find_unions,
    is_enum,
    is_model,
)
from scripts.codegen.zod import INDENT, Zod, bounds, indented, literal_value, number

HEADER: Final = """\
// Generated from the Python package `protocol` by scripts/codegen_ts.py. Do not edit: change the models and generate.

import { z } from "zod";
"""

RpcPair: TypeAlias = tuple[type[BaseModel], type[BaseModel]]
"""A request, and the data of the reply to it."""


class Renderer:
    """Writes each definition once, what it refers to before it."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self._zod = Zod(self._reference, find_unions(modules))
        self._written: dict[str, Definition] = {}
        self.statements: list[str] = []

    def write(self, definition: Definition) -> None:
        """Append the statements of one definition, unless they are there. Raises UnsupportedTypeError."""
        name = _name(definition)
        if name in self._written:
            if self._written[name] != definition:
                raise UnsupportedTypeError(name, self._written[name])
            return
        self._written[name] = definition
        if isinstance(definition, Constant):
            self.statements.append(_constant(definition))
        elif isinstance(definition, NamedUnion):
            self._declare(name, definition.doc, self._zod.union(definition.members, name))
        elif is_enum(definition):
            self.statements.append(_enum_members(definition))
            self._declare(name, "", f"z.enum({name})")
        elif is_model(definition):
            self._declare(name, class_doc(definition), self._object(definition))

    def _declare(self, name: str, doc: str, expression: str) -> None:
        self.statements.append(
            f"{comment(doc)}export const {name}Schema = {expression};\n"
            f"{comment(doc)}export type {name} = z.infer<typeof {name}Schema>;\n"
        )

    def _reference(self, definition: type[StrEnum] | type[BaseModel] | NamedUnion) -> str:
        self.write(definition)
        return f"{_name(definition)}Schema"

    def _object(self, model: type[BaseModel]) -> str:
        # What the server sends may grow by fields that an old client ignores.
        is_strict = _is_inbound(model) and model.model_config.get("extra") == "forbid"
        fields = "".join(
            indented(f"{comment(_field_doc(model, name))}{name}: {self._field(model, name)},\n")
            for name in model.model_fields
        )
        return f"z.{'strictObject' if is_strict else 'object'}({{\n{fields}}})"

    def _field(self, model: type[BaseModel], name: str) -> str:
        field = model.model_fields[name]
        place = f"{model.__name__}.{name}"
        if field.alias is not None or field.exclude:
            raise UnsupportedTypeError(place, field)
        schema, allows_null = self._zod.split_null(field.annotation, place)
        schema += bounds(field.metadata, place)
        has_default = not field.is_required() and literal_value(field) is None
        if _is_inbound(model):
            return schema + _INBOUND_SUFFIX[allows_null, has_default]
        if allows_null:
            return f"{schema}.optional()"
        return f"{schema}.default({_default(field)})" if has_default else schema


_INBOUND_SUFFIX: Final[Mapping[tuple[bool, bool], str]] = {
    (False, False): "",
    (False, True): ".optional()",
    (True, False): ".nullable()",
    (True, True): ".nullish()",
}
"""By whether null is allowed, and whether there is a default. The server applies it, so a client may leave it out."""


def render(modules: Sequence[ModuleType], responses: Iterable[RpcPair]) -> str:
    """The file for everything that the modules define, with the map from requests to responses.

    Raises UnsupportedTypeError for what cannot be said in TypeScript.
    """
    renderer = Renderer(modules)
    for module in modules:
        for definition in definitions_of(module):
            renderer.write(definition)
    return "\n".join([HEADER, *renderer.statements, _rpc_map(responses)])


def comment(doc: str) -> str:
    """A doc comment with its line break; nothing for an empty text."""
    if not doc:
        return ""
    lines = doc.replace("*/", "*\\/").split("\n")
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */\n"])


def _name(definition: Definition) -> str:
    return definition.name if isinstance(definition, Constant | NamedUnion) else definition.__name__


def _is_inbound(model: type[BaseModel]) -> bool:
    return issubclass(model, InboundModel)


def _field_doc(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    doc = attribute_doc(model, name)
    if not _is_inbound(model) or field.is_required() or field.default is None or literal_value(field) is not None:
        return doc
    return "\n".join(filter(None, [doc, f"Default: `{_default(field)}`."]))


def _default(field: FieldInfo) -> str:
    return _json(to_jsonable_python(field.get_default(call_default_factory=True, validated_data={})))


def _json(value: object) -> str:
    return number(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def _constant(constant: Constant) -> str:
    value = constant.value
    if isinstance(value, dict):
        entries = "".join(f"{INDENT}{_key(name)}: {number(code)},\n" for name, code in value.items())
        text = f"{{\n{entries}}} as const"
    else:
        text = _json(value)
    return f"{comment(constant.doc)}export const {constant.name} = {text};\n"


def _key(name: str) -> str:
    return name if name.isidentifier() else _json(name)


def _enum_members(enum: type[StrEnum]) -> str:
    members = "".join(
        indented(f"{comment(attribute_doc(enum, member.name))}{member.name}: {_json(member.value)},\n")
        for member in enum
    )
    return f"{comment(class_doc(enum))}export const {enum.__name__} = {{\n{members}}} as const;\n"


def _rpc_map(responses: Iterable[RpcPair]) -> str:
    """The request and response schemas by method, and the same as types."""
    pairs = {
        str(literal_value(request.model_fields["type"])): (request.__name__, data.__name__)
        for request, data in responses
    }
    entries = "".join(
        f"{INDENT}{method}: {{\n"
        f"{INDENT * 2}request: {request};\n"
        f'{INDENT * 2}params: Omit<{request}, "type" | "req_id">;\n'
        f"{INDENT * 2}response: {data};\n"
        f"{INDENT}}};\n"
        for method, (request, data) in pairs.items()
    )
    requests = "".join(f"{INDENT}{method}: {request}Schema,\n" for method, (request, _) in pairs.items())
    results = "".join(f"{INDENT}{method}: {data}Schema,\n" for method, (_, data) in pairs.items())
    return (
        f"/** By method: the request, what a caller gives of it, and the data of the reply that succeeds. */\n"
        f"export interface RpcRequestMap {{\n{entries}}}\n"
        f"export type RpcMethod = keyof RpcRequestMap;\n\n"
        f"export const RPC_REQUEST_SCHEMAS = {{\n{requests}}};\n\n"
        f"export const RPC_RESPONSE_SCHEMAS = {{\n{results}}};\n"
    )
