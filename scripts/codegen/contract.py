"""What the contract consists of: the constants, enums, models and unions that its modules define.

Owns finding them by looking at the imported modules, and their doc comments. How they read in TypeScript is `zod`'s
and `render`'s business.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from inspect import cleandoc
from sys import modules as imported_modules
from types import ModuleType, UnionType
from typing import Annotated, Final, TypeAlias, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from scripts.codegen.module_source import ModuleSource, read_module_source

JsonConstant: TypeAlias = str | int | float | bool | dict[str, int]

_JSON_CONSTANT: Final[TypeAdapter[JsonConstant]] = TypeAdapter(JsonConstant)


class UnsupportedTypeError(TypeError):
    """Something in the contract that the generator cannot say in TypeScript."""

    def __init__(self, place: str, what: object) -> None:
        super().__init__(f"{place}: the generator has no TypeScript for {what!r}")


@dataclass(frozen=True, slots=True)
class Constant:
    """A public UPPER_CASE value."""

    name: str
    value: JsonConstant
    doc: str


@dataclass(frozen=True, slots=True)
class NamedUnion:
    """A union that a module gives a name."""

    name: str
    members: tuple[object, ...]
    doc: str


Definition: TypeAlias = Constant | NamedUnion | type[StrEnum] | type[BaseModel]


def definitions_of(module: ModuleType) -> Iterator[Definition]:
    """Everything public that the module itself defines, in its order.

    Functions, exceptions, dataclasses and aliases of plain values are left out. Raises UnsupportedTypeError for a
    public constant that has no JSON form.
    """
    source = _source_of(module.__name__)
    for name, value in vars(module).items():
        if name.startswith("_"):
            continue
        if is_enum(value) or is_model(value):
            if value.__module__ == module.__name__:
                yield value
        elif name in source.assigned:
            doc = source.docs.get(name, "")
            members = union_members(value)
            if members is not None:
                yield NamedUnion(name, members, doc)
            elif name.isupper():
                yield Constant(name, _json_constant(f"{module.__name__}.{name}", value), doc)


def is_enum(value: object) -> TypeGuard[type[StrEnum]]:
    """Whether this is a class of strings with names."""
    return isinstance(value, type) and issubclass(value, StrEnum)


def is_model(value: object) -> TypeGuard[type[BaseModel]]:
    """Whether this is a pydantic model's class."""
    return isinstance(value, type) and issubclass(value, BaseModel)


def union_members(annotation: object) -> tuple[object, ...] | None:
    """The members of a union, annotated or not; None for anything else."""
    if get_origin(annotation) is Annotated:
        return union_members(get_args(annotation)[0])
    if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
        return get_args(annotation)
    return None


def class_doc(cls: type) -> str:
    """The class's own docstring."""
    return cleandoc(cls.__doc__ or "")


def attribute_doc(cls: type, attribute: str) -> str:
    """The docstring below a field or an enum member, looked for in the class and those it inherits from."""
    for owner in cls.__mro__:
        if owner.__module__ in imported_modules and issubclass(owner, (BaseModel, StrEnum)):
            doc = _source_of(owner.__module__).docs.get(f"{owner.__name__}.{attribute}")
            if doc is not None:
                return doc
    return ""


def find_unions(modules: Iterable[ModuleType]) -> Mapping[frozenset[object], NamedUnion]:
    """Every named union, by its members."""
    found = (definition for module in modules for definition in definitions_of(module))
    return {frozenset(union.members): union for union in found if isinstance(union, NamedUnion)}


@lru_cache
def _source_of(module_name: str) -> ModuleSource:
    return read_module_source(imported_modules[module_name])


def _json_constant(place: str, value: object) -> JsonConstant:
    try:
        return _JSON_CONSTANT.validate_python(value, strict=True)
    except ValidationError:
        raise UnsupportedTypeError(place, value) from None
