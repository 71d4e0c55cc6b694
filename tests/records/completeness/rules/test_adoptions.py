"""Adopting a profile for a facility, and ending that: who may, what is tried, what is kept of it."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone

from himdept.common.errors import Conflict
from records.completeness import requirements
from records.inventory import catalogue
from records.models import Adoption, Due, Profile
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return make.manager(first_name="Dolores", last_name="Marsh")


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def profile() -> Profile:
    """A summary within 30 days, which binds nobody yet."""
    catalogue.load()
    return make.requirement().profile


@pytest.fixture
def audited(profile):
    return make.audit_run(facility=make.facility())


def late(audited, **more):
    return make.record(start=audited.as_of - timedelta(days=44), end=audited.as_of - timedelta(days=40), **more)


def adopt(desk, do: str, profile="tests", **said):
    sent = {"facility": make.facility().pk, "because": "Voted on 8 December.", "do": do} | said
    return desk.post(f"/rules/profiles/{profile}/adopt/", sent)


def end(desk, do: str, **said):
    place = make.facility().pk
    sent = {"facility": place, "because": "The state repealed it.", "do": do} | said
    return desk.post(f"/rules/profiles/tests/end/{place}/", sent)


def word(response) -> str:
    return response.context["trial"].word


def binds(profile) -> bool:
    return profile.facilities.filter(pk=make.facility().pk).exists()


# -- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [("Records manager", 200), ("Records supervisor", 403), ("Records clerk", 403), ("Surveyor", 403)],
)
def test_the_manager_adopts_profiles_and_everybody_who_sees_rules_sees_whom_they_bind(client, profile, role, status):
    other = Profile.objects.create(code="bound", title="Bound", kind="state", rank=1)
    requirements.adopt(other, make.facility())
    client.force_login(make.person(role=role))
    assert client.get("/rules/profiles/tests/").status_code == 200
    assert client.get("/rules/profiles/tests/adopt/").status_code == status
    assert client.get(f"/rules/profiles/bound/end/{make.facility().pk}/").status_code == status
    assert ("Adopt</a>" in client.get("/rules/profiles/tests/").content.decode()) == (status == 200)


def test_nobody_adopts_for_a_facility_out_of_their_reach(desk, profile, audited):
    elsewhere = make.facility("OTHER")
    refused = adopt(desk, "publish", facility=elsewhere.pk, not_tried_because="x")
    assert (refused.status_code, "facility" in refused.context["form"].errors) == (422, True)
    requirements.adopt(profile, elsewhere)
    assert desk.get(f"/rules/profiles/tests/end/{elsewhere.pk}/").status_code == 404
    assert desk.post(f"/rules/profiles/tests/end/{elsewhere.pk}/", {"do": "publish"}).status_code == 404


# -- Adopting ------------------------------------------------------------------------------------------------------


def test_what_would_change_is_shown_and_nothing_is_written(desk, profile, audited):
    record, hidden = late(audited), late(audited, confidentiality=5)
    trial = adopt(desk, "try").context["trial"]
    opened = trial.effects[0]
    assert (opened.number, opened.examples, opened.hidden) == (2, [record.pk], 1)
    assert trial.effects[2].number == 2
    assert hidden.pk not in opened.examples
    assert not binds(profile)
    assert not Adoption.objects.exists()
    assert not Due.objects.exists()


def test_it_is_adopted_with_who_since_when_and_why(desk, profile, audited, manager):
    late(audited)
    done = adopt(desk, "publish", tried=word(adopt(desk, "try")))
    assert done.headers["Location"] == "/rules/profiles/tests/"
    adoption = Adoption.objects.get()
    assert (adoption.by, adoption.because, adoption.until) == (manager, "Voted on 8 December.", None)
    assert timezone.now() - adoption.since < timedelta(minutes=1)
    assert adoption.dry_run["opened"] == 1
    assert binds(profile)
    assert Due.objects.get().facility == make.facility()
    entry = LogEntry.objects.get_for_object(profile).latest("timestamp")
    assert (entry.actor, entry.additional_data) == (manager, {"because": "Voted on 8 December."})
    page = desk.get("/rules/profiles/tests/").content.decode()
    assert "Dolores Marsh" in page
    assert "The dry run said: 1 would open" in page


def test_without_a_dry_run_it_says_why_not(desk, profile):
    assert "not_tried_because" in adopt(desk, "publish").context["form"].errors
    adopt(desk, "publish", not_tried_because="No audit yet.")
    assert Adoption.objects.get().because == "Voted on 8 December. (Without a dry run: No audit yet.)"


def test_a_reason_is_asked_for(desk, profile):
    assert "because" in adopt(desk, "publish", because=" ", not_tried_because="x").context["form"].errors
    assert not binds(profile)


def test_a_dry_run_of_other_rules_does_not_count(desk, profile, audited):
    tried = word(adopt(desk, "try"))
    make.requirement("ANOTHER", topic="another")
    assert "not_tried_because" in adopt(desk, "publish", tried=tried).context["form"].errors


def test_in_place_of_another_both_change_at_once(desk, profile, audited, manager):
    other = Profile.objects.create(code="other", title="Other", kind="state", rank=1)
    requirements.adopt(other, make.facility())
    tried = adopt(desk, "try", in_place_of=other.pk)
    adopt(desk, "publish", in_place_of=other.pk, tried=word(tried))
    assert binds(profile)
    assert not binds(other)
    ended = Adoption.objects.get(profile=other)
    assert (ended.ended_by, ended.ended_because) == (manager, "Voted on 8 December.")


def test_what_binds_all_of_ones_facilities_cannot_be_adopted_again(desk, profile):
    requirements.adopt(profile, make.facility())
    assert desk.get("/rules/profiles/tests/adopt/").status_code == 409


# -- Ending --------------------------------------------------------------------------------------------------------


def test_an_end_is_tried_and_kept_with_who_and_why(desk, profile, audited, manager):
    requirements.adopt(profile, make.facility())
    make.deficiency(late(audited), requirement=make.requirement())
    tried = end(desk, "try")
    assert tried.context["trial"].effects[1].number == 1
    assert binds(profile)
    done = end(desk, "publish", tried=word(tried))
    assert done.status_code == 302
    adoption = Adoption.objects.get()
    assert (adoption.ended_by, adoption.ended_because) == (manager, "The state repealed it.")
    assert not binds(profile)
    assert end(desk, "publish", not_tried_because="x").status_code == 409  # sent twice
    page = desk.get("/rules/profiles/tests/").content.decode()
    assert "Ended by Dolores Marsh: The state repealed it." in page


def test_what_ended_can_be_adopted_anew_and_both_times_are_kept(profile):
    for _ in range(2):
        requirements.adopt(profile, make.facility())
        requirements.drop(profile, make.facility(), because="x")
    assert Adoption.objects.filter(until__isnull=False).count() == 2
    with pytest.raises(Conflict):
        requirements.drop(profile, make.facility())


def test_what_is_adopted_twice_is_adopted_once(profile):
    first, second = (requirements.adopt(profile, make.facility()) for _ in range(2))
    assert first == second
    assert Due.objects.count() == 1


@pytest.mark.parametrize("broken", [{"until": None}, {"ended_because": ""}])
def test_the_database_refuses_an_end_without_its_moment_or_its_reason(profile, manager, broken):
    said = {"until": timezone.now(), "ended_by": manager, "ended_because": "x"} | broken
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.create(profile=profile, facility=make.facility(), **said)


def test_what_the_pages_cost(desk, profile):
    requirements.adopt(profile, make.facility())
    other = Profile.objects.create(code="other", title="Other", kind="state", rank=1)
    for page, address in {
        "profile_page": "/rules/profiles/tests/",
        "profile_adopt": f"/rules/profiles/{other.code}/adopt/",
        "profile_end": f"/rules/profiles/tests/end/{make.facility().pk}/",
    }.items():
        with counted(page):
            assert desk.get(address).status_code == 200
