"""The bench itself: at a tiny size, on the tests' own servers."""

import json
import os
import subprocess
import sys
from contextlib import closing
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from bench import growth, pages, results, states, web
from bench.__main__ import shown
from bench.nights import NIGHTS
from bench.rows import Row
from bench.web import Person
from himdept.runtime import places
from himdept.runtime.places import Trouble
from staff.models import Facility, User
from tests import factories

MACHINE = {
    "processors": 2,
    "processor": "a processor",
    "memory_mib": 4096,
    "system": "Linux",
    "load": [0.5, 0.4, 0.3],
    "commit": "abc1234",
}


@pytest.mark.django_db(transaction=True)
def test_a_tiny_hospital_is_measured_and_both_sides_agree_after_every_night(broker, tmp_path):
    measured = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.one",
            "--encounters=150",
            "--rounds=1",
            "--bundles=1",
            "--parts",
            "nights",
            "rules",
            "intake",
        ],
        cwd=places.CHECKOUT,
        env=os.environ | {"AUDIT_SHARD_SIZE": "60"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert measured.returncode == 0, measured.stderr
    size = json.loads(measured.stdout.splitlines()[-1])

    assert size["encounters"] == 150
    assert size["documents"] > size["occasions"] > 150
    rows = {row.name: row for row in map(Row.from_dict, size["rows"])}
    assert set(rows) > {night.name for night in NIGHTS}
    assert {
        "night with 2% changed, of all",
        "full re-audit by 38 rules, an occasion",
        "night with 2% changed by 38 rules, of all",
        "dry run of one rule",
        "scores of a night",
        "intake, a resource sent the first time",
        "intake, a resource sent the second time",
    } < set(rows)
    assert all(row.ours > 0 and row.theirs > 0 for row in rows.values())

    kept = results.keep(tmp_path, MACHINE, [size])
    assert json.loads(kept.read_text())["machine"] == MACHINE
    text = "\n".join(shown(MACHINE, [size], {150: results.before(tmp_path, 150)}))
    assert f"150 encounters, {size['documents']:,} documents, 14 rules" in text
    (line,) = [line for line in text.splitlines() if line.startswith("first night  ")]
    assert line.split().count(f"{rows['first night'].ratio:.2f}") == 2  # of now, and of before


@pytest.mark.django_db(transaction=True)
def test_one_row_that_differs_fails_the_bench():
    factories.deficiency()
    with states.superuser() as connection:
        states.lay_out(connection)
        with pytest.raises(Trouble, match=r"After a night .* differ in 1 rows of records_deficiency"):
            states.prove_the_same(connection, "a night")
        states.run(connection, "INSERT INTO by_hand.records_deficiency SELECT * FROM records_deficiency")
        states.prove_the_same(connection, "a night")
        states.run(connection, "UPDATE by_hand.records_deficiency SET due_at = due_at + interval '1 minute'")
        with pytest.raises(Trouble, match="differ in 2 rows of records_deficiency"):
            states.prove_the_same(connection, "a night")
        states.clear_away(connection)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_people_of_the_bench_read_every_kind_of_page(live_server):
    call_command("simulate", encounters=150, seed=1, stdout=StringIO())
    call_command("load_profiles", stdout=StringIO())
    call_command("audit", stdout=StringIO())
    ((username, password),) = web.employ(Facility.objects.get(), 1)
    kinds = pages.kinds(User.objects.get(username=username))
    assert len(kinds) == 5
    with closing(Person(urlsplit(live_server.url).port, username, password)) as person:
        for clicks in kinds.values():
            for click in list(clicks.values())[:9]:
                assert click(person) > 0  # whatever is not answered with 200 raises Trouble
    first = {address.partition("?")[0] for clicks in kinds.values() for address in clicks if "&at=" in address}
    assert first == {"/deficiencies/", "/records/"}  # both are also read further down


def test_a_budget_is_held_or_missed():
    assert Row("a row", 1.9, 1.0, "by hand", most=2.0).held
    assert not Row("a row", 2.1, 1.0, "by hand", most=2.0).held
    assert Row("a page", 0.09, 0.01, "alone", unit="ms", most=0.1, absolute=True).held
    assert Row("a row", 9.0, 1.0, "by hand").held is None


def test_growth_is_told_against_the_smallest_size():
    small = {"encounters": 100, "worker_mib": 100.0, "rows": [Row("first night", 1.0, 0.5, "by hand").as_dict()]}
    large = {"encounters": 1000, "worker_mib": 140.0, "rows": [Row("first night", 30.0, 9.0, "by hand").as_dict()]}
    night, memory = growth.rows([large, small])
    assert (night.name, night.ratio) == ("first night, a record at 1,000", 3.0)
    assert (memory.name, memory.held) == ("worker's memory at 1,000", False)
    assert growth.rows([small]) == []
