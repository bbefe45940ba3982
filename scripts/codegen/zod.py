"""Python types as Zod expressions.

Owns how each kind of type, bound and union reads. Which types there are, and the statements around the expressions,
are others' business.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, Final, Literal, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scripts.codegen.contract import NamedUnion, UnsupportedTypeError, is_enum, is_model, union_members

INDENT: Final = "  "
_PLAIN: Final[Mapping[type, str]] = {
    str: "z.string()",
    int: "z.int()",
    float: "z.number()",
    bool: "z.boolean()",
}


@dataclass(frozen=True, slots=True)
class Zod:
    """Writes expressions. A type that has a name is written as a reference to its schema.

    `reference` is told each enum, model or named union that an expression needs, and returns the name of its schema.
    """

    reference: Callable[[type[StrEnum] | type[BaseModel] | NamedUnion], str]
    unions: Mapping[frozenset[object], NamedUnion]

    def expression(self, annotation: object, place: str) -> str:
        """The schema of a type. `place` says where it stands, for UnsupportedTypeError."""
        schema, allows_null = self.split_null(annotation, place)
        return f"{schema}.nullable()" if allows_null else schema

    def split_null(self, annotation: object, place: str) -> tuple[str, bool]:
        """The schema of a type without None, and whether None was in it."""
        if get_origin(annotation) is Annotated:
            plain, *metadata = get_args(annotation)
            schema, allows_null = self.split_null(plain, place)
            return schema + bounds(metadata, place), allows_null
        members = union_members(annotation)
        if members is None:
            return self._single(annotation, place), False
        others = tuple(member for member in members if member is not NoneType)
        allows_null = len(others) < len(members)
        if len(others) == 1:
            return self.expression(others[0], place), allows_null
        return self._named_or_union(others, place), allows_null

    def union(self, members: Sequence[object], place: str) -> str:
        """A union's schema: discriminated if the members are models that some literal field tells apart."""
        models = [member for member in members if is_model(member)]
        if len(models) == len(members):
            return self._of_models(models, place)
        # A number schema takes integers too.
        options = [self.expression(member, place) for member in members if member is not int or float not in members]
        return call("z.union", options)

    def _named_or_union(self, members: tuple[object, ...], place: str) -> str:
        named = self.unions.get(frozenset(members))
        return self.reference(named) if named else self.union(members, place)

    def _of_models(self, models: Sequence[type[BaseModel]], place: str) -> str:
        field = _discriminator(models)
        if field is None:
            return call("z.union", [self.reference(model) for model in models])
        groups: dict[object, list[type[BaseModel]]] = {}
        for model in models:
            groups.setdefault(literal_value(model.model_fields[field]), []).append(model)
        options = [
            self.reference(group[0]) if len(group) == 1 else self._named_or_union(tuple(group), place)
            for group in groups.values()
        ]
        return call("z.discriminatedUnion", options, first=json.dumps(field))

    def _single(self, annotation: object, place: str) -> str:
        if is_enum(annotation) or is_model(annotation):
            return self.reference(annotation)
        if isinstance(annotation, type) and annotation in _PLAIN:
            return _PLAIN[annotation]
        arguments = cast("tuple[object, ...]", get_args(annotation))
        match get_origin(annotation), arguments:
            case origin, (value,) if origin is Literal:
                return f"z.literal({json.dumps(value)})"
            case origin, values if origin is Literal:
                return f"z.literal([{', '.join(map(json.dumps, values))}])"
            case origin, (item, *rest) if (origin is tuple and rest == [...]) or (origin is list and not rest):
                return f"z.array({self.expression(item, place)})"
            case origin, (key, value) if origin is dict:
                # Zod's record with an enum as its key demands every key.
                kind = "z.partialRecord" if is_enum(key) else "z.record"
                return f"{kind}({self.expression(key, place)}, {self.expression(value, place)})"
            case _:
                raise UnsupportedTypeError(place, annotation)


def bounds(metadata: Iterable[object], place: str) -> str:
    """The calls that narrow a schema, from the metadata of an annotation."""
    return "".join(_bound(item, place) for item in metadata)


def _bound(item: Any, place: str) -> str:
    match item:
        case FieldInfo():
            return bounds(item.metadata, place)
        case Ge(ge=int() | float() as limit):
            return f".gte({number(limit)})"
        case Gt(gt=int() | float() as limit):
            return f".gt({number(limit)})"
        case Le(le=int() | float() as limit):
            return f".lte({number(limit)})"
        case Lt(lt=int() | float() as limit):
            return f".lt({number(limit)})"
        case MinLen(min_length=length):
            return f".min({length})"
        case MaxLen(max_length=length):
            return f".max({length})"
        case _:
            raise UnsupportedTypeError(place, item)


def number(value: float) -> str:
    """A number as TypeScript writes it."""
    return str(int(value)) if value == int(value) else repr(value)


def literal_value(field: FieldInfo) -> object:
    """The one value that a field may have; None if it may have others."""
    values = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return values[0] if len(values) == 1 else None


def call(function: str, options: Sequence[str], first: str | None = None) -> str:
    """A call with a list of options, one a line."""
    lines = "".join(f"{indented(option)},\n" for option in options)
    return f"{function}({f'{first}, ' if first else ''}[\n{lines}])"


def indented(text: str) -> str:
    """The text one level deeper; empty lines stay empty."""
    return "\n".join(f"{INDENT}{line}" if line else line for line in text.split("\n"))


def _discriminator(models: Sequence[type[BaseModel]]) -> str | None:
    """The first field of which every model has its literal, and not all the same."""
    for name in models[0].model_fields:
        values = {literal_value(model.model_fields[name]) if name in model.model_fields else None for model in models}
        if None not in values and len(values) > 1:
            return name
    return None
