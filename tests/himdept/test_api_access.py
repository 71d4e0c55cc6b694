"""What programs read is in the access log as what people read is: who, what, when, and what for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from himdept import api
from records.models import AccessLog
from tests import factories as make
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    make.facility()
    return Program("ehr", purpose="TREAT")


def logged() -> list[tuple]:
    rows = AccessLog.objects.order_by("detail", "record")
    return [(row.user.username, row.act, row.record_id, row.detail) for row in rows]


def test_one_record(program):
    record = make.record()
    assert program.get(f"records/{record.pk}/").status_code == 200
    assert logged() == [("ehr", "sent", record.pk, "api:records-detail, TREAT")]
    assert timezone.now() - AccessLog.objects.get().at < timedelta(minutes=1)


@pytest.mark.parametrize("path", ["records/", "records/search/"])
def test_each_record_of_a_page_and_none_of_the_next_in_one_statement(program, path):
    records = [make.record() for _ in range(4)]
    ask = program.post if path.endswith("search/") else program.get
    with CaptureQueriesContext(connection) as queries:
        assert len(ask(path, {"limit": 3}).json()["results"]) == 3
    assert [row[2] for row in logged()] == [record.pk for record in records[:3]]
    assert len([1 for query in queries if query["sql"].startswith('INSERT INTO "records_accesslog"')]) == 1


def test_the_record_that_a_deficiency_tells_of_once_however_much_it_lacks(program):
    record = make.record()
    owed = [make.deficiency(record, requirement=make.requirement(code, topic=code)) for code in ("A", "B")]
    program.get("deficiencies/")
    program.get(f"deficiencies/{owed[0].pk}/")
    program.post(f"deficiencies/{owed[1].pk}/waive/", {"because": "its author has died"}, If_Match="*")
    assert logged() == [
        ("ehr", "sent", record.pk, "api:deficiencies-detail, TREAT"),
        ("ehr", "sent", record.pk, "api:deficiencies-list, TREAT"),
        ("ehr", "sent", record.pk, "api:deficiencies-waive, TREAT"),
    ]


def test_what_was_refused_was_not_read(program):
    record, elsewhere = make.record(), make.record(at=make.facility("OTHER"))
    program.get(f"records/{elsewhere.pk}/")
    program.get("records/", {"status": "odd"})
    program.post(f"deficiencies/{make.deficiency(record).pk}/waive/", {"because": "x"}, If_Match='"stale"')
    assert logged() == []


@pytest.mark.parametrize(
    "path",
    [
        "practitioners/",
        "requirements/",
        "profiles/",
        "audits/",
        "compliance/readings/",
        "compliance/cycles/",
        "compliance/evidence/",
        "compliance/controls/",
        "compliance/controls/times/",
        "statistics/delinquency/",
    ],
)
def test_what_tells_of_no_record_is_no_reading(program, path):
    make.deficiency(owed_by=make.practitioner())
    make.audit_run()
    assert program.get(path).status_code == 200
    assert logged() == []


def test_every_resource_says_whether_it_tells_of_records():
    resources = {pattern.callback.cls for pattern in api.v1 if pattern.name}
    silent = {resource.__name__ for resource in resources if not resource.record_of}
    rules = {"Requirements", "Versions", "Profiles"}
    readiness = {"Readings", "Cycles", "CycleElements", "EvidenceResource", "Controls", "ControlTimes"}
    assert silent == rules | readiness | {"Practitioners", "Audits", "Statistics"}


def test_the_privacy_officer_sees_programs_beside_people_and_never_instead_of_them(program, client):
    record, manager, officer = make.record(), make.manager(), make.person("officer", role="Privacy officer")
    for person in (manager, officer):
        browser = Browser()
        browser.force_login(person)
        for _ in range(40):  # more than are shown of either
            program.get(f"records/{record.pk}/")
        page = browser.get(f"/records/{record.pk}/")
    told = [(str(one.who), one.is_program) for one in page.context["readings"]]
    assert told == [("officer", False), ("manager", False), ("ehr", True)]
