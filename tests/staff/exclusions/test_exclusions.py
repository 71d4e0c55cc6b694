"""Exclusion lists: read as the offices publish them, held against everybody, decided on by somebody, due each month."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate as today

from compliance.clocks import reminders
from himdept.common.errors import Conflict, DomainError, Unreadable
from staff.exclusions import actions
from staff.exclusions.reading import Layout, plain_name, read
from staff.models import Employee, ExclusionCheck, ExclusionList, ExclusionMatch
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db

OIG = (
    "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE,ZIP,EXCLTYPE,EXCLDATE,"
    "REINDATE,WAIVERDATE,WVRSTATE"
)
SAM = (
    "Classification,Name,Prefix,First,Middle,Last,Suffix,City,State / Province,Exclusion Program,Excluding Agency,"
    "Exclusion Type,Active Date,Termination Date,NPI"
)


def oig(family="BRANDT", given="S", *, npi="0000000000", born="19700101", back="00000000") -> str:
    place = "1 MAIN,DAYTON,OH,45402,1128b4,20200120"
    return f"{family},{given},,,IND- LIC HC SERV PRO,NURSE,,{npi},{born},{place},{back},00000000,"


def file_of(*rows: str, headings: str = OIG) -> io.BytesIO:
    return io.BytesIO("\n".join([headings, *rows]).encode())


def load(*rows: str, code="oig", month=None, by=None):
    return actions.load(ExclusionList.objects.get(code=code), file_of(*rows), month=month or today(), by=by)


@pytest.fixture
def match(him):
    load(oig())
    return ExclusionMatch.objects.get()


# -- Reading -------------------------------------------------------------------------------------------------------


def test_the_list_of_oig_is_read_without_businesses_and_those_who_were_reinstated():
    business = ",,,ACME CARE,OTHER,CLINIC,,0000000000,,1 MAIN,DAYTON,OH,45402,1128b4,20200120,00000000,00000000,"
    found, _digest = read(file_of(oig(), business, oig("HOLT", back="20210101")), Layout.OIG, today())
    assert [(one.family, one.given, one.born_on, one.npi) for one in found] == [("BRANDT", "S", date(1970, 1, 1), "")]
    assert found[0].said["EXCLTYPE"] == "1128b4"


def test_the_list_of_sam_is_read_without_firms_and_what_has_ended():
    rows = [
        "Individual,,,Ada,,Lund,,Dayton,OH,Reciprocal,HHS,Ineligible,01/31/2024,Indefinite,1234567893",
        "Firm,ACME,,,,,,Dayton,OH,Reciprocal,HHS,Ineligible,01/31/2024,Indefinite,",
        "Individual,,,Ole,,Holt,,Dayton,OH,Reciprocal,HHS,Ineligible,01/31/2024,02/01/2024,",
    ]
    found, _digest = read(file_of(*rows, headings=SAM), Layout.SAM, today())
    assert [(one.family, one.npi) for one in found] == [("LUND", "1234567893")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "columns"),
        (b"a,b\n", "columns .*LASTNAME"),
        (SAM.encode(), "not OIG"),
        (OIG.encode(), "nobody"),
        (file_of(oig(born="never")).getvalue(), "Line 2"),
    ],
)
def test_what_is_no_such_list_is_refused_in_words(content, words):
    with pytest.raises(Unreadable, match=words):
        read(io.BytesIO(content), Layout.OIG, today())


def test_a_name_is_compared_without_its_ornaments():
    assert plain_name("O'Neill-Peña") == plain_name("ONEILL PENA") == "ONEILLPENA"


# -- Matching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (oig("BRANDT", "S"), "name"),
        (oig("BRANDT", "SOFIA"), "name"),  # the initial is all that is known of ours
        (oig("BRANDT", "OLAF"), None),
        (oig("BRAND", "S"), "name"),  # a like name
        (oig("LINDQVIST", "S"), None),
        (oig("LINDQVIST", "X", npi="1234567893"), "npi"),
        (oig("BRANDT", "S", born="19800305"), "birth"),
        (oig("BRANDT", "S", born="19700101"), "other birth"),
    ],
)
def test_an_entry_is_found_by_npi_or_by_a_like_name_and_not_with_another_birth_date(him, row, found):
    if found in ("npi", "birth", "other birth"):
        actions.tell(him.brandt, born_on=date(1980, 3, 5), npi="1234567893", by=him.marsh.user)
    load(row)
    by = ExclusionMatch.objects.filter(employee=him.brandt).values_list("by", flat=True).first()
    assert by == (None if found == "other birth" else found)


def test_right_after_a_list_was_written_like_names_are_found_by_their_index(him):
    """The planner knows nothing yet of what was just written, and would compare each person with every name."""
    asked = []

    def keep(execute, sql, parameters, many, context):
        if "staff_exclusionmatch (" in sql:
            asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(keep):
        load(*(oig(f"NAME{n}", f"GIVEN{n}") for n in range(2_000)))
    ((sql, parameters),) = asked
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql, parameters)
        assert "on excluded_by_likeness" in "\n".join(line for (line,) in cursor.fetchall())


def test_everybody_employed_has_a_dated_proof_of_each_month_and_no_match_is_said(him):
    made = load(oig("NOBODY", "ELSE"))
    assert ExclusionCheck.objects.filter(load=made, found=0).count() == Employee.objects.employed().count() == 6
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ExclusionCheck.objects.update(found=3)


def test_who_comes_later_is_checked_by_the_night_and_once(him):
    load(oig("NOVAK", "S"))
    ExclusionList.objects.update(from_day=today())
    make.employee("Novak")
    assert actions.check_newcomers(None) == {"checked": 1, "found": 1}
    assert actions.check_newcomers(None) == {"checked": 0, "found": 0}


def test_what_was_rejected_is_not_found_again_the_next_month(him, match):
    actions.decide(match, accepted=False, by=him.marsh.user, because="Another birth place.")
    made = load(oig())
    assert ExclusionMatch.objects.count() == 1
    assert ExclusionCheck.objects.get(load=made, employee=him.brandt).found == 0


def test_a_month_to_come_or_before_the_last_is_refused(him):
    load(oig())
    with pytest.raises(DomainError, match="to come"):
        load(oig(), month=today() + timedelta(days=40))
    with pytest.raises(DomainError, match="later month"):
        load(oig(), month=today() - timedelta(days=40))


# -- Deciding ------------------------------------------------------------------------------------------------------


def test_a_decision_needs_a_reason_and_is_made_on_what_was_read(him, match):
    with pytest.raises(DomainError, match="Say why"):
        actions.decide(match, accepted=True, by=him.marsh.user, because="x")
    read_as = actions.seal(match)
    actions.decide(match, accepted=False, by=him.marsh.user, because="Asked her.")
    with pytest.raises(Conflict, match="since you opened"):
        actions.decide(match, accepted=True, by=him.okafor.user, because="Letter.", as_read=read_as)


def test_nobody_decides_on_themselves_whoever_writes(him, match):
    with pytest.raises(DomainError, match="above you"):
        actions.decide(match, accepted=False, by=him.brandt.user, because="Not me.")


# -- Coming due ----------------------------------------------------------------------------------------------------


def test_a_month_that_was_not_checked_comes_due_for_those_who_read_the_lists(him):
    due = ExclusionList.objects.in_use().with_due()
    assert not due.exists()
    ExclusionList.objects.filter(code="oig").update(from_day=date(2026, 3, 9))
    assert due.get().due == date(2026, 3, 31)
    assert reminders.write(make.facility(), on=date(2026, 3, 31))["exclusion_lists"] == 1  # Okafor's role
    load(oig("NOBODY", "ELSE"), month=date(2026, 3, 9))
    assert due.get().due == date(2026, 4, 30)


def test_the_head_is_told_of_a_match_and_of_an_accepted_one_again(him, match):
    place = make.facility()
    assert reminders.write(place, on=today())["exclusion_matches"] == 1
    actions.decide(match, accepted=True, by=him.marsh.user, because="Same licence.")
    assert reminders.write(place, on=today())["exclusion_matches"] == 1
    actions.decide(match, accepted=False, by=him.marsh.user, because="Letter of the office.")
    assert reminders.write(place, on=today() + timedelta(days=9))["exclusion_matches"] == 0


# -- The screens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("okafor", 200), ("marsh", 403), ("brandt", 403)])
def test_only_a_manager_reads_lists_and_decides(client, him, match, who, status):
    client.force_login(getattr(him, who).user)
    person = f"/staff/people/{him.brandt.pk}"
    for address in (f"/staff/exclusions/{match.pk}/", "/staff/exclusions/load/", f"{person}/particulars/"):
        assert client.get(address).status_code == status
    assert client.get("/staff/exclusions/").status_code == status
    sees = 403 if who == "brandt" else 200
    assert client.get(f"{person}/exclusions/").status_code == sees


def test_a_manager_sees_nothing_of_themselves_or_of_another_line(client, him):
    load(oig("OKAFOR", "S"))
    match = ExclusionMatch.objects.get()
    client.force_login(him.okafor.user)
    assert not client.get("/staff/exclusions/").context["matches"]
    assert client.get(f"/staff/exclusions/{match.pk}/").status_code == 404
    assert client.get(f"/staff/people/{him.okafor.pk}/exclusions/").status_code == 404
    client.force_login(make.person(is_superuser=True))
    assert client.get("/staff/exclusions/").status_code == 403


def test_a_list_is_read_and_a_match_accepted_in_the_browser(client, him):
    client.force_login(him.okafor.user)
    said = {"list": ExclusionList.objects.get(code="oig").pk, "month": today().isoformat(), "file": file_of(oig())}
    assert client.post("/staff/exclusions/load/", said).status_code == 302
    match = ExclusionMatch.objects.get()
    assert "DAYTON" in client.get(f"/staff/exclusions/{match.pk}/").content.decode()
    assert client.post(f"/staff/exclusions/{match.pk}/", {"accepted": "yes"}).status_code == 422
    decided = {"accepted": "yes", "because": "Same licence.", "as_read": actions.seal(match)}
    assert client.post(f"/staff/exclusions/{match.pk}/", decided).status_code == 302
    assert client.post(f"/staff/exclusions/{match.pk}/", decided).status_code == 409
    assert "excluded" in client.get(f"/staff/people/{him.brandt.pk}/exclusions/").content.decode()
    bad = said | {"file": io.BytesIO(b"hello")}
    assert client.post("/staff/exclusions/load/", bad).status_code in (400, 422)


def test_birth_date_and_npi_are_kept_and_masked_in_the_trail(client, him):
    from auditlog.models import LogEntry

    client.force_login(him.okafor.user)
    address = f"/staff/people/{him.brandt.pk}/particulars/"
    assert client.post(address, {"born_on": "1980-03-05", "npi": "12"}).status_code == 422
    for wrong in ({"npi": "1234567890"}, {"born_on": str(today() + timedelta(days=1))}, {"born_on": "1899-12-31"}):
        refused = client.post(address, {"born_on": "1980-03-05", "npi": "1234567893"} | wrong)
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, list(wrong))
    assert client.post(address, {"born_on": "1948-03-05", "npi": ""}).status_code == 302
    assert client.post(address, {"born_on": "1980-03-05", "npi": "1234567893"}).status_code == 302
    him.brandt.refresh_from_db()
    assert him.brandt.particulars.npi == "1234567893"
    told = str(list(LogEntry.objects.filter(content_type__model="particulars").values_list("changes", flat=True)))
    assert "1980" not in told
    assert "1234567893" not in told


def test_the_pages_of_exclusions_cost_a_bounded_number_of_queries(client, him, match):
    client.force_login(him.okafor.user)
    with counted("exclusion_page"):
        client.get("/staff/exclusions/")
    with counted("person_exclusions"):
        client.get(f"/staff/people/{him.brandt.pk}/exclusions/")


def test_the_terminal_reads_a_list(him, tmp_path, capsys):
    path = tmp_path / "UPDATED.csv"
    path.write_bytes(file_of(oig()).getvalue())
    call_command("check_exclusions", "oig", str(path), month=date(2026, 3, 9))
    assert "1 entries, 6 people checked, 1 to decide on" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not SAM"):
        call_command("check_exclusions", "sam", str(path))
    with pytest.raises(CommandError, match=r"nothing\.csv"):
        call_command("check_exclusions", "oig", str(tmp_path / "nothing.csv"))
