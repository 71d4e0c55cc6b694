from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from himdept.common.columns import Column, Under

ROW = Template("{% load lists %}{% cells row %}")


def drawn(value, **choices) -> str:
    columns = [
        Column("name", "Name", lambda row, showing: "A & B"),
        Column("n", "How many", lambda r, s: value, **choices),
    ]
    return ROW.render(Context({"columns": columns, "row": object()}))


DAY = '<time datetime="2026-10-09">9 Oct 2026</time>'


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (1234567, "1,234,567"),
        (0, "0"),
        (None, ""),
        ("<b>", "&lt;b&gt;"),
        (date(2026, 10, 9), DAY),
        (datetime(2026, 10, 9, 8, tzinfo=UTC), "2026-10-09 08:00:00+00:00"),  # of no zone's day
    ],
)
def test_a_cell_without_a_template_prints_its_value(value, printed):
    assert drawn(value) == f'<th scope="row">A &amp; B</th><td data-label="How many">{printed}</td>'


def test_on_a_card_a_cell_may_have_a_shorter_label():
    assert 'data-label="n"' in drawn(3, on_card="n")


@pytest.mark.parametrize(("value", "printed"), [(None, "never &amp; nowhere"), (0, "0"), ("", "never &amp; nowhere")])
def test_where_there_is_nothing_a_cell_says_so(value, printed):
    assert f">{printed}</td>" in drawn(value, otherwise="never & nowhere")


def test_a_cell_leads_to_what_its_row_is_about():
    link = drawn("O'Hara <b>", opens=lambda row: "/people/3/?a=1&b=2")
    assert '<a href="/people/3/?a=1&amp;b=2" data-open>O&#x27;Hara &lt;b&gt;</a></td>' in link


def test_what_stands_under_a_value_is_drawn_below_it_where_there_is_any():
    under = (Under("Since", lambda row, showing: date(2026, 10, 9)), Under("Also", lambda row, showing: None))
    assert f'<span>RHIA<span class="under">{DAY}</span></span></td>' in drawn("RHIA", under=under)
    below = f'<a href="/x/" data-open>RHIA</a><span class="under">{DAY}</span></td>'
    assert below in drawn("RHIA", under=under, opens=lambda row: "/x/")
    assert ">RHIA</td>" in drawn("RHIA", under=under[1:])


def test_what_opens_beside_the_list_says_so():
    assert '<a href="/x/" data-open data-panel>3</a>' in drawn(3, opens=lambda row: "/x/", beside=True)
