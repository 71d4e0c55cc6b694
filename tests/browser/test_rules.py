"""The rules in a real browser: the list, the page of one, two versions beside each other."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from records.completeness import requirements
from records.inventory import catalogue
from records.models import Requirement
from tests import factories as make
from tests.browser.conftest import barriers, picture, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rules():
    """The federal baseline, of which the history and physical was tightened a month ago."""
    catalogue.load()
    (federal,) = requirements.load_profiles()
    first = Requirement.objects.get(code="HP-24H")
    terms = {
        name: getattr(first, name)
        for name in ("topic", "title", "basis", "tag", "trigger", "document_types", "encounter_classes", "severity")
    }
    return requirements.publish(
        federal,
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
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], screen
                assert barriers(page) == [], (screen, name, theme)
                picture(page, f"{name}-rule-{screen}-{theme}")


def test_from_the_list_to_a_rule_to_what_it_found(page, rules):
    make.deficiency(requirement=rules)
    make.manager()
    sign_in(page, "manager")
    page.get_by_role("navigation").get_by_role("link", name="Rules").click()
    page.get_by_role("link", name="History and physical within 24 hours").click()
    expect(page.get_by_text("must be on the record within 12 hours after admission")).to_be_visible()
    page.get_by_role("link", name="Compare with version 1").click()
    expect(page.get_by_role("row", name="Due after hours 24 12")).to_be_visible()
    page.go_back()
    page.locator("dd").get_by_role("link", name="1", exact=True).first.click()
    expect(page.get_by_text("Rule: HP-24H")).to_be_visible()
