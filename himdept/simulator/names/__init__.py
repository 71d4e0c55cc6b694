"""Names for people who do not exist: family names thought up for them, given names that anybody may have."""

from pathlib import Path


def _listed(name: str) -> tuple[str, ...]:
    return tuple((Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8").split())


FAMILY, FEMALE, MALE = _listed("family"), _listed("female"), _listed("male")
