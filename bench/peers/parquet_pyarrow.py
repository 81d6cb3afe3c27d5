"""Parquet in and out by pyarrow: answers `{"read": path}` and `{"write": path}` with seconds and rows."""

import json
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq


def main() -> None:
    table: pa.Table | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        if "read" in asked:
            table = pq.read_table(asked["read"])
        else:
            assert table is not None
            pq.write_table(table, asked["write"], compression="zstd")
        seconds = time.perf_counter() - started
        rows = table.num_rows if table is not None else 0
        print(json.dumps({"seconds": seconds, "rows": rows}), flush=True)


if __name__ == "__main__":
    main()
