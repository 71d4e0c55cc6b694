"""A manager does a personnel action of each kind in the admin site, with nothing but a browser."""

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from staff.models import CaseFile, PersonnelAction, User
from staff.personnel import choices, tasks
from tests import departments
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, sign_in, width_of
from tests.staff.personnel.acting import approved, submitted

pytestmark = pytest.mark.django_db(transaction=True)
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def him():
    him = departments.him()
    User.objects.filter(username__in=["okafor", "chief"]).update(is_staff=True)
    return him


def looked_at(page, name: str, *, ours: bool = True, within: str = "#main"):
    """A page in both themes and on a telephone: nothing on it is wider than its window, nor on ours a barrier."""
    page.set_viewport_size(WIDE)
    picture(page, f"personnel-{name}-light")
    assert not ours or barriers(page, within) == []
    page.emulate_media(color_scheme="dark")
    picture(page, f"personnel-{name}-dark")
    assert not ours or barriers(page, within, rules=["color-contrast"]) == []
    page.set_viewport_size(NARROW)
    assert width_of(page) <= NARROW["width"]
    picture(page, f"personnel-{name}-narrow")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)


def begin(page, person, label):
    page.goto(reverse("admin:staff_employee_change", args=[person.pk]))
    page.get_by_label("Begin an action").get_by_role("link", name=label, exact=True).click()


def through(page, kind, *, look=False) -> PersonnelAction:
    """From the form to approved: kept, submitted and approved, each on its own page."""
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="Submit").click()
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("link", name="Approve").click()
    if look:
        looked_at(page, "approve")
    with page.expect_navigation():
        page.get_by_role("button", name="Approve").click()
    return PersonnelAction.objects.get(kind=kind)


def sign_out(page):
    page.goto(reverse("account_logout"))
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Sign out").click()


def fill(page, fields):
    for field, value in fields.items():
        control = page.get_by_label(field, exact=True)
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(str(value))
        else:
            control.fill(value)


def test_one_action_of_each_kind(page, him):
    come_in(page, "okafor")
    page.goto(reverse("admin:staff_employee_changelist"))
    looked_at(page, "people", ours=False)  # Django's own list
    page.goto(reverse("admin:staff_employee_change", args=[him.brandt.pk]))
    looked_at(page, "person")

    page.goto(reverse("admin:staff_personnelaction_add"))
    looked_at(page, "hire")
    for label, words in {"Staff number": "E-9", "Given name": "Ayo", "Family name": "Kim", "Account": "akim"}.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("Counts from").fill("2026-03-02")
    page.get_by_label("Seat").select_option(str(him.vacant["coding"].pk))
    page.get_by_label("Pay").fill("45000")
    page.get_by_label("Why", exact=True).fill("A coder left.")
    assert through(page, "hire", look=True).state == "effective"

    for label, kind, fields in (
        ("Transfer", "transfer", {"Seat": him.vacant["release"].pk}),
        ("Promotion", "promotion", {"Seat": make.position(him.okafor.position().unit).pk, "Pay": "54000"}),
        ("Pay change", "pay", {"Pay": "55000"}),
        ("Supervisor change", "supervisor", {"Reports to": him.ruiz.number}),
        ("Leave", "leave", {"Kind of leave": "family", "Expected back": "2026-12-01"}),
        ("Return from leave", "return", {}),
        ("Separation", "separation", {"Kind of separation": "retirement"}),
    ):
        begin(page, him.brandt, label)
        month = 3 + PersonnelAction.objects.filter(employee=him.brandt).count()
        fill(page, {"Counts from": f"2026-{month:02}-01", "Why": "It is so."} | fields)
        assert through(page, kind).state == "effective", label

    tasks.tick()
    page.goto(reverse("admin:staff_employee_change", args=[him.brandt.pk]))
    looked_at(page, "left")
    page.get_by_role("link", name="Separation").click()
    page.get_by_text("Sessions closed").or_(page.get_by_text("Took effect")).first.wait_for()
    looked_at(page, "separation")
    page.get_by_role("link", name="Rescind").click()
    page.get_by_label("Why").fill("They stay.")
    with page.expect_navigation():
        page.get_by_role("button", name="Rescind").click()
    assert PersonnelAction.objects.get(kind="separation").state == "rescinded"
    begin(page, him.brandt, "Separation")
    page.go_back()
    page.goto(reverse("admin:staff_personnelaction_changelist"))
    looked_at(page, "actions", ours=False)


def test_a_reclassification_a_demotion_by_two_and_a_rehire(page, him):
    sign_in(page, "okafor")
    page.wait_for_url("**/")
    unit = him.petrov.position().unit
    begin(page, him.petrov, "Reclassification")
    seat = make.position(unit, replaces=him.petrov.position())
    page.reload()
    fill(page, {"Counts from": "2026-03-02", "Why": "The work has changed.", "Seat": seat.pk})
    assert through(page, "reclassification").state == "effective"

    begin(page, him.petrov, "Demotion")
    fill(page, {"Counts from": "2026-04-01", "Why": "At their own wish.", "Seat": him.vacant["release"].pk})
    fill(page, {"Pay": "48000"})
    demotion = through(page, "demotion")
    assert demotion.state == "agreed"
    sign_out(page)
    come_in(page, "chief")
    page.goto(reverse("admin:staff_personnelaction_change", args=[demotion.pk]))
    looked_at(page, "second")
    page.get_by_role("link", name="Approve").click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("In effect").first.wait_for()
    assert him.petrov.position() == him.vacant["release"]

    begin(page, him.petrov, "Separation")
    fill(page, {"Counts from": "2026-05-01", "Why": "They move.", "Kind of separation": "resignation"})
    assert through(page, "separation").state == "effective"
    begin(page, him.petrov, "Rehire")
    fill(page, {"Counts from": "2026-06-01", "Why": "They are back.", "Seat": him.vacant["coding"].pk, "Pay": "50000"})
    looked_at(page, "rehire")
    assert through(page, "rehire").state == "effective"
    assert him.petrov.position() == him.vacant["coding"]


def test_a_seat_among_many_is_found_by_words_and_what_came_of_the_action_is_told(page, him, monkeypatch, watch):
    monkeypatch.setattr(choices, "MOST", 0)
    User.objects.filter(username="marsh").update(is_staff=True)
    come_in(page, "marsh")
    begin(page, him.brandt, "Transfer")
    seat = him.vacant["coding"].number
    watch.expect_failure()
    page.route("**/suggest/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_label("Seat", exact=True).fill("coding")
    page.unroute("**/suggest/")
    page.get_by_label("Seat", exact=True).press_sequentially(" ")
    page.locator(f'datalist option[value="{seat}"]').wait_for(state="attached")
    page.get_by_label("Seat", exact=True).fill(seat)
    page.get_by_label("Counts from").fill("2026-03-02")
    page.get_by_label("Why", exact=True).fill("It is so.")
    looked_at(page, "typed")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="Submit").click()
    page.get_by_role("button", name="Submit").click()
    sign_out(page)

    come_in(page, "okafor")
    page.goto(reverse("told"))
    looked_at(page, "told", within="body")
    page.get_by_role("link", name="Transfer, Brandt").click()
    page.get_by_role("link", name="Approve").wait_for()
    page.goto(reverse("told"))
    page.get_by_role("button", name="I have read it").click()
    page.get_by_role("button", name="I have read it").wait_for(state="detached")


def test_the_chart_is_a_picture_in_both_themes_on_a_telephone_and_on_paper(page, him, tmp_path):
    come_in(page, "okafor")
    page.goto(reverse("org_chart"))
    page.set_viewport_size(WIDE)
    picture(page, "chart-light")
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    picture(page, "chart-dark")
    page.set_viewport_size(NARROW)
    assert width_of(page) <= NARROW["width"]
    picture(page, "chart-narrow")
    paper = tmp_path / "chart.pdf"
    page.pdf(path=paper)
    text = "".join(sheet.extract_text() for sheet in PdfReader(paper).pages)
    assert all(name in text for name in ("Administration", "Okafor", "Brandt", "Vacant"))
    assert "Show" not in text

    page.get_by_label("As of").fill("2019-12-31")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("There were no units on that day.").wait_for()


def test_a_seat_is_asked_for_and_granted(page, him):
    come_in(page, "okafor")
    page.goto(reverse("admin:staff_requisition_add"))
    looked_at(page, "requisition-form")
    page.get_by_label("Seat", exact=True).select_option(str(him.vacant["coding"].pk))
    page.get_by_label("Why", exact=True).fill("A coder left.")
    with page.expect_navigation():
        page.get_by_role("button", name="Ask").click()
    asked = page.url
    sign_out(page)
    come_in(page, "chief")
    page.goto(asked)
    looked_at(page, "requisition")
    page.get_by_role("button", name="Grant").click()
    page.get_by_text("Granted").wait_for()


def test_a_corrective_action_is_written_and_many_are_decided_on_at_once(page, him):
    come_in(page, "okafor")
    begin(page, him.brandt, "Corrective action")
    page.get_by_label("Offence").select_option("attendance")
    for field in ("Happened on", "Follow-up 1 on"):
        page.get_by_label(field).fill(str(timezone.localdate()))
    for field in ("Facts", "Policy", "Volume", "Staffing", "Training", "System", "Expectation"):
        page.get_by_label(field, exact=True).fill("It is so.")
    page.get_by_label("What is looked at then (1)").fill("The door log")
    looked_at(page, "case-write")
    page.get_by_role("button", name="Keep as a draft").click()
    for move in ("Submit", "Approve", "Give"):
        page.get_by_role("link", name=move, exact=True).click()
        page.get_by_role("button", name=move).click()
    page.get_by_role("link", name="Declined to sign").wait_for()
    looked_at(page, "case")
    assert CaseFile.objects.get().state == "given"

    page.goto(reverse("admin:staff_decision_add"))
    page.get_by_label("By how much").fill("3")
    page.get_by_label("Counts from").fill("2026-03-02")
    page.get_by_label("Why", exact=True).fill("For all.")
    for person in (him.brandt, him.petrov):
        page.get_by_label(person.number).check()
    page.get_by_role("button", name="See what it comes to").click()
    page.get_by_text("51,500.00").first.wait_for()
    looked_at(page, "together")
    page.get_by_role("button", name="Approve for all of these").click()
    page.get_by_role("link", name="Pay change").first.wait_for()
    looked_at(page, "together-done")
    assert PersonnelAction.objects.filter(kind="pay", state="effective").count() == 2


def test_somebody_writes_down_where_they_live_and_the_supervisor_finds_no_way_there(page, him, watch):
    sign_in(page, "brandt")
    page.wait_for_url("**/")
    page.get_by_role("link", name="My home and contacts").click()
    page.get_by_role("link", name="Change", exact=True).click()
    fill(
        page,
        {
            "Address": "17 Larch Lane\nMaplewood",
            "Private telephone": "+1 555 0107",
            "Whom to call in an emergency": "Robin Quillfeather",
            "Who that is to the person": "sister",
        },
    )
    watch.expect_status(422)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Whom to call has a name and a telephone.").first.wait_for()
    looked_at(page, "home-form", within="main")
    page.get_by_label("Their telephone").fill("555-0199")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Robin Quillfeather (sister)").wait_for()
    looked_at(page, "home", within="main")

    page.goto("about:blank")
    page.context.clear_cookies()
    come_in(page, "marsh")
    page.goto(reverse("person_credentials", args=[him.brandt.pk]))
    assert page.get_by_role("link", name="Home", exact=True).count() == 0
    watch.expect_status(404)
    page.goto(reverse("person_home", args=[him.brandt.pk]))
    assert page.get_by_text("Larch Lane").count() == 0


def test_what_waits_for_who_leaves_is_handed_over_in_one_act(page, him, watch):
    watch.expect_status(422)  # where no line went
    for person in (him.brandt, him.petrov):
        submitted(person, "pay", by=him.marsh, pay=51_000)
    approved(him.holt, "supervisor", by=him.okafor, supervisor=him.marsh)
    leaving = approved(him.marsh, "separation", by=him.okafor, reason="resignation")
    come_in(page, "okafor")
    page.goto(reverse("admin:staff_personnelaction_change", args=[leaving.pk]))
    page.get_by_role("link", name="Hand over").click()
    looked_at(page, "handover")

    page.get_by_role("checkbox", name="All 2").check()
    page.get_by_role("checkbox", name=him.holt.number).check()
    page.get_by_label("To whom").select_option(him.ruiz.number)
    with page.expect_response("**/handover/"):
        page.get_by_role("button", name="Hand over what is chosen").click()
    page.get_by_text("Not handed over:").first.wait_for()
    looked_at(page, "handover-refused")  # Ruiz leads Holt, and acts on nobody in coding
    assert him.holt.supervisor() == him.ruiz

    page.get_by_label("To whom").select_option("")
    for refused in page.get_by_role("checkbox", checked=True).all():
        assert refused.get_attribute("name") == "lines"
    page.get_by_role("button", name="Hand over what is chosen").click()
    page.get_by_text("Nothing waits for this person any more.").wait_for()
    page.reload()  # the same once more
    page.get_by_text("okafor has handed it over to okafor already.").first.wait_for()
    looked_at(page, "handover-twice")
    assert PersonnelAction.objects.filter(kind="pay", written_by=him.okafor.user).count() == 2
