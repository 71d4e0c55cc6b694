"""The elements of a survey cycle as a program reads them: what counts, and what each hand said."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.cycles import actions
from compliance.cycles.marking import Said
from tests import factories as make
from tests.compliance.cycles.acting import SHORT, begun, closed, house, part_of, people, read, review, score, score_rest
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    cache.clear()
    return Program(facilities=[make.facility()], scope="system/Readiness.read")


def told(program, cycle, **query) -> dict[str, dict]:
    answer = program.get(f"compliance/cycles/{cycle.pk}/elements/", query)
    assert answer.status_code == 200, answer.content
    return {one["element"]: one for one in answer.json()["results"]}


def test_before_anybody_has_said_anything_only_measures_count(program):
    read(7)
    rows = told(program, begun(people().rosa))
    assert {code: (row["result"], row["counts"], row["done"]) for code, row in rows.items()} == {
        "A-1": (None, None, False),
        "A-2": (None, None, False),
        "M-1": ("not_met", "measures", True),
        "M-2": (None, None, False),
    }


def test_each_hand_is_told_and_the_highest_counts(program):
    by = people()
    cycle = begun(by.rosa, scored_by=by.sam)
    part = part_of(cycle, "A")
    score(part, "A-1", SHORT)
    score_rest(part)
    actions.submit(part_of(cycle, "A"), by=by.sam)
    review(part_of(cycle, "A"), "A-1", Said("partly", "low", "limited", "One of them is there."), by=by.rosa)
    row = told(program, cycle, part=part.pk)["A-1"]
    assert (row["state"], row["result"], row["counts"]) == ("submitted", "partly", "preliminary")
    assert (row["likelihood"], row["scope"]) == ("low", "limited")
    assert (row["individual"]["result"], row["individual"]["scope"]) == ("not_met", "pattern")
    assert (row["preliminary"]["because"], row["final"]) == ("One of them is there.", None)
    assert not {"by", "assignee"} & {*row, *row["individual"]}


def test_what_is_overruled_says_so_with_the_reading(program):
    by, reading = people(), read(7)
    cycle = begun(by.rosa, scored_by=by.sam)
    score(part_of(cycle, "M"), "M-1", Said("met", because="Three of them were seen on paper."))
    row = told(program, cycle)["M-1"]
    assert (row["result"], row["overruled"], row["individual"]["reading"]) == ("met", True, reading.pk)
    assert (row["individual"]["overrules"], row["individual"]["measured"]) == (True, False)


def test_of_a_closed_cycle_the_final_hand_counts(program):
    by = people()
    read(10)
    rows = told(program, closed(by.rosa, by.sam, said={"A-2": SHORT}))
    assert {row["counts"] for row in rows.values()} == {"final"}
    assert {code: row["final"]["result"] for code, row in rows.items()} == {
        "A-1": "met", "A-2": "not_met", "M-1": "met", "M-2": "met",
    }  # fmt: skip


def test_they_are_paged_and_narrowed(program):
    cycle, other = begun(people().rosa), begun(make.manager("other"), [house(name="others")], title="Another")
    path = f"compliance/cycles/{cycle.pk}/elements/"
    first = program.get(path, {"limit": 3}).json()
    rest = program.get(first["next"]).json()
    assert [one["element"] for one in first["results"] + rest["results"]] == ["A-1", "A-2", "M-1", "M-2"]
    assert list(told(program, cycle, element="M-2")) == ["M-2"]
    assert told(program, cycle, part=other.parts.first().pk) == {}
    assert program.get(path, {"elements": "M-2"}).status_code == 400


def test_another_facilitys_cycle_is_not_there_and_a_scope_is_asked_for(program):
    path = f"compliance/cycles/{begun(people().rosa).pk}/elements/"
    other = Program("elsewhere", facilities=[make.facility("OTHER")], scope="system/Readiness.read")
    assert other.get(path).status_code == 404
    without = Program("other", facilities=[make.facility()], scope="system/Record.read")
    assert without.get(path).status_code == 403


def test_it_takes_as_many_queries_for_many_as_for_one(program):
    cycle, counts = begun(people().rosa), []
    program.get("compliance/cycles/")
    for limit in (1, 200):
        with CaptureQueriesContext(connection) as queries:
            program.get(f"compliance/cycles/{cycle.pk}/elements/", {"limit": limit})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
