"""What a row breaks is told as Django tells it, and one that breaks nothing is asked about once."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext

from staff.models import PersonnelAction
from staff.personnel.kinds import Kind

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 3, 16, tzinfo=UTC)


def raised(**fields) -> PersonnelAction:
    """A pay change that keeps every check, but for what `fields` say."""
    said = {"kind": Kind.PAY, "employee_id": 1, "effective": NOON, "pay": 52_000, "basis": "year", "because": "Merit."}
    return PersonnelAction(**said | fields)


def asked_one_by_one(action: PersonnelAction, left_out: set[str]) -> list[str]:
    words = []
    for check in PersonnelAction._meta.constraints:
        if isinstance(check, CheckConstraint):
            try:
                check.validate(PersonnelAction, action, exclude=left_out)
            except ValidationError as error:
                words += error.messages
    return words


def told(action: PersonnelAction, left_out: set[str]) -> dict[str, list[str]]:
    try:
        action.validate_constraints(exclude=left_out)
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({}, 0),
        ({"because": ""}, 1),
        ({"because": "", "supervisor_id": 1}, 3),  # no kind for a supervisor, and that it is oneself
        ({"pay": None}, 1),  # with its basis alone it is unknown whether they belong together
        ({"pay": -1}, 1),
        ({"kind": None}, 0),  # what is unknown breaks nothing
        ({"kind": None, "because": ""}, 1),  # and hides nothing
    ],
)
@pytest.mark.parametrize("left_out", [set(), {"because"}, {"kind", "pay"}], ids=["nothing", "because", "kind and pay"])
def test_a_row_is_told_all_that_it_breaks_in_the_words_and_the_order_of_the_checks(fields, broken, left_out):
    action = raised(**fields)
    words = asked_one_by_one(action, left_out)
    if not left_out:
        assert len(words) == broken
    assert told(action, left_out) == ({NON_FIELD_ERRORS: words} if words else {})


def test_a_row_that_breaks_nothing_is_asked_about_once():
    with CaptureQueriesContext(connection) as captured:
        raised().validate_constraints()
    assert len([query for query in captured if query["sql"].startswith("SELECT")]) == 1


def test_a_field_that_is_left_out_may_hold_what_is_no_value_of_its():
    assert told(raised(supervisor_id="nobody", because=""), {"supervisor"}) == {NON_FIELD_ERRORS: ["Say why."]}
