"""Two who do the same at the same moment, each on a connection of their own: one does it, and the other is told."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from compliance.cycles import actions
from compliance.cycles.marking import Said
from compliance.cycles.models import CyclePart, Mark, State
from himdept.common.errors import DomainError
from tests.compliance.cycles.acting import MET, begun, finish, part_of, row_of, score_rest

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable) -> list[str]:
    """What became of each: `done`, or the name of the refusal."""
    together, told = threading.Barrier(len(acts)), []

    def do(act):
        try:
            together.wait(120)
            act()
            told.append("done")
        except DomainError as refusal:
            told.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_a_part_is_submitted_once(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    score_rest(part)
    assert at_once(*[lambda: actions.submit(part, by=team.sam)] * 2) == ["Conflict", "done"]
    assert part.steps.filter(state=State.SUBMITTED).count() == 1


def test_of_two_marks_of_the_same_look_one_is_kept(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    element = row_of(part, "A-1").element
    told = at_once(
        *(
            lambda said=said: actions.score(part, element, said, after=0, by=team.sam)
            for said in (MET, Said("partly", "low", "limited"))
        )
    )
    assert (told, Mark.objects.count()) == (["Conflict", "done"], 1)


def test_nothing_is_scored_beside_a_submission(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    score_rest(part)
    row = row_of(part, "A-1")
    told = at_once(
        lambda: actions.submit(part, by=team.sam),
        lambda: actions.score(part, row.element, Said("partly", "low", "limited"), after=row.after, by=team.sam),
    )
    # Whoever came first: the mark lies before the submission, or it was refused.
    assert (told, Mark.objects.count()) in [(["done", "done"], 3), (["Conflict", "done"], 2)]
    assert CyclePart.objects.get(pk=part.pk).state == State.SUBMITTED


def test_a_cycle_is_closed_once_with_one_final_mark_of_each_element(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    for chapter in "AM":
        finish(part_of(cycle, chapter), by=team.rosa)
    assert at_once(*[lambda: actions.close(cycle, by=team.rosa)] * 2) == ["Conflict", "done"]
    assert Mark.objects.filter(hand="final").count() == 4
