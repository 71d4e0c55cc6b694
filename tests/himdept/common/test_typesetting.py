import io
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from himdept.common import typesetter, typesetting
from himdept.common.errors import DomainError
from himdept.common.reports import Contents, write_contents
from himdept.common.sheets import Column, Linked, Look, Place, Table

AT = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
COLUMNS = [
    Column("MRN", 14),
    Column("Owed by", 24, Place.GROUP, otherwise="nobody known"),
    Column("Days past due", 10, is_number=True),
    Column("Why", 70, Place.BELOW),
]
HOSTILE = [
    '#panic("x")',
    "#emph[x] *b* _i_ $x^2$ `raw` <label> @reference",
    '"] #include "/etc/passwd" #[',
    "\\u{41} // gone /* gone */",
    "= Heading",
    "- item\n+ item",
    "#sys.inputs",
    "--- ~ ...",
    "{{ 7 * 7 }} {% debug %} <script>alert(1)</script>",
]


def contents(*rows, title="Deficiency report", by="Rose Okafor") -> Contents:
    return Contents(
        title,
        [("Facility", "St. Brendan (MAIN), as of the audit of 23 Nov 2026 05:12 (America/New_York)")],
        [
            Table(
                "summary",
                "Summary",
                [Column("What"), Column("How much")],
                lambda: iter([("Open", Linked(len(rows), "/deficiencies/")), ("Longest", None)]),
                Look.FIGURES,
            ),
            Table("kinds", "By kind", [Column("Kind"), Column("Open")], lambda: iter([("missing", 1)]), Look.SMALL),
            Table("ages", "By age", [Column("Age"), Column("Open")], lambda: iter([("over 7 days", 1)]), Look.SMALL),
            Table("list", "Deficiencies", COLUMNS, lambda: iter(rows), Look.LIST, lambda of: f"{len(of)} open"),
        ],
        by=by,
        at="23 Nov 2026 05:12",
    )


def row(number: int, who: str = "Vance, T.", why: str = "The limit has passed.") -> tuple:
    return f"{number:08}", who, number, why


def pdf(made: Contents) -> PdfReader:
    out = io.BytesIO()
    write_contents(made, out, form="pdf").finish()
    return PdfReader(out)


def text(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.fixture(scope="module")
def made() -> PdfReader:
    return pdf(contents(*(row(number, f"Practitioner {number // 40}") for number in range(90))))


class TestAFile:
    def test_it_has_its_title_its_author_and_its_language(self, made):
        assert made.metadata.title == "Deficiency report"
        assert made.metadata.author == "Rose Okafor"
        assert made.root_object["/Lang"] == "en"
        assert made.root_object["/ViewerPreferences"]["/DisplayDocTitle"]

    def test_it_is_tagged_and_says_that_it_is_pdf_ua_1(self, made):
        assert made.root_object["/MarkInfo"]["/Marked"]
        kinds = set(tags(made.root_object["/StructTreeRoot"]))
        assert {"/Table", "/TR", "/TH", "/TD", "/H1", "/H2"} <= kinds
        assert b"<pdfuaid:part>1</pdfuaid:part>" in made.root_object["/Metadata"].get_data()

    def test_the_summary_comes_first_and_the_list_begins_a_page(self, made):
        first, second = made.pages[0].extract_text(), made.pages[1].extract_text()
        assert first.index("Summary") < first.index("By kind") < first.index("By age")
        assert "00000000" not in first
        assert "00000000" in second

    def test_every_page_says_which_it_is_of_how_many_who_made_it_and_that_it_is_confidential(self, made):
        assert len(made.pages) > 3
        for number, page in enumerate(made.pages, 1):
            words = page.extract_text()
            assert f"page {number} of {len(made.pages)}" in words
            assert "Made 23 Nov 2026 05:12 by Rose Okafor" in words
            assert "Confidential" in words

    def test_the_headings_and_who_owes_come_again_on_every_page_of_the_list(self, made):
        for page in made.pages[1:]:
            words = page.extract_text()
            assert "MRN" in words
            assert "Practitioner" in words

    def test_every_row_and_every_subtotal_is_there(self, made):
        words = text(made)
        assert all(f"{number:08}" in words for number in range(90))
        assert words.count("40 open") >= 2
        assert "10 open" in words

    def test_it_speaks_in_the_houses_own_type(self, made):
        fonts = {
            font["/BaseFont"] for page in made.pages for font in map(resolved, page["/Resources"]["/Font"].values())
        }
        assert {name.partition("+")[2] for name in fonts} <= {"Inter-Regular", "Inter-SemiBold"}


def resolved(of):
    return of.get_object()


def tags(element) -> list[str]:
    found = [element["/S"]] if "/S" in element else []
    children = element.get("/K", [])
    children = children.get_object() if hasattr(children, "get_object") else children
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(child, dict):
            found += tags(child)
    return found


class TestHostileText:
    def test_markup_in_a_name_or_a_title_is_shown_as_it_was_typed(self):
        rows = [row(number, f"{number} {words}", words) for number, words in enumerate(HOSTILE)]
        made = pdf(contents(*rows, title='Report #panic("t")', by="#sys *who*"))
        shown = "".join(text(made).split())
        for words in HOSTILE:
            assert "".join(words.split()) in shown
        assert made.metadata.title == 'Report #panic("t")'
        assert made.metadata.author == "#sys *who*"

    @settings(max_examples=12, deadline=None)
    @given(
        words=st.lists(
            st.text(alphabet=st.sampled_from("#[]{}()*_$`<>@=-+/\\\"'~.: \n\x00\u200bab1"), max_size=30), max_size=20
        )
    )
    def test_nothing_that_can_be_typed_stops_the_typesetter(self, words):
        made = pdf(contents(*(row(number, word, word) for number, word in enumerate(words))))
        assert f"page 1 of {len(made.pages)}" in made.pages[0].extract_text()

    def test_a_letter_that_no_font_has_is_no_reason_to_refuse_the_report(self):
        made = pdf(contents(row(1, "陳, 大文 \U0001f9ec \ue000"), row(2, "Şahin, Łukasz Ωμέγα Жуков")))
        assert "Şahin, Łukasz Ωμέγα Жуков" in text(made)
        assert made.root_object["/MarkInfo"]["/Marked"]

    def test_a_word_without_end_stays_in_its_column(self):
        made = pdf(contents(row(1, why="x" * 5_000)))
        assert "x" * 20 in text(made)
        assert len(made.pages) < 5


class TestALongReport:
    def test_it_ends_where_a_pdf_must_and_says_so_first_and_last(self, monkeypatch):
        monkeypatch.setattr(typesetting, "MOST_ROWS", 50)
        made = contents(*(row(number, f"Practitioner {number // 20:03}") for number in range(12_000)))
        laid_out = typesetting.laid_out(made, made.sections)
        assert laid_out["rows"] == 40
        out = io.BytesIO()
        typesetting.typeset(laid_out, out, at=AT)
        reader = PdfReader(out)
        notice = "The list is longer than a PDF can be: it ends after 40 rows."
        assert notice in reader.pages[0].extract_text()
        assert notice in reader.pages[-1].extract_text()
        assert "00000040" not in text(reader)

    def test_what_does_not_fit_into_memory_is_refused_in_words(self, monkeypatch, tmp_path):
        program = tmp_path / "typesetter.py"
        program.write_text(Path(typesetter.__file__).read_text().replace("2 * 1024**3", "180 * 1024**2"))
        monkeypatch.setattr(typesetter, "__file__", str(program))
        with pytest.raises(DomainError, match="too long for a PDF"):
            pdf(contents(*(row(number) for number in range(3_000))))

    def test_what_takes_too_long_is_refused_in_words(self, monkeypatch):
        monkeypatch.setattr(typesetting, "MOST_SECONDS", 0.001)
        with pytest.raises(DomainError, match="too long for a PDF"):
            pdf(contents(row(1)))


def test_nothing_of_a_report_is_left_on_the_disk_and_nobody_else_could_read_it(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []
    real = typesetting.subprocess.run

    def run(command, **options):
        seen.append(stat.S_IMODE(Path(command[3]).parent.stat().st_mode))
        assert "SECRET_KEY" not in options["env"]
        return real(command, **options)

    monkeypatch.setenv("SECRET_KEY", "not for the typesetter")
    monkeypatch.setattr(typesetting.subprocess, "run", run)
    pdf(contents(row(1)))
    assert seen == [0o700]
    assert list(tmp_path.iterdir()) == []


def test_what_the_typesetter_complains_of_stays_out_of_the_log(monkeypatch):
    laid_out = typesetting.laid_out(contents(), [])
    del laid_out["words"]
    with pytest.raises(RuntimeError, match=r"^The typesetter did not accept the report\.$"):
        typesetting.typeset(laid_out, io.BytesIO(), at=AT)
