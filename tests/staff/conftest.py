"""Okafor over all; Marsh over coding, where Brandt and Petrov are; Ruiz over release, where Holt is. Each signs in."""

from types import SimpleNamespace

import pytest

from tests import factories as make


@pytest.fixture
def him(db):
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
