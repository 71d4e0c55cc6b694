"""The hospital that is measured: a data folder of its own with a simulated hospital in it, made if it is not there."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command
from django.db import connections

from himdept.runtime import lease, places
from himdept.runtime.places import Trouble

SEED = 1


@contextmanager
def ready(encounters: int, *, say: Callable[[str], None]) -> Iterator:
    """The only facility of a hospital with so many encounters, its servers running for as long as the block does."""
    with lease.servers():
        django.setup()
        from staff.models import Facility

        say("preparing the database")
        call_command("migrate", verbosity=0, interactive=False)
        _fill(encounters, say)
        yield Facility.objects.select_related("time_zone").get()
        connections.close_all()


def _fill(encounters: int, say: Callable[[str], None]):
    from records.models import Encounter

    there = Encounter.objects.count()
    if not there:
        say(f"simulating {encounters:,} encounters")
        call_command("simulate", encounters=encounters, seed=SEED, stdout=io.StringIO())
    elif there != encounters:
        raise Trouble(f"{places.data()} holds {there:,} encounters, not {encounters:,}.")


def facts() -> dict:
    """How much there is to judge."""
    from records.models import Document, Requirement

    return {
        "documents": Document.objects.count(),
        "rules": Requirement.objects.exclude(profile__facilities=None).values("code").distinct().count(),
    }
