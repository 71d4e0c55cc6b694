"""A department of two lines: Okafor over all; Marsh over coding, where Brandt and Petrov are; Ruiz over release."""

from types import SimpleNamespace

from staff.personnel import actions
from tests import factories as make

MANAGER, SUPERVISOR = "Records manager", "Records supervisor"


def him() -> SimpleNamespace:
    """The people by name, each with an account; `chief` is a second manager above Okafor. Taken over in 2020."""
    top = make.unit("Administration")
    him = make.unit("HIM", under=top)
    coding, release = make.unit("Coding", under=him), make.unit("Release", under=him)
    seats = {
        "chief": (make.position(top, heads=True), MANAGER),
        "okafor": (make.position(him, heads=True), MANAGER),
        "marsh": (make.position(coding, heads=True), SUPERVISOR),
        "ruiz": (make.position(release, heads=True), SUPERVISOR),
        "brandt": (make.position(coding), "Records clerk"),
        "petrov": (make.position(coding), "Records clerk"),
        "holt": (make.position(release), "Records clerk"),
    }
    people = {}
    for name, (seat, role) in seats.items():
        somebody = make.somebody(name.title(), user=make.person(name, role=role))
        actions.take_over(somebody, position=seat, since=make.OPENED, because="Was there.", pay=50_000, basis="year")
        people[name] = somebody
    vacant = {"coding": make.position(coding), "release": make.position(release)}
    return SimpleNamespace(**people, vacant=vacant, top=top)
