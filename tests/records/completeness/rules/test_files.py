"""Profiles as files: written canonically, read with every fault named, and brought in all at once."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from himdept.common.errors import Conflict, DomainError
from records.completeness import requirements
from records.completeness.requirements import PROFILES
from records.completeness.rules import files, importing
from records.completeness.rules.fields import EDITED
from records.inventory import catalogue
from records.models import Due, Profile, Requirement
from tests import factories as make
from tests.queries import counted

HEAD = 'code = "p"\ntitle = "P"\nkind = "bylaws"\nrank = 50\n'
DAY = date(2026, 12, 1)
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=30)
words = texts.filter(lambda text: text.strip() == text and text)
numbers = st.none() | st.decimals(-9999, 9999, places=3)
days = st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))


@st.composite
def rules(draw) -> Requirement:
    begins = draw(days)
    ends = draw(st.none() | st.integers(1, 400))
    return Requirement(
        code=draw(st.text("ABC-123", min_size=1, max_size=9)),
        effective=DateRange(begins, begins + timedelta(days=ends) if begins and ends else None),
        title=draw(words),
        topic=draw(words),
        basis=draw(words),
        tag=draw(st.text("AB-123", max_size=9)),
        trigger=draw(st.sampled_from(Requirement.Trigger.values)),
        document_types=draw(st.lists(words, min_size=1, max_size=9)),
        sections_required=draw(st.lists(words, max_size=3)),
        exempts=draw(st.lists(words, max_size=3)),
        due_after_hours=draw(numbers),
        not_before_hours=draw(numbers),
        due_after_days=draw(st.none() | st.integers(0, 999)),
        at_least=draw(st.integers(1, 9)),
        anesthesia_only=draw(st.booleans()),
        counts_toward_delinquency=draw(st.booleans()),
        severity=draw(st.sampled_from(Requirement.Severity.values)),
        cosignature=draw(st.sampled_from(["", *Requirement.Cosignature.values])),
    )


def text_of(rule: Requirement) -> str:
    return HEAD + "\n[[requirement]]\n" + "\n".join(files.lines_of(rule)) + "\n"


@given(rules())
@settings(deadline=None, max_examples=100)
def test_whatever_a_rule_says_is_read_as_it_was_written(rule):
    text = text_of(rule)
    (row,) = files.read(text).rows.values()
    assert {name: getattr(row.rule, name) for name in EDITED} == {name: getattr(rule, name) for name in EDITED}
    assert (row.rule.effective.lower, row.rule.effective.upper) == (rule.effective.lower, rule.effective.upper)
    assert text_of(row.rule) == text


def test_every_term_that_is_edited_is_written():
    assert set(files.ORDER) == {"code", *files.DAYS, *EDITED}
    assert len(files.ORDER) == len(set(files.ORDER))


@pytest.fixture(scope="session")
def rules_that_come(cast):
    return cast(load)


@pytest.fixture
def loaded(db, rules_that_come):
    return rules_that_come.lay()


def load():
    catalogue.load()
    return {profile.code: profile for profile in requirements.load_profiles()}


@pytest.fixture
def person(db):
    return make.manager()


def kinds(plan: importing.Plan) -> dict[str, str]:
    return {step.code: step.kind for step in plan.steps if step.kind != importing.SAME}


def test_what_is_exported_and_imported_again_changes_nothing(loaded, person):
    for profile in loaded.values():
        text = files.write(profile)
        plan = importing.plan(files.read(text), day=DAY)
        assert not plan.changes_something, profile.code
        versions = Requirement.objects.count()
        importing.apply(plan, by=person, because="x", not_tried_because="x")
        assert (Requirement.objects.count(), files.write(profile)) == (versions, text)


def test_the_files_that_come_with_the_program_say_what_was_loaded_from_them(loaded):
    for path in PROFILES.glob("*.toml"):
        assert not importing.plan(files.read(path.read_text()), day=DAY).changes_something, path


def test_a_profile_goes_to_another_house_by_its_file(loaded, person):
    text = files.write(loaded["federal"]).replace('code = "federal"', 'code = "ours"')
    plan = importing.plan(files.read(text), day=DAY)
    assert plan.profile is None
    importing.apply(plan, by=person, because="Our own.", not_tried_because="new")
    ours = Profile.objects.get(code="ours")
    assert files.write(ours) == text
    assert not ours.facilities.exists()


def test_what_differs_is_published_and_what_is_left_out_ends(loaded, person):
    federal = loaded["federal"]
    text = files.write(federal)
    text = text.replace("due_after_days = 30", "due_after_days = 20", 1)
    head, *rows = text.split("\n[[requirement]]\n")
    rows = [row for row in rows if not row.startswith('code = "SURGICAL-CONSENT"')]
    new = 'code = "OURS"\ntopic = "t"\ntitle = "T"\nbasis = "b"\ntrigger = "admission"\ndue_after_hours = 1.5\n'
    new += 'document_types = ["order"]\nonly_if_met = "history-and-physical"\n'
    plan = importing.plan(files.read("\n[[requirement]]\n".join([head, *rows, new])), day=DAY)
    changed = {code for code, kind in kinds(plan).items() if kind == importing.CHANGED}
    assert len(changed) == 1
    assert kinds(plan) == {"OURS": "new", "SURGICAL-CONSENT": "ended"} | dict.fromkeys(changed, "changed")
    importing.apply(plan, by=person, because="Revised.", not_tried_because="x")
    newest = Requirement.objects.get(code=changed.pop(), profile=federal, version=2)
    assert (newest.due_after_days, newest.effective.lower, newest.published_because) == (20, DAY, "Revised.")
    assert Requirement.objects.get(code="OURS").due_after_hours == Decimal("1.5")
    consent = Requirement.objects.get(code="SURGICAL-CONSENT", profile=federal)
    assert (consent.effective.upper, consent.ended_because) == (DAY, "Revised.")


def test_a_plan_that_was_overtaken_publishes_nothing(loaded, person):
    federal = loaded["federal"]
    plan = importing.plan(
        files.read(files.write(federal).replace("due_after_days = 30", "due_after_days = 20", 1)), day=DAY
    )
    requirements.end(federal, "SURGICAL-CONSENT", on=DAY, by=person, because="x")
    before = Requirement.objects.count()
    with pytest.raises(Conflict):
        importing.apply(plan, by=person, because="x", not_tried_because="x")
    assert Requirement.objects.count() == before


ROW = {
    "code": '"R"',
    "topic": '"t"',
    "title": '"T"',
    "basis": '"b"',
    "trigger": '"admission"',
    "document_types": '["order"]',
    "due_after_hours": "24",
}


def file_with(*, head: str = HEAD, twice: bool = False, **changed) -> str:
    row = "\n[[requirement]]\n" + "\n".join(f"{k} = {v}" for k, v in (ROW | changed).items() if v is not None)
    return head + row + (row if twice else "") + "\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "field", "sentence"),
    [
        ("code = ", "text", "This is not TOML"),
        ("a = " + "[" * 5000, "text", "This is not TOML"),
        (file_with(twice=True), "code", "R: the file has it twice"),
        (file_with(due_after="1"), "due_after", "R, due_after: there is no such field."),
        (file_with(title="7"), "title", "R, title: this is a text."),
        (file_with(due_after_hours='"24"'), "due_after_hours", "R, due_after_hours: this is a number."),
        (file_with(due_after_hours="true"), "due_after_hours", "R, due_after_hours: this is a number."),
        (file_with(due_after_hours="inf"), "due_after_hours", "R, due_after_hours"),
        (file_with(anesthesia_only='"yes"'), "anesthesia_only", "R, anesthesia_only: this is true or false."),
        (file_with(document_types='"order"'), "document_types", "R, document_types: this is a list of texts."),
        (file_with(document_types="[7]"), "document_types", "R, document_types: this is a list of texts."),
        (file_with(trigger='"arrival"'), "trigger", "R, trigger: Value 'arrival' is not a valid choice."),
        (file_with(basis=None), "basis", "R, basis: this is needed."),
        (file_with(code=None), "code", "rule 1 of the file, code: this is needed."),
        (file_with(effective_from='"2026"'), "effective_from", "R, effective_from: this is a day"),
        (
            file_with(effective_from="2026-12-01", effective_until="2026-12-01"),
            "effective_until",
            "R, effective_until: it ends before it begins.",
        ),
        (file_with(head="code = 7\n"), "code", "the profile, code: this is a text."),
        (file_with(document_types='["x"]'), "document_types", "R, document_types: The catalogue has no"),
        (
            file_with(not_before_hours="25"),
            "not_before_hours",
            "R, not_before_hours: The window ends before it begins.",
        ),
        (file_with(due_after_days="1"), "due_after_hours", "R, due_after_hours: A requirement is due after"),
        (file_with(only_if_met='"x"'), "only_if_met", "R, only_if_met: No other rule has the topic 'x'."),
        (HEAD + "requirement = 7\n", "requirement", "Each rule stands under"),
    ],
)
def test_what_cannot_be_is_refused_with_rule_and_field(text, field, sentence):
    catalogue.load()
    with pytest.raises(DomainError) as refusal:
        importing.plan(files.read(text), day=DAY)
    assert sentence in refusal.value.message
    assert refusal.value.field == field


@given(st.text(max_size=200) | st.text(max_size=60).map(lambda text: HEAD + "\n[[requirement]]\n" + text))
@settings(deadline=None)
def test_whatever_is_sent_is_read_or_refused_in_words(text):
    with suppress(DomainError):
        assert files.read(text).profile["code"]


def test_overlapping_versions_are_refused(loaded):
    text = files.write(loaded["federal"])
    first = Requirement.objects.get(profile=loaded["federal"], code="HP-24H")
    terms = {name: getattr(first, name) for name in EDITED}
    requirements.publish(loaded["federal"], code="HP-24H", effective_from=DAY, because="x", **terms)
    earlier = text.replace('code = "HP-24H"', 'code = "HP-24H"\neffective_from = 2026-11-30')
    with pytest.raises(DomainError, match="HP-24H, effective_from: a new version begins after the one before it"):
        importing.plan(files.read(earlier), day=DAY)


# -- In the browser ------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, person):
    client.force_login(person)
    return client


def sent(desk, do: str, **said):
    return desk.post("/rules/profiles/import/", {"do": do, "day": DAY.isoformat(), "as_read": ""} | said)


def test_a_profile_is_exported_imported_tried_and_published(desk, loaded):
    federal = loaded["federal"]
    make.audit_run(facility=make.facility())
    federal.facilities.add(make.facility())
    exported = desk.get("/rules/profiles/federal/file/")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="federal.toml"'
    text = exported.content.decode().replace("due_after_days = 30", "due_after_days = 20", 1)
    seen = sent(desk, "preview", file=SimpleUploadedFile("f.toml", text.encode()))
    assert seen.status_code == 200
    assert seen.context["plan"].numbers()["changed"] == 1
    said = {"text": seen.context["form"]["text"].value(), "as_read": seen.context["form"]["as_read"].value()}
    said |= {"facility": make.facility().pk, "because": "Revised."}
    tried = sent(desk, "try", **said)
    assert sent(desk, "publish", **said).status_code == 422
    Due.objects.all().delete()
    done = sent(desk, "publish", tried=tried.context["trial"].word, **said)
    assert done.headers["Location"] == "/rules/profiles/"
    newest = Requirement.objects.get(profile=federal, version=2)
    assert newest.dry_run["facility"] == "MAIN"
    assert Due.objects.get().requirement == newest
    assert sent(desk, "publish", tried=tried.context["trial"].word, **said).status_code == 302  # sent twice
    assert Requirement.objects.filter(profile=federal, version__gt=2).count() == 0


def test_a_file_that_changes_only_the_rank_shows_of_how_many_records_another_rule_is_named(desk):
    """Of two rules that are equally strict the one of the lesser rank is named: it matters on each that lacks both."""
    catalogue.load()
    run = make.audit_run(facility=make.facility())
    ours = make.requirement()
    theirs = Profile.objects.create(code="theirs", title="Theirs", kind=Profile.Kind.STATE, rank=30)
    requirements.publish(theirs, code="DS", because="x", **{name: getattr(ours, name) for name in EDITED})
    for profile in (ours.profile, theirs):
        profile.facilities.add(make.facility())
    for days in (40, 50):
        make.record(start=run.as_of - timedelta(days=days + 4), end=run.as_of - timedelta(days=days))
    make.record(start=run.as_of - timedelta(days=9), end=run.as_of - timedelta(days=5))  # not yet due
    text = files.write(ours.profile).replace("rank = 90", "rank = 20")
    as_read = sent(desk, "preview", text=text).context["form"]["as_read"].value()
    tried = sent(desk, "try", text=text, as_read=as_read, facility=make.facility().pk).context["trial"]
    assert tried.records == 2
    text = files.write(ours.profile).replace("rank = 90", "rank = 80")  # it still comes after theirs
    as_read = sent(desk, "preview", text=text).context["form"]["as_read"].value()
    assert sent(desk, "try", text=text, as_read=as_read, facility=make.facility().pk).context["trial"].records == 0


def test_a_profile_that_was_changed_meanwhile_is_looked_at_again(desk, loaded, person):
    text = files.write(loaded["federal"]).replace("due_after_days = 30", "due_after_days = 20", 1)
    seen = sent(desk, "preview", text=text)
    as_read = seen.context["form"]["as_read"].value()
    requirements.end(loaded["federal"], "SURGICAL-CONSENT", on=DAY, by=person, because="x")
    late = sent(desk, "publish", text=text, as_read=as_read, because="x", not_tried_because="x")
    assert late.status_code == 409
    assert "changed meanwhile" in late.content.decode()
    assert late.context["form"]["text"].value() == text


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "file"),
        ({"text": "x"}, "text"),
        ({"file": SimpleUploadedFile("f", b"\xff\xfe")}, "file"),
        ({"day": ""}, "day"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(desk, loaded, said, field):
    response = sent(desk, "try", **said)
    assert response.status_code == 422
    assert field in response.context["form"].errors


@pytest.mark.parametrize(("role", "sees", "imports"), [("Records manager", 200, 200), ("Records clerk", 200, 403)])
def test_who_sees_rules_exports_them_and_the_manager_imports(client, loaded, role, sees, imports):
    client.force_login(make.person(role=role))
    assert client.get("/rules/profiles/").status_code == sees
    assert client.get("/rules/profiles/federal/file/").status_code == sees
    assert client.get("/rules/profiles/import/").status_code == imports


def test_what_the_pages_of_profiles_cost(desk, loaded):
    for page, address in {"profile_list": "/rules/profiles/", "profile_import": "/rules/profiles/import/"}.items():
        with counted(page):
            desk.get(address)


# -- On the server -------------------------------------------------------------------------------------------------


def test_the_commands_write_a_file_and_bring_a_profile_to_it(loaded, person, tmp_path):
    path, said = tmp_path / "federal.toml", StringIO()
    call_command("export_profile", "federal", output=path)
    path.write_text(path.read_text().replace("due_after_days = 30", "due_after_days = 20", 1))
    call_command("import_profile", path, preview=True, stdout=said)
    assert "1 changed" in said.getvalue()
    assert not Requirement.objects.filter(version=2).exists()
    call_command("import_profile", path, by=person.username, because="Revised.", stdout=said)
    assert Requirement.objects.get(version=2).published_because == "Revised."


@pytest.mark.parametrize("said", [{}, {"by": "clerk", "because": "x"}, {"by": "manager"}])
def test_the_command_publishes_for_who_may_with_a_reason(loaded, person, tmp_path, said):
    make.person("clerk", role="Records clerk")
    path = tmp_path / "p.toml"
    path.write_text(file_with())
    with pytest.raises(CommandError, match="Say"):
        call_command("import_profile", path, **said)
    assert not Profile.objects.filter(code="p").exists()
