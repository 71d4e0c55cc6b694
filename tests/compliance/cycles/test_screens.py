"""Survey cycles in the browser: who sees and does what, what is said, and how much it asks of the database."""

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.cycles import actions
from compliance.cycles.marking import AS_MEASURED, Said
from compliance.cycles.models import Cycle, Mark, State
from compliance.evidence import actions as evidence
from compliance.standards import library
from staff.models import Facility
from tests import factories as make
from tests.compliance.cycles.acting import (
    DAY,
    SHORT,
    begun,
    closed,
    finish,
    give,
    house,
    part_of,
    read,
    review,
    row_of,
    score,
    score_rest,
)
from tests.compliance.evidence.acting import laid
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle(team):
    read(4)
    return begun(team.rosa, scored_by=team.sam)


def asked(client, name: str, *arguments, **query):
    return client.get(reverse(name, args=arguments), query)


def sent(client, name: str, *arguments, **fields):
    return client.post(reverse(name, args=arguments), fields)


def test_starting_a_cycle_leads_to_saying_who_scores_what(client, team):
    house()
    client.force_login(team.rosa)
    page = asked(client, "cycle_start")
    edition = page.context["form"].fields["editions"].queryset.get()
    today = timezone.localdate()
    wrong = sent(client, "cycle_start", title="Spring", editions=[edition.pk], begins=today, due=today - DAY)
    assert wrong.status_code == 422
    assert wrong.context["form"].errors == {"due": ["A cycle is not due before it begins."]}
    answer = sent(client, "cycle_start", title="Spring", editions=[edition.pk], begins=today, due=today + DAY)
    cycle = Cycle.objects.get()
    assert answer.headers["Location"] == reverse("cycle_assign", args=[cycle.pk])
    twice = sent(client, "cycle_start", title="Spring", editions=[edition.pk], begins=today, due=today + DAY)
    assert twice.headers["Location"] == answer.headers["Location"]
    again = sent(client, "cycle_start", title="Spring", editions=[edition.pk], begins=today, due=today + 2 * DAY)
    assert (again.status_code, "of that title" in again.content.decode()) == (422, True)
    assert Cycle.objects.get() == cycle


def assigning(page, **changes) -> dict:
    """The form of a page as a browser would send it, with what somebody changes in it."""
    fields = {}
    for form in page.context["forms"]:
        for field in form:
            value = field.value()
            fields[field.html_name] = "" if value is None else str(value)
    return fields | changes


def test_the_parts_are_assigned_on_one_page_and_what_somebody_else_did_meanwhile_is_not_undone(client, team):
    cycle = begun(team.rosa)
    client.force_login(team.rosa)
    page = asked(client, "cycle_assign", cycle.pk)
    a, m = (part_of(cycle, code) for code in "AM")
    fields = assigning(page, **{f"part-{a.pk}-assignee": team.sam.pk, f"part-{m.pk}-assignee": team.vera.pk})
    assert sent(client, "cycle_assign", cycle.pk, **fields).status_code == 302
    assert [part_of(cycle, code).assignee for code in "AM"] == [team.sam, team.vera]
    stale = assigning(page, **{f"part-{a.pk}-assignee": team.rosa.pk})
    refused = sent(client, "cycle_assign", cycle.pk, **stale)
    assert (refused.status_code, "otherwise meanwhile" in refused.content.decode()) == (409, True)
    stranger = make.person(role="Records clerk")
    fields = assigning(page, **{f"part-{a.pk}-assignee": stranger.pk})
    assert sent(client, "cycle_assign", cycle.pk, **fields).status_code == 422
    assert part_of(cycle, "A").assignee == team.sam


@pytest.mark.parametrize("days", [-1, 31])
def test_a_part_that_is_due_when_the_cycle_is_not_is_refused_beside_its_field(client, team, days):
    cycle = begun(team.rosa)
    part = part_of(cycle, "A")
    client.force_login(team.rosa)
    page = asked(client, "cycle_assign", cycle.pk)
    fields = assigning(page, **{f"part-{part.pk}-due": (cycle.begins + days * DAY).isoformat()})
    refused = sent(client, "cycle_assign", cycle.pk, **fields)
    assert refused.status_code == 422
    assert refused.context["refusal"] is None
    (errors,) = (form.errors for form in refused.context["forms"] if form.part == part)
    assert list(errors) == ["due"]
    assert errors["due"][0].startswith("The cycle goes from ")
    assert part_of(cycle, "A").due == cycle.due


def test_a_part_of_nobody_comes_due_for_who_coordinates_and_leads_to_its_assigning(client, team):
    cycle = begun(team.rosa)
    give(part_of(cycle, "M"), team.sam, by=team.rosa)
    client.force_login(team.rosa)
    page = asked(client, "coming_due_of", "cycle_parts")
    assert [(row.what, row.where) for row in page.context["part"].rows] == [
        ("Mock survey · A Chapter A: nobody scores it yet", reverse("cycle_assign", args=[cycle.pk]))
    ]
    client.force_login(team.vera)
    assert not asked(client, "coming_due_of", "cycle_parts").context["part"].rows


def test_who_may_no_longer_score_is_named_when_their_part_is_moved(client, team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    team.sam.groups.clear()
    client.force_login(team.rosa)
    page = asked(client, "cycle_assign", part.cycle_id)
    fields = assigning(page, **{f"part-{part.pk}-due": (part.due - DAY).isoformat()})
    answer = sent(client, "cycle_assign", part.cycle_id, **fields)
    assert (answer.status_code, "Sam Ito may not score here" in answer.content.decode()) == (422, True)
    assert part_of(part.cycle, "A").assignee == team.sam


def test_who_scores_sees_the_own_words_when_the_coordinator_has_said_otherwise(client, team, cycle):
    part = part_of(cycle, "A")
    score_rest(part, Said("met", because="Log of March."))
    actions.submit(part, by=team.sam)
    review(part, "A-1", SHORT, by=team.rosa)
    actions.ask(part, because="Look again.", by=team.rosa)
    client.force_login(team.sam)
    form = asked(client, "cycle_element", part.pk, row_of(part, "A-1").element.pk).context["form"]
    assert (form["result"].value(), form["because"].value()) == ("met", "Log of March.")


def test_scoring_goes_from_element_to_element_and_is_told_of_a_mark_that_came_between(client, team, cycle):
    part = part_of(cycle, "A")
    client.force_login(team.sam)
    first, second = (row_of(part, code).element.pk for code in ("A-1", "A-2"))
    answer = sent(client, "cycle_element", part.pk, first, result="met", after=0, then="next")
    assert answer.headers["Location"] == reverse("cycle_element", args=[part.pk, second])
    twice = sent(client, "cycle_element", part.pk, first, result="met", after=0, then="next")
    assert (twice.status_code, Mark.objects.count()) == (302, 1)
    stale = sent(client, "cycle_element", part.pk, first, result="partly", after=0)
    assert (stale.status_code, "meanwhile: met" in stale.content.decode()) == (409, True)
    without = sent(client, "cycle_element", part.pk, second, result="not_applicable", after=0)
    assert (without.status_code, "Say why it does not apply" in without.content.decode()) == (422, True)


def test_a_part_is_submitted_reviewed_and_closed_from_its_page(client, team, cycle):
    part = part_of(cycle, "A")
    client.force_login(team.sam)
    early = sent(client, "cycle_part_submit", part.pk)
    assert (early.status_code, "A-1, A-2 have no result yet" in early.content.decode()) == (422, True)
    assert asked(client, "cycle_part_submit", part.pk).headers["Location"] == reverse("cycle_part", args=[part.pk])
    score_rest(part)
    assert sent(client, "cycle_part_submit", part.pk).status_code == 302
    assert sent(client, "cycle_part_submit", part.pk).status_code == 409
    client.force_login(team.rosa)
    assert sent(client, "cycle_part_ask", part.pk, because="").status_code == 422
    assert sent(client, "cycle_part_ask", part.pk, because="On what does A-1 rest?").status_code == 302
    client.force_login(team.sam)
    assert "On what does A-1 rest?" in asked(client, "cycle_part", part.pk).content.decode()
    assert sent(client, "cycle_part_submit", part.pk).status_code == 302
    client.force_login(team.rosa)
    assert sent(client, "cycle_part_accept", part.pk).status_code == 302
    assert sent(client, "cycle_part_close", part.pk).status_code == 302
    part.refresh_from_db()
    assert part.state == State.CLOSED


def test_the_matrix_shows_each_finding_where_it_was_graded_and_names_what_is_not_graded(client, team, cycle):
    score(part_of(cycle, "A"), "A-1", Said("partly", "high", "limited"))
    client.force_login(team.rosa)
    page = asked(client, "cycle_page", cycle.pk)
    matrix = dict(page.context["stands"].matrix)
    cell = matrix["high"][0]
    assert ([row.element.code for row in cell.rows], cell.tone) == (["A-1"], "much")
    assert [row.element.code for row in page.context["stands"].ungraded] == ["M-1"]
    assert "Not graded yet" in page.content.decode()


def test_overruling_is_told_wherever_the_result_is(client, team, cycle):
    part = part_of(cycle, "M")
    score(part, "M-1", Said("met", because="Seen on paper."))
    client.force_login(make.person(role="Surveyor"))
    element = row_of(part, "M-1").element.pk
    for name, arguments in (
        ("cycle_page", [cycle.pk]),
        ("cycle_part", [part.pk]),
        ("cycle_element", [part.pk, element]),
    ):
        text = asked(client, name, *arguments).content.decode()
        assert "verruled" in text, name
        assert "Seen on paper." in text, name


def test_closing_a_cycle_says_what_it_comes_to_and_does_it_once(client, team, cycle):
    client.force_login(team.rosa)
    assert "These are not" in asked(client, "cycle_close", cycle.pk).content.decode()
    assert sent(client, "cycle_close", cycle.pk).status_code == 422
    for chapter in "AM":
        finish(part_of(cycle, chapter), by=team.rosa)
    assert "Its final score is 75%" in asked(client, "cycle_close", cycle.pk).content.decode()
    assert sent(client, "cycle_close", cycle.pk).status_code == 302
    assert sent(client, "cycle_close", cycle.pk).status_code == 409
    text = asked(client, "cycle_page", cycle.pk).content.decode()
    assert "Final score" in text
    assert "75%" in text


def test_a_closed_cycle_shows_what_changed_against_the_one_before(client, team):
    edition = house()
    closed(team.rosa, team.sam, [edition], said={"A-1": SHORT})
    again = closed(team.rosa, team.sam, [edition], title="Again")
    client.force_login(team.rosa)
    page = asked(client, "cycle_page", again.pk)
    assert [one.now.element.code for one in page.context["compared"].changed] == ["A-1"]


@pytest.mark.parametrize(
    ("role", "sees", "scores", "coordinates"),
    [
        ("Records manager", 200, 200, 200),
        ("Records supervisor", 200, 200, 403),
        ("Privacy officer", 200, 200, 403),
        ("Surveyor", 200, 403, 403),
        ("Records clerk", 403, 403, 403),
        ("Interface engineer", 403, 403, 403),
    ],
)
def test_who_sees_scores_and_coordinates(client, team, cycle, role, sees, scores, coordinates):
    part = part_of(cycle, "A")
    element = row_of(part, "A-1").element.pk
    client.force_login(make.person(role=role))
    for name, arguments in (
        ("cycle_list", []),
        ("cycle_page", [cycle.pk]),
        ("cycle_part", [part.pk]),
        ("cycle_element", [part.pk, element]),
    ):
        assert asked(client, name, *arguments).status_code == sees, name
    assert asked(client, "my_parts").status_code == scores
    for name, arguments in (
        ("cycle_start", []),
        ("cycle_assign", [cycle.pk]),
        ("cycle_close", [cycle.pk]),
        ("cycle_part_ask", [part.pk]),
    ):
        assert asked(client, name, *arguments).status_code == coordinates, name
    if scores == 403:
        assert sent(client, "cycle_part_submit", part.pk).status_code == 403
        assert sent(client, "cycle_element", part.pk, element, result="met", after=0).status_code == 403
    if coordinates == 403:
        for name in ("cycle_part_accept", "cycle_part_close"):
            assert sent(client, name, part.pk).status_code == 403
    assert not Mark.objects.exists()


def test_who_is_nothing_to_a_part_sees_it_and_scores_nothing(client, team, cycle):
    part = part_of(cycle, "A")
    element = row_of(part, "A-1").element.pk
    client.force_login(team.vera)
    assert "It is not yours to score now" in asked(client, "cycle_element", part.pk, element).content.decode()
    assert sent(client, "cycle_element", part.pk, element, result="met", after=0).status_code == 403
    assert sent(client, "cycle_part_submit", part.pk).status_code == 422
    assert not Mark.objects.exists()


def test_nobody_reaches_into_another_facility(client, team, cycle):
    part = part_of(cycle, "A")
    element = row_of(part, "A-1").element.pk
    client.force_login(make.manager("elsewhere", facilities=[make.facility("OTHER")]))
    for name, arguments in (
        ("cycle_page", [cycle.pk]),
        ("cycle_assign", [cycle.pk]),
        ("cycle_close", [cycle.pk]),
        ("cycle_part", [part.pk]),
        ("cycle_part_ask", [part.pk]),
        ("cycle_element", [part.pk, element]),
        ("cycle_start_at", ["MAIN"]),
    ):
        assert asked(client, name, *arguments).status_code == 404, name
    for name in ("cycle_part_submit", "cycle_part_accept", "cycle_part_close"):
        assert sent(client, name, part.pk).status_code == 404, name
    assert "Mock survey" not in asked(client, "cycle_list").content.decode()


def test_evidence_in_force_stands_beside_the_element_and_what_was_withdrawn_does_not(client, team, cycle):
    row = row_of(part_of(cycle, "A"), "A-1")
    laid(row.element, title="Retention schedule")
    gone = laid(row.element, title="Log of last year")
    evidence.withdraw(gone.evidence, because="It was another unit's.", by=team.rosa)
    client.force_login(team.sam)
    text = asked(client, "cycle_element", row.part.pk, row.element.pk).content.decode()
    assert "Retention schedule" in text
    assert "Log of last year" not in text


def test_an_element_of_another_part_is_not_there(client, team, cycle):
    client.force_login(team.sam)
    other = row_of(part_of(cycle, "M"), "M-2").element.pk
    assert asked(client, "cycle_element", part_of(cycle, "A").pk, other).status_code == 404


def test_every_page_asks_the_database_as_much_however_long_it_is(client, team):
    """With all frameworks that ship, after a cycle before."""
    edition = house()
    read(4)
    closed(team.rosa, team.sam, [edition], title="Before")
    library.load_all()
    editions = library.in_force(make.facility(), timezone.localdate())
    cycle = begun(team.rosa, editions, scored_by=team.sam)
    part = part_of(cycle, "A")
    score(part, "A-1")
    score(part_of(cycle, "M"), "M-1", Said(AS_MEASURED, "low", "limited"))
    element = row_of(part, "A-1").element.pk
    client.force_login(team.sam)
    for name, arguments in (
        ("my_parts", []),
        ("cycle_list", []),
        ("cycle_page", [cycle.pk]),
        ("cycle_part", [part.pk]),
        ("cycle_element", [part.pk, element]),
    ):
        asked(client, name, *arguments)
        with counted(name):
            assert asked(client, name, *arguments).status_code == 200
    client.force_login(team.rosa)
    for name, arguments in (("cycle_start", []), ("cycle_assign", [cycle.pk]), ("cycle_close", [cycle.pk])):
        asked(client, name, *arguments)
        with counted(name):
            assert asked(client, name, *arguments).status_code == 200


def test_who_scores_finds_their_parts_what_is_due_first(client, team, cycle):
    a, m = (part_of(cycle, code) for code in "AM")
    actions.assign(m, assignee=team.sam, due=m.due - DAY, seen=(team.sam.pk, m.due), by=team.rosa)
    client.force_login(team.sam)
    page = asked(client, "my_parts")
    assert list(page.context["to_score"]) == [m, a]
    score_rest(a)
    actions.submit(a, by=team.sam)
    page = asked(client, "my_parts")
    assert (list(page.context["to_score"]), list(page.context["handed_over"])) == ([m], [a])


def test_of_what_does_not_bind_the_facility_any_more_no_evidence_is_asked_for(client, team, cycle):
    part = part_of(cycle, "A")
    address = [part.pk, row_of(part, "A-1").element.pk]
    client.force_login(team.sam)
    assert "Add evidence" in asked(client, "cycle_element", *address).content.decode()
    Facility.objects.filter(pk=cycle.facility_id).update(kind=Facility.Kind.CRITICAL_ACCESS)
    page = asked(client, "cycle_element", *address)
    assert page.status_code == 200
    assert "Add evidence" not in page.content.decode()


def test_the_page_of_a_cycle_names_what_rests_on_nothing_and_who_went_through_it_alone(client, team):
    read(10)
    cycle = begun(team.rosa, scored_by=team.rosa)
    for chapter in ("A", "M"):
        finish(part_of(cycle, chapter), by=team.rosa)
    client.force_login(team.rosa)
    closing = asked(client, "cycle_close", cycle.pk).content.decode()
    assert "Scored and reviewed by Rosa Amberlin alone" in closing
    assert "3 are found met with neither words nor evidence" in closing
    actions.close(cycle, by=team.rosa)
    page = asked(client, "cycle_page", cycle.pk)
    assert "Scored, reviewed and closed by Rosa Amberlin alone" in page.content.decode()
    assert [row.element.code for row in page.context["bare"]] == ["A-1", "A-2", "M-2"]


def test_the_page_of_a_cycle_of_several_people_says_which_results_are_one_persons(client, team, cycle):
    give(part_of(cycle, "A"), team.rosa, by=team.rosa)
    for chapter in ("A", "M"):
        finish(part_of(cycle, chapter), by=team.rosa)
    client.force_login(team.rosa)
    page = asked(client, "cycle_page", cycle.pk).content.decode()
    assert "2 results were scored and reviewed by one and the same person" in page
    assert "alone" not in page
