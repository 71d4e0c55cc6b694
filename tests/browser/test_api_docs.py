from playwright.sync_api import expect

from tests.browser.conftest import barriers, picture, width_of


def test_the_api_is_explained_to_whoever_asks(page, db):
    page.goto("/api/docs/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The API, version 1")
    article = page.locator("#deficiencies_list")
    article.get_by_text("What to send, and what comes back").click()
    expect(article.get_by_role("cell", name="SYSTEM|VALUE of the encounter.")).to_be_visible()
    expect(article.get_by_text("curl -s 'https://HOST/api/v1/deficiencies/?limit=1&status=open'")).to_be_visible()
    expect(article.get_by_text('"display": "Vance, Theodora"')).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        picture(page, f"api-docs-{scheme}")
        assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "telephone-api-docs")
    assert width_of(page) == 390
