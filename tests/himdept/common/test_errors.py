import pytest
from django.db import DatabaseError, connection, transaction

from himdept.common.errors import Conflict, without_values


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        (
            "INSERT INTO staff_facility SELECT * FROM staff_facility",
            'UniqueViolation (23505): duplicate key value violates unique constraint "staff_facility_pkey"',
        ),
        ("SELECT 'Lindqvist'::int", "InvalidTextRepresentation (22P02)"),
        ("SELECT * FROM nowhere", 'UndefinedTable (42P01): relation "nowhere" does not exist'),
    ],
)
def test_of_a_database_error_no_value_is_kept(statement, kept):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert without_values(caught.value) == kept


def test_our_own_refusals_are_kept_whole_and_of_others_only_the_kind():
    assert without_values(Conflict("This deficiency is already closed.")) == "This deficiency is already closed."
    assert without_values(ValueError("invalid literal: 'Lindqvist'")) == "ValueError"
