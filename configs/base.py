"""The strictness that every settings model shares.

An unknown key, a value of another type, or a number that is not finite is an error before anything starts.
"""

from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

SettingsPath: TypeAlias = Annotated[Path, Field(strict=False)]
"""A path that YAML writes as text: the strict mode of `StrictModel` would insist on a `Path`."""


class StrictModel(BaseModel):
    """Base of all settings: frozen, exact types, no unknown keys, no infinities.

    YAML has neither tuples nor paths. A field of such a type says `Field(strict=False)`, or uses `SettingsPath`.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_default=True,
        use_attribute_docstrings=True,
    )
