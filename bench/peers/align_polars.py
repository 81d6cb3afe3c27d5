"""align in polars: `join_asof` of meter and resource lines with the rounds, over all sessions at once or one by one.

Reads the logs that `profile` wrote and the clocks that `align` found, writes energy and resource means of every round.
"""

import argparse
from pathlib import Path

import polars as pl

#: Sessions never overlap on this common axis: each begins so many µs after the one before.
SESSION_US = 10**13


def logs(run: Path, table: str, sessions: list[str]) -> pl.LazyFrame:
    """The lines of some sessions with the number of their session."""
    frames = [
        pl.scan_parquet(run / "profile" / table / f"{name}.parquet").with_columns(
            s=pl.lit(i, dtype=pl.Int64)
        )
        for i, name in enumerate(sessions)
    ]
    return pl.concat(frames)


def clocks(run: Path, sessions: list[str]) -> pl.LazyFrame:
    found = pl.concat(
        [pl.scan_parquet(run / "align" / "clock" / f"{name}.parquet") for name in sessions]
    )
    facts = logs(run, "session", sessions).select(
        "session", "s", "first_us", "meter_period_us", "resource_period_us"
    )
    return facts.join(found, on="session")


def jobs(run: Path, sessions: list[str]) -> pl.LazyFrame:
    """The rounds with their place on the common axis."""
    rounds = logs(run, "rounds", sessions).filter(pl.col("kind") == "round")
    shift = pl.col("s") * SESSION_US
    return (
        rounds.with_columns(t0=pl.col("start_us") + shift, t1=pl.col("end_us") + shift)
        .sort("t0")
        .with_row_index("id")
    )


def neighbours(axis: str, *columns: str) -> list[pl.Expr]:
    """The values of the lines before and after; null at the ends of a session."""
    same_before = pl.col("s") == pl.col("s").shift(1)
    same_after = pl.col("s") == pl.col("s").shift(-1)
    before = [
        pl.when(same_before).then(pl.col(c).shift(1)).alias(f"{c}_before") for c in (axis, *columns)
    ]
    after = [
        pl.when(same_after).then(pl.col(c).shift(-1)).alias(f"{c}_after") for c in (axis, *columns)
    ]
    return before + after


def wall_windows(run: Path, sessions: list[str], max_gap_us: int) -> pl.LazyFrame:
    """What each good line of the meter stands for, on the host's clock."""
    watts = pl.coalesce(
        "real_power_w",
        pl.col("voltage_v") * pl.col("current_a") * pl.col("power_factor").fill_null(1.0),
    )
    at = pl.col("mono_us")
    lines = (
        logs(run, "power", sessions)
        .select(
            "s", "line", "seq", "mono_us", w=watts, va=pl.col("voltage_v") * pl.col("current_a")
        )
        .sort("s", "mono_us", "line")
        .filter(
            ~(
                (pl.col("s") == pl.col("s").shift(1))
                & ((pl.col("seq") == pl.col("seq").shift(1)) | (at == at.shift(1)))
            ).fill_null(False)
        )
    )

    def host(stamp: str) -> pl.Expr:
        first = pl.col("first_us").cast(pl.Float64)
        on_host = first + (pl.col(stamp) - first - pl.col("offset_s") * 1e6) / (
            1 + pl.col("drift_ppm") * 1e-6
        )
        return on_host.round().cast(pl.Int64) + pl.col("s") * SESSION_US

    return (
        lines.with_columns(neighbours("mono_us", "w"))
        .filter(pl.col("mono_us_before").is_not_null() & pl.col("mono_us_after").is_not_null())
        .filter(at - pl.col("mono_us_before") <= max_gap_us)
        .join(clocks(run, sessions), on="s", maintain_order="left")
        .select(
            "s",
            "w",
            "va",
            "w_before",
            "w_after",
            t_from=host("mono_us_before"),
            t_to=host("mono_us"),
        )
        .set_sorted("t_to")
    )


def gpu_windows(run: Path, sessions: list[str], max_gap_us: int) -> pl.LazyFrame:
    at = pl.col("mono_us")
    shift = pl.col("s") * SESSION_US
    return (
        logs(run, "resources", sessions)
        .select("s", "mono_us", w="gpu_power_w")
        .filter(pl.col("w").is_finite() & (pl.col("w") >= 0))
        .with_columns(neighbours("mono_us", "w"))
        .filter(at - pl.col("mono_us_before") <= max_gap_us)
        .select(
            "s",
            "w",
            "w_before",
            "w_after",
            t_from=pl.col("mono_us_before") + shift,
            t_to=at + shift,
        )
        .set_sorted("t_to")
    )


def energy(windows: pl.LazyFrame, rounds: pl.LazyFrame, *extra: pl.Expr) -> pl.LazyFrame:
    """Joules of every round by each edge rule; null where the lines do not cover it from end to end."""
    joined = windows.join_asof(
        rounds.select("id", "t0", "t1"),
        left_on="t_to",
        right_on="t0",
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    ).filter(pl.col("t_from") < pl.col("t1"))
    w, t_from, t_to, t0, t1 = (pl.col(c) for c in ("w", "t_from", "t_to", "t0", "t1"))
    inside = pl.min_horizontal(t_to, t1) - pl.max_horizontal(t_from, t0)
    before = pl.when(t_from < t0).then(pl.col("w_before") * (t0 - t_from)).otherwise(0.0)
    after = pl.when(t_to > t1).then(pl.col("w_after") * (t_to - t1)).otherwise(0.0)
    whole = inside == t_to - t_from
    span = t1.first() - t0.first()
    full = pl.col("covered_us") == pl.col("span_us")
    return (
        joined.group_by("id")
        .agg(
            span_us=span,
            lines=pl.len(),
            covered_us=inside.sum(),
            step_uj=(w * (t_to - t_from) - before - after).sum(),
            clip_uj=(w * inside).sum(),
            interior_w=(w * (t_to - t_from)).filter(whole).sum()
            / (t_to - t_from).filter(whole).sum(),
            *extra,
        )
        .with_columns(
            step_j=pl.when(full).then(pl.col("step_uj") / 1e6),
            clip_j=pl.when(full).then(pl.col("clip_uj") / 1e6),
            interior_j=pl.when(full).then(pl.col("interior_w") * pl.col("span_us") / 1e6),
        )
    )


def means(run: Path, sessions: list[str], rounds: pl.LazyFrame, period_us: int) -> pl.LazyFrame:
    """Resource means of every round over the samples that lie wholly inside; the CPU from its counters."""
    at = pl.col("mono_us")
    joined = (
        logs(run, "resources", sessions)
        .with_columns(t=at + pl.col("s") * SESSION_US)
        .set_sorted("t")
        .join_asof(
            rounds.select("id", "t0", "t1"),
            left_on="t",
            right_on="t0",
            strategy="backward",
            check_sortedness=False,
        )
        .filter(pl.col("t") <= pl.col("t1"))
    )
    inside = pl.col("t") - period_us >= pl.col("t0")
    busy, total = pl.col("cpu_busy_ticks"), pl.col("cpu_total_ticks")
    memory = 100 * (pl.col("mem_total_kib") - pl.col("mem_available_kib")) / pl.col("mem_total_kib")
    gpu = ("gpu_pct", "gpu_mem_pct", "gpu_clk_mhz", "gpu_mem_clk_mhz")
    return joined.group_by("id").agg(
        cpu_pct=100 * (busy.max() - busy.min()) / (total.max() - total.min()),
        mem_pct=memory.filter(inside).mean(),
        **{name: pl.col(name).filter(inside).mean() for name in gpu},
    )


def measurements(run: Path, sessions: list[str], max_gap_us: int) -> pl.LazyFrame:
    facts = logs(run, "session", sessions[:1]).collect().row(0, named=True)
    period_us = facts["resource_period_us"]
    rounds = jobs(run, sessions)
    apparent = (
        pl.col("va")
        .filter((pl.col("t_to") > pl.col("t0")) & (pl.col("t_to") <= pl.col("t1")))
        .sum()
    )
    wall = energy(wall_windows(run, sessions, max_gap_us), rounds, apparent.alias("va"))
    gpu = energy(gpu_windows(run, sessions, round(3.5 * period_us)), rounds)
    repeats = pl.col("repeats")
    full = pl.col("covered_us") == pl.col("span_us")
    return (
        rounds.join(wall, on="id", how="left")
        .join(gpu.select("id", gpu_j="step_j"), on="id", how="left")
        .join(means(run, sessions, rounds, period_us), on="id", how="left")
        .select(
            "session",
            "measurement_id",
            "round",
            wall_step_j=pl.col("step_j") / repeats,
            wall_clip_j=pl.col("clip_j") / repeats,
            wall_interior_j=pl.col("interior_j") / repeats,
            wall_vi_j=pl.when(full).then(pl.col("va") * facts["meter_period_us"] / 1e6) / repeats,
            gpu_j=pl.col("gpu_j") / repeats,
            covered_s=pl.col("covered_us").fill_null(0) / 1e6,
            lines=pl.col("lines").fill_null(0),
            **{
                name: pl.col(name)
                for name in (
                    "cpu_pct",
                    "mem_pct",
                    "gpu_pct",
                    "gpu_mem_pct",
                    "gpu_clk_mhz",
                    "gpu_mem_clk_mhz",
                )
            },
        )
        .sort("session", "measurement_id", "round")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="data/runs/<run>")
    parser.add_argument("output", type=Path, help="folder of the Parquet files to write")
    parser.add_argument("--max-gap-us", type=int, required=True)
    parser.add_argument("--by-session", action="store_true")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    sessions = sorted(path.stem for path in (options.run / "profile" / "session").glob("*.parquet"))
    parts = [[name] for name in sessions] if options.by_session else [sessions]
    for part in parts:
        name = part[0] if options.by_session else "all"
        measurements(options.run, part, options.max_gap_us).collect().write_parquet(
            options.output / f"{name}.parquet"
        )


if __name__ == "__main__":
    main()
