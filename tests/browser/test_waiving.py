"""Waiving on the page of a record: the reason is typed where the deficiency stands."""

import pytest
from playwright.sync_api import expect

from himdept.common.confidentiality import Confidentiality
from records.completeness import deficiencies
from records.models import Record
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, press, width_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owed():
    make.manager("rokafor", first_name="Rose", last_name="Okafor")
    deficiency = make.deficiency(make.record(attending=make.practitioner()), owed_by=make.practitioner("Alder"))
    make.deficiency(deficiency.record, topic="another", kind="unsigned", served_by=make.document(deficiency.record))
    return deficiency


def test_a_deficiency_is_waived_with_its_reason_and_taken_back(page, owed):
    come_in(page, "rokafor")
    page.goto(f"/records/{owed.record_id}/")
    first = page.locator(f"#deficiency-{owed.pk}")
    expect(first.get_by_label("Why it can no longer be made good")).to_be_hidden()
    first.get_by_text("Waive Discharge summary is missing").focus()
    press(page, "Enter")
    reason = first.get_by_label("Why it can no longer be made good")
    expect(reason).to_be_visible()
    picture(page, "waive")
    assert barriers(page) == []

    first.get_by_role("button", name="Waive it").click()
    expect(reason).to_be_focused()  # the browser asks for the reason before anything is sent
    reason.fill("Dr Alder has left the staff.")
    first.get_by_role("button", name="Waive it").click()
    expect(page.get_by_role("status")).to_contain_text("It no longer counts against the record.")
    expect(first).to_contain_text("by Rose Okafor: Dr Alder has left the staff.")
    expect(first).to_contain_text("waived")
    picture(page, "waived")
    assert barriers(page) == []

    first.get_by_text("Take the waiver back").click()
    first.get_by_label("Why it stands again").fill("He is back.")
    first.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_contain_text("taken back")
    expect(first).to_contain_text("Would be satisfied by:")


def test_somebody_who_was_faster_is_said_and_nothing_is_lost(page, owed, watch):
    watch.expect_status(409)
    come_in(page, "rokafor")
    page.goto(f"/records/{owed.record_id}/")
    deficiencies.waive(owed, by=make.manager("other"), because="They were first.")
    first = page.locator(f"#deficiency-{owed.pk}")
    first.get_by_text("Waive Discharge summary is missing").click()
    first.get_by_label("Why it can no longer be made good").fill("typed with care")
    first.get_by_role("button", name="Waive it").click()
    expect(page.get_by_text("This deficiency is already closed: it is waived.")).to_be_visible()
    expect(page.get_by_label("What you typed")).to_have_value("typed with care")
    picture(page, "waive-faster")
    assert barriers(page) == []
    page.get_by_role("link", name="Go back").click()
    expect(page.locator(f"#deficiency-{owed.pk}")).to_contain_text("They were first.")


def test_a_record_that_was_sealed_in_mid_work_is_gone_and_nothing_is_lost(page, owed, watch):
    watch.expect_status(404)
    come_in(page, "rokafor")
    page.goto(f"/records/{owed.record_id}/")
    first = page.locator(f"#deficiency-{owed.pk}")
    first.get_by_text("Waive Discharge summary is missing").click()
    first.get_by_label("Why it can no longer be made good").fill("typed with care")
    Record.objects.filter(pk=owed.record_id).update(confidentiality=Confidentiality.VERY_RESTRICTED)
    first.get_by_role("button", name="Waive it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not here")
    expect(page.get_by_label("What you typed")).to_have_value("typed with care")
    owed.refresh_from_db()
    assert owed.is_open


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_on_a_telephone_too(page, owed, appearance):
    page.emulate_media(color_scheme=appearance)
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(page, "rokafor")
    page.goto(f"/records/{owed.record_id}/")
    page.locator(f"#deficiency-{owed.pk}").get_by_text("Waive Discharge summary is missing").click()
    picture(page, f"waive-390-{appearance}")
    assert barriers(page) == []
    assert width_of(page) == 390
