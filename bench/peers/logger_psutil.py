"""A resource logger in Python as one is usually written: psutil every period, on absolute deadlines, as CSV.

`logger_psutil.py FILE PERIOD_S DURATION_S`; the first cell of a line is its stamp, CLOCK_MONOTONIC in µs.
"""

import sys
import time

import psutil


def main() -> None:
    path, period_s, duration_s = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    first = time.monotonic()
    with open(path, "w", encoding="ascii", buffering=1) as log:
        for tick in range(int(duration_s / period_s)):
            time.sleep(max(0.0, first + tick * period_s - time.monotonic()))
            mono_us = time.monotonic_ns() // 1000
            cpu = psutil.cpu_times()
            memory = psutil.virtual_memory()
            busy = cpu.user + cpu.nice + cpu.system + cpu.irq + cpu.softirq + cpu.steal
            total = busy + cpu.idle + cpu.iowait
            log.write(f"{mono_us},{busy:.2f},{total:.2f},{memory.total},{memory.available}\n")


if __name__ == "__main__":
    main()
