"""The personnel file that a surveyor asks for: whole, its gaps first, and no pay or discipline in it."""

import io
from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.utils.timezone import localdate as today
from pypdf import PdfReader

from staff.models import Course, ExclusionCheck, ExclusionList, ExclusionLoad, Job, Pay
from staff.packet.contents import contents
from staff.packet.file import file_of
from staff.packet.gaps import gaps
from tests import factories as make

pytestmark = pytest.mark.django_db


def found(person) -> list[str]:
    return [f"{about}: {words}" for about, words in gaps(file_of(person), today())]


@pytest.fixture
def whole(him):
    """Brandt's file with nothing missing."""
    job = Job.objects.get(code="coding-technician")
    Job.objects.filter(pk=job.pk).update(duties="Codes charts", education=0, years_in_field=0, years_supervising=0)
    job.certifications.set([make.credential(him.brandt, by=him.marsh.user, last_day=None).certification])
    make.verification(him.brandt.credentials.get(), by=him.marsh.user)
    him.brandt.credentials.get().certification.continuing_rules.all().delete()
    of = ExclusionList.objects.get(code="oig")
    ExclusionList.objects.filter(pk=of.pk).update(from_day=today())
    load = ExclusionLoad.objects.create(list=of, month=today().replace(day=1), digest="d", entries=1)
    ExclusionCheck.objects.create(employee=him.brandt, load=load, found=0)
    return him.brandt


def test_a_whole_file_has_no_gap(whole):
    assert found(whole) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda him: Job.objects.update(duties=""), "no duties"),
        (lambda him: Job.objects.update(education=4), "Qualification: Education: missing"),
        (lambda him: make.credential(him.brandt, "CCS", by=him.marsh.user), "CCS is not confirmed"),
        (
            lambda him: make.credential(him.brandt, "CCS", by=him.marsh.user, last_day=today() - timedelta(days=1)),
            "CCS ended on",
        ),
        (lambda him: make.credential(him.brandt, "CCS", by=him.marsh.user), "CCS: 0.0 of 20.0 units in all"),
        (lambda him: make.course("privacy"), "Privacy was due on"),
        (lambda him: make.competency(), "Analysis was due on"),
        (
            lambda him: make.assessment(
                him.brandt, make.competency(), assessor=him.marsh, by=him.marsh.user, passed=False
            ),
            "Analysis was failed on",
        ),
        (lambda him: ExclusionList.objects.update(from_day=today() - timedelta(days=40)), "not checked in"),
        (lambda him: ExclusionList.objects.update(from_day=None), "no list is checked"),
        (
            lambda him: Course.objects.filter(code="hipaa-privacy").update(from_day=date(2024, 1, 1)),
            "may not work: has not taken: HIPAA",
        ),
    ],
)
def test_each_gap_is_told(him, whole, change, words):
    change(him)
    assert any(words in gap for gap in found(whole)), found(whole)


def test_of_what_a_credential_has_too_few_units_is_told_each_by_itself(him, whole):
    ccs = make.credential(him.brandt, "CCS", by=him.marsh.user)
    ccs.certification.continuing_rules.update(units=20, in_domains_percent=80, from_issuer_percent=20)
    about = [words for words in found(whole) if words.startswith("Continuing education")]
    assert about == [
        "Continuing education: CCS: 0.0 of 20.0 units in all",
        "Continuing education: CCS: 0.0 of 16.0 units in its domains",
        "Continuing education: CCS: 0.0 of 4.0 units from its issuer",
    ]


def test_the_job_description_has_what_each_line_is_before_its_words(him, whole):
    job = contents(file_of(whole), by=him.marsh.user).sections[1]
    assert [column.label for column in job.columns] == ["Part", "What it says"]
    assert ("Duty", "Codes charts") in list(job.rows())


def test_one_click_makes_the_file_with_its_gaps_on_the_first_page_and_says_so_in_the_trail(client, him, whole):
    make.course("privacy")
    Pay.objects.create(employee=whole, amount=54_321, basis="year", during=make.span())
    client.force_login(him.marsh.user)
    answer = client.post(f"/staff/people/{whole.pk}/packet/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "Brandt" not in answer.headers["Content-Disposition"]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
    assert "Privacy was due on" in " ".join(pages[0].split())
    text = " ".join(" ".join(pages).split())
    for words in ("Codes charts", "RHIT", "the issuer's register", "no match", "personnel file"):
        assert words in text, words
    assert "54,321" not in text
    assert "54321" not in text
    entry = LogEntry.objects.get(content_type__model="employee", action=LogEntry.Action.ACCESS)
    assert (entry.actor, entry.object_pk) == (him.marsh.user, str(whole.pk))
    assert "was printed" in client.get(f"/staff/people/{whole.pk}/credentials/").content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("marsh", 200), ("okafor", 200), ("ruiz", 404), ("brandt", 403), ("petrov", 403)]
)
def test_only_the_line_above_prints_it_and_nobody_their_own(client, him, who, status):
    client.force_login(getattr(him, who).user)
    assert client.post(f"/staff/people/{him.brandt.pk}/packet/").status_code == status
    if who == "okafor":
        assert client.post(f"/staff/people/{him.okafor.pk}/packet/").status_code == 404
        credentials = f"/staff/people/{him.brandt.pk}/credentials/"
        assert client.get(f"/staff/people/{him.brandt.pk}/packet/").headers["Location"] == credentials


def test_the_file_of_who_sits_in_no_seat_says_so(him):
    assert "Job: the person sits in no seat" in found(make.somebody())
