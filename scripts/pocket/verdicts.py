"""What a rollout must measure to be shown to strangers: the figures of the evaluation, and pass or miss.

Pure. Owns the thresholds and how results of several seeds become one figure.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scripts.pocket import measures
from scripts.pocket.trials import DIRECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scripts.pocket.trials import Arrival, DirectionCase, Endurance, IdleCase, Return, Turning

DIRECTION_SHARE: Final = 0.95
ARRIVAL_SSIM: Final = 0.35
FACTOR: Final = 2.0
MIRROR_CORRELATION: Final = 0.5
RETURN_SSIM: Final = 0.6
FIRST_FRAME_DB: Final = 30.0
TREND_FACTOR: Final = 1.25
"""Last third by first third, as the geometric mean over the seeds, stays within this factor."""
COLLAPSE_SHARPNESS: Final = 0.1
COLLAPSE_CONTRAST: Final = 0.2
COLLAPSE_NOISE: Final = 8.0
"""Of the seed's, over a second: below the first two it is blur or flat, above the third noise."""
REPETITION: Final = 0.8

_WINDOW_PASSES: Final = 15


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `is_pass` is None for what is only told."""

    name: str
    measured: str
    wanted: str
    is_pass: bool | None

    @property
    def verdict(self) -> str:
        """In a word."""
        return "" if self.is_pass is None else "pass" if self.is_pass else "MISS"


def direction_figures(cases: "Sequence[DirectionCase]", idle: "Sequence[IdleCase]") -> list[Figure]:
    """Right signs by direction, and stillness."""
    figures: list[Figure] = []
    for direction in DIRECTIONS:
        of_it = [case for case in cases if case.direction == direction]
        if not of_it:
            continue
        share = sum(case.motion_px > 0 for case in of_it) / len(of_it)
        still = sum(case.is_still for case in of_it)
        note = f", {still} still" if still else ""
        figures.append(
            Figure(
                f"direction: {direction}",
                f"{share:6.1%} of {len(of_it)}{note}",
                f">= {DIRECTION_SHARE:.0%}",
                share >= DIRECTION_SHARE,
            )
        )
    if idle:
        moved = sum(case.moved > 0 for case in idle)
        figures.append(Figure("direction: none", f"{moved} of {len(idle)} moved", "0", moved == 0))
    return figures


def arrival_figures(results: "Mapping[str, Arrival]") -> list[Figure]:
    """Somewhere else, and still a picture."""
    return [
        _all_seeds(
            "arrival: SSIM with the seed",
            {seed: result.ssim for seed, result in results.items()},
            lambda value: value < ARRIVAL_SSIM,
            f"< {ARRIVAL_SSIM}",
        ),
        _told(
            "arrival: SSIM by that of the seed with its mirror image",
            [result.ssim / result.mirror_ssim for result in results.values()],
        ),
        _all_seeds(
            "arrival: sharpness by the seed's",
            {seed: result.sharpness for seed, result in results.items()},
            _within_factor,
            f"1/{FACTOR:g} .. {FACTOR:g}",
        ),
        _all_seeds(
            "arrival: colour variance by the seed's",
            {seed: result.colour_variance for seed, result in results.items()},
            _within_factor,
            f"1/{FACTOR:g} .. {FACTOR:g}",
        ),
    ]


def turning_figures(results: "Mapping[str, Turning]") -> list[Figure]:
    """No mirror image."""

    def is_low(value: float) -> bool:
        return value < MIRROR_CORRELATION

    wanted = f"< {MIRROR_CORRELATION}"
    shapes = {seed: result.shape_correlation for seed, result in results.items()}
    plain = {seed: result.correlation for seed, result in results.items()}
    pairs = {seed: result.pair_correlation for seed, result in results.items()}
    closing = [result.closing_ssim for result in results.values()]
    return [
        _all_seeds("turning: mirrored seed, shapes", shapes, is_low, wanted),
        _told("turning: mirrored seed, plain luminance", list(plain.values())),
        _told("turning: any two views mirrored, shapes", list(pairs.values())),
        _told("turning: SSIM with the seed when closed", closing),
    ]


def return_figures(results: "Mapping[str, Return]") -> list[Figure]:
    """Places are remembered."""
    figures: list[Figure] = []
    for name, values in (
        ("90 degrees and back", [result.turn for result in results.values()]),
        ("ten steps and back", [result.steps for result in results.values()]),
    ):
        middle = float(np.median(values))
        figures.append(
            Figure(
                f"return: {name}, SSIM",
                f"median {middle:.3f}, least {min(values):.3f}",
                f"median >= {RETURN_SSIM}",
                middle >= RETURN_SSIM,
            )
        )
    ends = [min(result.turn_end, result.steps_end) for result in results.values()]
    return [*figures, _told("return: SSIM with the seed at the end", ends)]


def endurance_figures(results: "Mapping[str, Endurance]") -> list[Figure]:
    """No trend and no collapse."""
    figures: list[Figure] = []
    for name, series, least in (
        ("sharpness", [result.sharpness for result in results.values()], COLLAPSE_SHARPNESS),
        ("contrast", [result.contrast for result in results.values()], COLLAPSE_CONTRAST),
    ):
        ratios = [math.log(max(measures.thirds_ratio(values), 1e-6)) for values in series]
        ratio = math.exp(float(np.mean(ratios)))
        slope = float(np.median([measures.slope(values) for values in series]))
        seconds = [windows(values) for values in series]
        worst, top = min(min(values) for values in seconds), max(max(values) for values in seconds)
        figures += [
            Figure(
                f"endurance: {name}, last third by first",
                f"{ratio:.2f} (t {measures.t_statistic(ratios):+.1f}), slope {slope:+.0%}",
                f"1/{TREND_FACTOR} .. {TREND_FACTOR}",
                1 / TREND_FACTOR <= ratio <= TREND_FACTOR,
            ),
            Figure(
                f"endurance: {name}, worst second",
                f"{worst:.2f} .. {top:.2f} of the seed's",
                f"{least} .. {COLLAPSE_NOISE:g}",
                worst >= least and top <= COLLAPSE_NOISE,
            ),
        ]
    return [
        *figures,
        _all_seeds(
            "endurance: repetition",
            {seed: result.repetition for seed, result in results.items()},
            lambda value: value < REPETITION,
            f"< {REPETITION}",
        ),
    ]


def first_frame_figure(results: "Mapping[str, float]") -> Figure:
    """It begins where the user is."""
    return _all_seeds(
        "first frame: PSNR with the seed, dB",
        dict(results),
        lambda value: value >= FIRST_FRAME_DB,
        f">= {FIRST_FRAME_DB:g}",
    )


def windows(values: "Sequence[float]") -> list[float]:
    """Means over a second each."""
    whole = max(1, len(values) // _WINDOW_PASSES)
    return [float(np.mean(part)) for part in np.array_split(np.asarray(values, dtype=np.float64), whole)]


def _within_factor(value: float) -> bool:
    return 1 / FACTOR <= value <= FACTOR


def _all_seeds(name: str, by_seed: "Mapping[str, float]", holds: "Callable[[float], bool]", wanted: str) -> Figure:
    """Passes where every seed does."""
    good = [seed for seed, value in by_seed.items() if holds(value)]
    values = list(by_seed.values())
    measured = f"{_spread(values)}; {len(good)} of {len(values)} seeds"
    return Figure(name, measured, f"{wanted}, all", len(good) == len(values))


def _told(name: str, values: "Sequence[float]") -> Figure:
    return Figure(name, _spread(values), "", None)


def _spread(values: "Sequence[float]") -> str:
    finite = [min(value, 99.9) for value in values]
    return f"median {np.median(finite):.3g}, {min(finite):.3g} .. {max(finite):.3g}"
