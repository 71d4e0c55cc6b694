"""Okafor over all; Marsh over coding, where Brandt and Petrov are; Ruiz over release, where Holt is. Each signs in."""

from types import SimpleNamespace

import pytest

from tests import departments
from tests import factories as make


@pytest.fixture(scope="session")
def seated(cast):
    return cast(seat)


@pytest.fixture(scope="session")
def two_lines(cast):
    """The same with a chief above Okafor, and taken over: what the `him` of the rooms lays that act on people."""
    return cast(departments.him)


@pytest.fixture
def him(db, seated):
    return seated.lay()


def seat() -> SimpleNamespace:
    him = make.unit("HIM")
    coding, release = make.unit("Coding", under=him), make.unit("Release", under=him)
    seats = {
        "okafor": (him, True, "Records manager"),
        "marsh": (coding, True, "Records supervisor"),
        "ruiz": (release, True, "Records supervisor"),
        "brandt": (coding, False, "Records clerk"),
        "petrov": (coding, False, "Records clerk"),
        "holt": (release, False, "Records clerk"),
    }
    return SimpleNamespace(
        **{
            name: make.employee(
                name.title(), sits_in=make.position(unit, heads=heads), user=make.person(name, role=role)
            )
            for name, (unit, heads, role) in seats.items()
        },
        coding=coding,
    )
