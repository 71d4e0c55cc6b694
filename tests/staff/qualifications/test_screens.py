"""Candidates for a seat, and one person against a job: who sees them, and what is recorded of somebody's past."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from staff.models import Certification, Employee, Job, Known, Place, Schooling
from staff.qualifications.facts import facts_of, terms_of, with_terms
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(him):
    """A vacant seat over coding, for which a bachelor's degree and one of three certifications are asked."""
    return make.position(him.coding, job=Job.objects.get(code="coding-manager"))


def test_candidates_are_ranked_and_each_gap_has_its_way(client, him, seat):
    keeper = him.okafor.user
    for person in (him.marsh, him.petrov):
        make.schooling(person, by=keeper, level=4)
    make.verification(make.credential(him.marsh, "RHIA", by=keeper), by=keeper)
    make.credential(him.petrov, "CCS", by=keeper)
    client.force_login(keeper)
    page = client.get(f"/staff/candidates/?seat={seat.pk}")
    found = page.context["candidates"]
    assert [one.employee for one in found][:2] == [him.marsh, him.petrov]
    assert {one.employee for one in found} == {him.marsh, him.petrov, him.brandt, him.holt, him.ruiz}
    assert found[0].check.is_met
    told = page.content.decode()
    assert "look CCS up with its issuer" in told
    assert "1 of 5 people meet all that the job asks" in told


def test_where_no_seat_waits_it_says_so_and_leads_who_may_ask_to_requisitions(client, him):
    him.okafor.user.is_staff = True
    him.okafor.user.save()
    client.force_login(him.okafor.user)
    page = client.get("/staff/candidates/").content.decode()
    assert "No seat of your line waits for anybody." in page
    assert 'href="/admin/staff/requisition/"' in page
    make.position(him.coding)
    assert "No seat of your line" not in client.get("/staff/candidates/").content.decode()


def test_the_first_ten_are_shown_and_more_when_they_are_asked_for(client, him, seat):
    for _ in range(12):
        make.employee(sits_in=make.position(him.coding))
    client.force_login(him.okafor.user)
    page = client.get(f"/staff/candidates/?seat={seat.pk}")
    first = [one.employee for one in page.context["candidates"]]
    assert len(first) == 10
    longer = client.get(page.context["more"])
    assert [one.employee for one in longer.context["candidates"]][:10] == first
    assert (len(longer.context["candidates"]), "more" in longer.context) == (17, False)


def test_who_leaves_is_no_candidate(client, him, seat):
    leaves = timezone.now() + timedelta(days=9)
    make.employee("Leaver", sits_in=make.position(him.coding), during=make.span(make.OPENED, leaves))
    client.force_login(him.okafor.user)
    page = client.get(f"/staff/candidates/?seat={seat.pk}")
    assert "Leaver" not in {one.employee.family_name for one in page.context["candidates"]}
    assert page.context["number"] == 5


@pytest.mark.parametrize("most", ["", "-3", "x", "٣", "9" * 40])
def test_a_number_that_is_none_shows_the_first_ten(client, him, seat, most):
    client.force_login(him.okafor.user)
    page = client.get("/staff/candidates/", {"seat": seat.pk, "most": most})
    assert (page.status_code, len(page.context["candidates"])) == (200, 5)


def test_what_is_preferred_is_named_for_who_holds_it(client, him, seat):
    seat.job.preferred.set(Certification.objects.filter(code__in=["CHPS", "CHDA"]))
    for code in ("CHPS", "CHDA"):
        make.verification(make.credential(him.petrov, code, by=him.okafor.user), by=him.okafor.user)
    client.force_login(him.okafor.user)
    assert "Holds what is preferred: CHDA, CHPS" in client.get(f"/staff/candidates/?seat={seat.pk}").content.decode()


def test_the_seats_that_wait_for_somebody_are_offered_and_any_of_the_line_can_be_asked_about(client, him, seat):
    client.force_login(him.okafor.user)
    taken = him.brandt.position()
    offered = client.get("/staff/candidates/").context["form"].fields["seat"].choices
    assert [key for key, _words in offered] == ["", seat.pk]
    assert client.get(f"/staff/candidates/?seat={taken.pk}").context["seat"] == taken


def test_a_seat_that_somebody_is_to_come_to_waits_for_nobody_else_and_can_still_be_asked_about(client, him, seat):
    make.employee(sits_in=seat, during=make.span(timezone.now() + timedelta(days=9), None))
    client.force_login(him.okafor.user)
    assert client.get("/staff/candidates/").context["no_seat"]
    assert client.get(f"/staff/candidates/?seat={seat.pk}").context["seat"] == seat


def test_who_sits_in_the_seat_is_no_candidate_for_it(client, him):
    client.force_login(him.okafor.user)
    seat = him.brandt.position()
    found = client.get(f"/staff/candidates/?seat={seat.pk}").context["candidates"]
    assert him.petrov in [one.employee for one in found]
    assert him.brandt not in [one.employee for one in found]


@pytest.mark.parametrize(
    ("who", "of", "status"),
    [
        ("okafor", "brandt", 200),
        ("marsh", "brandt", 200),
        ("marsh", "marsh", 404),
        ("ruiz", "brandt", 404),
        ("brandt", "brandt", 403),
        ("brandt", "petrov", 403),
    ],
)
def test_a_qualification_is_for_the_line_above_alone(client, him, who, of, status):
    person, keeper = getattr(him, of), make.person()
    school, work = make.schooling(person, by=keeper), make.experience(person, by=keeper)
    client.force_login(getattr(him, who).user)
    for path in (
        f"/staff/people/{person.pk}/qualification/",
        f"/staff/people/{person.pk}/schools/new/",
        f"/staff/people/{person.pk}/experience/new/",
        f"/staff/schools/{school.pk}/strike/",
        f"/staff/experience/{work.pk}/strike/",
    ):
        assert client.get(path).status_code == status, path


def test_a_seat_of_another_line_cannot_be_asked_about(client, him, seat):
    client.force_login(him.ruiz.user)
    page = client.get(f"/staff/candidates/?seat={seat.pk}")
    assert page.status_code == 400
    assert "candidates" not in page.context
    client.force_login(him.brandt.user)
    assert client.get("/staff/candidates/").status_code == 403


@pytest.mark.parametrize("query", ["?seat=", "?seat=x", "?seat=99999999999999999999", "?seat=%00"])
def test_what_is_no_seat_is_refused_beside_its_field(client, him, query):
    client.force_login(him.okafor.user)
    page = client.get(f"/staff/candidates/{query}")
    assert page.status_code == 400
    if "%00" not in query:  # that no address may hold
        assert page.context["form"].errors["seat"]


def test_a_school_and_work_elsewhere_are_recorded_counted_and_struck(client, him):
    client.force_login(him.marsh.user)
    at = f"/staff/people/{him.brandt.pk}"
    against = f"{at}/qualification/?job={Job.objects.get(code='coding-manager').pk}"
    school = {"level": "4", "subject": "Health information", "finished_on": "2015-06-30", "proof": "diploma"}
    work = {"title": "Coder", "employer": "St. Anne", "first_day": "2012-01-01", "last_day": "2011-12-31", "proof": "x"}
    assert client.post(f"{at}/schools/new/", school).status_code == 302
    refused = client.post(f"{at}/experience/new/", work)
    assert refused.status_code == 422
    assert "The last day comes before the first." in refused.content.decode()
    assert client.post(f"{at}/experience/new/", work | {"first_day": "2010-01-01", "in_field": "on"}).status_code == 302
    assert [line.word for line in client.get(against).context["lines"]] == ["met", "missing", "met", "missing"]

    strike = f"/staff/schools/{Schooling.objects.get().pk}/strike/"
    assert client.post(strike, {"because": ""}).status_code == 422
    assert client.post(strike, {"because": "Not his."}).status_code == 302
    assert client.post(strike, {"because": "Again."}).status_code == 409
    page = client.get(against)
    assert page.context["lines"][0].word == "missing"
    assert "Not his." in page.content.decode()


@pytest.mark.parametrize(
    ("what", "sent", "field"),
    [
        ("schools", {"level": "4", "subject": "Health information"}, "finished_on"),
        ("experience", {"title": "Coder", "employer": "St. Anne", "first_day": "2012-01-01"}, "last_day"),
    ],
)
def test_what_is_still_to_come_is_nobodys_past(client, him, what, sent, field):
    client.force_login(him.marsh.user)
    today = timezone.localdate()
    at, sent = f"/staff/people/{him.brandt.pk}/{what}/new/", sent | {"proof": "letter"}
    refused = client.post(at, sent | {field: today + timedelta(days=1)})
    assert (refused.status_code, refused.context["form"].errors) == (422, {field: ["That day is still to come."]})
    assert client.post(at, sent | {field: today}).status_code == 302


def test_nobody_records_their_own_past_and_none_is_rewritten_whoever_writes(him):
    with pytest.raises(IntegrityError, match="Nobody keeps their own"), transaction.atomic():
        make.schooling(him.brandt, by=him.brandt.user)
    school = make.schooling(him.brandt, by=him.marsh.user)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        school.delete()
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Schooling.objects.filter(pk=school.pk).update(level=6)


def facts() -> dict:
    return {known.pk: facts_of(known) for known in Known.objects.all()}


def test_seats_here_count_as_years_in_the_field_and_head_seats_as_supervising(him):
    known = facts()
    opened = timezone.localdate(make.OPENED)
    assert [spell.first for spell in known[him.marsh.pk].supervising] == [opened]
    assert known[him.brandt.pk].supervising == ()
    assert [(spell.first, spell.last) for spell in known[him.brandt.pk].in_field] == [(opened, None)]


def test_supervising_begins_with_the_seat_that_heads_and_not_with_the_person(him):
    later = make.OPENED + timedelta(days=100)
    Place.objects.filter(unit=him.coding).update(during=make.span(later))
    make.supervision(him.petrov, him.brandt, during=make.span(later, later + timedelta(hours=22)))
    known, day = facts(), timezone.localdate(later)
    assert [spell.first for spell in known[him.marsh.pk].supervising] == [day]
    assert [(spell.first, spell.last) for spell in known[him.brandt.pk].supervising] == [(day, day)]


def test_a_job_is_asked_as_the_catalogue_has_it():
    Certification.objects.filter(code="CCS").update(fee=299)
    job = with_terms(Job.objects.all()).get(code="coding-manager")
    terms = terms_of(job, job)
    assert terms.certifications == {"CCS", "RHIA", "RHIT"}
    assert (terms.education, terms.years_in_field, terms.years_supervising) == (4, 5, 2)
    assert dict(terms.fees) == {"CCS": 299}


def test_the_queries_of_these_pages_do_not_grow_with_the_people(client, him, seat):
    for _ in range(4):
        make.employee(sits_in=make.position(him.coding))
    client.force_login(him.okafor.user)
    with counted("candidate_page"):
        found = client.get(f"/staff/candidates/?seat={seat.pk}").context["candidates"]
    assert len(found) == Employee.objects.count() - 1
    with counted("person_qualification"):
        client.get(f"/staff/people/{him.brandt.pk}/qualification/")
