"""All measurements of one size, in a process and a data folder of its own: `python -m bench.one`, called by the bench.

What it measured is the last line of what it prints, as JSON; how far it is goes to standard error.
"""

import argparse
import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himdept.settings")

from bench import hospital
from himdept.runtime.places import Trouble

PARTS = ("nights", "rules", "pages", "people", "intake")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--encounters", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--bundles", type=int, default=10)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    arguments = parser.parse_args()
    began = time.monotonic()

    def say(sentence: str):
        print(
            f"{arguments.encounters:>9,} | {time.monotonic() - began:6.0f} s | {sentence}", file=sys.stderr, flush=True
        )

    try:
        with hospital.ready(arguments.encounters, say=say) as facility:
            print(json.dumps(measure(facility, arguments, say)))
    except Trouble as trouble:
        raise SystemExit(str(trouble)) from None


def measure(facility, arguments: argparse.Namespace, say) -> dict:
    from bench import reports

    rows, facts = [], {}
    if "nights" in arguments.parts:
        found, facts = reports.nights(facility, arguments.rounds, say)
        rows += found
    if "rules" in arguments.parts:
        rows += reports.every_rule(facility, arguments.rounds, say)
    if "pages" in arguments.parts:
        rows += reports.pages(facility, arguments.seconds, say)
    if "people" in arguments.parts:
        rows += reports.people(facility, say)
    if "intake" in arguments.parts:
        rows += reports.intake(facility, arguments.rounds, arguments.bundles, say)
    rows = [row.as_dict() for row in rows]
    return {"encounters": arguments.encounters, "rounds": arguments.rounds, **hospital.facts(), **facts, "rows": rows}


if __name__ == "__main__":
    main()
