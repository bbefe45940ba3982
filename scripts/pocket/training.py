"""A training run: steps with a progress bar, checkpoints from which it goes on, and averaged weights.

Owns the optimiser, the learning rate and the files. What a batch is and what the loss is belongs to the caller.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import argparse
import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from tqdm import tqdm

AVERAGE_DECAY: Final = 0.998
WARM_UP_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What every training command takes."""

    data: Path
    out: Path
    steps: int
    batch: int
    rate: float
    threads: int
    seed: int
    checkpoint_every: int


def options_of(description: str | None, *, steps: int, batch: int, rate: float) -> RunOptions:
    """The command line of a training command."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("build/pocket/data"))
    parser.add_argument("--out", type=Path, required=True, help="checkpoint; the run goes on from it where it exists")
    parser.add_argument("--steps", type=int, default=steps, help="in all, those of earlier runs included")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint-every", type=int, default=200)
    return RunOptions(**vars(parser.parse_args()))


def autocast() -> AbstractContextManager[object]:
    """Half precision where the processor has it: emulated, a step takes ten times as long."""
    has_it = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast("cpu", torch.bfloat16) if has_it else nullcontext()


def rate_at(step: int, steps: int, highest: float) -> float:
    """Linear warm-up, then half a cosine down to a fiftieth."""
    if step < WARM_UP_STEPS:
        return highest * (step + 1) / WARM_UP_STEPS
    share = min(1.0, (step - WARM_UP_STEPS) / max(1, steps - WARM_UP_STEPS))
    return highest * (0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * share)))


def train(
    net: nn.Module,
    batches: Callable[[int], Iterator[Any]],
    loss_of: Callable[[nn.Module, Any], dict[str, Tensor]],
    options: RunOptions,
) -> nn.Module:
    """Minimise the sum of the losses; returns the averaged network. `batches(step)` yields from that step on."""
    torch.set_num_threads(options.threads)
    net = net.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    average = deepcopy(net).requires_grad_(requires_grad=False)
    optimiser = torch.optim.AdamW(net.parameters(), options.rate, weight_decay=0.01)
    step, spent_s = 0, 0.0
    if options.out.exists():
        saved = torch.load(options.out, map_location="cpu", weights_only=True)
        net.load_state_dict(saved["net"])
        average.load_state_dict(saved["average"])
        optimiser.load_state_dict(saved["optimiser"])
        step, spent_s = saved["step"], saved["spent_s"]
    torch.manual_seed(options.seed + step)
    started_s = time.monotonic()
    means: dict[str, float] = {}
    bar = tqdm(total=options.steps, initial=step, mininterval=5.0, unit="step")
    for batch in batches(step):
        if step >= options.steps:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, options.steps, options.rate)
        with autocast():
            losses = loss_of(net, batch)
        total = torch.stack([*losses.values()]).sum()
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        step += 1
        keep = min(AVERAGE_DECAY, step / (step + 10.0))
        with torch.no_grad():
            for slow, fast in zip(average.parameters(), net.parameters(), strict=True):
                slow.lerp_(fast, 1.0 - keep)
        for name, value in losses.items():
            means[name] = means.get(name, value.item()) * 0.99 + value.item() * 0.01
        bar.update()
        bar.set_postfix({name: f"{value:.4f}" for name, value in means.items()}, refresh=False)
        if step % options.checkpoint_every == 0 or step >= options.steps:
            save(options.out, net, average, optimiser, step, spent_s + time.monotonic() - started_s)
    bar.close()
    return average


def save(
    path: Path, net: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer, step: int, spent_s: float
) -> None:
    """Write a checkpoint; a crash in between leaves the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    states = {"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save({**states, "step": step, "spent_s": spent_s}, part)
    part.rename(path)
