"""The rules in a real browser: the list, the page of one, two versions beside each other."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from records.completeness import requirements
from records.completeness.rules import fields
from records.inventory import catalogue
from records.models import Adoption, Requirement
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, sign_in, width_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def rules_that_come(cast):
    def load():
        catalogue.load()
        requirements.load_profiles()

    return cast(load)


@pytest.fixture
def rules(transactional_db, rules_that_come):
    """The federal baseline, of which the history and physical was tightened a month ago."""
    rules_that_come.lay()
    first = Requirement.objects.get(profile__code="federal", code="HP-24H")
    terms = {
        name: getattr(first, name)
        for name in ("topic", "title", "basis", "tag", "trigger", "document_types", "encounter_classes", "severity")
    }
    return requirements.publish(
        first.profile,
        code="HP-24H",
        effective_from=timezone.localdate() - timedelta(days=30),
        by=make.manager("chief", first_name="Dolores", last_name="Marsh"),
        because="Voted by the medical staff in October.",
        not_before_hours=-168,
        due_after_hours=12,
        authentication_required=True,
        **terms,
    )


def test_rules_are_listed_told_and_compared(page, rules):
    make.deficiency(requirement=rules)
    make.manager()
    sign_in(page, "manager")
    for size, name in (({"width": 1280, "height": 900}, "desk"), ({"width": 390, "height": 844}, "telephone")):
        page.set_viewport_size(size)
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            for screen, address in {
                "list": "/rules/",
                "page": f"/rules/{rules.pk}/",
                "compare": f"/rules/{rules.pk}/compare/",
            }.items():
                page.goto(address)
                expect(page.get_by_role("heading", level=1)).to_be_visible()
                assert width_of(page) <= size["width"], screen
                assert barriers(page) == [], (screen, name, theme)
                picture(page, f"{name}-rule-{screen}-{theme}")


def test_from_the_list_to_a_rule_to_what_it_found(page, rules):
    make.deficiency(requirement=rules)
    make.manager()
    sign_in(page, "manager")
    page.get_by_role("navigation").get_by_role("link", name="Rules").click()
    page.locator(f"#row-{rules.pk}").get_by_role("link").click()
    expect(page.get_by_text("must be on the record within 12 hours after admission")).to_be_visible()
    page.get_by_role("link", name="Compare with version 1").click()
    expect(page.get_by_role("row", name="Due after hours 24 12")).to_be_visible()
    page.go_back()
    page.locator("dd").get_by_role("link", name="1", exact=True).first.click()
    expect(page.get_by_text("Rule: HP-24H")).to_be_visible()


@pytest.fixture
def audited(rules):
    """Charts that the federal rules were applied to: two of three without their discharge summary, over 20 days."""
    catalogue.load()
    run = make.audit_run(as_of=timezone.now() - timedelta(hours=3))
    for days, written in ((20, False), (22, False), (25, True)):
        end = run.as_of - timedelta(days=days)
        stay = make.record(start=end - timedelta(days=4), end=end)
        make.document(stay, document_type=make.document_type("34117-2"), authored=end - timedelta(days=4), signed=end)
        if written:
            sections = ["outcome", "disposition", "follow_up"]
            make.document(stay, authored=end, signed=end, sections=sections)
    return run


def test_a_rule_is_changed_tried_and_published(page, audited):
    make.manager()
    summary = Requirement.objects.get(profile__code="federal", code="DISCHARGE-SUMMARY")
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(page, "manager")
    page.goto(f"/rules/{summary.pk}/")
    page.get_by_role("link", name="New version").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("So far it says what version 1 says.")
    page.get_by_label("Due after calendar days").fill("15")
    expect(preview.locator("mark")).to_have_text(
        "Discharge summary must be on the record within 15 calendar days after discharge."
    )
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial")).to_contain_text("2 records would be judged otherwise.")
    expect(page.locator("#trial")).to_contain_text("Would open")
    expect(page.locator("#title-doubts")).to_have_text("The title says “30 days”; the rule does not.")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert barriers(page) == []
        picture(page, f"desk-rule-edit-{theme}")
    assert in_sight(page, "#preview", "#trial", "button:has-text('Publish version 2')")
    labels = [page.locator(f"label[for=id_{name}]") for name in ("due_after_hours", "due_after_days")]
    assert len({label.bounding_box()["y"] for label in labels}) == 1
    assert page.evaluate("document.documentElement.scrollHeight") < 2_400
    page.get_by_label("Why", exact=True).fill("The bylaws ask for 15 days.")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Version 2 of DISCHARGE-SUMMARY is published")).to_be_visible()
    expect(page.get_by_text("The dry run at MAIN said: 2 would open")).to_be_visible()
    assert Requirement.objects.get(profile__code="federal", code="DISCHARGE-SUMMARY", version=2).dry_run["opened"] == 2


def in_sight(page, *where: str) -> bool:
    """Whether all of these are on the screen at once, as the page stands."""
    height = page.viewport_size["height"]
    boxes = [page.locator(one).first.bounding_box() for one in where]
    return all(box["y"] >= 0 and box["y"] + box["height"] <= height for box in boxes)


def test_what_is_ticked_in_a_long_list_is_said_once_it_is_folded_again(page, audited):
    make.manager()
    come_in(page, "manager")
    page.goto(f"/rules/{Requirement.objects.get(profile__code='federal', code='DISCHARGE-SUMMARY').pk}/change/")
    folded = page.locator("details:has(#id_dispositions)")
    expect(folded.locator("[data-chosen]")).to_have_text("none")
    folded.locator("summary").click()
    folded.get_by_label("Hospice").check()
    folded.get_by_label("Died").check()
    folded.locator("summary").click()
    expect(folded.locator("[data-chosen]")).to_have_text("Hospice, Died")


def test_what_is_wrong_with_a_rule_stands_beside_its_field(page, audited, watch):
    watch.expect_status(422)
    make.manager()
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(page, "manager")
    page.goto(f"/rules/{Requirement.objects.get(profile__code='federal', code='DISCHARGE-SUMMARY').pk}/change/")
    page.get_by_label("Due after hours").fill("24")
    page.get_by_label("Age from years").fill("18")
    page.get_by_label("Age below years").fill("9")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("2 things to mend")).to_be_visible()
    expect(page.locator("#id_age_below_years_error")).to_have_text("Nobody is at least as old and younger.")
    expect(page.get_by_label("Age from years")).to_have_value("18")
    assert width_of(page) <= 390
    assert barriers(page) == []
    picture(page, "telephone-rule-edit-wrong")
    page.get_by_role("link", name="Age below years").click()
    expect(page.get_by_label("Age below years")).to_be_focused()
    assert in_sight(page, "label[for=id_age_below_years]", "#id_age_below_years")
    picture(page, "telephone-rule-edit-led")


def test_a_colleague_who_was_faster(page, audited, watch):
    watch.expect_status(409)
    make.manager()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "manager")
    summary = Requirement.objects.get(profile__code="federal", code="DISCHARGE-SUMMARY")
    page.goto(f"/rules/{summary.pk}/change/")
    page.get_by_label("Due after calendar days").fill("15")
    terms = {name: getattr(summary, name) for name in fields.EDITED} | {"due_after_days": 21}
    other = make.manager("other", first_name="Ada", last_name="Kim")
    requirements.publish(
        summary.profile, code=summary.code, effective_from=timezone.localdate(), by=other, because="x", **terms
    )
    page.get_by_label("Why", exact=True).fill("The bylaws ask for 15 days.")
    page.get_by_label("Without a dry run").fill("urgent")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("was published meanwhile, by Ada Kim").first).to_be_visible()
    expect(page.get_by_label("Due after calendar days")).to_have_value("15")
    assert barriers(page) == []
    picture(page, "desk-rule-overtaken")
    page.get_by_label("In force from").fill((timezone.localdate() + timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Publish version 3").click()
    expect(page.get_by_text("Version 3 of DISCHARGE-SUMMARY is published")).to_be_visible()


def test_a_rule_is_ended(page, audited):
    make.manager()
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(page, "manager")
    page.goto(f"/rules/{Requirement.objects.get(profile__code='federal', code='DISCHARGE-SUMMARY').pk}/")
    page.get_by_role("link", name="End it").click()
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial")).to_contain_text("Would close")
    page.get_by_label("Why", exact=True).fill("Repealed.")
    assert barriers(page) == []
    picture(page, "desk-rule-end")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("The end of DISCHARGE-SUMMARY is set")).to_be_visible()


def test_a_profile_is_exported_changed_and_imported(page, audited, tmp_path):
    make.manager()
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(page, "manager")
    page.goto("/rules/")
    page.get_by_role("link", name="Profiles").click()
    assert barriers(page) == []
    picture(page, "desk-profiles")
    with page.expect_download() as exported:
        page.get_by_role("row", name="Federal baseline").get_by_role("link", name="Export").click()
    text = exported.value.path().read_text()
    changed = tmp_path / "federal.toml"
    changed.write_text(text.replace("due_after_days = 30", "due_after_days = 15"))

    page.get_by_role("link", name="Import a file").click()
    page.get_by_label("File", exact=True).set_input_files(changed)
    page.get_by_role("button", name="What would it change?").click()
    expect(page.get_by_text("0 ended")).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial")).to_contain_text("Would open")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert barriers(page) == []
        picture(page, f"desk-profile-import-{theme}")
    page.set_viewport_size({"width": 390, "height": 844})
    assert width_of(page) <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Why", exact=True).fill("The bylaws ask for 15 days.")
    page.get_by_role("button", name="Publish what the file says").click()
    expect(page.get_by_text("says now what the file says")).to_be_visible()
    assert Requirement.objects.get(profile__code="federal", code="DISCHARGE-SUMMARY", version=2).due_after_days == 15


def test_a_profile_is_adopted_and_ended(page, audited, watch):
    watch.expect_status(422)
    make.manager(first_name="Dolores", last_name="Marsh")
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(page, "manager")
    page.goto("/rules/profiles/")
    page.get_by_role("link", name="Medical staff bylaws (example)").first.click()
    expect(page.get_by_text("No facility has adopted it.")).to_be_visible()
    page.get_by_role("link", name="Adopt", exact=True).click()
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial")).to_contain_text("Would open")
    looked_at(page, "profile-adopt")
    page.get_by_label("Why", exact=True).fill("Voted by the medical staff on 8 December.")
    page.get_by_role("button", name="Adopt it").click()
    expect(page.get_by_text("from now on; the next audit judges all its records by it")).to_be_visible()
    expect(page.get_by_role("row", name="Dolores Marsh")).to_contain_text("Voted by the medical staff on 8 December.")
    looked_at(page, "profile-page")

    page.get_by_role("link", name="End Medical staff bylaws").click()
    page.get_by_role("button", name="End it").click()  # neither tried nor said why
    expect(page.get_by_text("Say why: the reason is kept").first).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial")).to_contain_text("Would close")
    looked_at(page, "profile-end")
    page.get_by_label("Why", exact=True).fill("Taken back.")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("Ended by Dolores Marsh: Taken back.")).to_be_visible()
    looked_at(page, "profile-ended")
    assert Adoption.objects.get(profile__code="bylaws-example").dry_run["facility"] == "MAIN"


def looked_at(page, name: str):
    """Wide and narrow, light and dark: no barrier, and no wider than a telephone."""
    for size in ({"width": 390, "height": 844}, {"width": 1280, "height": 900}):
        page.set_viewport_size(size)
        assert width_of(page) <= size["width"], name
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            assert barriers(page) == [], (name, theme)
            picture(page, f"{size['width']}-{name}-{theme}")
