import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himdept.common import audit
from staff.models import User

pytestmark = pytest.mark.django_db


def test_the_trail_of_many_new_rows_is_written_by_one_statement_that_asks_of_none_what_points_to_it():
    users = User.objects.bulk_create(User(username=f"user{n}", first_name="Ada") for n in range(3))
    ContentType.objects.get_for_model(User)
    with CaptureQueriesContext(connection) as asked:
        audit.created(users)
    assert len(asked) == 1
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id__in=[u.pk for u in users]
    )
    assert {entry.changes["username"][1] for entry in entries} == {"user0", "user1", "user2"}
    assert all(entry.changes["first_name"] == ["None", "Ada"] for entry in entries)
