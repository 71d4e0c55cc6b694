"""How costs grow with the hospital: each size against the smallest of the same run."""

from bench.rows import Row

BY_RECORD = ("first night", "full re-audit")
BY_PAGE = ("worklist, any filter, order and depth", "inventory, any filter, order and depth", "huddle")
FLAT = 1.3  # of memory: what an allocator keeps varies


def rows(sizes: list[dict]) -> list[Row]:
    """What a record costs, how much memory a worker needs, and how long a page takes by itself."""
    smallest, *others = sorted(sizes, key=lambda size: size["encounters"])
    return [row for size in others for row in _against(smallest, size)]


def _against(small: dict, large: dict) -> list[Row]:
    before, now = ({row["name"]: row for row in size["rows"]} for size in (small, large))
    at, than = f"at {large['encounters']:,}", f"at {small['encounters']:,}"
    found = []
    for name in BY_RECORD:
        if name in now and name in before:
            each = (now[name]["ours"] / large["encounters"], before[name]["ours"] / small["encounters"])
            found.append(Row(f"{name}, a record {at}", *each, than, "us"))
    if "worker_mib" in large and "worker_mib" in small:
        found.append(Row(f"worker's memory {at}", large["worker_mib"], small["worker_mib"], than, "MiB", FLAT))
    found += [
        Row(f"{name.partition(',')[0]}, a page {at}", now[name]["theirs"], before[name]["theirs"], than, "ms")
        for name in BY_PAGE
        if name in now and name in before
    ]
    return found
