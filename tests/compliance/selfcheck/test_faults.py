"""The self-check of the compliance data: each fault is found, leads to where it is mended, and goes when it is."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.controls import actions as controls
from compliance.cycles import actions as cycles
from compliance.evidence import actions as evidence
from compliance.models import Assessment, Cycle, CyclePart
from compliance.scoring import actions as judging
from compliance.scoring.standing import standing
from compliance.selfcheck.faults import Fault, Kind, faults
from compliance.standards import library
from compliance.standards.models import Edition, Element
from himdept.common import spoken
from himdept.common.night import step_named
from staff.models import User
from tests import factories as make
from tests.compliance.controls.acting import done, planned, times
from tests.compliance.cycles.acting import begun, part_of, people, score_rest
from tests.compliance.evidence.acting import day, element, laid, owner, revised, today
from tests.queries import counted

pytestmark = pytest.mark.django_db


def found(days: int = 0) -> list[tuple[str, str]]:
    """The kinds of faults as they would be in so many days, each with the address that it leads to."""
    now = timezone.now() + timedelta(days=days)
    return [(one.kind, one.where) for one in faults(standing(make.facility(), day(days), now=now))]


def judged(asked: Element, result: str = "met", because: str = "The log of the third quarter.", by=None) -> Assessment:
    return judging.assess(asked, make.facility(), result=result, because=because, by=by or make.manager("judge"))


def page(asked: Element) -> str:
    return reverse("element_page", args=["MAIN", asked.pk])


def test_a_facility_of_which_nothing_is_judged_is_in_order():
    library.load_all()
    assert found() == []


def test_met_without_evidence():
    asked = element()
    judged(asked)
    assert found() == [(Kind.NO_EVIDENCE, page(asked))]
    laid(asked)
    assert found() == []


@pytest.mark.parametrize(
    ("because", "is_found"), [("n/a", True), ("– . –", True), ("see above", True), ("We do no surgery.", False)]
)
def test_does_not_apply_without_a_reason_that_is_one(because, is_found):
    asked = element()
    judged(asked, "not_applicable", because)
    assert found() == ([(Kind.NO_REASON, page(asked))] if is_found else [])


def test_evidence_of_which_none_is_in_force_any_more():
    asked = element()
    last = laid(asked, expires_on=day(10))
    judged(asked)
    assert found(10) == []
    assert found(11) == [(Kind.EXPIRED, page(asked))]
    revised(last, period={"expires_on": day(300)})
    assert found(11) == []


def test_judged_by_who_answers_for_all_the_evidence():
    asked = element()
    laid(asked)
    judged(asked, by=owner())
    assert found() == [(Kind.OWN_EVIDENCE, page(asked))]
    laid(asked, title="Audit by the group", owner_is=make.manager("another"))
    assert found() == []


def test_judged_last_by_an_edition_that_is_no_longer_in_force():
    old = element("O-1")
    judged(old)
    about = {"effective_from": today(), "source": "https://example.org/", "kinds": ["hospital"]}
    heir = Edition.objects.create(framework=old.edition.framework, code="2", **about)
    chapter = heir.chapters.create(code="1", title="All", ordinal=0)
    new = Element.objects.create(
        edition=heir, chapter=chapter, code="N-1", asks="It", basis="bylaws", ordinal=0, follows=["O-1"]
    )
    assert found() == [(Kind.OLD_EDITION, page(new))]
    judged(new, because="Still as it was.", by=make.manager("second"))
    assert found() == [(Kind.NO_EVIDENCE, page(new))]


def test_evidence_and_controls_for_which_nobody_answers_any_more():
    gone = make.manager("gone")
    last = laid(element(), element("H-2"), owner_is=gone)
    control = planned(owner=gone)
    done(times(planned("Review"))[2])
    done(times(control)[2])
    assert found() == []
    User.objects.filter(username="gone").update(is_active=False)
    theirs = times(control)[2].evidence_id
    assert sorted(where for kind, where in found() if kind == Kind.OWNERLESS) == sorted(
        [
            reverse("evidence_page", args=[last.evidence_id]),
            reverse("evidence_page", args=[theirs]),
            reverse("control_page", args=[control.pk]),
        ]
    )
    evidence.withdraw(last.evidence, because="Nobody knows it.", by=owner())
    controls.change(control, [element()], title="Drill", basis="", owner=owner(), by=owner())
    assert [where for _kind, where in found()] == [reverse("evidence_page", args=[theirs])]


def test_a_look_that_is_overdue_a_control_that_is_overdue_and_one_whose_last_time_was_missed():
    last = laid(review_by=today())
    control = planned(anchor=today())
    missed = planned("Review")
    assert found() == [(Kind.OVERDUE, reverse("control_page", args=[missed.pk]))]
    where = [reverse("evidence_page", args=[last.evidence_id])]
    where += [reverse("control_page", args=[one.pk]) for one in (control, missed)]
    assert sorted(found(1)) == sorted((Kind.OVERDUE, one) for one in where)
    done(times(missed)[2])
    assert found() == []


def late() -> list[Fault]:
    every = faults(standing(make.facility(), timezone.localdate(), now=timezone.now()))
    return [one for one in every if one.kind == Kind.OVERDUE]


def test_parts_of_a_cycle_that_are_late_and_no_others():
    by = people()
    cycle = begun(by.rosa, scored_by=by.sam)
    assert late() == []
    a, m = part_of(cycle, "A"), part_of(cycle, "M")
    past = timezone.localdate() - timedelta(days=3)
    CyclePart.objects.filter(pk=a.pk).update(due=past)
    (one,) = late()
    assert one.what == "Mock survey · A Chapter A"
    assert one.detail == f"was due on {spoken.date_of(past)}, of Sam Ito"
    assert one.where == reverse("cycle_part", args=[a.pk])
    score_rest(a)
    cycles.submit(part_of(cycle, "A"), by=by.sam)
    assert late() == []  # it waits for who coordinates, who has time
    Cycle.objects.filter(pk=cycle.pk).update(begins=past, due=past)
    assert [one.detail for one in late()] == [f"is not closed, and its cycle was due on {spoken.date_of(past)}"]
    assert m.due > timezone.localdate()


def test_the_night_counts_them_and_writes_nothing():
    judged(element())
    night = SimpleNamespace(facility=make.facility(), business_date=today())
    step = step_named("self_check")
    assert step.do(SimpleNamespace(night=night)) == {"faults": 1, "no_evidence": 1}
    assert step_named("controls").ordinal < step.ordinal < step_named("clocks").ordinal


def test_the_page_lists_them_and_readiness_says_how_many(client):
    client.force_login(make.person(role="Surveyor"))
    address = reverse("self_check", args=["MAIN"])
    assert "Everything is in order" in client.get(address).content.decode()
    judged(element())
    with counted("self_check"):
        text = client.get(address).content.decode()
    assert "Met, without evidence" in text
    assert page(element()) in text
    assert "1 thing is not in order" in client.get("/readiness/").content.decode()
    yesterday = client.get("/readiness/at/MAIN/", {"day": day(-1).isoformat()})
    assert "Self-check" not in yesterday.content.decode()


def test_the_page_is_for_who_sees_readiness_of_that_facility(client):
    address = reverse("self_check", args=["MAIN"])
    client.force_login(make.person(role="Records clerk"))
    assert client.get(address).status_code == 403
    client.force_login(make.manager("elsewhere", facilities=[make.facility("OTHER")]))
    assert client.get(address).status_code == 404


def test_it_takes_as_many_queries_for_many_as_for_one():
    def take():
        return faults(standing(make.facility(), today(), now=timezone.now()))

    judged(element())
    make.facility()
    with counted("faults"):
        take()
    for n in range(6):
        judged(element(f"X-{n}"), by=owner())
        laid(element(f"X-{n}"), title=f"Policy {n}", review_by=today())
        planned(f"Control {n}")
    with counted("faults"):
        assert len(take()) > 6
