"""The records manager's morning, from sign-in to the reason why: huddle, lists, a record, an audit."""

import io
import math
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from himdept.common.queue import Lost
from records.models import AccessLog, AuditRun
from staff.models import User
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, press, sign_in, type_words, width_of

pytestmark = pytest.mark.django_db(transaction=True)

FAMILIES = ["Lindqvist", "Mbeki", "Ortega", "Halvorsen", "Nguyen", "Castellan"]
FAMILIES += ["Finch", "Akiyama", "Broussard", "Talwar", "Zieliński", "Osei"]
SERVICES = [("hospital-medicine", "Hospital medicine"), ("orthopedics", "Orthopedics"), ("obstetrics", "Obstetrics")]


@pytest.fixture(scope="session")
def sixty_records(cast):
    return cast(charts)


@pytest.fixture
def hospital(transactional_db, sixty_records):
    """Sixty records: some in house, some complete, most of them lacking something for one to sixty days."""
    there, now = sixty_records.lay(), timezone.now()
    for record in there.in_house:
        make.expected(record, owed_by=there.owing, due_at=now + timedelta(minutes=1))
    make.audit_run(
        as_of=now - timedelta(hours=3),
        records=60,
        opened=3,
        closed=1,
        open=44,
        delinquent=20,
        by_kind={"missing": 30, "unsigned": 14},
    )
    return there.user


def charts() -> SimpleNamespace:
    now, in_house = timezone.now(), []
    user = make.manager(first_name="R.", last_name="Okafor", clearance=4)
    owing = [make.practitioner(name) for name in ("Alder", "Vance", "Naess", "Quist", "Oyelaran")]
    services = [make.service(*names) for names in SERVICES]
    orders = make.document_type("order", "Verbal order")
    order_rule = make.requirement(
        "VO-48H",
        topic="verbal-order",
        title="Verbal orders authenticated within 48 hours",
        basis="42 CFR 482.24(c)(2)",
        trigger="order",
        document_types=["order"],
        due_after_hours=48,
    )
    for i in range(60):
        ended = None if i % 10 == 0 else now - timedelta(days=31 + i)
        lacking = i % 10 and i % 7
        status = "in_progress" if not ended else "complete" if not lacking else "delinquent" if i > 30 else "incomplete"
        due_at = now - timedelta(days=i + 1)
        record = make.record(
            of=make.patient(FAMILIES[i % len(FAMILIES)], "Amara"),
            start=(ended or now) - timedelta(days=4),
            end=ended,
            attending=owing[i % 5],
            service=services[i % 3],
            status=status,
            requirements_due=6,
            requirements_met=5 if lacking else 6,
            open_deficiencies=1 if lacking else 0,
            oldest_due_at=due_at if lacking else None,
            delinquent_at=now - timedelta(days=i - 30) if status == "delinquent" else None,
            confidentiality=4 if i % 13 == 1 else 3,
            legal_hold=i % 17 == 1,
        )
        if lacking and i % 3:
            make.deficiency(record, owed_by=owing[i * i % 5], due_at=due_at)
        elif lacking:
            order = make.document(record, document_type=orders, authored=due_at - timedelta(hours=48), verbal=True)
            make.deficiency(
                record,
                kind="unsigned",
                requirement=order_rule,
                document_type=orders,
                document=order,
                served_by=order,
                owed_by=owing[1],
                due_at=due_at,
            )
        if not ended:
            in_house.append(record)
    return SimpleNamespace(user=user, owing=owing[0], in_house=in_house)


def test_the_managers_morning_from_the_huddle_to_the_reason_why(page, hospital):
    sign_in(page, "manager")
    delinquent = page.get_by_role("link", name="incomplete").first
    number = delinquent.locator(".value").inner_text()
    picture(page, "huddle")
    assert barriers(page) == []

    delinquent.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inventory")
    expect(page.get_by_text(f"{number} found")).to_be_visible()  # the number is the same wherever it appears
    picture(page, "inventory")
    assert barriers(page) == []

    page.get_by_role("link", name="Deficiencies").click()
    picture(page, "deficiencies")
    assert barriers(page) == []
    page.locator("tbody tr").first.get_by_role("link").click()
    page.get_by_role("link", name="open record").click()
    expect(page.get_by_role("region", name="Patient")).to_be_visible()
    expect(page).to_have_url(re.compile("/records/"))
    expect(page).to_have_title("Record " + page.url.split("/records/")[1].split("/")[0] + " · himdept")
    picture(page, "record")
    assert barriers(page) == []
    assert AccessLog.objects.filter(user=hospital, act="read").count() == 2  # beside the list, and the record


def test_a_filter_narrows_the_list_in_place_and_its_address_can_be_shared(page, hospital):
    come_in(page, "manager")
    page.goto("/deficiencies/")
    page.get_by_text("What: any").click()
    picture(page, "chip-open")
    assert barriers(page) == []
    page.get_by_role("button", name="unsigned").click()
    expect(page).to_have_url("/deficiencies/?kind=unsigned")
    expect(page.locator("tbody tr").first).to_contain_text("unsigned")
    expect(page.get_by_text("What: unsigned")).to_be_focused()
    shown = page.locator(".summary strong").inner_text()

    page.reload()
    expect(page.locator(".summary strong")).to_have_text(shown)
    page.get_by_text("Owed by: any").click()
    page.get_by_role("textbox", name="Owed by").fill("van")
    press(page, "Enter")
    expect(page).to_have_url("/deficiencies/?kind=unsigned&who=van")
    page.get_by_role("link", name="Take away the filter What").click()
    expect(page).to_have_url("/deficiencies/?who=van")
    page.get_by_role("link", name="clear the filters").click()
    expect(page).to_have_url("/deficiencies/")


def test_the_days_of_admission_are_chosen_from_and_to_as_one(page, hospital):
    come_in(page, "manager")
    for wide in (1280, 390):
        page.set_viewport_size({"width": wide, "height": 844})
        page.goto("/records/")
        page.get_by_text("Day of admission: any").click()
        page.get_by_label("Admitted from").fill("2026-01-01")
        page.get_by_label("Admitted until").fill("2026-03-31")
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            assert barriers(page) == [], (wide, theme)
            picture(page, f"{wide}-days-{theme}")
        assert width_of(page) <= wide
        page.locator("#chip-admitted_from").get_by_role("button", name="Show").click()
        expect(page).to_have_url("/records/?admitted_from=2026-01-01&admitted_to=2026-03-31")
        picture(page, f"{wide}-days-chosen")
        page.get_by_role("link", name="Take away the filter Day of admission").click()
        expect(page).to_have_url("/records/")


def test_a_filter_that_is_not_understood_says_so_beside_itself(page, hospital, watch):
    watch.expect_status(400)
    come_in(page, "manager")
    page.goto("/deficiencies/?kind=purple&age=7")
    expect(page.locator("#chip-kind")).to_contain_text("there is no “purple” here")
    expect(page.locator("tbody tr")).to_have_count(0)
    picture(page, "not-understood")
    assert barriers(page) == []
    page.get_by_role("link", name="Take away the filter What").click()
    expect(page).to_have_url("/deficiencies/?age=7")
    expect(page.locator("tbody tr").first).to_be_visible()


def test_columns_are_chosen_and_stand_in_the_address(page, hospital):
    come_in(page, "manager")
    page.goto("/deficiencies/?kind=unsigned")
    page.get_by_text("Columns", exact=True).click()
    picture(page, "columns-open")
    assert barriers(page) == []
    page.get_by_role("checkbox", name="Service").uncheck()
    page.get_by_role("checkbox", name="Open since").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Open since")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Service")).to_have_count(0)
    expect(page).to_have_url(re.compile("columns=patient,document,what,owed_by,due,record,opened"))
    expect(page).to_have_url(re.compile("kind=unsigned"))
    page.reload()
    expect(page.get_by_role("columnheader", name="Open since")).to_be_visible()


def test_pages_go_on_and_back_and_the_browsers_back_button_too(page, hospital):
    come_in(page, "manager")
    page.goto("/records/")
    first = page.locator("tbody tr th").first.inner_text()
    page.get_by_role("link", name="Further rows").click()
    expect(page.get_by_role("link", name="Earlier rows")).to_be_visible()
    second = page.locator("tbody tr th").first.inner_text()
    assert second != first
    expect(page.locator("tbody tr")).to_have_count(10)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator("tbody tr th").first).to_have_text(first, use_inner_text=True)


def test_j_brings_the_focus_into_the_list_unless_a_field_has_it_or_letters_are_off(page, hospital):
    come_in(page, "manager")
    page.goto("/deficiencies/")
    rows = page.locator("tbody tr")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first.focus()
    press(page, "j")
    expect(rows.first).not_to_be_focused()
    page.evaluate("document.activeElement.blur()")
    press(page, "j")
    expect(rows.first).to_be_focused()
    press(page, "j")
    expect(rows.nth(1)).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    press(page, "k")
    expect(rows.nth(1)).to_be_focused()  # back where one was

    User.objects.update(list_keys=False)
    page.goto("/deficiencies/")
    press(page, "j")
    assert page.evaluate("document.activeElement === document.body")


def test_the_list_is_worked_by_the_keyboard(page, hospital):
    come_in(page, "manager")
    page.goto("/deficiencies/")
    rows = page.locator("tbody tr")
    rows.first.focus()
    press(page, "j")
    press(page, "j")
    expect(rows.nth(2)).to_be_focused()
    press(page, "k")
    expect(rows.nth(1)).to_be_focused()
    press(page, "?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    picture(page, "keys")
    assert barriers(page) == []
    press(page, "Escape")
    expect(keys).to_be_hidden()
    expect(rows.nth(1)).to_be_focused()
    press(page, "/")
    expect(page.get_by_role("textbox", name="Owed by")).to_be_focused()
    press(page, "Escape")
    expect(page.get_by_text("Owed by: any")).to_be_focused()
    page.goto("/records/")
    rows.nth(1).focus()
    press(page, "Enter")
    expect(page.get_by_role("region", name="Patient")).to_be_visible()
    page.go_back()
    expect(rows.nth(1)).to_be_focused()


def test_the_place_in_a_list_survives_pages_and_orders(page, hospital):
    come_in(page, "manager")
    page.goto("/records/")
    page.get_by_role("link", name="Further rows").focus()
    press(page, "Enter")
    expect(page.locator("tbody tr").first).to_be_focused()
    page.get_by_role("link", name="Oldest due").focus()
    press(page, "Enter")
    expect(page).to_have_url("/records/?sort=due")
    expect(page.get_by_role("link", name="Oldest due")).to_be_focused()


def test_the_keys_are_shown_to_the_mouse_too(page, hospital):
    come_in(page, "manager")
    page.goto("/records/")
    keys = page.get_by_role("dialog", name="Keys")
    page.get_by_role("button", name="all keys", exact=True).click()
    expect(keys).to_be_visible()
    assert barriers(page, "#keys") == []
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_be_hidden()
    page.goto("/")
    page.get_by_role("button", name="R. Okafor").click()
    page.get_by_role("button", name="All keys").click()
    expect(keys).to_be_visible()
    press(page, "Escape")
    expect(keys).to_be_hidden()


def test_keys_do_nothing_outside_the_list(page, hospital):
    come_in(page, "manager")
    page.goto("/deficiencies/")
    page.get_by_text("Owed by: any").click()
    box = page.get_by_role("textbox", name="Owed by")
    box.press_sequentially("jk?")
    expect(box).to_have_value("jk?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_letters_can_be_switched_off_for_the_account(page, hospital):
    come_in(page, "manager")
    page.goto("/deficiencies/")
    page.get_by_role("button", name="R. Okafor").click()
    page.get_by_role("group", name="Single keys in lists").get_by_role("button", name="Off").click()
    expect(page.locator("html")).to_have_attribute("data-list-keys", "off")
    rows = page.locator("tbody tr")
    rows.first.focus()
    press(page, "j")
    expect(rows.first).to_be_focused()
    press(page, "ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    hospital.refresh_from_db()
    assert hospital.list_keys is False


def test_names_are_masked_on_every_page_until_they_are_shown_again(page, hospital):
    come_in(page, "manager")
    page.goto("/deficiencies/")
    page.get_by_role("button", name="names shown").click()
    expect(page.get_by_role("button", name="names masked")).to_be_visible()
    picture(page, "masked")
    assert barriers(page) == []
    for address in ("/deficiencies/", "/records/", "/expected/"):
        page.goto(address)
        html = page.content().casefold()
        assert not [word for word in FAMILIES if word.casefold() in html], address
    page.goto("/records/")
    page.locator("tbody tr th a").first.click()
    banner = page.get_by_role("region", name="Patient")
    expect(banner).to_contain_text("., A.")
    assert not [word for word in FAMILIES if word.casefold() in page.content().casefold()]
    page.get_by_role("button", name="names masked").click()
    expect(banner).to_contain_text(", Amara")


def test_a_view_is_saved_for_the_team_and_opened_by_a_colleague(page, hospital, chromium, live_server):
    come_in(page, "manager")
    page.goto("/deficiencies/?kind=unsigned&columns=patient,what,owed_by")
    page.get_by_text("+ save this view").click()
    page.get_by_label("Name of the view").fill("Unsigned")
    page.get_by_label("the team of my facility").check()
    picture(page, "view-saving")
    assert barriers(page, "details[open]") == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Unsigned")).to_have_attribute("aria-current", "page")
    picture(page, "view-saved")
    shown = page.locator(".summary strong").inner_text().removesuffix(" found")
    expect(page.get_by_role("link", name="Unsigned").locator(".number")).to_have_text(shown)
    shared = page.url

    make.person("colleague", role="Records clerk", clearance=3)
    context = chromium.new_context(base_url=live_server.url)
    other = context.new_page()
    come_in(other, "colleague")
    other.goto(shared)
    expect(other.get_by_role("link", name="Unsigned")).to_have_attribute("aria-current", "page")
    expect(other.get_by_role("columnheader")).to_have_count(3)
    other.get_by_text("this view").last.click()
    expect(other.get_by_role("button", name="Delete this view")).to_have_count(0)
    context.close()


def test_a_name_that_is_taken_is_said_aloud_and_what_was_typed_stays(page, hospital, watch):
    watch.expect_status(409)
    sign_in(page, "manager")

    def save():
        page.goto("/deficiencies/?kind=unsigned")
        page.get_by_text("+ save this view").click()
        page.get_by_label("Name of the view").fill("Unsigned")
        page.get_by_role("button", name="Save", exact=True).click()

    save()
    expect(page.get_by_role("link", name="Unsigned")).to_have_attribute("aria-current", "page")
    save()
    expect(page.get_by_role("alert")).to_contain_text("There is a view called “Unsigned” of this list already")
    expect(page.get_by_label("Name of the view")).to_have_value("Unsigned")


def test_a_patient_is_found_by_name_and_the_address_does_not_tell_whom(page, hospital):
    sign_in(page, "manager")
    box = page.get_by_role("combobox", name="Find")
    box.fill("zieliń")
    expect(page.get_by_role("option")).to_have_count(5)
    picture(page, "finding")
    assert barriers(page) == []
    box.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page).to_have_url("/find/")
    expect(page).to_have_title("Found · himdept")
    picture(page, "found")
    assert barriers(page) == []


def test_ctrl_k_opens_a_screen_a_record_a_view_and_a_practitioner_by_the_keyboard_alone(page, hospital):
    come_in(page, "manager")
    page.goto("/audits/")
    page.locator("tbody tr").first.focus()
    press(page, "Control+k")
    type_words(page, "invent")
    expect(page.get_by_role("option", name="Inventory")).to_be_visible()
    press(page, "ArrowDown")
    expect(page.get_by_role("option", name="Inventory")).to_have_attribute("aria-selected", "true")
    press(page, "Enter")
    expect(page).to_have_url("/records/")

    number = page.locator("tbody tr .under").first.inner_text()
    expect(page.get_by_role("combobox", name="Find")).to_be_visible()  # its script has come
    press(page, "Control+k")
    type_words(page, number)
    expect(page.get_by_role("option")).to_have_count(1)
    press(page, "ArrowDown")
    press(page, "Enter")
    expect(page.get_by_role("region", name="Patient")).to_contain_text(number)

    expect(page.get_by_role("combobox", name="Find")).to_be_visible()
    press(page, "Control+k")
    type_words(page, "oyel")
    expect(page.get_by_role("option", name="Oyelaran")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("option", name="Oyelaran")).to_be_hidden()
    type_words(page, "a")
    expect(page.get_by_role("option", name="Oyelaran")).to_have_count(0)


def test_an_answer_that_comes_late_opens_nothing_anew_and_leaves_what_was_chosen(page, hospital):
    come_in(page, "manager")
    page.goto("/audits/")
    box, found = page.get_by_role("combobox", name="Find"), page.locator("#found")
    inventory = page.get_by_role("option", name="Inventory")
    box.fill("inv")
    expect(inventory).to_be_visible()
    held = []
    page.route("**/find/", lambda route: held.append(route))
    with page.expect_request("**/find/"):
        type_words(page, "ent")
    press(page, "ArrowDown")
    expect(inventory).to_have_attribute("aria-selected", "true")
    inventory.evaluate("option => option.dataset.old = ''")
    held.pop().continue_()
    expect(page.locator("[data-old]")).to_have_count(0)
    expect(inventory).to_have_attribute("aria-selected", "true")

    with page.expect_request("**/find/"):
        type_words(page, "less")
    press(page, "Escape")
    expect(found).to_be_hidden()
    held.pop().continue_()
    expect(found).to_contain_text("Nobody and nothing by that name or number")
    expect(found).to_be_hidden()


def test_an_audit_is_started_and_its_page_follows_it(page, hospital, monkeypatch):
    monkeypatch.setattr(Lost, "leave_alone_until", math.inf)  # whatever workers there are, none is told of it
    come_in(page, "manager")
    page.goto("/audits/")
    picture(page, "audits")
    assert barriers(page) == []
    page.get_by_role("button", name="Audit what changed").click()
    expect(page.get_by_text("It waits for its turn")).to_be_visible()
    assert barriers(page) == []
    AuditRun.objects.filter(state="queued").update(state="finished", seconds=2.5, open=7)
    expect(page.get_by_text("Finished in 2.5 s")).to_be_visible()  # the page looks by itself every two seconds
    picture(page, "audit")
    assert barriers(page) == []


def test_the_report_comes_down_as_a_workbook_of_what_is_open(page, hospital):
    sign_in(page, "manager")
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    picture(page, "reports")
    assert barriers(page) == []
    with page.expect_download() as coming:
        page.get_by_role("link", name="XLSX Deficiency report").click()
    report = coming.value
    assert report.suggested_filename.startswith("deficiencies-")
    workbook = load_workbook(io.BytesIO(report.path().read_bytes()))
    rows = list(workbook[workbook.sheetnames[-1]].iter_rows(values_only=True))
    open_ones = page.request.get("/deficiencies/").text().split(" found")[0].rsplit(">", 1)[1]
    assert len([row for row in rows if row[0] == "MAIN"]) == int(open_ones)
    assert AccessLog.objects.get(act="listed").rows == int(open_ones)


@pytest.mark.parametrize("address", ["/", "/records/", "/deficiencies/", "/expected/", "/audits/", "/reports/"])
def test_every_screen_fits_a_telephone_and_the_dark(page, hospital, address):
    sign_in(page, "manager")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    assert width_of(page) == 390
    assert barriers(page) == []
    picture(page, "telephone-" + (address.strip("/") or "huddle"))


def test_a_record_fits_paper(page, hospital):
    come_in(page, "manager")
    page.goto("/records/")
    page.locator("tbody tr").first.get_by_role("link").click()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 760, "height": 1000})
    expect(page.get_by_role("region", name="Patient")).to_be_visible()
    picture(page, "record-print")
