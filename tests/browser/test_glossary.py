from playwright.sync_api import expect

from tests.browser.conftest import barriers, picture, sign_in, width_of


def test_the_glossary_reads_well_in_both_themes_and_on_a_telephone(page, clerk):
    sign_in(page, "mpeters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    page.get_by_role("link", name="What the words on this page mean").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Glossary")
    words = page.get_by_role("navigation", name="Words of the page you came from")
    words.get_by_role("link", name="Delinquent").click()
    expect(page).to_have_url("/glossary/?on=huddle#delinquent")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        picture(page, f"glossary-{scheme}")
        assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "telephone-glossary")
    assert width_of(page) == 390
