"""`uv run -m bench`: measure, print one table, and keep the figures (docs/performance.md)."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench import growth, machine, results
from bench.one import PARTS
from bench.rows import Row, table
from himdept.runtime import places

SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY")


def main():
    var = places.CHECKOUT / "var" / "bench"
    parser = argparse.ArgumentParser(prog="bench", description="Measure the program against what it could be.")
    parser.add_argument("--encounters", type=int, nargs="+", default=[10_000], metavar="N", help="sizes (10000)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are shown (3)")
    parser.add_argument("--seconds", type=float, default=20, help="for which people read each kind of page (20)")
    parser.add_argument("--bundles", type=int, default=10, help="of 1,000 resources that are sent (10)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure (everything)")
    parser.add_argument("--data", type=Path, default=var / "data", help="a folder with a data folder for each size")
    parser.add_argument("--results", type=Path, default=var / "results", help="where the figures are kept, as JSON")
    arguments = parser.parse_args()
    found = machine.facts()
    before = {n: results.before(arguments.results, n) for n in arguments.encounters}
    sizes = [measured(n, arguments) for n in sorted(arguments.encounters)]
    file = results.keep(arguments.results, found, sizes)
    print("\n".join(shown(found, sizes, before)))
    print(f"Kept as {file}")


def measured(encounters: int, arguments: argparse.Namespace) -> dict:
    """One size, measured by a process of its own: each has its database, and memory that nothing else has used."""
    command = [sys.executable, "-m", "bench.one", f"--encounters={encounters}", f"--rounds={arguments.rounds}"]
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
    environment |= {"DATA_DIR": str((arguments.data / str(encounters)).absolute()), "TIME_ZONE": "America/New_York"}
    done = subprocess.run(
        [*command, f"--seconds={arguments.seconds}", f"--bundles={arguments.bundles}", "--parts", *arguments.parts],
        check=False,
        cwd=places.CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout.splitlines()[-1])


def shown(found: dict, sizes: list[dict], before: dict[int, dict[str, Row]]) -> list[str]:
    """The table: the machine, then the rows of each size under a line that says what there was to judge."""
    processors = f"{found['processors']} processors ({found['processor']})"
    memory, load = f"{found['memory_mib']:,} MiB", f"load {found['load'][0]} at the start"
    lines = [", ".join([processors, memory, found["system"], load, found["commit"]])]
    for size in sizes:
        said = [f"{size[name]:,} {name}" for name in ("encounters", "documents", "rules", "occasions") if name in size]
        title = f"{', '.join(said)}; median of {size['rounds']}"
        lines += ["", *table(title, [Row.from_dict(row) for row in size["rows"]], before[size["encounters"]])]
    if grown := growth.rows(sizes):
        lines += ["", *table("Growth", grown, {})]
    return lines


if __name__ == "__main__":
    main()
