"""align in pandas: `merge_asof` of meter and resource lines with the rounds, session by session.

Reads the logs that `profile` wrote and the clocks that `align` found, writes energy and resource means of every round.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

GPU = ("gpu_pct", "gpu_mem_pct", "gpu_clk_mhz", "gpu_mem_clk_mhz")


def wall_windows(
    power: pd.DataFrame, facts: pd.Series, clock: pd.Series, max_gap_us: int
) -> pd.DataFrame:
    """What each good line of the meter stands for, on the host's clock."""
    lines = power.sort_values(["mono_us", "line"], ignore_index=True)
    repeated = (lines["seq"] == lines["seq"].shift()) | (
        lines["mono_us"] == lines["mono_us"].shift()
    )
    lines = lines[~repeated]
    apparent = lines["voltage_v"] * lines["current_a"]
    watts = (
        lines["real_power_w"]
        .astype(float)
        .fillna(apparent * lines["power_factor"].astype(float).fillna(1.0))
    )
    at_us = lines["mono_us"].to_numpy()

    def host(stamp_us: Any) -> Any:
        first = float(facts["first_us"])
        on_host = first + (stamp_us - first - clock["offset_s"] * 1e6) / (
            1 + clock["drift_ppm"] * 1e-6
        )
        return np.rint(on_host).astype(np.int64)

    windows = pd.DataFrame(
        {
            "t_from": host(at_us[:-2]),
            "t_to": host(at_us[1:-1]),
            "w": watts.to_numpy()[1:-1],
            "va": apparent.to_numpy()[1:-1],
            "w_before": watts.to_numpy()[:-2],
            "w_after": watts.to_numpy()[2:],
        }
    )
    return windows[np.diff(at_us)[:-1] <= max_gap_us]


def gpu_windows(resources: pd.DataFrame, max_gap_us: int) -> pd.DataFrame:
    told = resources["gpu_power_w"]
    samples = resources[np.isfinite(told) & (told >= 0)]
    windows = pd.DataFrame(
        {
            "t_from": samples["mono_us"].shift().iloc[1:].astype(np.int64),
            "t_to": samples["mono_us"].iloc[1:],
            "w": samples["gpu_power_w"].iloc[1:],
            "w_before": samples["gpu_power_w"].shift().iloc[1:],
            "w_after": samples["gpu_power_w"].shift(-1).iloc[1:],
        }
    )
    return windows[windows["t_to"] - windows["t_from"] <= max_gap_us]


def energy(windows: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    """Joules of every round by each edge rule; absent where the lines do not cover it from end to end."""
    joined = pd.merge_asof(
        windows,
        rounds[["id", "t0", "t1"]],
        left_on="t_to",
        right_on="t0",
        allow_exact_matches=False,
    )
    joined = joined[joined["t_from"] < joined["t1"]]
    t_from, t_to, t0, t1, w = (joined[name] for name in ("t_from", "t_to", "t0", "t1", "w"))
    inside = np.minimum(t_to, t1) - np.maximum(t_from, t0)
    length = t_to - t_from
    before = np.where(t_from < t0, joined["w_before"] * (t0 - t_from), 0.0)
    after = np.where(t_to > t1, joined["w_after"] * (t_to - t1), 0.0)
    whole = inside == length
    parts = pd.DataFrame(
        {
            "id": joined["id"],
            "covered_us": inside,
            "step_uj": w * length - before - after,
            "clip_uj": w * inside,
            "interior_uj": np.where(whole, w * length, 0.0),
            "interior_us": np.where(whole, length, 0),
            "apparent": (
                joined["va"].where((t_to > t0) & (t_to <= t1), 0.0) if "va" in joined else 0.0
            ),
        }
    )
    sums = parts.groupby("id", sort=True).sum()
    sums["lines"] = parts.groupby("id", sort=True).size()
    span_us = (rounds["t1"] - rounds["t0"]).set_axis(rounds["id"]).loc[sums.index]
    full = sums["covered_us"] == span_us
    sums["step_j"] = (sums["step_uj"] / 1e6).where(full)
    sums["clip_j"] = (sums["clip_uj"] / 1e6).where(full)
    sums["interior_j"] = (sums["interior_uj"] / sums["interior_us"] * span_us / 1e6).where(full)
    sums["apparent"] = sums["apparent"].where(full)
    return sums


def means(resources: pd.DataFrame, rounds: pd.DataFrame, period_us: int) -> pd.DataFrame:
    """Resource means of every round over the samples that lie wholly inside; the CPU from its counters."""
    joined = pd.merge_asof(resources, rounds[["id", "t0", "t1"]], left_on="mono_us", right_on="t0")
    joined = joined[joined["mono_us"] <= joined["t1"]]
    ticks = joined.groupby("id", sort=True)[["cpu_busy_ticks", "cpu_total_ticks"]].agg(
        ["min", "max"]
    )
    spans = {
        name: ticks[name]["max"] - ticks[name]["min"]
        for name in ("cpu_busy_ticks", "cpu_total_ticks")
    }
    inside = joined[joined["mono_us"] - period_us >= joined["t0"]]
    memory = 100 * (inside["mem_total_kib"] - inside["mem_available_kib"]) / inside["mem_total_kib"]
    found = inside.assign(mem_pct=memory).groupby("id", sort=True)[["mem_pct", *GPU]].mean()
    found["cpu_pct"] = 100 * spans["cpu_busy_ticks"] / spans["cpu_total_ticks"]
    return found


def measurements(run: Path, name: str, max_gap_us: int) -> pd.DataFrame:
    def read(table: str, columns: list[str] | None = None) -> pd.DataFrame:
        return pd.read_parquet(run / "profile" / table / f"{name}.parquet", columns=columns)

    facts = read("session").iloc[0]
    clock = pd.read_parquet(run / "align" / "clock" / f"{name}.parquet").iloc[0]
    period_us = int(facts["resource_period_us"])
    rounds = read("rounds")
    rounds = rounds[rounds["kind"] == "round"].rename(columns={"start_us": "t0", "end_us": "t1"})
    rounds = rounds.sort_values("t0", ignore_index=True).assign(id=lambda frame: frame.index)
    power = read(
        "power",
        ["line", "seq", "mono_us", "voltage_v", "current_a", "real_power_w", "power_factor"],
    )
    logged = [
        "cpu_busy_ticks",
        "cpu_total_ticks",
        "mem_total_kib",
        "mem_available_kib",
        "gpu_power_w",
    ]
    resources = read("resources", ["mono_us", *logged, *GPU])
    wall = energy(wall_windows(power, facts, clock, max_gap_us), rounds)
    gpu = energy(gpu_windows(resources, round(3.5 * period_us)), rounds)
    found = rounds.set_index("id").join(wall).join(gpu[["step_j"]].add_suffix("_gpu"))
    found = found.join(means(resources, rounds, period_us))
    repeats = found["repeats"]
    return pd.DataFrame(
        {
            "session": found["session"],
            "measurement_id": found["measurement_id"],
            "round": found["round"],
            "wall_step_j": found["step_j"] / repeats,
            "wall_clip_j": found["clip_j"] / repeats,
            "wall_interior_j": found["interior_j"] / repeats,
            "wall_vi_j": found["apparent"] * int(facts["meter_period_us"]) / 1e6 / repeats,
            "gpu_j": found["step_j_gpu"] / repeats,
            "covered_s": found["covered_us"].fillna(0) / 1e6,
            "lines": found["lines"].fillna(0).astype(int),
            **{column: found[column] for column in ("cpu_pct", "mem_pct", *GPU)},
        }
    ).sort_values(["session", "measurement_id", "round"], ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="data/runs/<run>")
    parser.add_argument("output", type=Path, help="folder of the Parquet files to write")
    parser.add_argument("--max-gap-us", type=int, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for path in sorted((options.run / "profile" / "session").glob("*.parquet")):
        measurements(options.run, path.stem, options.max_gap_us).to_parquet(
            options.output / path.name, index=False
        )


if __name__ == "__main__":
    main()
