"""Taking over by crosswalk: what is proposed, held against a plain recomputation, and the act."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, permutations, product

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.crosswalks import library as crosswalks
from compliance.crosswalks.models import Correspondence, Relation
from compliance.scoring import actions, scores, takeover
from compliance.scoring.models import Assessment, Reading, Result
from compliance.scoring.scores import WORST_FIRST, Score
from compliance.standards import library
from compliance.standards.models import Element
from himdept.common.errors import Conflict, DomainError
from tests import factories as make
from tests.queries import counted

EQUAL, SUPERSET, SUBSET, INTERSECTS = Relation.EQUAL, Relation.SUPERSET, Relation.SUBSET, Relation.INTERSECTS
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def holds(relation: Relation, one: frozenset, other: frozenset) -> bool:
    """What a relation says, of sets of things that are asked for."""
    return {
        EQUAL: one == other,
        SUPERSET: one > other,
        SUBSET: one < other,
        INTERSECTS: bool(one & other) and not one <= other and not one >= other,
    }[relation]


SETS = [frozenset(some) for size in (1, 2, 3, 4) for some in combinations("wxyz", size)]


@pytest.mark.parametrize("second", Relation)
@pytest.mark.parametrize("first", Relation)
def test_what_follows_of_two_links_is_what_is_so_of_all_sets(first, second):
    triples = [
        (one, last)
        for one, between, last in product(SETS, repeat=3)
        if holds(first, one, between) and holds(second, between, last)
    ]
    always = {
        EQUAL: all(one == last for one, last in triples),
        SUPERSET: all(one >= last for one, last in triples),
        SUBSET: all(one <= last for one, last in triples),
        INTERSECTS: all(one & last for one, last in triples),
    }
    expected = next((relation for relation in takeover.STRONGEST_FIRST if always[relation]), None)
    assert takeover.FOLLOWS.get((first, second)) == expected


def stands(*results: Result | None, measured=()) -> list[Score]:
    """Elements 1 and on with these results; those that are `measured` by measures, the others by a person."""
    rows = []
    for number, result in enumerate(results, 1):
        element, at = Element(pk=number, code=f"E-{number}", ordinal=number), NOW - number * DAY
        if result is None:
            rows.append(Score(element, None, scores.OPEN))
        elif number in measured:
            rows.append(Score(element, result, reading=Reading(pk=number, as_of=at)))
        else:
            rows.append(Score(element, result, assessment=Assessment(pk=number, element=element, result=result, at=at)))
    return rows


def beside(rows: list[Score], *links: tuple[int, Relation, int]) -> list[Correspondence]:
    return [
        Correspondence(one=rows[one - 1].element, relation=relation, other=rows[other - 1].element)
        for one, relation, other in links
    ]


def of_first(results, *links, measured=()) -> takeover.Proposal | None:
    """What is proposed of element 1."""
    rows = stands(None, *results, measured=measured)
    told = takeover.proposals(rows, beside(rows, *links))
    return next((one for one in told if one.element.pk == 1), None)


MET, PARTLY, NOT_MET, NOT_APPLICABLE = Result.MET, Result.PARTLY, Result.NOT_MET, Result.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("relation", "result", "expected", "to_confirm"),
    [
        (EQUAL, MET, MET, False),
        (EQUAL, PARTLY, PARTLY, False),
        (EQUAL, NOT_MET, NOT_MET, False),
        (SUPERSET, MET, MET, False),
        (SUPERSET, PARTLY, PARTLY, True),
        (SUPERSET, NOT_MET, NOT_MET, True),
        (SUBSET, MET, PARTLY, True),
        (SUBSET, NOT_MET, NOT_MET, True),
        (INTERSECTS, MET, PARTLY, True),
        (INTERSECTS, PARTLY, PARTLY, True),
    ],
)
def test_partial_cover_is_partly_met_at_best_and_what_is_not_sure_is_to_be_confirmed(
    relation, result, expected, to_confirm
):
    one = of_first([result], (2, relation, 1))
    assert (one.result, one.to_confirm) == (expected, to_confirm)


@pytest.mark.parametrize(
    ("relation", "result", "expected", "to_confirm"),
    [
        (EQUAL, MET, MET, False),
        (EQUAL, PARTLY, PARTLY, False),
        (EQUAL, NOT_MET, NOT_MET, False),
        (SUPERSET, MET, PARTLY, True),
        (SUPERSET, PARTLY, PARTLY, True),
        (SUPERSET, NOT_MET, NOT_MET, True),
        (SUBSET, MET, PARTLY, True),
        (INTERSECTS, MET, PARTLY, True),
    ],
)
def test_what_measures_judge_is_full_cover_for_nothing_but_what_asks_the_same(relation, result, expected, to_confirm):
    one = of_first([result], (2, relation, 1), measured={2})
    assert (one.result, one.to_confirm) == (expected, to_confirm)


def test_somebody_who_judged_all_and_more_lifts_what_measures_leave_open():
    links = (2, SUPERSET, 1), (3, SUPERSET, 1)
    assert of_first([MET, MET], *links, measured={2}).result == MET
    assert of_first([MET, MET], *links, measured={2, 3}).result == PARTLY
    assert of_first([None, MET], (2, EQUAL, 1), (3, SUPERSET, 2), measured={3}).to_confirm


def test_that_something_does_not_apply_is_passed_on_by_what_asks_the_same_alone():
    assert of_first([NOT_APPLICABLE], (2, EQUAL, 1)).result == NOT_APPLICABLE
    for relation in (SUPERSET, SUBSET, INTERSECTS):
        assert of_first([NOT_APPLICABLE], (2, relation, 1)) is None
    assert of_first([NOT_APPLICABLE, MET], (2, EQUAL, 1), (3, SUBSET, 1)).result == PARTLY


def test_a_chain_is_as_strong_as_its_weakest_link_and_ends_at_the_first_result():
    links = (2, EQUAL, 1), (3, SUBSET, 2)
    assert of_first([None, MET], *links).result == PARTLY
    assert [element.pk for element in of_first([None, MET], *links).sources[0].through] == [2]
    assert of_first([MET, NOT_MET], *links).result == MET


def test_two_links_of_which_nothing_follows_carry_nothing():
    assert of_first([None, MET], (2, SUPERSET, 1), (3, SUBSET, 2)) is None
    assert of_first([None, MET], (2, INTERSECTS, 1), (3, INTERSECTS, 2)) is None


def test_of_several_the_worst_is_proposed_and_one_that_covers_in_full_lifts_the_cap():
    assert of_first([MET, MET], (2, SUBSET, 1), (3, SUPERSET, 1)).result == MET
    assert of_first([MET, PARTLY], (2, EQUAL, 1), (3, SUBSET, 1)).result == PARTLY
    assert of_first([MET, MET], (2, SUBSET, 1), (3, SUBSET, 1)).result == PARTLY


def test_what_is_out_of_date_or_to_be_confirmed_has_nothing_to_give():
    rows = stands(None, PARTLY)
    links = beside(rows, (2, EQUAL, 1))
    old = Score(rows[1].element, MET, is_stale=True, assessment=rows[1].assessment)
    taken = Assessment(pk=9, element=rows[1].element, result=PARTLY, at=NOW, seen_at=NOW, to_confirm=True)
    for quiet in (old, Score(rows[1].element, PARTLY, assessment=taken)):
        assert takeover.proposals([rows[0], quiet], links) == []
    assert len(takeover.proposals(rows, links)) == 1


def test_what_was_taken_over_gives_no_more_than_what_it_rests_on():
    """2 took its result over from 3, which asks the same and is judged by measures; 2 asks more than 1."""
    rows = stands(None, MET, MET, measured={3})
    links = beside(rows, (2, SUPERSET, 1), (3, EQUAL, 2))
    taken = Assessment(pk=9, element=rows[1].element, result=MET, at=NOW, seen_at=NOW - DAY)
    rows[1] = Score(rows[1].element, MET, assessment=taken)
    (one,) = takeover.proposals(rows, links)
    assert (one.result, one.to_confirm) == (PARTLY, True)
    assert [(source.score.element.pk, [each.pk for each in source.through]) for source in one.sources] == [(3, [2])]
    rows[2] = stands(None, None, MET)[2]  # a person's, and so all that 3 and 2 ask
    (one,) = takeover.proposals(rows, links)
    assert (one.result, one.to_confirm) == (MET, False)


def plainly(number: int, results: list[Result | None], links: dict, measured: set[int]) -> tuple[Result, bool] | None:
    """The same by going along every path there is."""
    ends: dict[int, Relation] = {}
    others = [one for one in range(1, len(results) + 1) if one != number]
    for length in range(1, len(others) + 1):
        for path in permutations(others, length):
            *between, last = path
            if results[last - 1] is None or any(results[one - 1] is not None for one in between):
                continue
            relation = EQUAL
            for here, there in zip((number, *path), path, strict=False):
                link = links.get((there, here)) or (links[here, there].inverse if (here, there) in links else None)
                relation = takeover.FOLLOWS.get((link, relation)) if link and relation else None
            if relation:
                order = takeover.STRONGEST_FIRST.index
                ends[last] = min(relation, ends.get(last, relation), key=order)
    said = [
        (INTERSECTS if relation == SUPERSET and one in measured else relation, results[one - 1])
        for one, relation in ends.items()
        if results[one - 1] != NOT_APPLICABLE or relation == EQUAL
    ]
    if not said:
        return None
    worst = min((result for _relation, result in said), key=WORST_FIRST.index)
    if worst == MET and all(relation in (SUBSET, INTERSECTS) for relation, result in said if result == MET):
        return PARTLY, (EQUAL, PARTLY) not in said
    return worst, worst != MET and (EQUAL, worst) not in said


@settings(max_examples=200, deadline=None)
@given(
    results=st.lists(st.none() | st.sampled_from(Result), min_size=2, max_size=5),
    links=st.dictionaries(
        st.tuples(st.integers(1, 5), st.integers(1, 5)).filter(lambda pair: pair[0] < pair[1]),
        st.sampled_from(Relation),
        max_size=8,
    ),
    measured=st.sets(st.integers(1, 5)),
)
def test_what_is_proposed_is_what_a_walk_along_every_path_gives(results, links, measured):
    links = {pair: relation for pair, relation in links.items() if max(pair) <= len(results)}
    rows = stands(*results, measured=measured)
    told = takeover.proposals(rows, beside(rows, *((one, said, other) for (one, other), said in links.items())))
    found = {one.element.pk: (one.result, one.to_confirm) for one in told}
    expected = {
        number: plainly(number, results, links, measured) for number, one in enumerate(results, 1) if one is None
    }
    assert found == {number: one for number, one in expected.items() if one}


def framework(code: str, *elements: str) -> dict:
    chapter = {
        "code": "1",
        "title": "All",
        "element": [{"code": one, "asks": "It", "basis": "bylaws"} for one in elements],
    }
    about = {"title": f"Framework {code}", "source": "https://example.org/", "kinds": ["hospital"]}
    return about | {"code": code, "edition": "1", "effective_from": date(2024, 1, 1), "chapter": [chapter]}


@pytest.fixture
def facility(db):
    """A-1 asks the same as B-1, A-2 a part of B-2; A-1 and A-2 are judged met, nothing of the others."""
    library.load(framework("a", "A-1", "A-2"))
    library.load(framework("b", "B-1", "B-2", "B-3"))
    rows = [("A-1", "equal", "B-1"), ("A-2", "subset", "B-2")]
    crosswalks.load(
        {
            "code": "a-b",
            "edition": "1",
            "effective_from": date(2025, 1, 1),
            "between": ["a 1", "b 1"],
            "row": [dict(zip(("from", "relation", "to"), row, strict=True), because="So it is.") for row in rows],
        }
    )
    by = make.manager("judge")
    for code in ("A-1", "A-2"):
        asked = Element.objects.get(code=code)
        actions.assess(asked, make.facility(), result="met", because=f"Seen in {code}.", by=by)
    return make.facility()


@pytest.fixture
def desk(client, facility):
    client.force_login(make.manager())
    return client


ADDRESS = "/readiness/at/MAIN/take-over/"


def shown(desk) -> dict[str, takeover.Proposal]:
    return {one.element.code: one for _framework, rows in desk.get(ADDRESS).context["parts"] for one, _ticked in rows}


def value(proposal: takeover.Proposal) -> str:
    return f"{proposal.element.pk}:{proposal.mark}"


def test_every_element_that_would_change_is_shown_and_one_act_judges_what_is_ticked(desk):
    desk.get(ADDRESS)
    with counted("take_over"):
        page = desk.get(ADDRESS)
    told = shown(desk)
    assert set(told) == {"B-1", "B-2"}
    assert [ticked for _framework, rows in page.context["parts"] for _one, ticked in rows] == [True, False]
    assert "partly met, to be confirmed" in page.content.decode()
    kept = Assessment.objects.count()
    assert desk.post(ADDRESS, {"take": [value(told["B-1"]), value(told["B-2"])]}).status_code == 302
    first, second = Assessment.objects.order_by("pk")[kept:]
    assert (first.element.code, first.result, first.to_confirm, first.by.username) == ("B-1", "met", False, "manager")
    assert (second.element.code, second.result, second.to_confirm) == ("B-2", "partly", True)
    assert "Taken over from A-1 (Framework a; met, " in first.because
    assert first.seen_at == Assessment.objects.order_by("pk").first().at
    assert shown(desk) == {}
    assert "Nothing to take over" in desk.get(ADDRESS).content.decode()


def test_what_was_taken_over_in_part_waits_to_be_confirmed_until_somebody_judges_it(desk, facility):
    told = shown(desk)
    desk.post(ADDRESS, {"take": value(told["B-2"])})
    asked = told["B-2"].element
    page = desk.get(reverse("element_page", args=["MAIN", asked.pk]))
    assert page.context["score"].is_to_confirm
    assert "partly met, to be confirmed" in page.content.decode()
    actions.assess(asked, facility, result="met", because="All of it was seen.", by=make.manager("judge-2"))
    assert not desk.get(reverse("element_page", args=["MAIN", asked.pk])).context["score"].is_to_confirm


def test_what_measures_find_of_a_record_ticks_nothing_that_they_do_not_look_at(desk, facility):
    library.load_all()
    crosswalks.load_all()
    now, measures = timezone.now(), Element.objects.with_metrics().get(code="RC.02.01.01").metrics
    about = {"day": timezone.localdate(timezone=facility.zone), "as_of": now, "known_at": now, "aim": "0.9"}
    for metric in measures:
        Reading.objects.create(facility=facility, metric=metric, numerator=90, denominator=90, **about)
    rows = {one.element.code: (one, ticked) for _, part in desk.get(ADDRESS).context["parts"] for one, ticked in part}
    for code in ("A-0463", "A-0464", "A-0465", "A-0467"):
        one, ticked = rows[code]
        assert (one.result, one.to_confirm, ticked) == ("partly", True, False), code


def test_what_was_taken_over_is_as_old_as_what_it_rests_on(facility):
    asked = Element.objects.get(code="B-1")
    old = Assessment(element=asked, result="met", at=NOW, seen_at=NOW - 366 * DAY)
    assert scores.assessed(asked, old, NOW).is_stale


def test_nothing_is_taken_over_where_somebody_judged_meanwhile(desk, facility):
    told, by = shown(desk), make.manager("judge-2")
    actions.assess(told["B-1"].element, facility, result="not_met", because="Not seen.", by=by)
    kept = Assessment.objects.count()
    answer = desk.post(ADDRESS, {"take": [value(told["B-1"]), value(told["B-2"])]})
    assert answer.status_code == 409
    assert "judged meanwhile, or what it rests on has changed: B-1" in answer.content.decode()
    assert [ticked for _framework, rows in answer.context["parts"] for _one, ticked in rows] == [True]
    assert Assessment.objects.count() == kept


def test_nothing_is_taken_over_where_what_it_rests_on_says_something_else(facility):
    by = make.manager()
    told = {one.element.pk: one.mark for one in proposed(facility)}
    actions.assess(Element.objects.get(code="A-2"), facility, result="partly", because="One was missing.", by=by)
    with pytest.raises(Conflict, match="B-2"):
        actions.take_over(facility, told, by=by)
    with pytest.raises(DomainError, match="Choose what"):
        actions.take_over(facility, {}, by=by)


def proposed(facility) -> list[takeover.Proposal]:
    from compliance.scoring.standing import standing

    return takeover.proposed(standing(facility, timezone.localdate(timezone=facility.zone), now=timezone.now()))


def test_what_is_to_be_confirmed_is_never_met(facility):
    asked, by, at = Element.objects.get(code="B-3"), make.manager(), timezone.now() - DAY
    about = {"facility": facility, "element": asked, "because": "Taken over.", "by": by}
    for wrong in ({"result": "met", "seen_at": at}, {"result": "partly"}):
        with pytest.raises(DatabaseError, match="to_be_confirmed"), transaction.atomic():
            Assessment.objects.create(to_confirm=True, **about, **wrong)


def test_an_element_shows_what_it_corresponds_to_and_why(desk):
    page = desk.get(reverse("element_page", args=["MAIN", Element.objects.get(code="B-2").pk])).content.decode()
    for words in ("What it corresponds to", "asks all and more than", "A-2", "So it is.", "Framework a"):
        assert words in page, words


@pytest.mark.parametrize(
    ("role", "status"),
    [("Records manager", 200), ("Records supervisor", 200), ("Surveyor", 403), ("Records clerk", 403)],
)
def test_who_may_take_over(client, facility, role, status):
    client.force_login(make.person(role=role))
    assert client.get(ADDRESS).status_code == client.post(ADDRESS, {"take": "x"}).status_code - (status == 200) * 200


def test_what_names_no_element_is_refused_and_another_facility_is_not_reached(desk):
    for wrong in ("x", "12", "-1:a", "²:a", "9" * 40 + ":a"):
        assert desk.post(ADDRESS, {"take": wrong}).status_code == 400, wrong
    assert desk.post(ADDRESS).status_code == 422
    make.facility("OTHER")
    assert desk.get("/readiness/at/OTHER/take-over/").status_code == 404
