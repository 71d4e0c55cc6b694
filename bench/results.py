"""Results kept as JSON, one file a run, and the last run that a new one is compared with."""

import json
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import Row


def keep(folder: Path, machine: dict, sizes: list[dict]) -> Path:
    """Write a run down; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    file = folder / f"{now:%Y-%m-%dT%H-%M-%SZ}.json"
    content = {"at": now.isoformat(timespec="seconds"), "machine": machine, "sizes": sizes}
    file.write_text(json.dumps(content, indent=1) + "\n")
    return file


def before(folder: Path, encounters: int) -> dict[str, Row]:
    """The rows of this size as they were measured last, by name; each from the latest run that has it."""
    rows: dict[str, Row] = {}
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        for size in json.loads(file.read_text())["sizes"]:
            if size["encounters"] == encounters:
                rows |= {row["name"]: Row.from_dict(row) for row in size["rows"]}
    return rows
