"""Every screen, in both themes and on a telephone: nothing on it is a barrier, wider than its window, or complains.

The addresses of the program are the list of screens: a new one is looked at here, or has its reason why it is none.
"""

import re
from datetime import timedelta
from itertools import batched
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import expect

from compliance.crosswalks import library as crosswalks
from compliance.cycles.marking import Said
from compliance.cycles.models import Cycle
from compliance.cycles.offline.models import CycleFile
from compliance.digests.models import Digest
from compliance.evidence.models import EvidenceRevision
from compliance.nightly.nights import begin_by_hand
from compliance.scoring import actions, readings
from compliance.scoring.models import Reading
from compliance.standards import library
from compliance.standards.models import Element
from himdept.common.metrics import Scope
from records.completeness.listings import CHOSEN_DEFICIENCIES
from records.models import Client, Deficiency, InboundMessage
from staff.selections import selections
from tests import departments
from tests import factories as make
from tests.browser import simulated
from tests.browser.conftest import PASSWORD, barriers, come_in, picture, sign_in, width_of
from tests.compliance.controls.acting import planned, times
from tests.compliance.cycles.acting import SHORT, begun, closed, house, part_of, score
from tests.compliance.evidence.acting import laid, revised
from tests.staff.discipline.acting import given

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
BY_SIGHT = ["color-contrast", "target-size", "scrollable-region-focusable"]  # what a theme or a width can break

FOR_EVERYBODY = {"account_login": [], "account_inactive": [], "api_docs": []}
WITH_SESSION = {  # each with the rows that its address names
    "access_list": [],
    "account_back": [],
    "account_change_password": [],
    "account_logout": [],
    "account_set_password": [],
    "assessment_record": ["employee"],
    "assessment_strike": ["assessment"],
    "attendance_strike": ["attendance"],
    "audit_list": [],
    "audit_page": ["audit"],
    "candidate_page": [],
    "case_answer": ["own_case"],
    "case_list": [],
    "case_page": ["case"],
    "catalogue": [],
    "client_admit": [],
    "client_change": ["client"],
    "client_list": [],
    "client_off": ["client"],
    "client_page": ["client"],
    "client_tokens": ["client"],
    "coming_due": [],
    "coming_due_of": ["clock"],
    "cycle_assign": ["cycle"],
    "cycle_close": ["cycle"],
    "cycle_element": ["part", "judged_by_a_person"],
    "cycle_file": ["sheet"],
    "cycle_files": ["cycle"],
    "cycle_list": [],
    "cycle_page": ["cycle"],
    "cycle_part": ["part"],
    "cycle_part_ask": ["part"],
    "cycle_start": [],
    "cycle_start_at": ["facility_code"],
    "competence_list": [],
    "control_calendar": [],
    "control_calendar_at": ["facility_code"],
    "control_change": ["control"],
    "control_end": ["control"],
    "control_new": ["facility_code"],
    "control_page": ["control"],
    "credential_correct": ["credential"],
    "credential_learning": ["credential"],
    "credential_list": [],
    "credential_record": ["employee"],
    "credential_renew": ["credential"],
    "credential_strike": ["credential"],
    "credential_verify": ["credential"],
    "deficiencies_reassign": [],
    "deficiencies_waive": [],
    "deficiency_list": [],
    "deficiency_page": ["deficiency"],
    "deficiency_reassign": ["deficiency"],
    "exclusion_decide": ["match"],
    "exclusion_load": [],
    "exclusion_checks": [],
    "exclusion_loads": [],
    "exclusion_matches": [],
    "exclusion_page": [],
    "digest": [],
    "element_assess": ["facility_code", "judged_by_a_person"],
    "element_page": ["facility_code", "element"],
    "evidence_add": ["facility_code", "judged_by_a_person", "evidence_kind"],
    "evidence_list": [],
    "evidence_page": ["evidence"],
    "evidence_revise": ["evidence"],
    "evidence_support": ["evidence"],
    "evidence_withdraw": ["evidence"],
    "expected_list": [],
    "experience_record": ["employee"],
    "experience_strike": ["experience"],
    "framework_page": ["facility_code", "framework"],
    "glossary": [],
    "huddle": [],
    "interface_page": [],
    "learning_list": [],
    "learning_record": ["credential"],
    "learning_strike": ["learning"],
    "list_print": ["list"],
    "measure_aim": ["facility_code", "measure"],
    "measure_page": ["facility_code", "measure"],
    "message_list": [],
    "message_page": ["message_at", "message"],
    "mfa_index": [],
    "my_parts": [],
    "night": [],
    "night_hour": ["facility_code"],
    "night_list": [],
    "night_page": ["night"],
    "org_chart": [],
    "people_file": ["file"],
    "people_files": [],
    "occurrence_done": ["control_time", "evidence_kind"],
    "occurrence_move": ["control_time"],
    "person_credentials": ["employee"],
    "person_exclusions": ["employee"],
    "person_fitness": ["employee"],
    "person_home": ["employee"],
    "person_home_change": ["employee"],
    "person_particulars": ["employee"],
    "person_qualification": ["employee"],
    "person_training": ["employee"],
    "practitioner_list": [],
    "practitioner_page": ["practitioner"],
    "profile_adopt": ["profile"],
    "profile_end": ["profile_that_binds", "facility"],
    "profile_import": [],
    "profile_list": [],
    "profile_page": ["profile_that_binds"],
    "readiness": [],
    "readiness_at": ["facility_code"],
    "reading_page": ["reading"],
    "record_known": ["record"],
    "record_list": [],
    "record_page": ["record"],
    "report_list": [],
    "report_page": ["report"],
    "rule_change": ["rule"],
    "rule_compare": ["rule"],
    "rule_end": ["rule"],
    "rule_list": [],
    "rule_new": [],
    "rule_page": ["rule"],
    "schooling_record": ["employee"],
    "schooling_strike": ["schooling"],
    "self_check": ["facility_code"],
    "source_page": ["source"],
    "stub_list": [],
    "take_over": ["facility_code"],
    "told": [],
    "training_attend": [],
    "training_list": [],
}
IN_THE_SECOND_STEP = {
    "account_reauthenticate",
    "client_keys",
    "client_secret",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_view_recovery_codes",
}
NO_SCREEN = {
    "a file": {
        "cycle_part_sheet",
        "cycle_sheet",
        "evidence_file",
        "favicon",
        "kept_download",
        "list_export",
        "mfa_download_recovery_codes",
        "people_export",
        "people_refused",
        "person_packet",
        "profile_file",
        "report_download",
        "schema",
    },
    "takes a form, and leads to a screen or shows the one it came from": {
        "appearance",
        "audit_start",
        "choose",
        "cycle_part_accept",
        "cycle_part_close",
        "cycle_part_submit",
        "decision_undo",
        "deficiency_give_back",
        "deficiency_reinstate",
        "deficiency_waive",
        "evidence_reconfirm",
        "find",
        "list_keys",
        "message_read",
        "night_begin",
        "message_replay",
        "names",
        "view_change",
        "view_save",
    },
    "leads to a list": {"view_open"},
    "leads to the page of whoever looks": {"my_home"},
    "answers a script": {"account_session", "view_numbers"},
    "the same page as another: client_off, account_reauthenticate": {"client_on", "secret_end", "mfa_reauthenticate"},
    "for programs": {"fhir", "fhir_metadata", "healthy", "smart_configuration", "token", None},
}
FOR_PROGRAMS_OR_DJANGOS_OWN = {"admin", "api"}


def names_in(patterns) -> set[str | None]:
    """The names of all addresses below, but those of the admin site and of the API."""
    found = set()
    for pattern in patterns:
        if not isinstance(pattern, URLResolver):
            found.add(pattern.name)
        elif pattern.namespace not in FOR_PROGRAMS_OR_DJANGOS_OWN:
            found |= names_in(pattern.url_patterns)
    return found


def test_every_address_is_a_screen_that_is_looked_at_or_has_a_reason_why_not():
    looked_at = {*FOR_EVERYBODY, *WITH_SESSION} | IN_THE_SECOND_STEP
    excused = set().union(*NO_SCREEN.values())
    assert looked_at & excused == set()
    assert names_in(get_resolver().url_patterns) == looked_at | excused


def measured_for(facility, *, nights: int):
    """The standards that ship, what was measured of each of so many nights, and something to take over by crosswalk."""
    library.load_all()
    crosswalks.load_all()
    asked = Element.objects.get(code="164.308(a)(7)")
    actions.assess(asked, facility, result="met", because="Restored on 3 May.", by=make.person(role="Records manager"))
    for days in range(nights):
        readings.take(Scope(facility, timezone.now() - timedelta(days=days)))


def evidence_for(code: str) -> EvidenceRevision:
    """A policy that was revised once, and that supports two elements."""
    asked = list(Element.objects.filter(code__in=[code, "RC.01.05.01"]))
    first = laid(*asked)
    return revised(first)


def surveyed(person) -> Cycle:
    """A cycle in progress of all that ships, after one that is over: with findings that are graded, and overruling."""
    closed(person, person, [house()], title="Before", said={"A-1": SHORT})
    facility = make.facility()
    cycle = begun(person, library.in_force(facility, timezone.localdate()), title="Mock survey", scored_by=person)
    part = part_of(cycle, "482.24(b)")
    score(part, "A-0438", Said("met", because="Two charts had been counted twice."))
    score(part, "A-0439", SHORT)
    score(part, "A-0440", Said("partly", "high", "widespread", "The index of procedures ends in March."))
    return cycle


def sheet_of(cycle: Cycle, person) -> CycleFile:
    """A sheet with a row of each kind: one that changes something, one in conflict, one that is refused."""
    said = {"framework": "cms-hospital", "result": "met", "seen": "0"}
    rows = [
        (8, said | {"element": "A-0441"}),
        (9, said | {"element": "A-0439", "because": "Retention schedule of May."}),
        (10, said | {"element": "A-0000"}),
    ]
    return CycleFile.objects.create(cycle=cycle, by=person, rows=rows, unread=["shoe_size"])


@pytest.fixture(scope="session")
def much_to_show(cast):
    """A small hospital with a past and a department, what was measured of it, and a cycle of survey."""

    def build() -> SimpleNamespace:
        simulated.hospital(20)
        simulated.came_in()
        simulated.audits_in_every_state()
        him = departments.him()
        measured_for(make.facility(), nights=9)
        person = simulated.somebody_for_everything()
        record = make.record(status="delinquent", attending=make.practitioner("Alder", "M."))
        past = timezone.now() - timedelta(days=45)
        owed = [
            make.deficiency(record, topic=f"topic {kind}", kind=kind, owed_by=record.encounter.attending, due_at=past)
            for kind in ("missing", "unsigned")
        ]
        credential = simulated.department_of(person)
        make.supervision(person.employee, him.okafor)
        night = begin_by_hand(make.facility(), by=person)
        drill = planned(elements=list(Element.objects.filter(code="164.308(a)(7)")))
        return SimpleNamespace(
            him=him,
            person=person,
            record=record,
            owed=owed,
            cycle=surveyed(person),
            credential=credential,
            drill=drill,
            night=night,
        )

    return cast(build)


@pytest.fixture
def rows(transactional_db, much_to_show) -> dict[str, object]:
    """For each kind of page one row that has much to show."""
    there = much_to_show.lay()
    person, him, record, owed = there.person, there.him, there.record, there.owed
    cycle, credential, drill = there.cycle, there.credential, there.drill
    Digest.objects.create(
        facility=make.facility(), day=timezone.localdate(), person=person, numbers={"past-due": 5, "to-judge": 1}
    )
    every = Deficiency.objects.visible_to(person)
    selection = selections.choose(
        CHOSEN_DEFICIENCIES, every, by=person, token=None, query="", chosen=[row.pk for row in owed]
    )
    message = InboundMessage.objects.get(outcome="partly")
    fitness = simulated.fitness_of(credential, by=person)
    return {
        "assessment": fitness.assessment.pk,
        "file": fitness.file.pk,
        "learning": fitness.learning.pk,
        "match": fitness.match.pk,
        "attendance": credential.employee.attendances.get().pk,
        "audit": make.audit_run().pk,
        "case": given(credential.employee, by=person.employee).pk,
        "client": Client.objects.get().pk,
        "clock": "credentials",
        "cycle": cycle.pk,
        "credential": credential.pk,
        "deficiency": owed[0].pk,
        "employee": credential.employee_id,
        "element": Element.objects.get(code="RC.01.03.01").pk,
        "facility": make.facility().pk,
        "facility_code": make.facility().code,
        "night": there.night.pk,
        "framework": "cms-hospital",
        "judged_by_a_person": Element.objects.get(code="A-0439").pk,
        "measure": "records-complete",
        "reading": Reading.objects.filter(metric="records-complete", denominator__gt=0).latest("day").pk,
        "control": drill.pk,
        "control_time": times(drill)[2].pk,
        "evidence": evidence_for("A-0439").evidence_id,
        "evidence_kind": "file",
        "experience": credential.employee.experiences.get().pk,
        "list": "audit_list",
        "message": message.id,
        "message_at": message.received_at.isoformat(),
        "sheet": sheet_of(cycle, person).pk,
        "part": part_of(cycle, "482.24(b)").pk,
        "own_case": given(person.employee, by=him.okafor).pk,
        "practitioner": record.encounter.attending_id,
        "profile": owed[0].requirement.profile.code,
        "profile_that_binds": "federal",
        "record": record.pk,
        "report": "deficiencies",
        "rule": owed[0].requirement_id,
        "schooling": credential.employee.schoolings.get().pk,
        "source": message.source_id,
        "queries": {
            "candidate_page": f"?seat={credential.employee.position().pk}",
            "catalogue": "?theme=light",  # both would say everything twice
            "deficiencies_reassign": f"?selection={selection.token}",
            "deficiencies_waive": f"?selection={selection.token}",
        },
    }


def hurts(page, name: str) -> list[str]:
    """What is wrong with the page as it stands: all that axe looks for, then what a theme or a width can break.

    Axe is slow; the dark and the narrow are looked at together, for what can differ there.
    """
    found = barriers(page)
    if page.locator("h1:visible").count() != 1:
        found.append("not one heading of the first level")
    if not page.title().removesuffix(" · himdept").strip():
        found.append("no title")
    picture(page, f"every-{name}-light")
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark")
    if (wide := width_of(page)) > NARROW["width"]:
        found.append(f"{wide} px wide on a telephone")
    found += [f"dark, on a telephone: {words}" for words in barriers(page, rules=BY_SIGHT)]
    picture(page, f"every-{name}-dark")
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    return [f"{name}: {words}" for words in found]


def looked_at(page, name: str, *arguments, query: str = "") -> list[str]:
    address = reverse(name, args=arguments)
    page.goto(address + query)
    assert page.url.partition("?")[0].endswith(address), f"{name} leads to {page.url}"
    return hurts(page, name)


def test_no_screen_before_the_sign_in_is_a_barrier_or_wider_than_a_telephone(page, rows, watch):
    page.set_viewport_size(WIDE)
    wrong = [words for name in FOR_EVERYBODY for words in looked_at(page, name)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "names", list(batched(WITH_SESSION, 15, strict=False)), ids=lambda names: f"{names[0]} to {names[-1]}"
)
def test_no_screen_is_a_barrier_or_wider_than_a_telephone(page, rows, watch, names):
    page.set_viewport_size(WIDE)
    come_in(page, "everybody")
    wrong = []
    for name in names:
        wrong += looked_at(
            page, name, *(rows[need] for need in WITH_SESSION[name]), query=rows["queries"].get(name, "")
        )
    assert not wrong, "\n".join(wrong)


def test_no_refusal_is_a_dead_end_or_a_barrier(page, rows, watch):
    watch.expect_status(400, 403, 404, 405, 409)
    page.set_viewport_size(WIDE)
    make.person("clerk", role="Records clerk")
    come_in(page, "clerk")
    wrong = []
    for name, address in {
        "400": "/records/?status=lost",
        "403": "/audits/",
        "404": "/records/999999999/",
        "405": reverse("names"),
    }.items():
        page.goto(address)
        wrong += hurts(page, name)
        way_out = page.get_by_role("link", name=re.compile("first page|without any choice"))
        way_out.click()
        expect(page.locator("h1")).to_have_text(re.compile("^(Inventory|Morning huddle)$"))
    assert not wrong, "\n".join(wrong)


def test_a_failure_of_ours_is_no_dead_end_and_tells_nothing_of_it(page, rows, watch, monkeypatch):
    watch.expect_status(500)
    page.set_viewport_size(WIDE)
    come_in(page, "everybody")

    def fail():
        raise RuntimeError("LINDQVIST, Amara")

    monkeypatch.setattr("himdept.common.glossary.all_terms", fail)
    page.goto(reverse("glossary"))
    wrong = hurts(page, "500")
    said = page.content()
    assert "It is our fault" in said
    assert "LINDQVIST" not in said
    assert "Traceback" not in said
    monkeypatch.undo()
    page.get_by_role("link", name="first page").click()
    expect(page.locator("h1")).to_have_text("Morning huddle")
    assert not wrong, "\n".join(wrong)


def test_what_is_found_without_a_script_is_a_page(page, rows):
    page.set_viewport_size(WIDE)
    sign_in(page, "everybody")
    page.wait_for_url("**/")
    box = page.get_by_role("combobox", name="Find")
    box.fill("lind")
    box.evaluate("(box) => box.form.submit()")  # as a browser does by itself: no script of ours hears of it
    page.wait_for_url(f"**{reverse('find')}")
    wrong = hurts(page, "find")
    assert "LINDQVIST, Amara" in page.locator("main tbody").inner_text()
    assert not wrong, "\n".join(wrong)


def test_the_second_step_is_set_up_used_and_put_down_without_a_barrier(page, rows):
    page.set_viewport_size(WIDE)
    sign_in(page, "everybody")
    page.wait_for_url("**/")
    wrong = looked_at(page, "mfa_index")
    page.get_by_role("link", name="Set it up").click()
    wrong += hurts(page, "account_reauthenticate")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/totp/activate/")
    wrong += hurts(page, "mfa_activate_totp")
    secret = page.locator("code").inner_text()
    page.get_by_label("Authenticator code").fill(digits(secret))
    page.get_by_role("button", name="Use this authenticator").click()
    page.wait_for_url("**/recovery-codes/")
    wrong += hurts(page, "mfa_view_recovery_codes")
    wrong += looked_at(page, "mfa_generate_recovery_codes")
    wrong += looked_at(page, "client_secret", rows["client"])
    wrong += looked_at(page, "client_keys", rows["client"])
    wrong += looked_at(page, "mfa_deactivate_totp")

    page.goto(reverse("account_logout"))
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    sign_in(page, "everybody")
    page.wait_for_url("**/authenticate/**")
    wrong += hurts(page, "mfa_authenticate")
    assert not wrong, "\n".join(wrong)


def digits(secret: str) -> str:
    """What the authenticator shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
