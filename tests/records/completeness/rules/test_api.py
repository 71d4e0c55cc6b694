"""Rules through /api/v1: read in every version, tried, published, ended, exported and imported, refused in words."""

from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.core.cache import cache

from himdept.common.confidentiality import Confidentiality
from records.completeness import requirements
from records.completeness.rules import bodies, fields, files
from records.inventory import catalogue
from records.models import AccessLog, Due, Profile, Requirement
from tests import factories as make
from tests.programs import Program

pytestmark = pytest.mark.django_db

DAY = "2026-12-01"
NEW = {
    "profile": "tests",
    "code": "DS-2",
    "topic": "discharge-summary",
    "title": "Discharge summary within 15 days",
    "basis": "Bylaws 4.2",
    "trigger": "discharge",
    "document_types": ["18842-5"],
    "due_after_days": 15,
}
IN_15_DAYS = {"due_after_days": 15, "effective_from": DAY}
WHY = {"because": "Voted by the medical staff.", "not_tried_because": "The same as in the test hospital."}


@pytest.fixture
def summary() -> Requirement:
    """Discharge summary within 30 days, binding MAIN."""
    cache.clear()
    catalogue.load()
    rule = make.requirement(code="DS")
    rule.profile.facilities.add(make.facility())
    return rule


@pytest.fixture
def program(summary):
    return Program(facilities=[make.facility()])


@pytest.fixture
def audited(summary):
    return make.audit_run(facility=make.facility())


def problem(response, status: int) -> dict:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()


def terms(rule: Requirement) -> dict:
    return {name: getattr(rule, name) for name in fields.EDITED}


def late(audited, **more):
    """A record that lacks its summary for 20 days at the last audit."""
    return make.record(start=audited.as_of - timedelta(days=24), end=audited.as_of - timedelta(days=20), **more)


# -- Who may -------------------------------------------------------------------------------------------------------


def test_reading_rules_opens_no_writing(summary):
    reader = Program("reader", "system/Requirement.read")
    for path in ("versions/", "compare/"):
        assert reader.get(f"requirements/{summary.pk}/{path}").status_code == 200
    for path in ("requirements/", "requirements/try/", "profiles/import/", "profiles/import/preview/"):
        problem(reader.post(path), 403)
    for path in ("change/", "change/try/", "end/", "end/try/"):
        problem(reader.post(f"requirements/{summary.pk}/{path}"), 403)


def test_every_term_of_a_rule_can_be_sent():
    assert set(bodies.Terms().fields) == set(fields.EDITED)


# -- The dry run ---------------------------------------------------------------------------------------------------


def test_a_dry_run_counts_what_would_open_and_writes_nothing(program, summary, audited):
    record = late(audited)
    told = program.post(f"requirements/{summary.pk}/change/try/", IN_15_DAYS).json()
    assert told["opened"] == {"number": 1, "examples": [record.pk], "hidden": 0}
    assert (told["facility"], told["closed"]["number"], told["delinquent"]["number"]) == ("MAIN", 0, 0)
    assert told["since"] == (audited.as_of.date() - timedelta(days=90)).isoformat()
    assert told["says"][0] == "Discharge summary must be on the record within 15 calendar days after discharge."
    assert told["changes"] == [{"field": "due_after_days", "before": "30", "after": "15"}]
    assert Requirement.objects.count() == 1
    assert not Due.objects.exists()


@pytest.mark.parametrize(
    ("title", "warnings"),
    [
        ("Discharge summary within 15 days", []),
        (
            "Discharge summary within 30 days",
            [{"field": "title", "message": "The title says “30 days”; the rule does not."}],
        ),
    ],
)
def test_a_dry_run_warns_of_a_title_that_says_what_the_rule_does_not(program, summary, audited, title, warnings):
    assert program.post("requirements/try/", NEW | {"title": title}).json()["warnings"] == warnings


def test_it_names_to_a_client_only_records_in_its_reach_and_that_is_in_the_access_log(program, summary, audited):
    seen, secret = late(audited), late(audited, confidentiality=Confidentiality.VERY_RESTRICTED)
    told = program.post(f"requirements/{summary.pk}/change/try/", IN_15_DAYS).json()
    assert told["opened"] == {"number": 2, "examples": [seen.pk], "hidden": 1}
    (entry,) = AccessLog.objects.all()
    assert (entry.record_id, entry.user, entry.act) == (seen.pk, program.client.user, "sent")
    assert str(secret.pk) not in str(told["opened"]["examples"])


def test_it_says_where_it_was_tried(program, summary):
    elsewhere = make.facility("OTHER")
    said = problem(program.post(f"requirements/{summary.pk}/change/try/", IN_15_DAYS | {"facility": "OTHER"}), 422)
    assert (said["field"], said["detail"]) == ("facility", "There is no facility OTHER in reach of yours.")
    both = Program("both", facilities=[make.facility(), elsewhere])
    said = problem(both.post(f"requirements/{summary.pk}/change/try/", IN_15_DAYS), 422)
    assert (said["field"], "say where" in said["detail"]) == ("facility", True)


def test_before_the_first_audit_there_is_nothing_to_compare_with(program, summary):
    said = problem(program.post("requirements/try/", NEW), 422)
    assert (said["field"], "Nothing was audited yet" in said["detail"]) == ("facility", True)


# -- A version -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["change/", "change/try/"])
def test_a_version_that_says_the_same_is_refused_with_its_day(program, summary, audited, path):
    body = {"effective_from": DAY, "due_after_days": 30} | (WHY if path == "change/" else {})
    said = problem(program.post(f"requirements/{summary.pk}/{path}", body, If_Match="*"), 422)
    sentence = "Nothing would change from this day on: version 1 of DS says the same."
    assert (said["field"], said["detail"]) == ("effective_from", sentence)
    assert Requirement.objects.count() == 1


def test_what_was_tried_is_published_with_who_why_and_what_the_dry_run_said(program, summary, audited):
    late(audited)
    path = f"requirements/{summary.pk}/change/"
    tried = program.post(f"{path}try/", IN_15_DAYS).json()["tried"]
    tag = program.get(f"requirements/{summary.pk}/").headers["ETag"]
    body = IN_15_DAYS | {"because": "Voted by the medical staff.", "tried": tried}
    done = program.post(path, body, If_Match=tag)
    newest = Requirement.objects.get(code="DS", version=2)
    assert (done.status_code, done.json()["id"], done.json()["due_after_days"]) == (201, newest.pk, 15)
    assert done.headers["Location"].endswith(f"/api/v1/requirements/{newest.pk}/")
    assert terms(newest) == terms(summary) | {"due_after_days": 15}
    assert (newest.published_by, newest.published_because) == (program.client.user, "Voted by the medical staff.")
    assert newest.dry_run["opened"] == 1
    entry = LogEntry.objects.get_for_object(newest).get()
    assert (entry.actor, entry.additional_data) == (program.client.user, {"because": "Voted by the medical staff."})
    assert Due.objects.filter(requirement=newest).exists()
    problem(program.post(path, body, If_Match=tag), 412)


@pytest.mark.parametrize("tried", [None, "made up"])
def test_what_was_not_tried_needs_a_word_why(program, summary, tried):
    body = IN_15_DAYS | {"because": "x"} | ({"tried": tried} if tried else {})
    said = problem(program.post(f"requirements/{summary.pk}/change/", body, If_Match="*"), 422)
    assert said["field"] == "not_tried_because"
    assert Requirement.objects.count() == 1


def test_the_dry_run_of_another_client_or_of_other_values_does_not_count(program, summary, audited):
    path = f"requirements/{summary.pk}/change/"
    tried = program.post(f"{path}try/", IN_15_DAYS).json()["tried"]
    other = Program("other", facilities=[make.facility()])
    body = IN_15_DAYS | {"because": "x", "tried": tried}
    problem(other.post(path, body, If_Match="*"), 422)
    problem(program.post(path, body | {"due_after_days": 16}, If_Match="*"), 422)
    assert program.post(path, body, If_Match="*").status_code == 201


def test_whoever_publishes_knows_what_stands_now(program, summary):
    path = f"requirements/{summary.pk}/change/"
    tag = program.get(f"requirements/{summary.pk}/").headers["ETag"]
    problem(program.post(path, IN_15_DAYS | WHY), 428)
    requirements.publish(
        summary.profile, code="DS", effective_from=date(2026, 11, 1), because="x", by=make.manager(), **terms(summary)
    )
    problem(program.post(path, IN_15_DAYS | WHY, If_Match=tag), 412)
    said = problem(program.post(path, IN_15_DAYS | WHY, If_Match="*"), 409)
    assert "Version 2 of DS was published meanwhile" in said["detail"]
    assert "field" not in said


def test_a_key_publishes_once_what_is_sent_twice(program, summary):
    path = f"requirements/{summary.pk}/change/"
    tag = program.get(f"requirements/{summary.pk}/").headers["ETag"]
    first, second = (program.post(path, IN_15_DAYS | WHY, If_Match=tag, Idempotency_Key="v-2") for _ in range(2))
    assert (second.status_code, second.json()) == (201, first.json())
    assert Requirement.objects.count() == 2


# -- A new rule ----------------------------------------------------------------------------------------------------


def test_a_new_rule_is_tried_and_published_with_what_is_usual(program, audited):
    record = late(audited)
    tried = program.post("requirements/try/", NEW).json()
    assert tried["opened"]["examples"] == [record.pk]
    done = program.post("requirements/", NEW | {"because": "Bylaws 4.2", "tried": tried["tried"]})
    assert done.status_code == 201
    rule = Requirement.objects.get(code="DS-2")
    assert (rule.version, rule.effective.lower, rule.responsible, rule.at_least) == (1, None, "attending", 1)
    said = problem(program.post("requirements/", NEW | WHY), 409)
    assert said["field"] == "code"


def test_a_number_is_taken_as_it_was_written(program):
    body = NEW | WHY | {"due_after_days": None, "due_after_hours": 0.1}
    assert program.post("requirements/", body).json()["due_after_hours"] == 0.1
    assert str(Requirement.objects.get(code="DS-2").due_after_hours) == "0.1"


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"due_after_days": 0, "not_before_hours": 48}, 422, "not_before_hours"),
        ({"due_after_hours": 24}, 422, "due_after_hours"),
        ({"due_after_days": None}, 422, "due_after_hours"),
        ({"document_types": ["nothing"]}, 422, "document_types"),
        ({"document_types": []}, 422, "document_types"),
        ({"only_if_met": "nothing"}, 422, "only_if_met"),
        ({"stay_at_least_hours": 5, "stay_less_than_hours": 5}, 422, "stay_less_than_hours"),
        ({"age_below_years": 0}, 422, "age_below_years"),
        ({"stay_less_than_hours": 0}, 422, "stay_less_than_hours"),
        ({"due_after_days": 40_000}, 422, "due_after_days"),
        ({"due_after_days": None, "due_after_hours": 1e300}, 422, "due_after_hours"),
        ({"not_before_hours": -1e9}, 422, "not_before_hours"),
        ({"profile": "nothing"}, 422, "profile"),
        ({"effective_from": "1212-01-01"}, 422, "effective_from"),
        ({"effective_from": "2026-12-32"}, 400, "effective_from"),
        ({"effective_from": 20261201}, 400, "effective_from"),
        ({"trigger": "arrival"}, 400, "trigger"),
        ({"due_after_days": "15"}, 400, "due_after_days"),
        ({"stay_at_least_hours": True}, 400, "stay_at_least_hours"),
        ({"encounter_classes": ["hotel"]}, 400, "encounter_classes"),
        ({"code": "DS 2"}, 400, "code"),
        ({"topic": "t" * 41}, 400, "topic"),
        ({"because": " "}, 400, "because"),
        ({"due_after": 15}, 400, "due_after"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(program, changed, status, field):
    assert problem(program.post("requirements/", NEW | WHY | changed), status)["field"] == field
    assert not Requirement.objects.filter(code="DS-2").exists()


# -- Its history ---------------------------------------------------------------------------------------------------


def test_the_history_says_who_why_and_what_changed(program, summary):
    program.post(f"requirements/{summary.pk}/change/", IN_15_DAYS | WHY, If_Match="*")
    newest = Requirement.objects.get(version=2)
    told = program.get(f"requirements/{newest.pk}/versions/", {"sort": "-version"}).json()["results"]
    assert told == program.get(f"requirements/{summary.pk}/versions/", {"sort": "-version"}).json()["results"]
    assert [(one["version"], one["effective_from"], one["effective_until"]) for one in told] == [
        (2, DAY, None),
        (1, None, DAY),
    ]
    assert told[0]["published_by"]["id"] == program.client.user.pk
    assert told[0]["published_because"] == WHY["because"]
    assert told[0]["not_tried_because"] == WHY["not_tried_because"]
    assert told[0]["changes"] == [{"field": "due_after_days", "before": "30", "after": "15"}]
    assert (told[1]["published_by"], told[1]["changes"]) == (None, [])


def test_the_pages_of_a_history_are_the_whole_of_it(program, summary):
    for n in range(2, 7):
        day = date(2026, 12, n)
        requirements.publish(summary.profile, code="DS", effective_from=day, because="x", **terms(summary))
    seen, page = [], program.get(f"requirements/{summary.pk}/versions/", {"limit": 4}).json()
    while True:
        seen += [one["version"] for one in page["results"]]
        if page["next"] is None:
            break
        page = program.get(page["next"]).json()
    assert seen == [1, 2, 3, 4, 5, 6]


def test_two_versions_are_compared(program, summary):
    program.post(f"requirements/{summary.pk}/change/", IN_15_DAYS | WHY, If_Match="*")
    newest = Requirement.objects.get(version=2)
    told = program.get(f"requirements/{newest.pk}/compare/").json()
    assert told == program.get(f"requirements/{summary.pk}/compare/", {"with": 2}).json()
    assert (told["before"]["version"], told["after"]["version"]) == (1, 2)
    assert told["changes"] == [{"field": "due_after_days", "before": "30", "after": "15"}]
    assert ("30 calendar days" in told["says_before"][0], "15 calendar days" in told["says_after"][0]) == (True, True)


def test_a_rule_of_one_version_is_compared_with_none(program, summary):
    told = program.get(f"requirements/{summary.pk}/compare/").json()
    assert (told["before"], told["changes"], told["says_before"]) == (None, [], [])
    problem(program.get(f"requirements/{summary.pk}/compare/", {"with": 7}), 404)
    assert problem(program.get(f"requirements/{summary.pk}/compare/", {"with": "x"}), 400)["field"] == "with"
    assert problem(program.get(f"requirements/{summary.pk}/compare/", {"wiht": 1}), 400)["field"] == "wiht"


# -- Its end -------------------------------------------------------------------------------------------------------


def test_a_rule_is_tried_without_and_ended_with_a_reason(program, summary, audited):
    record = make.record(start=audited.as_of - timedelta(days=44), end=audited.as_of - timedelta(days=40))
    make.deficiency(record, requirement=summary)
    path = f"requirements/{summary.pk}/end/"
    told = program.post(f"{path}try/", {"on": DAY}).json()
    assert told["closed"] == {"number": 1, "examples": [record.pk], "hidden": 0}
    body = {"on": DAY, "because": "Repealed.", "tried": told["tried"]}
    problem(program.post(path, body), 428)
    done = program.post(path, body, If_Match=program.get(f"requirements/{summary.pk}/").headers["ETag"])
    assert (done.status_code, done.json()["effective_until"]) == (200, DAY)
    summary.refresh_from_db()
    assert (summary.ended_by, summary.ended_because) == (program.client.user, "Repealed.")
    said = problem(program.post(path, {"on": "2026-12-02"} | WHY, If_Match="*"), 409)
    assert said["field"] == "on"


def test_a_rule_ends_after_it_begins(program, summary):
    program.post(f"requirements/{summary.pk}/change/", IN_15_DAYS | WHY, If_Match="*")
    newest = Requirement.objects.get(version=2)
    said = problem(program.post(f"requirements/{newest.pk}/end/", {"on": DAY} | WHY, If_Match="*"), 422)
    assert (said["field"], said["detail"]) == ("on", "A rule ends after it begins.")


# -- Files ---------------------------------------------------------------------------------------------------------


def test_profiles_are_told_with_the_facilities_in_reach(program, summary):
    summary.profile.facilities.add(make.facility("OTHER"))
    (told,) = program.get("profiles/").json()["results"]
    assert (told["code"], told["facilities"]) == ("tests", ["MAIN"])
    assert program.get(f"profiles/{told['id']}/").json() == told


def exported(program, summary) -> str:
    told = program.get(f"profiles/{summary.profile_id}/file/").json()
    assert told == {"name": "tests.toml", "text": files.write(summary.profile)}
    return told["text"]


def test_a_profile_is_exported_previewed_tried_and_published(program, summary, audited):
    record = late(audited)
    file = {"text": exported(program, summary).replace("= 30", "= 15"), "day": DAY}
    plan = program.post("profiles/import/preview/", file).json()
    (step,) = plan["steps"]
    assert (plan["is_new"], plan["same"], step["kind"], step["begins"]) == (False, 0, "changed", DAY)
    assert step["changes"] == [{"field": "due_after_days", "before": "30", "after": "15"}]
    file |= {"as_read": plan["as_read"]}
    tried = program.post("profiles/import/try/", file).json()
    assert tried["opened"]["examples"] == [record.pk]
    assert Requirement.objects.count() == 1
    done = program.post("profiles/import/", file | {"because": "Revised.", "tried": tried["tried"]})
    assert (done.status_code, done.json()["steps"]) == (200, plan["steps"])
    newest = Requirement.objects.get(version=2)
    assert (newest.due_after_days, newest.published_by, newest.dry_run["opened"]) == (15, program.client.user, 1)
    again = program.post("profiles/import/", file | WHY)  # it says so already
    assert (again.status_code, again.json()["steps"], again.json()["as_read"]) == (200, [], done.json()["as_read"])
    assert Requirement.objects.count() == 2


def test_a_file_brings_a_new_profile(program, summary, audited):
    text = exported(program, summary).replace('"tests"', '"ours"')
    plan = program.post("profiles/import/preview/", {"text": text, "day": DAY}).json()
    assert (plan["is_new"], [step["kind"] for step in plan["steps"]]) == (True, ["new"])
    body = {"text": text, "day": DAY, "as_read": plan["as_read"]}
    assert program.post("profiles/import/", body | WHY).status_code == 200
    assert Profile.objects.get(code="ours").requirements.count() == 1


def test_a_profile_that_was_changed_meanwhile_is_looked_at_again(program, summary):
    file = {"text": exported(program, summary).replace("= 30", "= 15"), "day": DAY}
    file |= {"as_read": program.post("profiles/import/preview/", file).json()["as_read"]}
    requirements.end(summary.profile, "DS", on=date(2026, 11, 30), by=make.manager(), because="x")
    for path in ("profiles/import/", "profiles/import/try/"):
        more = WHY if path == "profiles/import/" else {}
        assert problem(program.post(path, file | more), 409)["field"] == "as_read"


@pytest.mark.parametrize(
    ("old", "new", "status", "field"),
    [
        ('"18842-5"', '"nothing"', 422, "document_types"),
        ("= 30", "= 0\nnot_before_hours = 99", 422, "not_before_hours"),
        ("= 30", "= true", 422, "due_after_days"),
        ("due_after_days", "due_after", 422, "due_after"),
        ("[[requirement]]", "[[requirement", 422, "text"),
        (
            "[[requirement]]",
            "[[requirement]]\neffective_from = 2026-12-01\neffective_until = 2026-11-01",
            422,
            "effective_until",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_field(program, summary, old, new, status, field):
    text = exported(program, summary).replace(old, new)
    said = problem(program.post("profiles/import/preview/", {"text": text, "day": DAY}), status)
    assert said["field"] == field


def test_overlapping_versions_are_refused(program, summary):
    program.post(f"requirements/{summary.pk}/change/", IN_15_DAYS | WHY, If_Match="*")
    newest = Requirement.objects.get(version=2)
    body = {"due_after_days": 10, "effective_from": DAY} | WHY
    said = problem(program.post(f"requirements/{newest.pk}/change/", body, If_Match="*"), 422)
    assert (said["field"], said["detail"]) == ("effective_from", "A new version begins after the one before it.")
    text = exported(program, summary).replace(f"effective_from = {DAY}", "effective_from = 2026-11-30")
    said = problem(program.post("profiles/import/preview/", {"text": text, "day": DAY}), 422)
    assert said["field"] == "effective_from"
