"""Seeds from outside: what becomes a picture that may be shown, and the typed reason when none does."""

import asyncio
import base64

import pytest
from ray.exceptions import ActorDiedError
from ray.serve.exceptions import BackPressureError

from configs.safety import SafetyConfig
from deployments.safety_checker.contract import Verdict, VerdictSource, refuse
from protocol.errors import BiomeError, Fault, InvalidSeedError, SeedCheckError, UnsafeSeedError
from serve_app.seeds import AcceptedSeed, SeedGate, ask_checker, check_limit_s
from tests.fakes.handles import FakeMethods
from tests.fakes.hosts import FakeSafety
from tests.fakes.links import PATIENCE_S
from tests.fakes.rpc import rpc_failure

PICTURE = b"the bytes of a picture"
TEXT = base64.b64encode(PICTURE).decode()
SAFE = Verdict(is_safe=True, sha256="hash", source=VerdictSource.MODEL, scores={})


def gate(safety: FakeSafety, *, limit_s: float = PATIENCE_S) -> SeedGate:
    return SeedGate(safety.ask, limit_bytes=1000, limit_s=limit_s)


async def test_a_safe_seed_is_accepted_with_its_bytes_and_hash() -> None:
    safety = FakeSafety()
    seed = await gate(safety).accept(TEXT, "lake.jpg")
    assert (seed.picture, seed.filename, seed.name) == (PICTURE, "lake.jpg", "lake.jpg")
    assert seed.sha256 == (await safety.ask(PICTURE)).sha256


def test_a_seed_without_a_filename_is_called_by_its_hash() -> None:
    assert AcceptedSeed(PICTURE, "abc", None).name == "abc"


@pytest.mark.parametrize("text", ["", "%%%", "aGk", base64.b64encode(bytes(1001)).decode()])
async def test_what_is_no_base64_or_too_large_is_not_even_checked(text: str) -> None:
    safety = FakeSafety()
    with pytest.raises(InvalidSeedError):
        await gate(safety).accept(text, None)
    with pytest.raises(InvalidSeedError):
        await gate(safety).check(text)
    assert safety.asked == []


async def test_an_unsafe_seed_is_refused_with_the_reason() -> None:
    safety = FakeSafety()
    safety.unsafe.add(PICTURE)
    with pytest.raises(UnsafeSeedError, match="on the list"):
        await gate(safety).accept(TEXT, None)


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.CLIENT, InvalidSeedError), (Fault.SERVER, SeedCheckError), (Fault.HOST, SeedCheckError)],
)
async def test_a_verdict_that_judged_nothing_says_whose_fault_it_is(fault: Fault, error: type[BiomeError]) -> None:
    safety = FakeSafety()
    safety.verdict = refuse("hash", "nothing was judged", fault)
    with pytest.raises(error, match="nothing was judged"):
        await gate(safety).accept(TEXT, None)


@pytest.mark.parametrize(
    "failure",
    [ActorDiedError(), BackPressureError(num_queued_requests=1, max_queued_requests=1), rpc_failure()],
    ids=["died", "overrun", "unreachable"],
)
async def test_a_checker_that_does_not_answer_counts_as_unsafe(failure: Exception) -> None:
    safety = FakeSafety()
    safety.error = failure
    with pytest.raises(SeedCheckError, match="did not answer"):
        await gate(safety).accept(TEXT, None)
    with pytest.raises(SeedCheckError):
        await gate(safety).check(TEXT)


async def test_a_checker_without_a_replica_is_not_waited_for_without_end() -> None:
    safety = FakeSafety()
    safety.may_answer.clear()
    with pytest.raises(SeedCheckError, match="did not answer within 0 s"):
        async with asyncio.timeout(PATIENCE_S):
            await gate(safety, limit_s=0.0).accept(TEXT, None)


async def test_the_checkers_verdict_is_passed_on() -> None:
    checker = FakeMethods(SAFE)
    assert await ask_checker(checker.handle, PICTURE) == SAFE
    assert (checker.calls, checker.cancellations) == ([("check", (PICTURE,))], 0)


async def test_a_check_that_nobody_waits_for_any_more_is_called_off() -> None:
    checker = FakeMethods()
    asking = asyncio.ensure_future(ask_checker(checker.handle, PICTURE))
    await checker.called.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert checker.cancellations == 1


def test_a_check_has_time_for_the_pass_before_its_own() -> None:
    assert check_limit_s(SafetyConfig(check_timeout_s=20.0)) == 45.0


async def test_a_question_about_an_unsafe_picture_is_answered() -> None:
    safety = FakeSafety()
    safety.unsafe.add(PICTURE)
    assert not (await gate(safety).check(TEXT)).is_safe
