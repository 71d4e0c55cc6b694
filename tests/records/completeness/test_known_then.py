"""What was known on a day and what a surveyor would find for it: the differences, and why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from records.completeness import requirements
from records.completeness.known.comparing import compare
from records.inventory.models import Document, Filing
from records.models import AccessLog, Encounter, Patient
from records.views import documents, stored_deficiencies
from tests import factories as make

# Moments of knowledge are those of transactions, so each step here is one of its own.
pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)
LONG_AFTER = make.DISCHARGED + timedelta(days=40)


@pytest.fixture
def record(settings):
    """A stay that ended; a summary is asked for within 30 days of its end."""
    rule = make.requirement()
    rule.profile.facilities.set([make.facility()])
    return make.record()


def seen(record, known_at, as_of=LONG_AFTER):
    """The differences as (document, words then, words now, because), and the changes that made none."""
    compared = compare(
        record,
        as_of,
        known_at,
        documents=list(documents(record)),
        episodes=[],
        stored=list(stored_deficiencies(record)),
    )
    told = [
        (one.row.title, one.then and one.then.short, one.now and one.now.short, one.because)
        for one in compared.differences
    ]
    return told, compared.others


def summary(record, **fields):
    written = make.DISCHARGED + timedelta(days=2)
    return make.document(record, **{"authored": written, "signed": written} | fields)


def only(told):
    ((_title, then, now, because),) = told
    return then, now, because


def test_what_arrived_late_was_missing_then(record):
    known_at = timezone.now()
    assert seen(record, known_at) == ([], [])
    summary(record)
    then, now, (because,) = only(seen(record, known_at)[0])
    assert (then, now) == ("missing", "signed")
    assert because.startswith("Discharge summary of 14 Oct 2026 14:10 reached us on ")
    assert seen(record, timezone.now()) == ([], [])


def test_what_was_retracted_or_marked_as_in_error_stood_then(record):
    document = summary(record)
    known_at = timezone.now()
    for status, words in (("retracted", "was retracted on"), ("entered_in_error", "was marked as entered in error on")):
        Document.objects.filter(pk=document.pk).update(status=status)
        then, now, (because,) = only(seen(record, known_at)[0])
        assert (then, now) == ("signed", "missing")
        assert words in because


def test_a_correction_names_what_was_corrected_and_shows_the_time_that_was_known_then(record):
    document = summary(record)
    known_at = timezone.now()
    late = make.DISCHARGED + timedelta(days=35)
    Document.objects.filter(pk=document.pk).update(
        authored_first=late, authored_last=late, signed_first=late, signed_last=late
    )
    then, now, (because,) = only(seen(record, known_at)[0])
    assert (then, now) == ("signed", "late")
    assert because.startswith("Discharge summary of 16 Nov 2026")
    assert because.endswith(": time of writing and signature.")


def test_a_signature_that_reached_us_later_is_told_as_such(record):
    requirements.Requirement.objects.update(authentication_required=True)
    document = summary(record, signed=None)
    known_at = timezone.now()
    Document.objects.filter(pk=document.pk).update(signed=True, signed_first=LONG_AFTER, signed_last=LONG_AFTER)
    then, now, (because,) = only(seen(record, known_at)[0])
    assert (then, now) == ("unsigned", "late")
    assert because.startswith("The signature of Discharge summary of 14 Oct 2026")


def test_what_moved_to_another_record_was_here_then_and_not_there(record):
    document, other = summary(record), make.record()
    known_at = timezone.now()
    Document.objects.filter(pk=document.pk).update(record=other)
    then, now, (because,) = only(seen(record, known_at)[0])
    assert (then, now) == ("signed", "missing")
    assert "was moved to another record on" in because
    then, now, (because,) = only(seen(other, known_at)[0])
    assert (then, now) == ("missing", "signed")
    assert "was moved here from another record on" in because


def test_what_was_filed_here_and_taken_out_again_is_told(record):
    document = summary(make.record())
    empty = timezone.now()
    filing = Filing.objects.create(document=document, record=record)
    filed = timezone.now()
    then, now, (because,) = only(seen(record, empty)[0])
    assert (then, now) == ("missing", "signed")
    assert because.startswith("A document was filed here on")
    filing.delete()
    assert seen(record, empty) == ([], [])
    then, now, (because,) = only(seen(record, filed)[0])
    assert (then, now) == ("signed", "missing")
    assert because.startswith("A document that was filed here was taken out on")


def test_an_end_of_the_stay_that_became_known_later_asks_for_what_nothing_asked_for_then(record):
    Encounter.objects.filter(pk=record.pk).update(end_first=None, end_last=None)
    known_at = timezone.now()
    Encounter.objects.filter(pk=record.pk).update(end_first=make.DISCHARGED, end_last=make.DISCHARGED)
    record.encounter.refresh_from_db()
    then, now, (because,) = only(seen(record, known_at)[0])
    assert (then, now) == (None, "missing")
    assert because.startswith("The stay was corrected on")
    assert because.endswith(": end.")


def test_a_rule_that_was_published_later_is_named_with_its_version(record):
    summary(record, authored=make.DISCHARGED + timedelta(days=20), signed=make.DISCHARGED + timedelta(days=20))
    known_at = timezone.now()
    rule = make.requirement()
    fields = {name: getattr(rule, name) for name in ("topic", "title", "basis", "trigger", "document_types")}
    begins = make.DISCHARGED.date() - timedelta(days=30)
    requirements.publish(
        rule.profile, effective_from=begins, because="Stricter.", code=rule.code, due_after_days=15, **fields
    )
    then, now, (because,) = only(seen(record, known_at)[0])
    assert (then, now) == ("signed", "late")
    assert because.startswith("Version 2 of the rule “Discharge summary within 30 days of discharge” was published on")


def test_a_profile_asked_nothing_before_it_was_adopted_and_nothing_after_it_was_dropped(record):
    profile, facility, manager = make.requirement().profile, record.facility, make.manager()
    profile.facilities.clear()
    never = timezone.now()
    requirements.adopt(profile, facility, by=manager, because="As the bylaws say.")
    adopted = timezone.now()
    then, now, (because,) = only(seen(record, never)[0])
    assert (then, now) == (None, "missing")
    assert because.startswith(f"The profile “{profile.title}” was adopted on ")
    requirements.drop(profile, facility, by=manager, because="The bylaws changed.")
    then, now, (because,) = only(seen(record, adopted)[0])
    assert (then, now) == ("missing", None)
    assert because.startswith(f"The profile “{profile.title}” was dropped on ")
    assert seen(record, never) == ([], [])
    requirements.adopt(profile, facility, by=manager, because="Again.")
    then, now, because = only(seen(record, never)[0])
    assert (then, now, len(because)) == (None, "missing", 1)
    assert seen(record, adopted) == ([], [])


def test_a_change_that_makes_no_difference_is_told_beside_the_differences(record):
    summary(record)
    known_at = timezone.now()
    Patient.objects.update(birth_date="2001-01-01")
    make.document(record, document_type=make.document_type("11506-3", "Progress note"))
    differences, others = seen(record, known_at)
    assert differences == []
    assert [words.partition(" on ")[0] for words in others] == [
        "The patient was corrected",
        "Progress note of 12 Oct 2026 14:10 reached us",
    ]


def test_the_page_shows_both_sides_and_opening_it_is_logged(client, record):
    manager = make.manager()
    client.force_login(manager)
    known_at = timezone.now()
    summary(record)
    response = client.get(
        f"/records/{record.pk}/known/", {"as_of": LONG_AFTER.isoformat(), "known_at": known_at.isoformat()}
    )
    page = response.content.decode()
    assert response.status_code == 200
    for words in ("1 difference", "missing", "Discharge summary of 14 Oct 2026 14:10 reached us on"):
        assert words in page, words
    assert list(AccessLog.objects.values_list("user", "record", "act")) == [(manager.pk, record.pk, "read")]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 200, "Choose a day before today"),
        ("?as_of=2026-11-20&known_at=yesterday", 400, "is neither a day"),
        ("?as_of=2199-01-01", 400, "is neither a day"),
        ("?as_of=2098-01-01", 400, "lies in the future"),
        ("?as_of=%00%3Cscript%3E", 400, "is neither a day"),
    ],
)
def test_a_day_that_cannot_be_compared_is_said_beside_its_field(client, record, query, status, words):
    client.force_login(make.manager())
    response = client.get(f"/records/{record.pk}/known/{query}")
    assert response.status_code == status
    assert words in response.content.decode()


def test_nobody_compares_a_record_that_they_may_not_open(client, record):
    client.force_login(make.person(role="Records clerk", facilities=[]))
    assert client.get(f"/records/{record.pk}/known/?as_of=2026-11-20").status_code == 404
    assert not AccessLog.objects.exists()
