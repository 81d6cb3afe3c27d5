"""Runs a command and writes what it cost as JSON: `usage.py FILE COMMAND …`.

Times are of the command and all that it started; the peak is of the largest of these processes.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    started = time.perf_counter()
    code = subprocess.run(sys.argv[2:], check=False).returncode
    wall_s = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {
        "wall_s": wall_s,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss / 1024,
    }
    Path(sys.argv[1]).write_text(json.dumps(cost))
    return code


if __name__ == "__main__":
    sys.exit(main())
