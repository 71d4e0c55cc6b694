"""`manage.py take_over`: how a department that has nobody yet comes to its first head."""

import pytest
from django.core.management import CommandError, call_command

from staff.models import Employee
from staff.personnel import timeline
from tests import factories as make
from tests.staff.personnel.acting import NOON, approved

pytestmark = pytest.mark.django_db
SAID = {"since": "2026-01-05", "because": "Headed the department before."}


def take_over(number="E-1", seat="H-1", **said):
    options = (f"--{name}={value}" for name, value in (SAID | {"seat": seat} | said).items())
    call_command("take_over", number, "Sam", "Okafor", *options)


@pytest.fixture
def top():
    him = make.unit("HIM")
    make.position(him, heads=True, number="H-1")
    return him


def test_the_first_head_is_seated_and_hires_the_next(top):
    account = make.person("okafor", role="Records manager")
    take_over(account="okafor")
    head = Employee.objects.get(user=account)
    assert head.position(NOON).number == "H-1"
    assert head.employments.get().during.lower.isoformat() == "2026-01-05T05:00:00+00:00"  # midnight in New York
    newcomer = make.somebody("Kim")
    approved(newcomer, "hire", by=head, position=make.position(top), fte=1, pay=45_000)
    assert newcomer.supervisor(NOON) == head


def test_who_is_known_and_has_no_timeline_is_taken_over_as_who_they_are(top):
    known = Employee.objects.create(number="E-1", given_name="Sam", family_name="Okafor")
    take_over()
    assert timeline.stored(known).assignments


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"seat": "H-9"}, "There is no position 'H-9'"),
        ({"account": "nobody"}, "There is no user 'nobody'"),
        ({"account": "taken"}, "That account is somebody else's"),
        ({"number": "E-7"}, "Somebody has that number"),
        ({"since": "9999-12-31"}, "hired, not taken over"),
        ({"since": "2019-01-01"}, "The seat does not exist all that time"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(top, said, words):
    make.somebody("Kim", user=make.person("taken"), number="E-7")
    with pytest.raises(CommandError, match=words):
        take_over(**said)
    assert Employee.objects.count() == 1


def test_who_is_employed_already_is_not_taken_over_again(top):
    take_over()
    make.position(top, number="H-2")
    with pytest.raises(CommandError, match="employed already"):
        take_over(seat="H-2")
