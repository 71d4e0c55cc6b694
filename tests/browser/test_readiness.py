"""Survey readiness of a simulated hospital: from the one number to the charts that fell short, and back."""

import pytest
from playwright.sync_api import expect

from compliance.crosswalks import library as crosswalks
from compliance.scoring import actions
from compliance.standards import library
from compliance.standards.models import Element
from himdept.simulator import loading, nights
from records.completeness import requirements
from records.inventory import catalogue
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hospital(db):
    """As the demonstration's, with its past nights."""
    main = make.facility()
    main.refresh_from_db()
    catalogue.load()
    until = loading.today_in(main)
    loading.fill(loading.Wish(main, 400, 1, until))
    requirements.load_profiles()
    library.load_all()
    nights.judge_the_past(main, until=until)
    return make.manager(first_name="Rosa", last_name="Amberlin")


def test_from_the_score_to_the_charts_behind_it_and_a_judgement_of_what_no_measure_judges(page, hospital):
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "manager")
    page.get_by_role("navigation", name="Duties").get_by_role("link", name="Survey readiness").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Survey readiness")
    picture(page, "readiness")
    assert barriers(page) == []

    page.get_by_role("link", name="CMS conditions of participation, hospitals").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="A-0454", exact=True))
    told = row.get_by_role("link").last.inner_text().split("\n")[0].removesuffix(" A-0454")
    row.get_by_role("link").last.click()
    expect(page.locator(".lead")).to_contain_text(f"{told} as they should be")
    page.locator("#page ol a").first.click()
    expect(page.locator("#page")).to_contain_text("Verbal order")
    page.go_back()
    page.get_by_role("link", name="All its nights").click()
    expect(page.get_by_role("img", name="Verbal orders authenticated")).to_be_visible()
    picture(page, "readiness-measure")
    assert barriers(page) == []

    page.get_by_role("link", name="Survey readiness").last.click()
    page.get_by_role("link", name="HIPAA privacy, security and breach notification").click()
    page.get_by_role("link", name="164.524", exact=True).click()
    page.get_by_role("link", name="Judge it").click()
    page.get_by_role("button", name="Keep the judgement").click()
    page.get_by_label("partly met").check()
    page.get_by_label("On what this rests").fill("Log of requests of the third quarter: 2 of 40 were late.")
    page.get_by_role("button", name="Keep the judgement").click()
    expect(page.get_by_text("164.524 is judged.")).to_be_visible()
    expect(page.locator("#page")).to_contain_text("2 of 40 were late")


def test_what_others_found_is_taken_over_row_by_row_and_what_covers_in_part_waits_to_be_confirmed(page, db):
    library.load_all()
    crosswalks.load_all()
    by = make.manager()
    for code in ("164.308(a)(7)", "A-0439"):
        actions.assess(Element.objects.get(code=code), make.facility(), result="met", because="Seen.", by=by)
    come_in(page, "manager")
    page.goto("/readiness/")
    page.get_by_role("link", name="Take over results from what they correspond to").click()
    sure = page.get_by_role("row").filter(has=page.get_by_role("link", name="IM.01.01.03", exact=True))
    part = page.get_by_role("row").filter(has=page.get_by_role("link", name="RC.01.05.01", exact=True))
    expect(sure.get_by_role("checkbox")).to_be_checked()
    expect(part.get_by_role("checkbox")).not_to_be_checked()
    expect(part).to_contain_text("A-0439 asks a part of this")
    part.get_by_role("checkbox").check()
    page.get_by_role("button", name="Take over what is ticked").click()
    expect(page.get_by_text("2 elements are judged.")).to_be_visible()
    page.goto("/readiness/at/MAIN/frameworks/record-of-care/")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="RC.01.05.01", exact=True))
    expect(row).to_contain_text("partly met, to be confirmed")
    row.get_by_role("link", name="RC.01.05.01", exact=True).click()
    expect(page.locator("#page")).to_contain_text("Taken over from A-0439")
    page.get_by_role("link", name="Judge it").click()
    page.get_by_label("met", exact=True).check()
    page.get_by_label("On what this rests").fill("Retention schedule of 3 May: ten years, as the state asks.")
    page.get_by_role("button", name="Keep the judgement").click()
    expect(page.locator("header.heading .badge, .marks .badge").first).to_have_text("met")
