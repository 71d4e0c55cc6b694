"""The screens of rules: who may see them, how they are narrowed, and what a rule's page tells."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from records.completeness import requirements
from records.models import Profile, Requirement
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make.manager())
    return client


@pytest.fixture
def summary() -> Requirement:
    """A rule with a second version, in force since a month ago: within 15 days instead of 30."""
    first = make.requirement(code="DS")
    fields = {name: getattr(first, name) for name in ("topic", "title", "basis", "trigger", "document_types")}
    month_ago = timezone.localdate() - timedelta(days=30)
    first.profile.facilities.add(make.facility())
    return requirements.publish(
        first.profile,
        code="DS",
        effective_from=month_ago,
        because="The medical staff voted.",
        due_after_days=15,
        **fields,
    )


def codes(response) -> list[str]:
    return [f"{row.code} {row.version}" for row in response.context["page"]]


@pytest.mark.parametrize(
    ("role", "status"),
    [("Records manager", 200), ("Records clerk", 200), ("Surveyor", 200), ("Interface engineer", 403)],
)
def test_who_sees_records_sees_the_rules_that_they_are_held_to(client, summary, role, status):
    client.force_login(make.person(role=role))
    for address in ("/rules/", f"/rules/{summary.pk}/", f"/rules/{summary.pk}/compare/"):
        assert client.get(address).status_code == status, address


def test_the_list_is_of_what_is_in_force_today_unless_asked_otherwise(desk, summary):
    to_come = make.requirement("NEXT", effective=(timezone.localdate() + timedelta(days=9), None))
    assert codes(desk.get("/rules/")) == ["DS 2"]
    assert codes(desk.get("/rules/?state=ended")) == ["DS 1"]
    assert codes(desk.get("/rules/?state=to_come")) == [f"{to_come.code} 1"]
    assert len(codes(desk.get("/rules/?state=any"))) == 3
    assert codes(desk.get(f"/rules/?day={timezone.localdate() - timedelta(days=31)}")) == ["DS 1"]


def test_the_list_is_narrowed_by_profile_topic_trigger_and_facility(desk, summary):
    other = Profile.objects.create(code="state", title="State", kind="state", rank=20)
    make.requirement("HP", topic="history", trigger="admission", due_after_hours=24)
    Requirement.objects.filter(code="HP").update(profile=other)
    for query, expected in {
        f"profile={other.pk}&binds=any": ["HP 1"],
        "topic=history&binds=any": ["HP 1"],
        "trigger=discharge": ["DS 2"],
        f"facility={make.facility().pk}": ["DS 2"],
    }.items():
        assert codes(desk.get(f"/rules/?{query}")) == expected, query


@pytest.fixture
def unadopted(summary) -> Requirement:
    """A rule on the same topic, of a profile that no facility has adopted."""
    state = Profile.objects.create(code="state", title="State", kind="state", rank=20)
    rule = make.requirement("DS-STATE", topic=summary.topic, due_after_days=7)
    Requirement.objects.filter(pk=rule.pk).update(profile=state)
    return rule


def test_the_list_is_of_what_binds_the_person_s_facilities_unless_asked_otherwise(desk, summary, unadopted):
    assert codes(desk.get("/rules/")) == ["DS 2"]
    assert codes(desk.get("/rules/?binds=nobody")) == ["DS-STATE 1"]
    assert sorted(codes(desk.get("/rules/?binds=any"))) == ["DS 2", "DS-STATE 1"]
    assert desk.get("/rules/?binds=any").content.decode().count("adopted by nobody") == 1
    unadopted.refresh_from_db()
    unadopted.profile.facilities.add(make.facility("EAST"))
    assert codes(desk.get("/rules/")) == ["DS 2"]
    assert codes(desk.get("/rules/?binds=nobody")) == []


def test_what_nobody_adopted_is_not_called_in_force_and_beside_it_stands_what_binds(desk, summary, unadopted):
    shown = desk.get(f"/rules/{unadopted.pk}/")
    assert shown.context["state"] == ("quiet", "adopted by nobody")
    assert [version.state for version in shown.context["versions"]] == [("quiet", "adopted by nobody")]
    assert "binds your facilities" in shown.content.decode()
    shown = desk.get(f"/rules/{summary.pk}/")
    assert shown.context["state"] == ("good", "in force")
    assert "does not bind your facilities" in shown.content.decode()


def test_a_day_that_is_none_is_refused_beside_its_filter(desk):
    response = desk.get("/rules/?day=yesterday")
    assert response.status_code == 400
    assert "In force on" in response.content.decode()


def test_a_rule_s_page_tells_it_in_plain_language_with_its_versions_and_why(desk, summary):
    shown = desk.get(f"/rules/{summary.pk}/").content.decode()
    assert "must be on the record within 15 calendar days after discharge" in shown
    assert "The medical staff voted." in shown
    assert "<del>30</del>" in shown
    assert "Main hospital" in shown


def test_a_version_that_was_replaced_says_so(desk, summary):
    first = Requirement.objects.get(code="DS", version=1)
    assert "This version was replaced." in desk.get(f"/rules/{first.pk}/").content.decode()
    assert "This version was replaced." not in desk.get(f"/rules/{summary.pk}/").content.decode()


def test_what_a_rule_found_is_counted_by_the_list_that_it_opens(desk, summary):
    run = make.audit_run()
    make.deficiency(requirement=summary, opened_at=run.as_of)
    make.deficiency(requirement=summary, kind="unsigned")
    make.deficiency(
        requirement=summary, status="waived", waived_at=run.as_of, waived_by=make.person(), waived_because="x"
    )
    make.deficiency(make.record(confidentiality=5), requirement=summary)
    make.expected(requirement=summary)
    found = desk.get(f"/rules/{summary.pk}/").context["findings"]
    assert (found.open.number, found.tonight.number, found.expected.number) == (2, 1, 1)
    assert [(kind, figure.number) for kind, figure in found.by_kind] == [("missing", 1), ("unsigned", 1)]
    for figure in (found.open, found.tonight, found.expected, found.by_kind[0][1]):
        assert len(desk.get(figure.address).context["page"]) == figure.number, figure.address


def test_two_versions_are_compared_field_by_field_and_in_plain_language(desk, summary):
    shown = desk.get(f"/rules/{summary.pk}/compare/")
    assert shown.context["changes"] == [("Due after calendar days", "30", "15")]
    assert shown.content.decode().count("<mark>") == 2


def test_a_version_that_is_not_there_is_not_compared(desk, summary):
    assert desk.get(f"/rules/{summary.pk}/compare/?with=9").status_code == 400


def test_what_the_pages_cost(desk, summary):
    make.requirement("HP", effective=(date(2026, 1, 1), None))
    make.audit_run()
    for page, address in {
        "rule_list": "/rules/",
        "rule_page": f"/rules/{summary.pk}/",
        "rule_compare": f"/rules/{summary.pk}/compare/",
    }.items():
        with counted(page):
            desk.get(address)
