"""Filling a cycle in offline: a sheet that is taken out and laid before the program again."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.cycles import actions
from compliance.cycles.marking import Said
from compliance.cycles.models import FALLS_SHORT, Likelihood, Mark, Scope
from compliance.cycles.offline import actions as offline
from compliance.cycles.offline import cells
from compliance.cycles.offline.models import CycleFile
from compliance.cycles.offline.plan import Verdict
from compliance.cycles.standing import standing
from compliance.scoring.models import Result
from himdept.common import sheets
from himdept.common.errors import Conflict, Unreadable
from tests import factories as make
from tests.compliance.cycles.acting import begun, closed, house, part_of, read, row_of, score, score_rest
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle(team):
    read(4)
    return begun(team.rosa, scored_by=team.sam)


def taken_out(cycle) -> bytes:
    out = io.BytesIO()
    sheets.write_xlsx(cycle.title, [("Fill in", "Result")], [cells.table(standing(cycle).parts)], out)
    return out.getvalue()


def filled_in(content: bytes, **changes: dict[str, str]) -> bytes:
    """The workbook with other cells, by the code of the element and by column."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows())
    head = next(n for n, row in enumerate(rows) if "Element" in [cell.value for cell in row])
    names = [str(cell.value).lower() for cell in rows[head]]
    for row in rows[head + 1 :]:
        code = row[names.index("element")].value.replace("-", "_")
        for name, words in changes.get(code, {}).items():
            row[names.index(name)].value = words
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lay(cycle, content: bytes, *, by) -> CycleFile:
    return offline.lay(cycle, io.BytesIO(content), by=by)


def look(file: CycleFile):
    return offline.look_at(file, by=file.by)


def load(file: CycleFile) -> CycleFile:
    return offline.load(file, by=file.by, digest=look(file).digest)


# -- Out and in again


SAID = st.builds(
    lambda result, grade, because: Said(result, *(grade if result in FALLS_SHORT else ("", "")), because),
    st.sampled_from(Result.values),
    st.one_of(st.just(("", "")), st.tuples(st.sampled_from(Likelihood.values), st.sampled_from(Scope.values))),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60).filter(
        lambda words: bool(words.strip())
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(SAID, min_size=3, max_size=3))
def test_what_is_taken_out_and_laid_before_the_program_again_changes_nothing(team, cycle, said):
    for code, words in zip(("A-1", "M-1", "M-2"), said, strict=True):
        score(part_of(cycle, code[0]), code, words)
    marks = Mark.objects.count()
    file = lay(cycle, taken_out(cycle), by=team.sam)
    assert look(file).counts == {"changed": 0, "unchanged": 4, "conflict": 0, "refused": 0}
    load(file)
    assert Mark.objects.count() == marks


def test_what_is_filled_in_is_scored_by_who_laid_it_before_the_program(team, cycle):
    content = filled_in(
        taken_out(cycle),
        A_1={"result": "Met", "because": "Log of March."},
        A_2={"result": "partly met", "likelihood": "low", "scope": "pattern"},
        M_1={"result": "met", "because": "Seen on paper."},
    )
    file = lay(cycle, content, by=team.sam)
    assert look(file).counts == {"changed": 3, "unchanged": 1, "conflict": 0, "refused": 0}
    load(file)
    rows = {code: row_of(part_of(cycle, code[0]), code) for code in ("A-1", "A-2", "M-1")}
    assert (rows["A-1"].score.result, rows["A-1"].individual.because) == ("met", "Log of March.")
    assert (rows["A-2"].score.result, rows["A-2"].grade) == ("partly", ("low", "pattern"))
    assert (rows["M-1"].overruled.by, rows["M-1"].score.result) == (team.sam, "met")
    with pytest.raises(Conflict, match="taken over already"):
        load(file)


def test_csv_is_read_as_well(team, cycle):
    book = openpyxl.load_workbook(io.BytesIO(filled_in(taken_out(cycle), A_1={"result": "met"})))
    text = io.StringIO()
    csv.writer(text).writerows(book.worksheets[0].iter_rows(values_only=True))
    file = lay(cycle, text.getvalue().encode(), by=team.sam)
    assert look(file).counts["changed"] == 1


# -- What happened meanwhile


def test_a_cell_that_was_changed_here_meanwhile_is_shown_and_not_overwritten(team, cycle):
    part = part_of(cycle, "A")
    score(part, "A-1", Said("met", because="Log of March."))
    content = filled_in(taken_out(cycle), A_1={"result": "not met", "because": "Log of April."}, A_2={"result": "met"})
    score(part, "A-1", Said("partly", because="Log of March."))
    file = lay(cycle, content, by=team.sam)
    (line,) = look(file).of(Verdict.CONFLICT)
    assert [(one.column, one.was, one.here, one.now) for one in line.clashes] == [
        ("result", "met", "not met", "partly met")
    ]
    load(file)
    assert row_of(part, "A-1").score.result == "partly"
    assert row_of(part, "A-2").score.result == "met"


def test_other_cells_of_the_same_element_and_the_same_words_are_no_conflict(team, cycle):
    part = part_of(cycle, "A")
    content = filled_in(taken_out(cycle), A_1={"because": "Log of April."}, A_2={"result": "met"})
    score(part, "A-1", Said("met"))
    score(part, "A-2", Said("met"))
    file = lay(cycle, content, by=team.sam)
    assert look(file).counts == {"changed": 1, "unchanged": 3, "conflict": 0, "refused": 0}
    load(file)
    mark = row_of(part, "A-1").individual
    assert (mark.result, mark.because) == ("met", "Log of April.")


def test_what_comes_between_looking_and_taking_over_is_a_conflict_and_takes_nothing_over(team, cycle):
    file = lay(cycle, filled_in(taken_out(cycle), A_1={"result": "met"}), by=team.sam)
    digest = look(file).digest
    score(part_of(cycle, "A"), "A-1", Said("partly"))
    with pytest.raises(Conflict, match="has changed since you looked"):
        offline.load(file, by=team.sam, digest=digest)
    assert row_of(part_of(cycle, "A"), "A-1").score.result == "partly"


# -- What is refused


@pytest.mark.parametrize(
    ("changes", "column", "why"),
    [
        ({"result": "splendid"}, "result", "not known here: splendid"),
        ({"result": "does not apply"}, "because", "why it does not apply"),
        ({"result": "not met", "scope": "pattern"}, "likelihood", "has both"),
        ({"result": "as measured"}, "result", "no result"),
        ({"result": "met", "because": "x" * 2001}, "because", "longer than 2000"),
        ({"seen": "999999", "result": "met"}, "seen", "not as it was taken out"),
        ({"seen": "²", "result": "met"}, "seen", "not as it was taken out"),
        ({"framework": "other"}, "element", "no such element"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line_and_column(team, cycle, changes, column, why):
    file = lay(cycle, filled_in(taken_out(cycle), A_1=changes), by=team.sam)
    (line,) = look(file).of(Verdict.REFUSED)
    assert (line.column, line.cells["element"], line.line > 1) == (column, "A-1", True)
    assert why in line.why
    load(file)
    assert not Mark.objects.exists()


def test_what_is_not_ones_own_or_submitted_already_is_refused_where_it_says_otherwise(team, cycle):
    content = filled_in(taken_out(cycle), A_1={"result": "met"}, M_2={"result": "met"})
    score_rest(part_of(cycle, "A"))
    actions.submit(part_of(cycle, "A"), by=team.sam)
    file = lay(cycle, content, by=team.sam)
    # What was scored the same meanwhile is no matter.
    assert look(file).counts == {"changed": 1, "unchanged": 3, "conflict": 0, "refused": 0}
    theirs = lay(cycle, filled_in(content, A_1={"result": "not met"}), by=team.vera)
    assert look(theirs).counts == {"changed": 0, "unchanged": 2, "conflict": 1, "refused": 1}


def test_the_same_element_twice_is_refused_the_second_time(team, cycle):
    file = lay(cycle, taken_out(cycle), by=team.sam)
    file.rows.append(file.rows[0])
    assert [line.why for line in look(file).of(Verdict.REFUSED)] == ["The same element stands higher up in the file."]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 no workbook", "cannot be read"),
        (b"\xff\xfe\x00", "neither XLSX nor text"),
        (b"%PDF-1.7", "No line with the headings"),
        (b"element,framework\nA-1,house\n", "columns are missing: result, likelihood, scope, because, seen"),
        (b"framework,element,result,likelihood,scope,because,seen\n", "no element in the file"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(client, team, cycle, content, why):
    with pytest.raises(Unreadable, match=why):
        lay(cycle, content, by=team.sam)
    client.force_login(team.sam)
    upload = SimpleUploadedFile("cycle.xlsx", content)
    page = client.post(reverse("cycle_files", args=[cycle.pk]), {"file": upload})
    assert (page.status_code, why.split(":")[0] in page.content.decode()) == (400, True)
    assert not CycleFile.objects.exists()


def test_the_sheet_of_another_cycle_is_refused_as_a_whole(team, cycle):
    other = begun(team.rosa, [house("2", name="other")], title="Another", scored_by=team.sam)
    content = filled_in(taken_out(cycle), A_1={"result": "met"})
    with pytest.raises(Unreadable, match="the sheet of another cycle"):
        lay(other, content, by=team.sam)
    assert not CycleFile.objects.exists()


def test_a_sheet_that_does_not_say_of_which_cycle_it_is_is_read(team, cycle):
    content = b"framework,element,result,likelihood,scope,because,seen\nhouse,A-1,met,,,,0\n"
    assert look(lay(cycle, content, by=team.sam)).counts["changed"] == 1


# -- On the screen


def test_a_sheet_goes_out_and_comes_in_by_the_screens(client, team, cycle):
    client.force_login(team.sam)
    out = client.get(reverse("cycle_sheet", args=[cycle.pk]))
    part = client.get(reverse("cycle_part_sheet", args=[part_of(cycle, "A").pk]))
    assert "A-1" in str(list(openpyxl.load_workbook(io.BytesIO(part.content)).worksheets[0].values))
    upload = SimpleUploadedFile("cycle.xlsx", filled_in(out.content, A_1={"result": "met"}, A_2={"result": "odd"}))
    laid = client.post(reverse("cycle_files", args=[cycle.pk]), {"file": upload})
    page = client.get(laid.headers["Location"])
    text = page.content.decode()
    assert "Take over 1 row" in text
    assert "not known here: odd" in text
    answer = client.post(laid.headers["Location"], {"digest": page.context["digest"]})
    assert answer.status_code == 302
    again = client.post(laid.headers["Location"], {"digest": page.context["digest"]})
    assert again.status_code == 409
    assert row_of(part_of(cycle, "A"), "A-1").score.result == "met"
    client.get(laid.headers["Location"])
    with counted("cycle_files"):
        assert "1 taken over" in client.get(reverse("cycle_files", args=[cycle.pk])).content.decode()
    other = lay(cycle, filled_in(out.content, M_2={"result": "met"}), by=team.sam)
    with counted("cycle_file"):
        assert client.get(reverse("cycle_file", args=[other.pk])).status_code == 200


def test_what_was_left_out_stays_to_be_read_as_it_was_until_the_rows_are_forgotten(client, team, cycle):
    part = part_of(cycle, "A")
    content = filled_in(taken_out(cycle), A_1={"result": "not met"}, A_2={"result": "odd"})
    score(part, "A-1", Said("partly"))
    file = load(lay(cycle, content, by=team.sam))
    score(part, "A-1", Said("met"))
    client.force_login(team.sam)
    page = client.get(reverse("cycle_file", args=[file.pk]))
    (clash,), (refused,) = page.context["conflict"], page.context["refused"]
    assert (clash["element"], clash["here"], clash["now"]) == ("A-1", "not met", "partly met")
    assert (refused["element"], refused["why"]) == ("A-2", "That word is not known here: odd.")
    text = page.content.decode()
    assert "partly met" in text
    assert "not known here: odd" in text
    CycleFile.objects.update(written_at=timezone.now() - timedelta(days=8))
    offline.forget_tonight(None)
    assert "not known here" not in client.get(reverse("cycle_file", args=[file.pk])).content.decode()


def test_nobody_else_reads_somebodys_sheet(client, team, cycle):
    file = lay(cycle, taken_out(cycle), by=team.sam)
    for person, status in ((team.rosa, 404), (make.person(role="Surveyor"), 403)):
        client.force_login(person)
        assert client.get(reverse("cycle_file", args=[file.pk])).status_code == status
    elsewhere = make.manager("elsewhere", facilities=[make.facility("OTHER")])
    client.force_login(elsewhere)
    for name in ("cycle_files", "cycle_sheet"):
        assert client.get(reverse(name, args=[cycle.pk])).status_code == 404


def test_the_rows_of_a_sheet_are_forgotten_after_a_week(team, cycle):
    file = lay(cycle, taken_out(cycle), by=team.sam)
    assert not CycleFile.objects.forgotten().exists()
    assert set(CycleFile.objects.forgotten(timezone.now() + timedelta(days=8))) == {file}


def test_nothing_is_laid_before_a_cycle_that_is_closed(client, team):
    read(4)
    cycle = closed(team.rosa, team.sam)
    content = taken_out(cycle)
    client.force_login(team.sam)
    page = client.get(reverse("cycle_files", args=[cycle.pk])).content.decode()
    assert "The cycle is closed" in page
    assert 'type="file"' not in page
    upload = SimpleUploadedFile("cycle.xlsx", content)
    refused = client.post(reverse("cycle_files", args=[cycle.pk]), {"file": upload})
    assert (refused.status_code, "This cycle is closed" in refused.content.decode()) == (409, True)
    assert not CycleFile.objects.exists()


def test_the_cells_that_are_filled_in_offer_their_words(client, team):
    cycle = begun(team.rosa, scored_by=team.sam)
    client.force_login(team.sam)
    sheet = openpyxl.load_workbook(io.BytesIO(taken_out(cycle))).worksheets[0]
    rows = list(sheet.values)
    heading = next(at for at, row in enumerate(rows) if "Element" in row)
    offered = {}
    for one in sheet.data_validations.dataValidation:
        (cells,) = one.sqref.ranges
        offered[rows[heading][cells.min_col - 1]] = one.formula1.strip('"').split(",")
        assert (cells.min_row, cells.max_row) == (heading + 2, len(rows))
    assert offered == {
        "Result": ["met", "partly met", "not met", "does not apply", "not assessed", "as measured"],
        "Likelihood": ["low", "moderate", "high"],
        "Scope": ["limited", "pattern", "widespread"],
    }
