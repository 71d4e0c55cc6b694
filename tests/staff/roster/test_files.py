"""Files of people: read, held against what is known, loaded; and the line taken out as one."""

import io
from datetime import timedelta

import openpyxl
import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from himdept.common.errors import Conflict, Unreadable
from records.models import AccessLog
from staff.models import Assignment, Employee, PeopleFile, Position, Supervision, User
from staff.personnel import timeline
from staff.roster import actions
from staff.roster.plan import Verdict
from staff.roster.reading import COLUMNS, MOST_BYTES, read
from tests import factories as make
from tests.days import counted_now
from tests.queries import counted

pytestmark = pytest.mark.django_db

HEADINGS = ",".join(COLUMNS)
SINCE = "2024-03-01"


@pytest.fixture
def him(db, two_lines):
    return two_lines.lay()


def file_of(*lines: str, headings: str = HEADINGS) -> io.BytesIO:
    return io.BytesIO("\n".join([headings, *lines]).encode())


def row(number: str, seat: Position, *, given="Ada", family="Lund", account="", since=SINCE, fte="1", under="") -> str:
    return f"{number},{given},{family},{account},,{seat.number},,{since},{fte},{under}"


def lay(him, *lines: str, by=None) -> PeopleFile:
    return actions.lay(file_of(*lines), by=by or him.okafor.user)


def look(file: PeopleFile):
    return actions.look_at(file, by=file.by)


def load(file: PeopleFile) -> PeopleFile:
    return actions.load(file, by=file.by, digest=look(file).digest)


def only(file: PeopleFile):
    [found] = look(file).rows
    return found


# -- Reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_text_is_read_with_the_sign_that_it_is_written_with(sign):
    headings = sign.join(COLUMNS)
    found = read(io.BytesIO(f"\ufeff{headings}\n7{sign}Ada{sign}Lund\n\n".encode()))
    assert found.rows == [(2, {"number": "7", "given_name": "Ada", "family_name": "Lund"})]


def test_a_workbook_is_read_from_the_line_of_its_headings_on():
    book = openpyxl.Workbook()
    for cells in (
        ["People"],
        [],
        list(COLUMNS),
        [7, "Ada", "Lund", None, None, "S-1", None, timezone.now().date(), 1.0],
    ):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    [(line, cells)] = read(out).rows
    assert line == 4
    assert cells["number"] == "7"
    assert cells["employed_since"] == timezone.now().date().isoformat()
    assert cells["fte"] == "1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "headings"),
        (b"a,b\n1,2\n", "headings"),
        (b"number,seat\n1,2\n", "columns are missing: given_name"),
        (f"{HEADINGS},number\n1\n".encode(), "twice: number"),
        (HEADINGS.encode(), "nobody in the file"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04 no zip", "cannot be read"),
        (f'{HEADINGS}\n"7"x,"'.encode(), "no CSV"),
        (b"x" * (MOST_BYTES + 1), "10 MB"),
        (f"{HEADINGS}\n".encode() + b"1,a,b,,,s\n" * 20_001, "20000 rows"),
    ],
)
def test_what_is_no_list_of_people_is_refused_in_words(content, words):
    with pytest.raises(Unreadable, match=words):
        read(io.BytesIO(content))


def test_headings_that_mean_nothing_are_named():
    assert read(file_of("7", headings=f"{HEADINGS},shoe_size")).unread == ["shoe_size"]


# -- What it comes to ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"given": ""}, "given_name", "empty"),
        ({"family": "L" * 101}, "family_name", "longer than 100"),
        ({"since": "1 March"}, "employed_since", "no day"),
        ({"since": "1850-01-01"}, "employed_since", "calendar"),
        ({"since": lambda: (timezone.localdate() + timedelta(days=2)).isoformat()}, "employed_since", "hired"),
        ({"since": "2001-01-01"}, "employed_since", "does not exist"),
        ({"fte": "1.5"}, "fte", "at most one"),
        ({"fte": "half"}, "fte", "at most one"),
        ({"fte": "NaN"}, "fte", "at most one"),
        ({"account": "brandt"}, "account", "has that user name"),
        ({"account": "a b"}, "account", "letters"),
        ({"under": "nobody"}, "reports_to", "Nobody of that number"),
    ],
)
def test_a_row_that_cannot_be_says_by_which_column_and_why(him, change, column, words):
    found = only(lay(him, row("N-1", him.vacant["coding"], **counted_now(change))))
    assert (found.verdict, found.column) == (Verdict.REFUSED, column)
    assert words in found.why


def test_a_number_of_a_file_is_plain(him):
    found = only(lay(him, row("H 1/é", him.vacant["coding"])))
    assert (found.verdict, found.column) == (Verdict.REFUSED, "number")
    assert "letters from A to Z" in found.why


def test_a_seat_of_another_line_or_proposed_or_full_takes_nobody(him):
    other, proposed = him.vacant["release"], make.position(make.unit("Coding"), standing="proposed")
    full = him.brandt.position()
    marsh = him.marsh.user
    file = lay(him, row("N-1", other), row("N-2", proposed), row("N-3", full), by=marsh)
    assert [(one.column, one.verdict) for one in look(file).rows] == [("seat", "refused")] * 3


def test_of_two_for_one_seat_the_first_of_the_file_is_taken(him):
    seat = him.vacant["coding"]
    file = lay(him, row("N-1", seat, fte="0.5"), row("N-2", seat, fte="0.6"), row("N-3", seat, fte="0.5"))
    assert [one.verdict for one in look(file).rows] == ["new", "refused", "new"]
    assert load(file).counts == {"new": 2, "changed": 0, "unchanged": 0, "refused": 1}
    assert sum(row.fte for row in seat.assignments.at()) == 1


def test_the_same_number_or_account_twice_is_refused_the_second_time(him):
    coding, release = him.vacant["coding"], him.vacant["release"]
    file = lay(him, row("N-1", coding, account="ada"), row("N-1", release), row("N-2", release, account="ada"))
    assert [one.column for one in look(file).rows] == ["", "number", "account"]


def test_unit_and_job_are_held_against_the_seat(him):
    seat = him.vacant["coding"]
    file = lay(him, f"N-1,Ada,Lund,,Release,{seat.number},,{SINCE},1,", f"N-2,Ada,Lund,,,{seat.number},Cook,{SINCE},1,")
    assert [one.column for one in look(file).rows] == ["unit", "job"]


def test_who_is_known_changes_by_name_only(him):
    seat, number = him.brandt.position(), him.brandt.number
    same = lay(him, row(number, seat, given="S.", family="Brandt", since="2020-01-01"))
    hired = only(same)
    assert hired.column in ("", "employed_since")
    file = lay(him, f"{number},Sofia,Brandt,,,{seat.number},,{him.brandt.employments.get().during.lower.date()},1,")
    found = load(file)
    assert found.counts["changed"] == 1
    him.brandt.refresh_from_db()
    assert him.brandt.given_name == "Sofia"
    moved = lay(him, row(number, him.vacant["coding"], given="S.", family="Brandt"))
    assert (only(moved).column, only(moved).verdict) == ("seat", Verdict.REFUSED)


@pytest.mark.parametrize("whom", ["marsh", "holt", "okafor"])
def test_nobody_changes_themselves_a_superior_or_another_line(him, whom):
    other = getattr(him, whom)
    found = only(lay(him, row(other.number, other.position(), family="Other"), by=him.marsh.user))
    assert (found.verdict, found.column) == (Verdict.REFUSED, "number")


def test_a_supervisor_comes_with_the_file_and_goes_with_it(him):
    coding, release = him.vacant["coding"], him.vacant["release"]
    file = lay(him, row("N-1", coding, under="N-2"), row("N-2", release))
    load(file)
    assert Supervision.objects.get(employee__number="N-1").supervisor.number == "N-2"
    third, fourth = make.position(make.unit("Coding")), make.position(make.unit("Coding"))
    bad = lay(him, row("N-3", third, under="N-4"), row("N-4", fourth, fte="2"))
    assert [one.column for one in look(bad).rows] == ["reports_to", "fte"]


def test_who_would_report_to_themselves_is_refused_and_the_other_is_not(him):
    coding, release = him.vacant["coding"], him.vacant["release"]
    file = lay(him, row("N-1", coding, under="N-2"), row("N-2", release, under="N-1"))
    assert [one.column for one in look(file).rows] == ["reports_to", "reports_to"]
    itself = lay(him, row("N-1", coding, under="N-1"))
    assert only(itself).column == "reports_to"
    assert load(itself).counts["new"] == 0


def test_a_head_who_would_report_to_one_of_their_own_is_refused(him):
    unit = make.unit("Scanning", under=make.unit("HIM"))
    head, seat = make.position(unit, heads=True), make.position(unit)
    file = lay(him, row("N-1", head, under="N-2"), row("N-2", seat))
    found = look(file).rows
    assert [(one.verdict, one.column) for one in found] == [("refused", "reports_to"), ("new", "")]
    assert load(file).counts["new"] == 1


# -- Loading -------------------------------------------------------------------------------------------------------


def test_who_is_loaded_is_what_taking_over_one_by_one_would_have_made(him):
    load(lay(him, row("N-1", him.vacant["coding"], account="ada", fte="0.8")))
    ada = Employee.objects.get(number="N-1")
    seat = him.vacant["coding"]
    kept = timeline.stored(ada)
    assert kept == timeline.rebuild(ada)  # folded anew from the action, nothing changes
    assert [spell.value for spell in kept.assignments] == [(seat.pk, ada.assignments.get().fte)]
    user = User.objects.get(username="ada")
    assert user.is_active
    assert user.must_change_password
    assert not user.has_usable_password()
    assert set(user.facilities.all()) == {seat.unit.facility}
    assert [group.name for group in user.groups.all()] == [seat.job.default_role] * bool(seat.job.default_role)
    step = ada.personnel_actions.get().steps.get()
    assert (step.move, step.by) == ("take_over", him.okafor.user)


def test_the_trail_says_who_loaded_whom_from_which_file(him):
    file = load(lay(him, row("N-1", him.vacant["coding"], account="ada")))
    entries = LogEntry.objects.filter(additional_data__because=f"From a file of people, number {file.pk}.")
    assert {entry.content_type.model for entry in entries} >= {"employee", "personnelaction", "user", "peoplefile"}
    assert {entry.actor for entry in entries} == {him.okafor.user}
    assert "Lund" not in str(
        LogEntry.objects.filter(content_type__model="peoplefile").values_list("changes", flat=True)
    )


def test_a_file_is_loaded_once_and_only_as_it_was_seen(him):
    file = lay(him, row("N-1", him.vacant["coding"]))
    digest = look(file).digest
    make.somebody(number="N-1")
    with pytest.raises(Conflict, match="has changed"):
        actions.load(file, by=file.by, digest=digest)
    assert load(file).counts["refused"] == 1
    with pytest.raises(Conflict, match="loaded already"):
        load(file)


def test_ten_thousand_rows_with_five_hundred_bad_ones_load_the_others_and_list_these(him):
    seat = {"unit": make.unit("Coding"), "job": make.job(), "valid": make.span()}
    kept = Position.objects.bulk_create(Position(number=f"X-{n:05}", **seat) for n in range(10_000))
    lines = [
        row(f"N-{n:05}", seat, since="never" if n % 20 == 7 else SINCE, account=f"user{n}" if n < 200 else "")
        for n, seat in enumerate(kept)
    ]
    file = load(lay(him, *lines))
    assert file.counts == {"new": 9_500, "changed": 0, "unchanged": 0, "refused": 500}
    assert len(file.refused) == 500
    assert file.refused[0] == [9, "employed_since", "This is no day: it is written 2026-11-23."]
    assert Assignment.objects.filter(position__in=kept).at().count() == 9_500
    again = look(lay(him, *lines))
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 9_500, "refused": 500}


def test_rows_are_forgotten_after_a_week_and_the_numbers_are_not(him):
    file = load(lay(him, row("N-1", him.vacant["coding"])))
    assert actions.forget_tonight(None) == {"forgotten": 0}
    PeopleFile.objects.update(written_at=timezone.now() - timedelta(days=8))
    assert actions.forget_tonight(None) == {"forgotten": 1}
    file.refresh_from_db()
    assert (file.rows, file.counts["new"]) == ([], 1)


# -- The screens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_taken_out_and_laid_before_it_again_changes_nothing(client, him, form):
    Employee.objects.filter(pk=him.brandt.pk).update(given_name="=cmd()", family_name='O\'Neill, "J" @x')
    client.force_login(him.okafor.user)
    answer = client.get(f"/staff/files/people.{form}")
    out = answer.getvalue()
    if form == "csv":
        assert b"'=cmd()" in out
    seen = look(actions.lay(io.BytesIO(out), by=him.okafor.user))
    assert seen.counts == {"new": 0, "changed": 0, "unchanged": 5, "refused": 0}
    assert AccessLog.objects.get(detail=f"people {form}").rows == 5


@pytest.mark.parametrize(("who", "status"), [("okafor", 200), ("marsh", 403), ("brandt", 403)])
def test_only_a_manager_takes_people_over_from_a_file(client, him, who, status):
    client.force_login(getattr(him, who).user)
    assert client.get("/staff/files/").status_code == status
    answer = client.get("/staff/files/people.csv")
    assert answer.status_code == status
    if status == 200:
        assert answer.getvalue()


def test_running_the_software_is_no_reason_to_take_people_over(client, him):
    client.force_login(make.person(is_superuser=True, is_staff=True))
    assert client.get("/staff/files/").status_code == 403


def test_nobody_reads_the_file_of_another(client, him):
    file = lay(him, row("N-1", him.vacant["coding"]))
    client.force_login(him.chief.user)
    for address in (f"/staff/files/{file.pk}/", f"/staff/files/{file.pk}/refused.csv"):
        assert client.get(address).status_code == 404


def test_a_file_is_laid_before_the_program_looked_at_and_loaded(client, him):
    client.force_login(him.okafor.user)
    upload = file_of(row("N-1", him.vacant["coding"]), row("N-2", him.vacant["release"], fte="7"))
    upload.name = "Lund Ada salaries.csv"
    laid = client.post("/staff/files/", {"file": upload})
    assert laid.status_code == 302
    with counted("people_file", most=13):
        page = client.get(laid.url)
    assert "Lund, Ada" in page.content.decode()
    assert "salaries" not in page.content.decode()
    assert client.post(laid.url, {"digest": "another"}).status_code == 409
    assert client.post(laid.url, {"digest": page.context["digest"]}).status_code == 302
    assert Employee.objects.filter(number="N-1").exists()
    assert client.get(laid.url).context["refused"] == [
        [3, "fte", "A share is more than none and at most one full time, such as 0.75."]
    ]
    assert b"3,fte," in client.get(f"{laid.url}refused.csv").content
    with counted("people_files"):
        client.get("/staff/files/")


def test_what_cannot_be_read_is_said_beside_the_file(client, him):
    client.force_login(him.okafor.user)
    answer = client.post("/staff/files/", {"file": io.BytesIO(b"hello")})
    assert answer.status_code in (400, 422)
    assert "headings" in str(answer.context["form"].errors)
    assert client.post("/staff/files/", {}).status_code == 422
