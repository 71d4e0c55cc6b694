"""`manage.py simulate`, as a person at a terminal uses it."""

import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from compliance.digests.models import Digest
from himdept.runtime import places
from himdept.simulator import loading
from records.models import Document, Encounter, Practitioner, Profile, Record
from staff.models import User
from tests import factories

ORDINARY = {"encounters": "300", "seed": "3", "until": "2025-11-12"}
committed = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


@pytest.fixture
def simulate(capsys):
    def run(**options):
        call_command("simulate", **ORDINARY | options)
        return capsys.readouterr().out.splitlines()

    return run


@committed
def test_it_says_what_was_made_and_leaves_statistics_for_the_planner(simulate):
    (line,) = simulate()
    assert line.startswith("Main hospital: 300 encounters of ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'records_document'")
        assert cursor.fetchone()[0] == Document.objects.count() > 2000


@committed
def test_with_json_the_last_line_counts_the_rows(simulate):
    counts = json.loads(simulate(json=True)[-1])
    assert counts.pop("seconds") > 0
    assert counts == {
        "facility": "MAIN",
        "until": "2025-11-12",
        "seed": 3,
        "encounters": 300,
        "patients": Encounter.objects.values("patient").distinct().count(),
        "practitioners": Practitioner.objects.count(),
        "episodes": Record.objects.filter(episodes__isnull=False).count(),
        "documents": Document.objects.count(),
        "filings": Record.objects.filter(filings__isnull=False).count(),
    }


@committed
def test_without_a_day_the_last_one_is_yesterday(simulate):
    simulate(until=None)
    today = loading.today_in(factories.facility())
    last = max(
        moment.astimezone(factories.facility().zone) for (moment,) in Encounter.objects.values_list("start_first")
    )
    assert 1 <= (today - last.date()).days <= 5  # three hundred in four hundred days: not one on each


@committed
def test_a_demonstration_has_people_rules_and_a_name(simulate):
    simulate(demo=True)
    assert User.objects.filter(username="manager", groups__name="Records manager").exists()
    profile = Profile.objects.get(code="federal")
    assert profile.facilities.get().name == "St. Brendan Hospital"
    assert profile.requirements.count() > 10


@committed
def test_the_last_night_of_a_demonstration_has_told_the_manager_its_digest(simulate):
    simulate(demo=True, until=None)
    assert Digest.objects.get(person__username="manager").numbers["past-due"] > 0


@committed
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"encounters": "0"}, "--encounters must be between 1 and 9,000,000, not 0."),
        ({"encounters": "many"}, "--encounters must be a whole number, not 'many'."),
        ({"seed": "1.5"}, "--seed must be a whole number, not '1.5'."),
        ({"facility": "NOPE"}, "There is no facility 'NOPE'; there is MAIN."),
        ({"until": "12.11.2025"}, "--until must be a date such as 2026-11-22, not '12.11.2025'."),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(simulate, options, sentence):
    with pytest.raises(CommandError) as refused:
        simulate(demo=True, **options)
    assert str(refused.value) == sentence
    assert not Encounter.objects.exists()
    assert not Practitioner.objects.exists()
    assert not User.objects.exists()


@committed
def test_at_a_terminal_a_refusal_is_one_line_and_a_failure(embedded_servers):
    command = [sys.executable, "manage.py", "simulate", "--encounters", "-1", "--seed", "1", "--until", "2025-11-12"]
    done = subprocess.run(command, check=False, cwd=places.CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "CommandError: --encounters must be between 1 and 9,000,000, not -1.\n"
    assert done.stdout == ""


@committed
def test_the_audit_finds_what_a_hospital_has(simulate):
    """About one discharged inpatient record in sixteen is incomplete; most of these are old, and so delinquent."""
    simulate(encounters="3000", demo=True)
    call_command("audit", as_of="2025-11-12T05:00:00Z")
    discharged = Record.objects.filter(encounter__encounter_class="inpatient", encounter__end_first__isnull=False)
    delinquent = discharged.filter(status="delinquent").count() / discharged.count()
    incomplete = discharged.filter(status="incomplete").count() / discharged.count()
    assert 0.025 < delinquent < 0.065
    assert 0.045 < delinquent + incomplete < 0.10
    kinds = set(discharged.values_list("deficiency_set__kind", flat=True))
    assert {"missing", "unsigned", "late", "undated", "missing_element"} <= kinds
    serious = discharged.filter(deficiency_set__requirement__code="HP-24H").distinct().count()
    assert serious / discharged.count() < 0.10
