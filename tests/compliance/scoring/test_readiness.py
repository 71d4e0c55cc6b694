"""Survey readiness in the browser: who sees it, what it says, and what people add."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from compliance.crosswalks import library as crosswalks
from compliance.evidence.actions import withdraw
from compliance.evidence.queries import evidence_of
from compliance.scoring import actions, readings
from compliance.scoring.models import Aim, Assessment, Reading
from compliance.standards import library
from compliance.standards.models import Element
from himdept.common.errors import Conflict, DomainError
from himdept.common.metrics import Scope
from himdept.common.night import step_named
from staff.models import Facility
from tests import factories as make
from tests.compliance.evidence.acting import laid
from tests.programs import Program
from tests.queries import counted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def ten_stays(cast):
    return cast(stays_and_standards)


@pytest.fixture
def facility(db, ten_stays):
    """Ten stays whose summaries fell due last month: three are missing."""
    ten_stays.lay()
    return make.facility()


def stays_and_standards():
    library.load_all()
    make.requirement().profile.facilities.set([make.facility()])
    end = timezone.now() - 45 * DAY
    for n in range(10):
        record = make.record(start=end - 3 * DAY, end=end)
        if n >= 3:
            make.document(record, authored=end, signed=end)


@pytest.fixture
def desk(client, facility):
    client.force_login(make.manager())
    return client


def take(facility, days=0) -> dict[str, Reading]:
    readings.take(Scope(facility, timezone.now() - days * DAY))
    return readings.latest(facility)


def test_the_night_measures_everything_once(facility):
    step = SimpleNamespace(night=SimpleNamespace(facility=facility, as_of=timezone.now()))
    said = readings.take_tonight(step)
    assert said == {"measures": Reading.objects.count(), "below": 2}
    kept = list(Reading.objects.values_list("pk", "numerator"))
    make.record(end=timezone.now() - 40 * DAY)
    readings.take_tonight(step)
    assert list(Reading.objects.values_list("pk", "numerator")) == kept
    assert step_named("scores").ordinal > step_named("audit").ordinal


def test_a_reading_is_never_changed_and_names_as_many_as_it_lacks(facility):
    reading = take(facility)["discharge-summary"]
    assert (reading.numerator, reading.denominator, len(reading.offenders)) == (7, 10, 3)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Reading.objects.update(numerator=10)
    with pytest.raises(DatabaseError, match="reading_names_what"), transaction.atomic():
        Reading.objects.create(
            facility=facility, metric="x", day="2026-01-01", as_of=timezone.now(), known_at=timezone.now(),
            numerator=1, denominator=2, offenders=[], aim=Decimal("0.9"),
        )  # fmt: skip


def test_the_page_says_what_a_surveyor_would_find_and_leads_to_the_charts(desk, facility):
    take(facility)
    desk.get("/readiness/")
    with counted("readiness"):
        page = desk.get("/readiness/")
    text = page.content.decode()
    for words in ("Survey readiness", "A-0468", "7 of 10", "not met", "RC.02.04.01", "not judged yet"):
        assert words in text, words
    reading = Reading.objects.get(metric="discharge-summary")
    desk.get(reverse("reading_page", args=[reading.pk]))
    with counted("reading_page"):
        charts = desk.get(reverse("reading_page", args=[reading.pk]))
    for record in set(reading.offenders):
        assert reverse("record_page", args=[record]) in charts.content.decode()


def test_the_numbers_of_a_chapter_have_headings_that_can_be_seen(desk, facility):
    page = desk.get("/readiness/at/MAIN/").content.decode()
    heads = page.partition('id="chapters-heading"')[2].partition("</thead>")[0].partition("<thead")[2]
    assert ">Judged</th>" in heads
    assert "only-heard" not in heads.partition(">")[0]


def test_judged_waiting_and_uncounted_elements_are_all_that_there_are(desk, facility):
    take(facility)
    page = desk.get("/readiness/")
    whole = page.context["stands"].whole
    assert min(whole.judged, whole.open, whole.uncounted) > 0
    assert whole.judged + whole.open + whole.uncounted == whole.elements
    assert f"{whole.uncounted} elements are such." in page.content.decode()


def test_what_fell_short_is_paged_and_what_somebody_may_not_see_is_counted_only(client, facility):
    end = timezone.now() - 45 * DAY
    for n in range(60):
        make.record(start=end - DAY, end=end, confidentiality=5 if n % 2 else 2)
    reading = take(facility)["discharge-summary"]
    client.force_login(make.person(role="Surveyor"))
    seen, after = set(), 0
    address = reverse("reading_page", args=[reading.pk])
    for _page in range(2):
        response = client.get(address, {"after": after})
        seen |= {one.number for one in response.context["shown"]}
        after = response.context["next"] or 0
    assert after == 0
    assert len(seen) == 3 + 30
    for wrong in ("second", "-1", "9" * 40, "²"):
        assert client.get(address, {"after": wrong}).status_code == 400
    assert "not yours to see" in response.content.decode()


def test_where_one_chart_counts_more_than_once_both_numbers_are_told(desk, facility):
    numbers, now = [make.record().pk for _twice in range(2)], timezone.now()
    reading = Reading.objects.create(
        facility=facility,
        metric="verbal-orders",
        day=now.date(),
        as_of=now,
        known_at=now,
        numerator=7,
        denominator=10,
        offenders=[*numbers, numbers[0]],
        aim="0.9",
    )
    page = desk.get(reverse("reading_page", args=[reading.pk])).content.decode()
    assert "3; 2 in the list, some count more than once" in page


def test_every_screen_of_it_answers_within_the_queries_of_a_page(desk, facility):
    for days in range(8, -1, -1):
        take(facility, days)
    measured = Element.objects.get(code="A-0468")
    for name, address in {
        "framework_page": reverse("framework_page", args=["MAIN", "cms-hospital"]),
        "element_page": reverse("element_page", args=["MAIN", measured.pk]),
        "measure_page": reverse("measure_page", args=["MAIN", "discharge-summary"]),
    }.items():
        desk.get(address)
        with counted(name):
            response = desk.get(address)
        assert response.status_code == 200
    assert "within the limits" in response.content.decode()
    assert "<table" in response.content.decode()


def test_what_is_measured_and_asked_for_by_no_element_stands_beside_them(desk, facility):
    Reading.objects.create(
        facility=facility, metric="exclusion-checks", day=timezone.localdate(), as_of=timezone.now(),
        known_at=timezone.now(), numerator=1, denominator=2, offenders=[7], aim=1,
    )  # fmt: skip
    page = desk.get("/readiness/")
    assert [metric.code for metric, _reading in page.context["beside"]] == ["exclusion-checks"]
    assert "asked for by no element" in page.content.decode()


def test_a_past_day_shows_the_readings_of_then(desk, facility):
    take(facility, days=3)
    day = (timezone.now() - 5 * DAY).date()
    assert "nothing was measured yet" in desk.get("/readiness/at/MAIN/", {"day": day.isoformat()}).content.decode()
    assert "7 of 10" in desk.get("/readiness/at/MAIN/").content.decode()


@pytest.mark.parametrize("address", ["/readiness/at/MAIN/", "/readiness/at/MAIN/frameworks/hipaa/"])
@pytest.mark.parametrize(("wrong", "words"), [("tomorrow", "“tomorrow” is no day"), ("2199-01-01", "past days")])
def test_what_is_no_day_is_said_beside_its_field_on_the_page_of_today(desk, facility, address, wrong, words):
    page = desk.get(address, {"day": wrong})
    assert (page.status_code, page.context["day"]) == (400, timezone.localdate())
    told = page.content.decode()
    assert words in told.partition('id="day_error"')[2].partition("</p>")[0]
    assert 'aria-describedby="day_error"' in told


def test_what_stands_otherwise_than_the_day_before_is_told_what_got_worse_first(desk, facility):
    end = timezone.now() - 45 * DAY
    for n in range(10):
        make.document(make.record(start=end - DAY, end=end, visit=f"whole-{n}"), authored=end, signed=end)
    with_more = take(facility, days=1)["discharge-summary"]
    assert (with_more.numerator, with_more.denominator) == (17, 20)
    for _n in range(6):
        make.record(start=end - DAY, end=end)
    take(facility)
    moved = desk.get("/readiness/").context["changed"]
    codes = [one.now.element.code for one in moved]
    assert {"A-0468", "RC.02.04.01"} <= set(codes)
    assert all(one.is_worse for one in moved)
    assert [one.before.result for one in moved if one.now.element.code == "A-0468"] == ["partly"]


def test_any_earlier_day_can_be_compared_with_and_nothing_but_an_earlier_day(desk, facility):
    take(facility, days=6)
    end = timezone.now() - 45 * DAY
    for n in range(20):
        make.document(make.record(start=end - DAY, end=end, visit=f"whole-{n}"), authored=end, signed=end)
    take(facility, days=2)
    today = timezone.localdate()
    page = desk.get("/readiness/", {"since": (today - 5 * DAY).isoformat()})
    (one,) = [one for one in page.context["changed"] if one.now.element.code == "A-0468"]
    assert (one.before.result, one.now.result, one.is_worse) == ("not_met", "met", False)
    assert "Since the end of" in page.content.decode()
    then, now = page.context["different"].whole.percent, page.context["stands"].whole.percent
    assert then < now
    assert f"{then}% at the end of <time" in page.content.decode()
    assert desk.get("/readiness/", {"since": (today - DAY).isoformat()}).context["different"].number == 0
    past = {"day": (today - 3 * DAY).isoformat()}
    assert desk.get("/readiness/", past | {"since": (today - 4 * DAY).isoformat()}).status_code == 200
    for wrong in (past["day"], today.isoformat(), "2199-01-01", "1999-12-31", "then"):
        refused = desk.get("/readiness/", past | {"since": wrong})
        assert (refused.status_code, refused.context["since"]) == (400, None), wrong
        assert 'id="since_error"' in refused.content.decode(), wrong


def test_what_entered_with_a_new_edition_and_what_left_with_the_old_one_are_told(desk, facility):
    today = timezone.localdate()
    library.load(edition("1", today - 30 * DAY, {"code": "O-1"}))
    actions.assess(Element.objects.get(code="O-1"), facility, result="met", because="Seen.", by=make.manager("judge"))
    library.load(edition("2", today - 2 * DAY, {"code": "N-1"}, {"code": "N-2"}))
    address = {"since": (today - 5 * DAY).isoformat()}
    desk.get("/readiness/", address)
    page = desk.get("/readiness/", address)
    different = page.context["different"]
    assert [one.element.code for one in different.entered] == ["N-1", "N-2"]
    assert [one.element.code for one in different.left] == ["O-1"]
    assert "Entered:" in page.content.decode()
    assert "Left:" in page.content.decode()
    later = desk.get("/readiness/", {"since": (today - DAY).isoformat()}).context["different"]
    assert later.entered == later.left == []


def test_a_comparison_over_a_change_of_editions_asks_no_more_of_the_database(desk, facility):
    today = timezone.localdate()
    library.load(edition("1", today - 30 * DAY, {"code": "O-1"}))
    library.load(edition("2", today - 2 * DAY, {"code": "N-1"}))
    address = {"since": (today - 5 * DAY).isoformat()}
    desk.get("/readiness/", address)
    with counted("readiness"):
        desk.get("/readiness/", address)


def test_a_person_judges_what_no_measure_judges_with_a_reason(desk, facility):
    asked = Element.objects.get(code="A-0439")
    address = reverse("element_assess", args=["MAIN", asked.pk])
    form = {"result": "met", "because": "Retention schedule of 3 May, sample of ten.", "after": 0}
    assert desk.post(address, form | {"because": " "}).status_code == 422
    assert desk.post(address, form).status_code == 302
    assert desk.post(address, form | {"result": "not_met"}).status_code == 409
    assert desk.post(address, form | {"result": "perfect"}).status_code == 422
    one = Assessment.objects.get()
    assert (one.result, one.by.username) == ("met", "manager")
    assert "Retention schedule" in desk.get(reverse("element_page", args=["MAIN", asked.pk])).content.decode()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Assessment.objects.update(result="not_met")


def test_nobody_talks_a_measured_element_better(desk, facility):
    asked = Element.objects.get(code="A-0468")
    assert desk.post(reverse("element_assess", args=["MAIN", asked.pk])).status_code == 404
    with pytest.raises(DomainError, match="by what is measured"):
        actions.assess(asked, facility, result="met", because="It is.", by=make.person())
    assert not Assessment.objects.exists()


@pytest.fixture
def of_others(facility):
    """An element of critical access hospitals that people judge, beside one of the acute hospitals that MAIN is."""
    crosswalks.load_all()
    return Element.objects.get(code="485.638(c)")


def test_an_element_that_does_not_bind_the_facility_is_shown_with_nothing_to_do(desk, of_others):
    assert not of_others.bindings.exists()
    page = desk.get(reverse("element_page", args=["MAIN", of_others.pk])).content.decode()
    assert "does not bind this facility" in page
    assert of_others.asks in page
    framework = reverse("framework_page", args=["MAIN", of_others.edition.framework.code])
    for address in (
        framework,
        reverse("element_assess", args=["MAIN", of_others.pk]),
        reverse("evidence_add", args=["MAIN", of_others.pk, "file"]),
        reverse("take_over", args=["MAIN"]),
    ):
        assert address not in page, address
    for words in ("not judged yet", "Nobody has judged it yet", "Nothing was laid down"):
        assert words not in page, words
    bound = desk.get(reverse("element_page", args=["MAIN", Element.objects.get(code="A-0439").pk])).content.decode()
    assert f"{of_others.edition.framework}, does not bind this facility" in bound
    assert "Judge it" in bound


def test_a_measure_says_which_of_its_elements_do_not_bind_the_facility(desk, facility):
    page = desk.get(reverse("measure_page", args=["MAIN", "discharge-summary"])).content.decode()
    elements = Element.objects.filter(bindings__metric="discharge-summary").select_related("edition__framework")
    others = {"cms-critical-access", "texas"}
    assert others < {one.edition.framework.code for one in elements}
    for one in elements:
        beside = page.split(f">{one}</a>")[1].split("</li>")[0]
        assert ("does not bind this facility" in beside) == (one.edition.framework.code in others), one


def test_nobody_judges_what_does_not_bind_the_facility(desk, facility, of_others):
    address = reverse("element_assess", args=["MAIN", of_others.pk])
    assert desk.get(address).status_code == 404
    assert desk.post(address, {"result": "met", "because": "Seen.", "after": 0}).status_code == 404
    with pytest.raises(DomainError, match="does not bind"):
        actions.assess(of_others, facility, result="met", because="Seen.", by=make.person())
    assert not Assessment.objects.exists()
    facility.kind = Facility.Kind.CRITICAL_ACCESS
    facility.save()
    assert desk.post(address, {"result": "met", "because": "Seen.", "after": 0}).status_code == 302


def test_an_edition_that_is_no_longer_in_force_can_still_be_judged_and_looked_at(desk, facility):
    today = timezone.localdate()
    library.load(edition("1", today - 30 * DAY, {"code": "O-1"}))
    library.load(edition("2", today, {"code": "N-1", "follows": ["O-1"]}))
    asked = Element.objects.get(code="O-1")
    page = desk.get(reverse("element_page", args=["MAIN", asked.pk])).content.decode()
    assert "Judge it" in page
    assert "does not bind" not in page
    assert desk.get(reverse("framework_page", args=["MAIN", asked.edition.framework.code])).status_code == 200
    form = {"result": "met", "because": "Seen.", "after": 0}
    assert desk.post(reverse("element_assess", args=["MAIN", asked.pk]), form).status_code == 302
    assert desk.get(reverse("evidence_add", args=["MAIN", asked.pk, "policy"])).status_code == 200


def test_what_else_lacks_something_is_a_link_away(desk, facility):
    take(facility)
    page = desk.get("/readiness/", {"day": timezone.localdate().isoformat()})
    more, told = page.context["more"], page.content.decode()
    assert more > 0
    address = f"?day={timezone.localdate()}&amp;needs=all#first-heading"
    assert f'{address}">{more} more lack something' in told
    page = desk.get("/readiness/", {"needs": "all"})
    assert (len(page.context["first"]), page.context["more"]) == (more + 12, 0)


def test_a_past_day_says_by_what_it_is_told(desk, facility):
    words = "by what was read, judged and laid down by then"
    assert words not in desk.get("/readiness/").content.decode()
    past = {"day": (timezone.localdate() - DAY).isoformat()}
    assert words in desk.get("/readiness/", past).content.decode()


def test_the_form_of_an_aim_says_which_reading_is_the_first_to_count_by_it(desk, facility):
    page = desk.get(reverse("measure_aim", args=["MAIN", "discharge-summary"])).content.decode()
    assert "from the next night’s reading on" in page


def test_an_aim_counts_from_its_day_on_and_leaves_what_was_read(desk, facility):
    before = take(facility, days=1)["discharge-summary"]
    form = {"percent": "60", "since": timezone.localdate().isoformat(), "because": "The bylaws of this year."}
    address = reverse("measure_aim", args=["MAIN", "discharge-summary"])
    assert desk.post(address, form | {"since": "2020-01-01"}).status_code == 422
    assert desk.post(address, form | {"percent": "0"}).status_code == 422
    assert desk.post(address, form).status_code == 302
    assert Aim.objects.get().share == Decimal("0.6")
    after = take(facility)["discharge-summary"]
    assert (before.aim, after.aim) == (Decimal("0.9"), Decimal("0.6"))


def test_a_second_judgement_of_the_same_page_is_refused(facility):
    asked, by = Element.objects.get(code="A-0439"), make.manager()
    actions.assess(asked, facility, result="met", because="Seen.", after=0, by=by)
    with pytest.raises(Conflict, match="meanwhile"):
        actions.assess(asked, facility, result="not_met", because="Not seen.", after=0, by=by)


def test_the_same_judgement_sent_twice_by_the_same_person_is_kept_once(facility):
    asked, by = Element.objects.get(code="A-0439"), make.manager()
    said = {"result": "met", "because": "Seen.", "after": 0}
    first = actions.assess(asked, facility, by=by, **said)
    assert actions.assess(asked, facility, by=by, **said) == first
    assert Assessment.objects.get() == first
    with pytest.raises(Conflict, match="meanwhile"):
        actions.assess(asked, facility, by=make.manager("other"), **said)


def edition(code: str, since: date, *elements: dict) -> dict:
    """A framework of one chapter."""
    chapter = {"code": "1", "title": "All", "element": [{"asks": "It", "basis": "bylaws"} | one for one in elements]}
    about = {"code": "house", "title": "House rules", "source": "https://example.org/", "kinds": ["hospital"]}
    return about | {"edition": code, "effective_from": since, "chapter": [chapter]}


def test_a_new_edition_loses_no_judgement_and_asks_for_it_to_be_confirmed(desk, facility):
    today, by = timezone.localdate(), make.manager("judge")
    library.load(edition("1", today - 30 * DAY, {"code": "O-1"}, {"code": "O-2"}))
    for code, result in (("O-1", "met"), ("O-2", "not_met")):
        asked = Element.objects.get(code=code)
        actions.assess(asked, facility, result=result, because=f"Seen in {code}.", by=by)
    library.load(edition("2", today, {"code": "N-1", "follows": ["O-1"]}, {"code": "N-2", "follows": ["O-1", "O-2"]}))
    kept = Assessment.objects.count()

    rows = {one.element.code: one for one in desk.get("/readiness/").context["stands"].scores}
    assert {"O-1", "O-2"}.isdisjoint(rows)
    one, merged = rows["N-1"], rows["N-2"]
    assert (one.result, one.is_carried, one.points) == ("met", True, 0.5)
    assert (merged.result, merged.is_carried, merged.points) == ("not_met", True, 0.0)

    page = reverse("element_page", args=["MAIN", one.element.pk])
    assert "Seen in O-1. Confirm it" in desk.get(page).content.decode()
    actions.assess(one.element, facility, result="met", because="Still so.", after=0, by=by)
    confirmed = desk.get(page)
    assert (confirmed.context["score"].points, confirmed.context["score"].is_carried) == (1.0, False)
    assert Assessment.objects.count() == kept + 1


def test_evidence_is_proposed_for_what_takes_the_place_of_its_element_and_supports_it_once_somebody_says_so(
    desk, facility
):
    today = timezone.localdate()
    library.load(edition("1", today - 30 * DAY, {"code": "O-1"}, {"code": "O-2"}))
    old = Element.objects.get(code="O-1")
    good, gone = laid(old, title="Good"), laid(old, title="Gone")
    withdraw(gone.evidence, because="Of another hospital.", by=gone.by)
    library.load(edition("2", today, {"code": "N-1", "follows": ["O-1"]}, {"code": "N-2", "follows": ["O-2"]}))
    new = Element.objects.get(code="N-1")
    address = reverse("element_page", args=["MAIN", new.pk])
    page = desk.get(address)
    assert [one.evidence_id for one in page.context["to_reconfirm"]] == [good.evidence_id]
    assert "to reconfirm" in page.content.decode()
    assert evidence_of(facility, [new], today)[new.pk] == []
    assert desk.get(reverse("element_page", args=["MAIN", old.pk])).context["to_reconfirm"] == []

    asked = reverse("evidence_reconfirm", args=["MAIN", new.pk, good.evidence_id])
    assert desk.post(reverse("evidence_reconfirm", args=["MAIN", new.pk, gone.evidence_id])).status_code == 404
    assert desk.post(asked).status_code == 302
    assert [one.evidence_id for one in evidence_of(facility, [new], today)[new.pk]] == [good.evidence_id]
    page = desk.get(address)
    assert page.context["to_reconfirm"] == []
    assert desk.post(asked).status_code == 404


def test_the_page_of_an_element_that_follows_another_asks_no_more_than_a_page_may(desk, facility):
    today = timezone.localdate()
    library.load(edition("1", today - 30 * DAY, {"code": "O-1"}))
    laid(Element.objects.get(code="O-1"))
    actions.assess(Element.objects.get(code="O-1"), facility, result="met", because="Seen.", by=make.manager("judge"))
    library.load(edition("2", today, {"code": "N-1", "follows": ["O-1"]}))
    address = reverse("element_page", args=["MAIN", Element.objects.get(code="N-1").pk])
    desk.get(address)
    with counted("element_page_carried"):
        assert desk.get(address).status_code == 200


@pytest.mark.parametrize(
    ("role", "sees", "judges", "aims"),
    [
        ("Records manager", 200, 200, 200),
        ("Records supervisor", 200, 200, 403),
        ("Privacy officer", 200, 200, 403),
        ("Surveyor", 200, 403, 403),
        ("Records clerk", 403, 403, 403),
        ("Interface engineer", 403, 403, 403),
    ],
)
def test_who_sees_judges_and_aims(client, facility, role, sees, judges, aims):
    take(facility)
    client.force_login(make.person(role=role))
    asked = Element.objects.get(code="A-0439")
    for address in (
        "/readiness/",
        reverse("framework_page", args=["MAIN", "hipaa"]),
        reverse("element_page", args=["MAIN", asked.pk]),
        reverse("measure_page", args=["MAIN", "entries"]),
        reverse("reading_page", args=[Reading.objects.order_by("pk").first().pk]),
    ):
        assert client.get(address).status_code == sees, address
    assert client.get(reverse("element_assess", args=["MAIN", asked.pk])).status_code == judges
    assert client.get(reverse("measure_aim", args=["MAIN", "entries"])).status_code == aims


def test_nobody_reaches_into_another_facility(client, facility):
    reading = take(facility)["discharge-summary"]
    other = make.facility("OTHER")
    client.force_login(make.manager(facilities=[other]))
    asked = Element.objects.get(code="A-0439")
    for address in (
        "/readiness/at/MAIN/",
        reverse("framework_page", args=["MAIN", "hipaa"]),
        reverse("element_page", args=["MAIN", asked.pk]),
        reverse("measure_page", args=["MAIN", "entries"]),
        reverse("reading_page", args=[reading.pk]),
        reverse("element_assess", args=["MAIN", asked.pk]),
        reverse("measure_aim", args=["MAIN", "entries"]),
    ):
        assert client.get(address).status_code == 404, address
    assert client.get("/readiness/at/OTHER/").status_code == 200


def test_who_reaches_no_facility_is_told_so(client, facility):
    client.force_login(make.person(role="Surveyor", facilities=[]))
    assert "No facility is yours" in client.get("/readiness/").content.decode()


def test_a_program_reads_what_was_measured_of_its_facilities(facility):
    cache.clear()
    for days in (1, 0):
        take(facility, days)
    program = Program(facilities=[facility])
    day = timezone.localdate().isoformat()
    answer = program.get("compliance/readings/", {"measure": "discharge-summary", "since": day}).json()
    (one,) = answer["results"]
    assert (one["numerator"], one["denominator"], one["share"], one["aim"]) == (7, 10, 0.7, 0.9)
    nothing = program.get("compliance/readings/", {"measure": "verbal-orders", "since": day}).json()["results"][0]
    assert (nothing["denominator"], nothing["share"]) == (0, None)
    assert "offenders" not in one
    other = Program("elsewhere", facilities=[make.facility("OTHER")])
    assert other.get("compliance/readings/").json()["results"] == []
    assert other.get(f"compliance/readings/{one['id']}/").status_code == 404
    without = Program("other", facilities=[facility], scope="system/Record.read")
    assert without.get("compliance/readings/").status_code == 403
