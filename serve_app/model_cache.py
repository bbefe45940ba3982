"""The models in this machine's Hugging Face cache: which are there, and deleting one.

Owns the look into the cache, through `huggingface_hub`. Everything here blocks on the disk.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog
import yaml
from huggingface_hub import CacheNotFound, scan_cache_dir
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from huggingface_hub import CachedRepoInfo, CachedRevisionInfo, HFCacheInfo

WEIGHTS_SUFFIXES: Final = frozenset({".safetensors", ".bin", ".pt", ".pth", ".gguf"})
"""A cached repository without such a file is what looking at a model leaves behind, not the model."""

_CONFIG_NAMES: Final = ("config.yaml", "config.json")
_CONFIG_LIMIT_BYTES: Final = 2**20

_CONFIG_FAILURES: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    yaml.YAMLError,
)
"""What an odd configuration raises. PyYAML turns what looks like a date or a number into one, and checks little."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CachedModel:
    """A model on this machine."""

    id: str
    size_bytes: int
    model_type: str | None
    """As its own configuration says; None when that does not."""


class CannotDeleteError(Exception):
    """The cache holds on to a model; the message says so."""


class _ModelConfig(BaseModel):
    model_config = ConfigDict(protected_namespaces=())

    model_type: str | None = None


class ModelCache:
    """The cache that `HF_HOME` and `HF_HUB_CACHE` name."""

    def __init__(self, folder: "Path | None" = None) -> None:
        """`folder` is another cache than the environment's."""
        self._folder = folder

    def scan(self) -> "Mapping[str, CachedModel]":
        """The models that are there, by id."""
        found = self._read()
        return (
            {} if found is None else {repo.repo_id: _read_model(repo) for repo in _models(found) if _has_weights(repo)}
        )

    def delete(self, model_id: str) -> None:
        """Remove every revision of a model; does nothing when there is none. Raises CannotDeleteError."""
        found = self._read()
        if found is None:
            return
        for repo in _models(found):
            if repo.repo_id == model_id:
                # Copies of a repository on the hub share their revisions' hashes: only this one may be looked at.
                _delete(replace(found, repos=frozenset({repo})), repo)

    def _read(self) -> "HFCacheInfo | None":
        try:
            return scan_cache_dir(self._folder)
        except CacheNotFound:
            return None
        except (OSError, ValueError) as error:
            log.warning("the model cache cannot be read", reason=str(error))
            return None


def _models(found: "HFCacheInfo") -> "list[CachedRepoInfo]":
    return [repo for repo in found.repos if repo.repo_type == "model"]


def _delete(only: "HFCacheInfo", repo: "CachedRepoInfo") -> None:
    strategy = only.delete_revisions(*(revision.commit_hash for revision in repo.revisions))
    strategy.execute()
    if repo.repo_path.exists():
        reason = f"{repo.repo_id} could not be deleted entirely: is it read-only, or in use?"
        raise CannotDeleteError(reason)
    log.info("cached model deleted", model=repo.repo_id, freed_bytes=strategy.expected_freed_size)


def _has_weights(repo: "CachedRepoInfo") -> bool:
    return any(file.file_path.suffix in WEIGHTS_SUFFIXES for revision in repo.revisions for file in revision.files)


def _read_model(repo: "CachedRepoInfo") -> CachedModel:
    return CachedModel(repo.repo_id, repo.size_on_disk, _read_type(_current_revision(repo)))


def _current_revision(repo: "CachedRepoInfo") -> "CachedRevisionInfo":
    return repo.refs.get("main") or max(repo.revisions, key=lambda revision: revision.last_modified)


def _read_type(revision: "CachedRevisionInfo") -> str | None:
    for name in _CONFIG_NAMES:
        path = revision.snapshot_path / name
        try:
            if path.stat().st_size > _CONFIG_LIMIT_BYTES:
                continue
            config = _ModelConfig.model_validate(yaml.safe_load(path.read_bytes()))
        except _CONFIG_FAILURES:
            continue
        if config.model_type is not None:
            return config.model_type
    return None
