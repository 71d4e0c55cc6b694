"""Writing rules in the browser: what is asked for, refused, tried and published, and what a colleague did meanwhile."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from records.completeness import requirements
from records.completeness.rules import fields
from records.inventory import catalogue
from records.models import Due, Requirement
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 1)


@pytest.fixture
def manager():
    return make.manager(first_name="Dolores", last_name="Marsh")


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def summary() -> Requirement:
    """Discharge summary within 30 days, binding MAIN."""
    catalogue.load()
    rule = make.requirement(code="DS")
    rule.profile.facilities.add(make.facility())
    return rule


@pytest.fixture
def audited():
    return make.audit_run(facility=make.facility())


def filled(rule: Requirement, **changed) -> dict:
    """What the form of a new version sends as it stands, with what is changed."""
    first, *others = rule.document_types
    sent = {
        "effective_from": TODAY.isoformat(),
        "asked_for": first,
        "document_types": others,
        "as_read": rule.version,
        "facility": make.facility().pk,
        "because": "Voted by the medical staff.",
    }
    for name in fields.EDITED:
        value = getattr(rule, name)
        if name == "document_types" or value in (None, "", [], False):
            continue
        sent[name] = "on" if value is True else value
    return {name: value for name, value in (sent | changed).items() if value is not None}


def send(desk, rule: Requirement, do: str, *, act: str = "change", **changed):
    return desk.post(f"/rules/{rule.pk}/{act}/", filled(rule, do=do, **changed))


def word(response) -> str:
    return response.context["trial"].word


def wrong(response) -> dict:
    assert response.status_code == 422, response.content
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


# -- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [("Records manager", 200), ("Records supervisor", 403), ("Records clerk", 403), ("Surveyor", 403)],
)
def test_the_manager_publishes_rules_and_nobody_else(client, summary, role, status):
    client.force_login(make.person(role=role))
    for address in ("/rules/new/", f"/rules/{summary.pk}/change/", f"/rules/{summary.pk}/end/"):
        assert client.get(address).status_code == status, address
    shown = client.get(f"/rules/{summary.pk}/").content.decode()
    assert ("New version" in shown) == (status == 200)


# -- The form and the preview --------------------------------------------------------------------------------------


def test_the_form_holds_what_the_version_says(desk, summary):
    form = desk.get(f"/rules/{summary.pk}/change/").context["form"]
    assert form["asked_for"].value() == "18842-5"
    assert form["due_after_days"].value() == 30
    assert form["as_read"].value() == 1


def test_the_form_changes_nothing_but_what_is_changed_in_it(desk, summary, audited):
    send(desk, summary, "publish", title="Another", not_tried_because="a name alone")
    newest = Requirement.objects.get(code="DS", version=2)
    assert {name: getattr(newest, name) for name in fields.EDITED} == {
        name: getattr(summary, name) for name in fields.EDITED
    } | {"title": "Another"}


@pytest.mark.parametrize("do", ["try", "publish"])
def test_a_version_that_says_the_same_is_refused_beside_its_day(desk, summary, audited, do):
    told = wrong(send(desk, summary, do, not_tried_because="the same"))
    assert told == {"effective_from": ["Nothing would change from this day on: version 1 of DS says the same."]}
    assert Requirement.objects.count() == 1


def test_the_preview_tells_the_draft_in_plain_language_and_marks_what_is_new(desk, summary):
    response = desk.post(
        f"/rules/{summary.pk}/change/",
        filled(summary, do="preview", due_after_days=15, authentication_required="on"),
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    shown = response.content.decode()
    assert "<form" not in shown
    assert "<mark>Discharge summary must be on the record within 15 calendar days after discharge.</mark>" in shown
    assert "<mark>It must be signed by then.</mark>" in shown
    assert "<del>30</del>" in shown


def test_a_draft_that_cannot_be_understood_yet_is_told_as_far_as_it_can(desk, summary):
    response = send(desk, summary, "preview", due_after_days="fifteen", age_from_years=18)
    assert response.status_code == 200
    assert "within 30 calendar days" in response.content.decode()
    assert "Only for patients of 18 years or more." in response.content.decode()


THIRTY = "Discharge summary within 30 days"


def test_a_title_that_says_what_the_rule_does_not_is_doubted_below_it_and_not_refused(desk, summary, audited):
    draft = {"title": THIRTY, "due_after_days": 21}
    response = desk.post(
        f"/rules/{summary.pk}/change/",
        filled(summary, do="preview", **draft),
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    shown = response.content.decode()
    assert 'id="title-doubts" aria-live="polite" hx-swap-oob="true"' in shown
    assert "The title says “30 days”; the rule does not." in shown
    shown = send(desk, summary, "preview", **draft).content.decode()
    assert shown.count('id="title-doubts"') == 1
    assert shown.index('id="id_title"') < shown.index("The title says “30 days”") < shown.index('id="id_topic"')
    send(desk, summary, "publish", not_tried_because="x", **draft)
    assert Requirement.objects.get(version=2).title == THIRTY
    shown = desk.get(f"/rules/{Requirement.objects.get(version=2).pk}/change/").content.decode()
    assert "The title says “30 days”; the rule does not." in shown


def test_a_fault_leads_to_its_field_also_where_that_is_a_row_of_boxes(desk, summary):
    shown = send(desk, summary, "try", entry_must_have=["date"], services=["nowhere"]).content.decode()
    for field in ("entry_must_have", "services"):
        assert f'href="#id_{field}"' in shown
        assert shown.count(f'id="id_{field}"') == 1


def test_a_long_list_is_folded_says_what_is_ticked_and_opens_where_it_is_wrong(desk, summary):
    shown = send(desk, summary, "try", dispositions=["expired", "home"], services=["nowhere"])
    whom = next(part for part in shown.context["form"].sections if part.key == "whom")
    by_name = {field.name: field for field in whom.fields}
    assert by_name["dispositions"].chosen == "Home, Died"
    assert by_name["dispositions_excepted"].chosen == ""
    folded = shown.content.decode().split('<details class="choices" data-choices')
    opened = [words.split('class="label">')[1].split("<")[0] for words in folded[1:] if words.startswith(" open")]
    assert opened == ["Services"]


def test_a_series_is_folded_where_a_rule_is_none(desk, summary):
    def again(**changed):
        parts = send(desk, summary, "preview", **changed).context["form"].sections
        return next((part.is_folded, part.is_open) for part in parts if part.key == "again")

    assert again() == (True, False)
    assert again(every_days=1, due_after_days=None, trigger="admission") == (True, True)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"due_after_hours": 24}, "due_after_hours", "exactly one of them"),
        ({"due_after_days": None}, "due_after_hours", "exactly one of them"),
        ({"not_before_hours": 1000}, "not_before_hours", "The window ends before it begins."),
        ({"age_from_years": 9, "age_below_years": 9}, "age_below_years", "Nobody is at least as old and younger."),
        ({"asked_for": "nothing"}, "asked_for", "Select a valid choice"),
        ({"only_if_met": "nothing"}, "only_if_met", "Select a valid choice"),
        ({"procedure_codes": "47562"}, "procedure_codes", "Only a rule on procedures can name some of them."),
        ({"entry_must_have": ["date"]}, "entry_must_have", "Only a rule on entries asks what an entry carries."),
        ({"effective_from": ""}, "effective_from", "This field is required."),
        ({"because": " "}, "because", "Say why"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(desk, summary, changed, field, sentence):
    response = send(desk, summary, "publish", not_tried_because="x", **changed)
    assert sentence in wrong(response)[field][0]
    assert Requirement.objects.count() == 1


def test_a_version_begins_after_the_one_before_it(desk, summary):
    requirements.publish(summary.profile, code="DS", effective_from=TODAY, **terms(summary))
    newest = Requirement.objects.get(version=2)
    response = send(desk, newest, "publish", due_after_days=15, effective_from=TODAY.isoformat(), not_tried_because="x")
    assert wrong(response) == {"effective_from": ["A new version begins after the one before it."]}


def terms(rule: Requirement) -> dict:
    return {name: getattr(rule, name) for name in fields.EDITED}


# -- The dry run ---------------------------------------------------------------------------------------------------


def test_a_dry_run_after_a_fault_was_mended_takes_the_fault_off_the_page(desk, summary, audited):
    by_script = {"HX-Request": "true", "HX-Request-Type": "partial"}
    address = f"/rules/{summary.pk}/change/"
    refused = desk.post(address, filled(summary, do="try"), headers=by_script)
    assert 'name="refused"' in refused.content.decode()
    mended = desk.post(address, filled(summary, do="try", refused="yes", due_after_days=15), headers=by_script)
    page = mended.content.decode()
    assert (mended.status_code, mended.headers["HX-Retarget"]) == (200, "#rule-form")
    assert 'name="tried"' in page
    assert 'name="refused"' not in page
    assert "to mend" not in page


def test_a_dry_run_counts_what_would_open_and_writes_nothing(desk, summary, audited):
    record = make.record(start=audited.as_of - timedelta(days=24), end=audited.as_of - timedelta(days=20))
    response = send(desk, summary, "try", due_after_days=15, effective_from="2026-01-01")
    opened, closed, delinquent, no_more = response.context["trial"].effects
    assert (opened.number, opened.examples) == (1, [record.pk])
    assert (closed.number, delinquent.number, no_more.number) == (0, 0, 0)
    assert f"/records/{record.pk}/" in response.content.decode()
    assert Requirement.objects.count() == 1
    assert not LogEntry.objects.get_for_model(Requirement).filter(action=LogEntry.Action.UPDATE).exists()


def test_what_only_moves_a_day_is_told_where_nothing_opens_or_closes(desk, summary, audited):
    discharged = audited.as_of - timedelta(days=40)
    written = discharged + timedelta(days=20)
    record = make.record(start=discharged - timedelta(days=4), end=discharged)
    make.document(record, authored=written, signed=written)
    response = send(desk, summary, "try", due_after_days=15, effective_from="2026-01-01")
    trial = response.context["trial"]
    assert (trial.records, [effect.number for effect in trial.effects]) == (1, [0, 0, 0, 0])
    assert "Nothing opens or closes by it." in response.content.decode()
    opening = make.record(start=audited.as_of - timedelta(days=24), end=audited.as_of - timedelta(days=20))
    response = send(desk, summary, "try", due_after_days=15, effective_from="2026-01-01")
    assert response.context["trial"].effects[0].examples == [opening.pk]
    assert "Nothing opens or closes by it." not in response.content.decode()


def test_a_record_that_the_person_may_not_open_is_counted_and_not_named(desk, summary, audited):
    hidden = make.record(
        confidentiality=5, start=audited.as_of - timedelta(days=24), end=audited.as_of - timedelta(days=20)
    )
    response = send(desk, summary, "try", due_after_days=15, effective_from="2026-01-01")
    opened = response.context["trial"].effects[0]
    assert (opened.number, opened.examples, opened.hidden) == (1, [], 1)
    assert f"/records/{hidden.pk}/" not in response.content.decode()


def test_what_begins_tomorrow_is_tried_on_the_90_days_before(desk, summary, audited):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    make.record(start=audited.as_of - timedelta(days=24), end=audited.as_of - timedelta(days=20))
    trial = send(desk, summary, "try", due_after_days=15, effective_from=tomorrow).context["trial"]
    assert trial.since == audited.as_of.date() - timedelta(days=90)
    assert trial.effects[0].number == 1


def test_a_place_out_of_reach_is_not_tried(desk, summary):
    elsewhere = make.facility("OTHER")
    assert "facility" in wrong(send(desk, summary, "try", facility=elsewhere.pk))


def test_before_the_first_audit_there_is_nothing_to_compare_with(desk, summary):
    assert "Nothing was audited yet" in wrong(send(desk, summary, "try", due_after_days=15))["facility"][0]


# -- Publishing ----------------------------------------------------------------------------------------------------


def test_what_was_tried_is_published_with_who_why_and_what_the_dry_run_said(desk, summary, audited, manager):
    tried = send(desk, summary, "try", due_after_days=15)
    response = send(desk, summary, "publish", due_after_days=15, tried=word(tried))
    newest = Requirement.objects.get(code="DS", version=2)
    assert response.headers["Location"] == f"/rules/{newest.pk}/"
    assert (newest.published_by, newest.published_because) == (manager, "Voted by the medical staff.")
    assert newest.dry_run["opened"] == 0
    assert newest.dry_run["facility"] == "MAIN"
    assert Due.objects.filter(requirement=newest, facility=make.facility()).count() == 1
    entry = LogEntry.objects.get_for_object(newest).get()
    assert (entry.actor, entry.additional_data) == (manager, {"because": "Voted by the medical staff."})
    assert "The dry run at MAIN said" in desk.get(f"/rules/{newest.pk}/").content.decode()


def test_without_a_dry_run_nothing_is_published_but_with_a_word_why(desk, summary, manager):
    assert wrong(send(desk, summary, "publish", title="Other")) == {
        "not_tried_because": ["Try it first, or say why not."]
    }
    send(desk, summary, "publish", title="Other", not_tried_because="Only the title changes.")
    newest = Requirement.objects.get(code="DS", version=2)
    assert (newest.dry_run, newest.not_tried_because) == (None, "Only the title changes.")


@pytest.mark.parametrize("changed", [{"due_after_days": 16}, {"effective_from": "2026-11-02"}, {"title": "Other"}])
def test_a_dry_run_of_other_values_does_not_count(desk, summary, audited, changed):
    tried = send(desk, summary, "try", due_after_days=15)
    response = send(desk, summary, "publish", **{"due_after_days": 15, "tried": word(tried)} | changed)
    assert "other values" in wrong(response)["not_tried_because"][0]


def test_somebody_else_s_dry_run_does_not_count(client, desk, summary, audited):
    tried = word(send(desk, summary, "try", due_after_days=15))
    client.force_login(make.manager("other"))
    assert "not_tried_because" in wrong(send(client, summary, "publish", due_after_days=15, tried=tried))


@pytest.mark.parametrize("tried", ["nonsense", "a:b:c"])
def test_a_word_that_is_not_ours_does_not_count(desk, summary, tried):
    assert "not_tried_because" in wrong(send(desk, summary, "publish", due_after_days=15, tried=tried))


def test_what_is_sent_twice_is_published_once(desk, summary):
    first = send(desk, summary, "publish", due_after_days=15, not_tried_because="urgent")
    second = send(desk, summary, "publish", due_after_days=15, not_tried_because="urgent")
    assert first.headers["Location"] == second.headers["Location"]
    assert Requirement.objects.count() == 2


def test_a_colleague_who_was_faster_is_a_conflict_with_the_difference_and_what_was_typed(desk, summary):
    other = make.manager("other", first_name="Ada", last_name="Kim")
    requirements.publish(
        summary.profile,
        code="DS",
        effective_from=TODAY,
        by=other,
        because="x",
        **terms(summary) | {"due_after_days": 21},
    )
    response = send(desk, summary, "publish", due_after_days=15, title="Typed", not_tried_because="urgent")
    assert response.status_code == 409
    shown = response.content.decode()
    assert "Version 2 of DS was published meanwhile, by Ada Kim." in shown
    assert response.context["meanwhile"] == [("Due after calendar days", "30", "21")]
    assert response.context["form"]["title"].value() == "Typed"
    assert Requirement.objects.count() == 2
    after_theirs = {"as_read": 2, "effective_from": "2026-11-09", "not_tried_because": "urgent"}
    assert send(desk, summary, "publish", due_after_days=15, **after_theirs).status_code == 302
    assert Requirement.objects.get(version=3).due_after_days == 15


# -- A new rule ----------------------------------------------------------------------------------------------------


def new(summary, **changed) -> dict:
    return filled(summary, do="publish", as_read=0, profile=summary.profile_id, not_tried_because="new") | changed


def test_a_new_rule_is_published_from_the_beginning_or_a_day(desk, summary):
    assert desk.get("/rules/new/").status_code == 200
    desk.post("/rules/new/", new(summary, code="DS-2", effective_from=""))
    desk.post("/rules/new/", new(summary, code="DS-3"))
    assert Requirement.objects.get(code="DS-2").effective.lower is None
    assert Requirement.objects.get(code="DS-3").effective.lower == TODAY


def test_a_code_that_is_taken_is_a_conflict_and_one_of_odd_letters_is_refused(desk, summary):
    assert desk.post("/rules/new/", new(summary, code="DS")).status_code == 409
    assert "code" in wrong(desk.post("/rules/new/", new(summary, code="D S")))


# -- An end --------------------------------------------------------------------------------------------------------


def ended(desk, rule, do: str, **said):
    sent = {
        "on": "2026-12-01",
        "as_read": rule.version,
        "facility": make.facility().pk,
        "because": "Repealed.",
        "do": do,
    }
    return desk.post(f"/rules/{rule.pk}/end/", sent | said)


def test_a_rule_is_tried_without_and_ended_with_a_reason(desk, summary, audited, manager):
    record = make.record(start=audited.as_of - timedelta(days=44), end=audited.as_of - timedelta(days=40))
    make.deficiency(record, requirement=summary)
    tried = ended(desk, summary, "try")
    assert tried.context["trial"].effects[1].number == 1
    summary.refresh_from_db()
    assert summary.effective.upper is None
    ended(desk, summary, "publish", tried=word(tried))
    summary.refresh_from_db()
    assert (summary.effective.upper, summary.ended_by, summary.ended_because) == (
        date(2026, 12, 1),
        manager,
        "Repealed.",
    )
    assert Due.objects.filter(facility=make.facility(), requirement=None).exists()
    assert ended(desk, summary, "publish", tried=word(tried)).status_code == 302  # sent twice
    assert ended(desk, summary, "publish", on="2026-12-02", not_tried_because="x").status_code == 409
    assert "Ended by Dolores Marsh" in desk.get(f"/rules/{summary.pk}/").content.decode()


def test_a_rule_that_has_ended_begins_anew_and_the_gap_stays(summary, manager):
    requirements.end(summary.profile, "DS", on=TODAY, by=manager, because="x")
    again = requirements.publish(
        summary.profile, code="DS", effective_from=TODAY + timedelta(days=30), by=manager, because="y", **terms(summary)
    )
    summary.refresh_from_db()
    assert (summary.effective.upper, again.effective.lower) == (TODAY, TODAY + timedelta(days=30))
    assert Due.objects.filter(requirement=again).count() == 0


def test_what_the_editor_costs(desk, summary):
    for page, address in {"rule_new": "/rules/new/", "rule_change": f"/rules/{summary.pk}/change/"}.items():
        with counted(page):
            desk.get(address)


def test_the_address_of_the_form_holds_nothing_that_was_typed(desk, summary):
    response = desk.get(f"/rules/{summary.pk}/change/?{urlencode({'title': 'x'})}")
    assert response.context["form"]["title"].value() == summary.title
