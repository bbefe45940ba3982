"""What only a module's source text knows: which names it assigns, and the docstrings below attributes.

Owns reading the syntax tree. What the names stand for is asked of the imported module, elsewhere.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import ModuleType


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """The names that a module assigns, in order, and the docstrings of its attributes.

    A key of `docs` is the name of a module attribute, or `Class.attribute`.
    """

    assigned: tuple[str, ...]
    docs: Mapping[str, str]


def read_module_source(module: ModuleType) -> ModuleSource:
    """The source of an imported module, read once. Raises OSError if there is none."""
    return parse_module_source(inspect.getsource(module))


def parse_module_source(text: str) -> ModuleSource:
    """The same from text."""
    tree = ast.parse(text)
    docs = dict(_attribute_docs(tree.body, prefix=""))
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            docs |= _attribute_docs(statement.body, prefix=f"{statement.name}.")
    assigned = (name for statement in tree.body if (name := _assigned_name(statement)) is not None)
    return ModuleSource(assigned=tuple(assigned), docs=docs)


def _attribute_docs(body: Sequence[ast.stmt], *, prefix: str) -> Iterator[tuple[str, str]]:
    for statement, below in pairwise(body):
        name = _assigned_name(statement)
        if name is None or not isinstance(below, ast.Expr) or not isinstance(below.value, ast.Constant):
            continue
        if isinstance(below.value.value, str):
            yield f"{prefix}{name}", inspect.cleandoc(below.value.value)


def _assigned_name(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return None
