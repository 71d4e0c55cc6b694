import pytest
from django.template import Context, Template

from himdept.common.columns import Column

ROW = Template("{% load lists %}{% cells row %}")


def drawn(value, **choices) -> str:
    columns = [
        Column("name", "Name", lambda row, showing: "A & B"),
        Column("n", "How many", lambda r, s: value, **choices),
    ]
    return ROW.render(Context({"columns": columns, "row": object()}))


@pytest.mark.parametrize(("value", "printed"), [(1234567, "1,234,567"), (0, "0"), (None, ""), ("<b>", "&lt;b&gt;")])
def test_a_cell_without_a_template_prints_its_value(value, printed):
    assert drawn(value) == f'<th scope="row">A &amp; B</th><td data-label="How many">{printed}</td>'


def test_on_a_card_a_cell_may_have_a_shorter_label():
    assert 'data-label="n"' in drawn(3, on_card="n")
