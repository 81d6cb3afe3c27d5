"""CodeCarbon's tracker measuring every period, offline; each measurement is stamped into a file as it begins.

`logger_codecarbon.py FILE PERIOD_S DURATION_S`; the stamps are CLOCK_MONOTONIC in µs.
"""

import sys
import time
from typing import Any

from codecarbon import OfflineEmissionsTracker


class Stamped(OfflineEmissionsTracker):
    stamps_us: list[int] = []

    def _measure_power_and_energy(self) -> Any:
        self.stamps_us.append(time.monotonic_ns() // 1000)
        return super()._measure_power_and_energy()


def main() -> None:
    path, period_s, duration_s = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    tracker = Stamped(
        country_iso_code="USA",
        measure_power_secs=period_s,
        save_to_file=False,
        log_level="error",
        tracking_mode="machine",
        allow_multiple_runs=True,
    )
    tracker.start()
    time.sleep(duration_s)
    with open(path, "w", encoding="ascii") as log:
        log.writelines(f"{stamp}\n" for stamp in tracker.stamps_us)
    tracker.stop()


if __name__ == "__main__":
    main()
