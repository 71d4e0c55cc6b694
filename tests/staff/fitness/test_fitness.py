"""Who may work what: the pure function, competencies and their assessors, and the worklist that asks."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localdate as today

from compliance.clocks import reminders
from himdept.common.errors import DomainError
from staff.fitness import actions
from staff.fitness.check import Against, Course, Facts, Held, Shown, may_work
from staff.fitness.facts import NotFit, facts_of, see_that_may_work
from staff.fitness.models import Queue
from staff.models import Assessment, Assignment, Competence, Employment, ExclusionList, ExclusionMatch, Job
from staff.models import Course as CourseRow
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 30)
RHIT = frozenset({"RHIT", "RHIA"})


@pytest.fixture(autouse=True)
def of_no_certification(db):
    """The job of everybody here asks for no certification."""
    make.job().certifications.clear()


# -- The pure function -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "on", "may"),
    [
        ((), DAY, True),  # nothing is recorded: a gap, and no lapse
        ((Held("RHIT", date(2025, 1, 1), DAY),), DAY, True),  # the last day is in force
        ((Held("RHIT", date(2025, 1, 1), DAY),), DAY + timedelta(days=1), False),
        ((Held("RHIT", date(2025, 1, 1), DAY, grace=30),), DAY + timedelta(days=30), True),
        ((Held("RHIT", date(2025, 1, 1), DAY, grace=30),), DAY + timedelta(days=31), False),
        ((Held("RHIT", DAY + timedelta(days=1), None),), DAY, True),  # still to come
        ((Held("RHIT", date(2025, 1, 1), None, denied=True),), DAY, False),
        ((Held("RHIT", date(2025, 1, 1), None, denied=True), Held("RHIA", date(2025, 1, 1), None)), DAY, True),
        ((Held("CCS", date(2025, 1, 1), DAY),), DAY + timedelta(days=1), True),  # one that the job does not ask
        (
            (Held("RHIT", date(2023, 1, 1), date(2024, 12, 31)), Held("RHIT", DAY + timedelta(days=1), None)),
            DAY,
            False,  # a lapse between two cycles
        ),
    ],
)
def test_a_lapse_of_what_the_job_asks_stops_after_its_days_of_grace(held, on, may):
    assert (may_work(Facts(asked=RHIT, held=held), on) == []) is may


@pytest.mark.parametrize(
    ("facts", "queue", "against"),
    [
        (Facts(), "", []),
        (Facts(is_excluded=True), "", [Against.EXCLUDED]),
        (Facts(is_employed=False, is_excluded=True), "q", [Against.NOT_EMPLOYED]),
        (Facts(courses=(Course("Privacy", DAY),)), "", []),
        (Facts(courses=(Course("Privacy", DAY - timedelta(days=1)),)), "", [Against.TRAINING]),
        (Facts(courses=(Course("Privacy", None),)), "", []),
        (Facts(shown=(Shown("Analysis", "", True, DAY),)), "", []),
        (Facts(shown=(Shown("Analysis", "", True, DAY - timedelta(days=1)),)), "", [Against.NOT_ASSESSED]),
        (Facts(shown=(Shown("Analysis", "", None, DAY),)), "", []),  # there is time yet
        (Facts(shown=(Shown("Analysis", "", False, DAY),)), "", [Against.FAILED]),
        (Facts(shown=(Shown("Analysis", "q", False, DAY),)), "", []),  # it opens a queue, and no more
        (Facts(shown=(Shown("Analysis", "q", False, DAY),)), "q", [Against.FAILED]),
        (Facts(shown=(Shown("Analysis", "other", False, DAY),)), "q", []),
    ],
)
def test_each_thing_that_stands_against_it_is_told(facts, queue, against):
    assert [reason.against for reason in may_work(facts, DAY, queue)] == against


# -- Competencies ------------------------------------------------------------------------------------------------------


def assess(him, who, competency, *, assessor, by=None, **said) -> Assessment:
    said = {"assessed_on": today(), "method": "observed", "passed": True, "proof": "sheet"} | said
    return actions.assess(who, competency, assessor=assessor, by=by or assessor.user, **said)


def due(who, competency) -> date | None:
    return Competence.objects.get(employee=who, competency=competency).due


def test_it_is_due_after_the_hire_then_after_it_has_lasted_and_at_once_when_failed(him):
    competency = make.competency()
    assert due(him.brandt, competency) == timezone.localdate(make.OPENED) + timedelta(days=30)
    assess(him, him.brandt, competency, assessor=him.marsh, assessed_on=date(2026, 2, 28))
    assert due(him.brandt, competency) == date(2027, 2, 28)
    make.assessment(him.brandt, competency, assessor=him.okafor, by=him.okafor.user, passed=False)
    assert due(him.brandt, competency) == today()


def test_it_is_asked_of_its_jobs_from_its_day_on(him):
    make.competency("none", from_day=None)
    make.competency("later", from_day=today() + timedelta(days=1))
    make.competency("typing").jobs.add(Job.objects.get(code="transcriptionist"))
    assert not Competence.objects.filter(employee=him.brandt).exists()


def test_only_who_holds_it_assesses_and_the_first_is_whoever_is_above(him):
    competency = make.competency()
    with pytest.raises(DomainError, match="does not hold it"):
        assess(him, him.brandt, competency, assessor=him.petrov, by=him.marsh.user)
    assess(him, him.petrov, competency, assessor=him.marsh)  # nobody held it
    with pytest.raises(DomainError, match="does not hold it"):
        assess(him, him.brandt, competency, assessor=him.marsh)
    assess(him, him.brandt, competency, assessor=him.petrov, by=him.marsh.user)


@pytest.mark.parametrize("passed", [False, True])
def test_who_failed_or_whose_time_is_over_assesses_nobody(him, passed):
    competency, when = make.competency(), today() - timedelta(days=800 if passed else 0)
    make.assessment(him.petrov, competency, assessor=him.marsh, by=him.marsh.user, passed=passed, assessed_on=when)
    make.assessment(him.holt, competency, assessor=him.ruiz, by=him.ruiz.user)
    with pytest.raises(DomainError, match="does not hold it"):
        assess(him, him.brandt, competency, assessor=him.petrov, by=him.marsh.user)


def test_nobody_assesses_or_keeps_themselves(him):
    competency = make.competency()
    with pytest.raises(DomainError, match=r"assesses themselves|above you"):
        assess(him, him.marsh, competency, assessor=him.marsh)


def test_failing_takes_somebody_off_that_queue_until_assessed_anew(him):
    competency = make.competency(queue=Queue.DEFICIENCIES)
    make.assessment(him.marsh, competency, assessor=him.okafor, by=him.okafor.user, passed=False)
    assert may_work(facts_of(him.marsh), today()) == []
    with pytest.raises(NotFit, match="failed: Analysis"):
        see_that_may_work(him.marsh.user, Queue.DEFICIENCIES)
    Assessment.objects.update(struck_by=him.okafor.user, struck_because="Another's.")
    make.assessment(him.marsh, competency, assessor=him.okafor, by=him.okafor.user)
    see_that_may_work(him.marsh.user, Queue.DEFICIENCIES)


def test_a_lapsed_certification_and_an_accepted_match_stop_somebody(him):
    assert may_work(facts_of(him.brandt), today()) == []
    him.brandt.position().job.certifications.add(make.credential(him.brandt, by=him.marsh.user).certification)
    assert may_work(facts_of(him.brandt), today()) == []
    assert [one.against for one in may_work(facts_of(him.brandt), today() + timedelta(days=366))] == ["certification"]
    ExclusionMatch.objects.create(
        employee=him.brandt,
        list=ExclusionList.objects.get(code="oig"),
        key="x",
        said={},
        by="name",
        found_on=today(),
        due=today(),
        accepted=True,
        decided_by=him.marsh.user,
        decided_on=today(),
        because="Same licence.",
    )
    assert [one.against for one in may_work(facts_of(him.brandt), today())] == ["excluded"]


def test_privacy_training_that_is_overdue_stops_and_another_course_does_not(him):
    make.course("excel")
    assert facts_of(him.brandt).courses == ()
    CourseRow.objects.filter(code="hipaa-privacy").update(from_day=today() - timedelta(days=90))
    assert [one.against for one in may_work(facts_of(him.brandt), today())] == ["training"]


def test_who_is_nobody_of_the_department_is_asked_nothing(db):
    see_that_may_work(make.person(), Queue.DEFICIENCIES)


def test_a_competency_comes_due_for_the_person_and_who_is_above(him):
    competency = make.competency()
    for who, above in (
        ("okafor", None),
        ("marsh", "okafor"),
        ("ruiz", "okafor"),
        ("petrov", "marsh"),
        ("holt", "ruiz"),
    ):
        of, assessor = getattr(him, who), getattr(him, above or "holt")
        make.assessment(of, competency, assessor=assessor, by=assessor.user)
    assert reminders.write(make.facility(), on=today())["competencies"] == 2  # Brandt and Marsh


# -- The screens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees", "keeps"), [("marsh", 200, 200), ("brandt", 200, 403), ("ruiz", 404, 404), ("petrov", 404, 403)]
)
def test_a_person_sees_their_own_and_the_line_above_keeps_it(client, him, who, sees, keeps):
    row = make.assessment(him.brandt, make.competency(), assessor=him.okafor, by=him.okafor.user)
    client.force_login(getattr(him, who).user)
    assert client.get(f"/staff/people/{him.brandt.pk}/fitness/").status_code == sees
    assert client.get(f"/staff/people/{him.brandt.pk}/assess/").status_code == keeps
    assert client.get(f"/staff/assessments/{row.pk}/strike/").status_code == keeps


def test_an_assessment_is_written_down_and_struck_in_the_browser(client, him):
    competency = make.competency(queue=Queue.DEFICIENCIES)
    client.force_login(him.marsh.user)
    said = {"competency": competency.pk, "assessed_on": today().isoformat(), "method": "test", "proof": "sheet 4"}
    said |= {"passed": "no", "assessor": him.marsh.number}
    address = f"/staff/people/{him.brandt.pk}"
    assert client.post(f"{address}/assess/", said | {"assessor": "nobody"}).status_code == 422
    assert client.post(f"{address}/assess/", said | {"assessor": him.petrov.number}).status_code == 422
    assert client.post(f"{address}/assess/", said).status_code == 302
    assert "failed: Analysis" in client.get(f"{address}/fitness/").content.decode()
    row = Assessment.objects.get()
    assert client.post(f"/staff/assessments/{row.pk}/strike/", {"because": "Another's."}).status_code == 302


def test_who_has_left_may_work_nothing(client, him):
    for spell in (Assignment, Employment):
        spell.objects.filter(employee=him.brandt).update(during=(make.OPENED, timezone.now() - timedelta(days=1)))
    client.force_login(him.marsh.user)
    page = client.get(f"/staff/people/{him.brandt.pk}/fitness/").content.decode()
    assert "is not employed" in page
    assert 'data-tone="good"' not in page


def test_who_is_off_the_worklist_neither_waives_nor_reassigns(client, him):
    competency = make.competency(queue=Queue.DEFICIENCIES)
    make.assessment(him.okafor, competency, assessor=him.marsh, by=him.marsh.user, passed=False)
    client.force_login(him.okafor.user)
    for act in ("waive", "reassign", "give-back"):
        answer = client.post(f"/deficiencies/1/{act}/", {"because": "x"})
        assert answer.status_code == 403, act
        assert "failed: Analysis" in answer.content.decode()


def test_the_page_costs_a_bounded_number_of_queries(client, him):
    make.assessment(him.brandt, make.competency(), assessor=him.okafor, by=him.okafor.user)
    client.force_login(him.marsh.user)
    with counted("person_fitness", most=13):
        client.get(f"/staff/people/{him.brandt.pk}/fitness/")
