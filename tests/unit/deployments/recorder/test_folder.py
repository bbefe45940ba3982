"""Spool folders: who may claim one, and what giving a claim back does."""

import errno
import os
from pathlib import Path

import pytest

from deployments.recorder.folder import Claim
from tests.fakes.recordings import claimed_folder, segment_info


@pytest.fixture
def claim(tmp_path: Path) -> Claim:
    return claimed_folder(tmp_path, segment_info(tmp_path))


def test_a_claimed_folder_is_nobody_elses_until_it_is_given_back(claim: Claim) -> None:
    assert Claim.on_orphan(claim.folder.path) is None
    claim.release()
    again = Claim.on_orphan(claim.folder.path)
    assert again is not None
    again.release()


def test_a_claim_given_back_twice_closes_nothing_of_others(claim: Claim) -> None:
    claim.release()
    reader, writer = os.pipe()
    claim.release()
    os.close(reader)
    os.close(writer)


def test_a_folder_that_cannot_be_read_is_claimed_later(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    claim.release()

    def fail(_path: Path) -> bool:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", fail)
        assert Claim.on_orphan(claim.folder.path) is None
    again = Claim.on_orphan(claim.folder.path)
    assert again is not None, "the lock was let go"
    again.release()


def test_attempts_that_cannot_be_read_count_as_none(claim: Claim) -> None:
    claim.folder.failures_path.mkdir()
    assert claim.folder.failures() == 0
    claim.release()
