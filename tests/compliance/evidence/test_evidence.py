"""Evidence: laid down, revised, withdrawn, refused; and what its end does to the score."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

import himdept.urls  # noqa: F401  where the lists make themselves known
from compliance.evidence import actions
from compliance.evidence.models import Evidence, EvidenceRevision, EvidenceSupport, EvidenceWithdrawal, Kind
from compliance.evidence.queries import evidence_of
from compliance.models import Assessment
from compliance.scoring import actions as judging
from compliance.scoring.comparing import difference
from compliance.scoring.standing import judged
from compliance.standards.models import Element
from himdept.common import clocks, handover
from himdept.common.errors import Conflict, DomainError
from tests import factories as make
from tests.compliance.evidence.acting import PDF, day, element, laid, owner, reading, revised, today, upload
from tests.days import counted_now
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# -- Laying down ---------------------------------------------------------------------------------------------------


def test_a_file_is_kept_for_the_program_alone_with_its_checksum(media):
    last = laid(kind=Kind.FILE, title="Log", upload=upload("log of Q3.pdf"))
    (path,) = kept(media)
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Q3" not in path.name  # nobody chooses where it lies
    assert (last.filename, last.media_type, last.size) == ("log of Q3.pdf", "application/pdf", len(PDF))


def test_a_file_whose_row_is_refused_leaves_nothing_behind(media):
    with pytest.raises(DatabaseError), transaction.atomic():
        laid(kind=Kind.FILE, title="x" * 200, upload=upload())
    assert kept(media) == []
    assert not Evidence.objects.exists()


def test_each_kind_has_what_it_has():
    assert laid(kind=Kind.LINK, link=" https://example.org/policy ").link == "https://example.org/policy"
    assert laid(kind=Kind.LINK, link="https://intranet:8443/him/policy").link == "https://intranet:8443/him/policy"
    pinned = laid(kind=Kind.READING, reading=reading(), covers_from=None, covers_until=None)
    assert (pinned.covers_from, pinned.covers_until) == (day(-90), today())  # as the measure looks back
    listed = laid(kind=Kind.RECORDS, records="https://him.example/records/?status=delinquent&columns=")
    assert listed.records == "/records/?status=delinquent"
    assert laid().version == "3"


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"kind": Kind.LINK, "link": "http://example.org/"}, "link"),
        ({"kind": Kind.LINK, "link": "javascript:alert(1)"}, "link"),
        ({"kind": Kind.LINK, "link": "https://"}, "link"),
        ({"kind": Kind.LINK, "link": "https://me:secret@example.org/"}, "link"),
        ({"kind": Kind.LINK, "link": "https://[::1/"}, "link"),
        ({"kind": Kind.LINK, "link": "https://-intranet/"}, "link"),
        ({"kind": Kind.LINK, "link": "https://intranet/a policy"}, "link"),
        ({"kind": Kind.LINK, "link": "https://in\ntranet/policy"}, "link"),
        ({"kind": Kind.LINK, "link": "https://example.org/" + "x" * 500}, "link"),
        ({"kind": Kind.RECORDS, "records": "/nowhere/"}, "records"),
        ({"kind": Kind.RECORDS, "records": "/records/?patient=LINDQVIST"}, "records"),
        ({"kind": Kind.RECORDS, "records": "/records/?colour=red"}, "records"),
        ({"kind": Kind.RECORDS, "records": "https://[::1/"}, "records"),
        ({"kind": Kind.FILE, "upload": upload("report.pdf", b"<html>")}, "file"),
        ({"approved_on": lambda: day(1)}, "approved_on"),
        ({"covers_until": day(-400)}, "covers_until"),
        ({"covers_from": lambda: day(1)}, "covers_from"),
        ({"claimed_for": day(-301)}, "claimed_for"),
    ],
)
def test_what_cannot_be_evidence_is_refused_with_its_field(what, field, media):
    with pytest.raises(DomainError) as refusal:
        laid(**counted_now(what))
    assert refusal.value.field == field
    assert not Evidence.objects.exists()
    assert kept(media) == []


def test_somebody_answers_for_it_whose_role_and_facility_say_so():
    for nobody in (
        make.person(role="Records supervisor"),
        make.manager("elsewhere", facilities=[make.facility("OTHER")]),
        make.manager("gone", is_active=False),
    ):
        with pytest.raises(DomainError) as refusal:
            laid(owner_is=nobody)
        assert refusal.value.field == "owner"
    assert laid(owner_is=make.person("officer", role="Privacy officer")).owner.username == "officer"


def test_a_reading_of_another_facility_is_none_of_ours():
    other = make.facility("OTHER")
    theirs = reading()
    with pytest.raises(DomainError) as refusal:
        laid(kind=Kind.READING, reading=theirs, at=other, owner_is=make.manager("theirs", facilities=[other]))
    assert refusal.value.field == "reading"


def test_evidence_of_nothing_is_refused():
    said = {"kind": Kind.LINK, "link": "https://example.org/", "title": "x", "owner": owner(), "period": None}
    with pytest.raises(DomainError) as refusal:
        actions.add(make.facility(), [], by=owner(), **said)
    assert refusal.value.field == "element"


# -- Afterwards ----------------------------------------------------------------------------------------------------


def test_a_revision_is_a_row_of_its_own_and_the_one_before_it_stays(media):
    first = laid(kind=Kind.FILE, title="Log", upload=upload())
    second = revised(first, period={"covers_until": day(-1)}, upload=upload(content=PDF + b"\n"))
    third = revised(second, period={"covers_until": day(-1)}, title="Log, once more")
    assert [one.number for one in first.evidence.revisions.order_by("number")] == [1, 2, 3]
    with first.file.open("rb") as file:
        assert file.read() == PDF
    assert (third.sha256, third.file.name) == (second.sha256, second.file.name)
    assert third.sha256 != first.sha256
    assert len(kept(media)) == 2


def test_what_was_revised_or_withdrawn_meanwhile_is_not_revised_again():
    first = laid()
    revised(first)
    with pytest.raises(Conflict, match="meanwhile"):
        revised(first)
    actions.withdraw(first.evidence, because="Replaced by the policy of the group.", by=owner())
    for again in (
        lambda: revised(first, after=2),
        lambda: actions.withdraw(first.evidence, because="Again.", by=owner()),
        lambda: actions.support(first.evidence, element("H-2"), by=owner()),
    ):
        with pytest.raises(Conflict, match="withdrawn"):
            again()


def test_revising_and_withdrawing_ask_for_a_reason():
    first = laid()
    for without in (
        lambda: revised(first, because=" "),
        lambda: actions.withdraw(first.evidence, because=" ", by=owner()),
    ):
        with pytest.raises(DomainError) as refusal:
            without()
        assert refusal.value.field == "because"


def test_it_supports_an_element_once():
    first = laid()
    actions.support(first.evidence, element("H-2"), by=owner())
    with pytest.raises(Conflict):
        actions.support(first.evidence, element("H-2"), by=owner())
    with pytest.raises(IntegrityError, match="supports_once"), transaction.atomic():
        EvidenceSupport.objects.create(evidence=first.evidence, element=element("H-2"), by=owner())


def test_the_database_changes_and_removes_none_of_it():
    first = laid()
    actions.withdraw(first.evidence, because="Wrong.", by=owner())
    for model in (Evidence, EvidenceSupport, EvidenceRevision, EvidenceWithdrawal):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EvidenceRevision.objects.update(expires_on=None)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"covers_until": day(-400)}, "evidence_covers_some_time"),
        ({"covers_until": day(-10), "claimed_for": day(-9)}, "evidence_covers_what"),
        ({"expires_on": day(-301)}, "evidence_expires_after"),
        ({"link": "https://example.org/"}, "evidence_has_what"),
        ({"kind": "link", "version": "", "approved_on": None, "link": "http://example.org/"}, "evidence_has_what"),
        ({"because": ""}, "revision_says_why"),
    ],
)
def test_the_database_holds_what_the_actions_refuse(wrong, name):
    last = laid()
    fields = {field.name: getattr(last, field.name) for field in last._meta.concrete_fields if field.name != "id"}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        EvidenceRevision.objects.create(**(fields | {"number": 2, "because": "Forced."} | wrong))


def test_who_laid_it_down_and_why_it_was_withdrawn_is_in_the_trail():
    from auditlog.models import LogEntry

    first = laid()
    actions.withdraw(first.evidence, because="Replaced.", by=owner())
    entry = LogEntry.objects.get_for_model(EvidenceWithdrawal).get()
    assert (entry.actor, entry.additional_data["because"]) == (owner(), "Replaced.")
    assert LogEntry.objects.get_for_model(EvidenceRevision).get().actor == owner()


# -- What is in force ----------------------------------------------------------------------------------------------


def test_what_supports_elements_on_a_day_is_one_query():
    one, other, none = element("H-1"), element("H-2"), element("H-3")
    both = laid(one, other)
    laid(one, expires_on=today(), title="Good until today")
    actions.withdraw(laid(one, title="Wrong").evidence, because="Wrong.", by=owner())
    laid(one, at=make.facility("OTHER"), owner_is=make.manager("theirs", facilities=[make.facility("OTHER")]))
    place = make.facility()
    with counted("evidence_of"):
        found = evidence_of(place, [one, other, none], today())
    assert {pk: sorted(row.title for row in rows) for pk, rows in found.items()} == {
        one.pk: ["Good until today", "Retention policy"],
        other.pk: ["Retention policy"],
        none.pk: [],
    }
    assert [row.title for row in evidence_of(make.facility(), [one.pk], day(1))[one.pk]] == ["Retention policy"]
    assert evidence_of(make.facility(), [one.pk], day(-1))[one.pk] == []  # it was laid down today
    assert both.evidence.elements.count() == 2


def score_on(days: int, asked: Element, facility=None):
    asked = Element.objects.with_metrics().select_related("edition__framework", "chapter").get(pk=asked.pk)
    now = timezone.now() + timedelta(days=days)
    return judged(facility or make.facility(), day(days), [asked], now=now)


def test_a_judgement_whose_evidence_has_expired_counts_half_from_that_day_on_and_fully_before():
    asked = element()
    last = laid(asked, expires_on=day(30))
    judging.assess(asked, make.facility(), result="met", because="By the policy.", by=owner())
    before, after = score_on(30, asked).scores[0], score_on(31, asked).scores[0]
    assert (before.points, before.has_lapsed) == (1.0, False)
    assert (after.points, after.has_lapsed, after.is_stale) == (0.5, True, False)
    revised(last, period={"expires_on": day(400)})
    assert score_on(31, asked).scores[0].points == 1.0
    assert score_on(30, asked).scores[0].points == 1.0


def test_withdrawing_evidence_does_not_make_a_judgement_better():
    asked = element()
    last = laid(asked, expires_on=day(30))
    judging.assess(asked, make.facility(), result="met", because="By the policy.", by=owner())
    tomorrow = timezone.now() + timedelta(days=1)
    EvidenceWithdrawal.objects.create(evidence=last.evidence, because="Wrong.", by=owner(), at=tomorrow)
    assert score_on(0, asked).scores[0].points == 1.0
    assert score_on(2, asked).scores[0].points == 0.5


def test_only_what_was_met_loses_by_it():
    asked = element()
    laid(asked, expires_on=day(1))
    for result, points in (("partly", 0.5), ("not_met", 0.0), ("not_applicable", None)):
        judging.assess(asked, make.facility(), result=result, because="Seen.", by=owner())
        score = score_on(5, asked).scores[0]
        assert (score.points, score.has_lapsed) == (points, False)


def test_the_day_on_which_evidence_expires_is_told_as_a_change():
    asked = element()
    laid(asked, expires_on=day(3))
    judging.assess(asked, make.facility(), result="met", because="By the policy.", by=owner())
    third, fourth, fifth = (score_on(days, asked) for days in (3, 4, 5))
    (change,) = difference(third, fourth).changed
    assert (change.before.points, change.now.points, change.is_worse) == (1.0, 0.5, True)
    assert difference(fourth, fifth).changed == []
    assert Assessment.objects.count() == 1


# -- What comes due ------------------------------------------------------------------------------------------------


def test_it_comes_due_on_the_earlier_of_its_two_days_and_its_owner_is_told():
    clock = clocks.named("evidence")
    first = laid(review_by=day(20), expires_on=day(40))
    second = laid(title="Log", expires_on=day(10))
    laid(title="For ever", expires_on=None)
    actions.withdraw(laid(title="Gone", expires_on=day(5)).evidence, because="Wrong.", by=owner())
    rows = clock.rows(make.facility().pk)
    due = rows.filter(due__lte=day(90)).order_by("due")
    assert [(row.pk, row.due) for row in due] == [(second.pk, day(10)), (first.pk, day(20))]
    assert set(clock.whom(due)) == {(second.pk, owner().pk), (first.pk, owner().pk)}
    assert [clock.what(row) for row in due] == ["Log expires", "Retention policy is to be looked at again"]
    assert not clock.rows(make.facility("OTHER").pk).exists()
    assert not clock.visible(make.person(role="Records clerk")).exists()
    assert clock.visible(make.person(role="Surveyor")).count() == 3


def test_it_is_open_work_of_who_answers_for_it():
    (kind,) = (kind for kind in handover.kinds() if kind.name == "evidence")
    last = laid()
    assert list(kind.rows(owner().pk)) == [last]
    revised(last, owner=make.manager("other"))
    assert not kind.rows(owner().pk).exists()
