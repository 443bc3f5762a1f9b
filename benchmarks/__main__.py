"""Names of benchmarks in, a table of their figures out; nothing here passes or fails.

python -m benchmarks [--quick] [NAME …]
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import (
    console_cpu,
    console_keys,
    console_news,
    console_paint,
    console_rows,
    decode,
    disk,
    queries,
    recorder,
    visibility,
)
from benchmarks.figures import table

BENCHMARKS = (
    decode,
    recorder,
    visibility,
    disk,
    queries,
    console_cpu,
    console_keys,
    console_news,
    console_paint,
    console_rows,
)


def main() -> int:
    """Run what was asked for, or all."""
    by_name = {module.__name__.rpartition(".")[2]: module for module in BENCHMARKS}
    parser = argparse.ArgumentParser(prog="python -m benchmarks", allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(by_name))
    parser.add_argument("--quick", action="store_true", help="small runs, for a first look")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in by_name]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}: choose from {', '.join(by_name)}")
    figures = []
    for name in options.names or by_name:
        print(f"{name} …", file=sys.stderr, flush=True)
        figures += by_name[name].run(options.quick)
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
