"""Warm-up, calibration, rounds and bursts of whatever is to be run, stamped with the host's clocks.

The device is synchronised before each stamp, so that nothing queued lies outside of a round. Nothing stands between a
stamp and the first or last run but the loop.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil
from typing import Callable, Sequence

import torch

#: Of a calibration, the least time over which the length of a run is taken: a tenth of a round, half a second at least.
_CALIBRATED_PART = 0.1
_CALIBRATED_AT_LEAST_S = 0.5

#: Rows of the square product that loads the machine in a burst, by device: some milliseconds of work.
_BURST_ROWS = {"cuda": 4096, "cpu": 768}


@dataclass(frozen=True)
class Stamps:
    """Start and end in integer microseconds: of the monotonic clock for lengths, of UTC for the record."""

    start_mono_us: int
    start_utc_us: int
    end_mono_us: int
    end_utc_us: int


def synchronise(device: torch.device) -> None:
    """Waits until the device has done all that was queued; a CPU has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _now_us() -> tuple[int, int]:
    return time.monotonic_ns() // 1000, time.time_ns() // 1000


def measure_round(run: Callable[[], object], repeats: int, device: torch.device) -> Stamps:
    """``repeats`` runs back to back. Raises what a run raises."""
    with torch.no_grad():
        synchronise(device)
        start = _now_us()
        for _ in range(repeats):
            run()
        synchronise(device)
        end = _now_us()
    return Stamps(*start, *end)


def warm_up(run: Callable[[], object], seconds: float, device: torch.device) -> int:
    """Runs for this long, at least once; the number of runs."""
    runs, block = 0, 1
    end = time.monotonic() + seconds
    while runs == 0 or time.monotonic() < end:
        stamps = measure_round(run, block, device)
        runs += block
        # Blocks of about a tenth of a second, so that the queue neither runs empty nor over the end.
        block = max(1, ceil(block * 1e5 / max(1, stamps.end_mono_us - stamps.start_mono_us)))
    return runs


def calibrate(run: Callable[[], object], round_s: float, device: torch.device) -> tuple[int, float]:
    """The number of runs that fill a round of this length, and the seconds of one run."""
    least_us = 1e6 * min(round_s, max(_CALIBRATED_AT_LEAST_S, _CALIBRATED_PART * round_s))
    repeats = 1
    while True:
        stamps = measure_round(run, repeats, device)
        took_us = max(1, stamps.end_mono_us - stamps.start_mono_us)
        if took_us >= least_us:
            latency_s = took_us / repeats / 1e6
            return max(1, ceil(round_s / latency_s)), latency_s
        # Never more than ten times as many at once: the first runs are slow, and tell little.
        repeats = ceil(repeats * min(10.0, 1.2 * least_us / took_us))


def burst(steps: Sequence[tuple[float, float]], device: torch.device) -> list[Stamps]:
    """Holds the machine at a flat load for the first of each pair of seconds, and rests for the second; the on-steps."""
    rows = _BURST_ROWS[device.type]
    matrix = torch.rand(rows, rows, device=device)
    measure_round(lambda: torch.matmul(matrix, matrix), 1, device)
    stamped: list[Stamps] = []
    for on_s, off_s in steps:
        start = _now_us()
        while _now_us()[0] < start[0] + on_s * 1e6:
            with torch.no_grad():
                torch.matmul(matrix, matrix)
            synchronise(device)
        stamped.append(Stamps(*start, *_now_us()))
        time.sleep(off_s)
    return stamped
