"""What may be written down of somebody's credentials, and what the database refuses whoever writes."""

from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error
from django.utils import timezone

from himdept.common.errors import Conflict, DomainError
from staff.credentials import actions
from staff.models import Certification, Credential, Verification
from tests import factories as make
from tests.days import counted_now

pytestmark = pytest.mark.django_db

FIRST = date(2025, 3, 1)


def certified(code: str = "RHIA") -> Certification:
    return Certification.objects.get(code=code)


def recorded(him, code: str = "RHIA", *, of=None, **terms) -> Credential:
    return actions.record(
        of or him.brandt, certified(code), by=him.marsh.user, **{"number": "1234567", "first_day": FIRST} | terms
    )


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("RHIA", "12-34"),
        ("RHIA", "1234"),
        ("RHIA", ""),
        ("CPC", "12345"),
        ("CPC", "A123456"),
        ("CHDS", "TOOLONG-12345"),
    ],
)
def test_a_number_that_its_issuer_does_not_give_out_is_refused_by_its_field(him, code, number):
    with pytest.raises(DomainError) as refusal:
        recorded(him, code, number=number)
    assert refusal.value.field == "number"
    assert certified(code).issuer in refusal.value.message
    assert not Credential.objects.exists()


def test_the_database_refuses_such_a_number_whoever_writes(him):
    with pytest.raises(IntegrityError, match="no numbers of that form"):
        make.credential(him.brandt, "RHIA", by=him.marsh.user, number="12-34")


def test_spaces_and_small_letters_of_a_number_do_not_matter(him):
    assert recorded(him, "CHDS", number=" mt 12345 ").number == "MT12345"


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("RHIA", date(2025, 3, 1), date(2027, 2, 28)),
        ("CHDS", date(2024, 2, 29), date(2027, 2, 27)),  # 2027 has no 29 February: its anniversary is the 28th
        ("RHIA", date(2026, 1, 1), date(2027, 12, 31)),
    ],
)
def test_a_cycle_without_a_last_day_lasts_as_long_as_its_issuer_says(him, code, first, last):
    assert recorded(him, code, first_day=first).last_day == last


def test_what_does_not_expire_has_no_last_day(him):
    Certification.objects.filter(code="CRM").update(cycle_months=None)
    credential = recorded(him, "CRM", number="123")
    assert credential.last_day is None
    assert credential in Credential.objects.in_force(date(2099, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (date(2027, 2, 28), date(2027, 3, 5), True),  # the last day is in force still
        (date(2027, 3, 1), date(2027, 3, 5), False),
        (date(2025, 2, 1), date(2025, 3, 1), True),
        (date(2025, 2, 1), date(2025, 2, 28), False),
        (date(2026, 1, 1), None, True),
    ],
)
def test_the_cycles_of_one_certification_never_overlap(him, first, last, refused):
    recorded(him)
    if not refused:
        recorded(him, first_day=first, last_day=last)
        return
    with pytest.raises(DomainError, match="on some of these days already"):
        recorded(him, first_day=first, last_day=last)
    with pytest.raises(IntegrityError, match="one_cycle_of_a_credential_at_a_time"), transaction.atomic():
        make.credential(him.brandt, "RHIA", by=him.marsh.user, number="1234567", first_day=first, last_day=last)
    recorded(him, "RHIT", first_day=first, last_day=last)  # of another certification they may


def test_a_number_belongs_to_one_person(him):
    recorded(him)
    with pytest.raises(DomainError, match="somebody else"):
        recorded(him, of=him.petrov, first_day=date(2030, 1, 1))
    with pytest.raises(IntegrityError, match="one_holder_of_a_number"):
        make.credential(him.petrov, "RHIA", by=him.marsh.user, number="1234567")


def test_a_last_day_before_the_first_is_refused(him):
    with pytest.raises(DomainError, match="before the first"):
        recorded(him, last_day=FIRST - timedelta(days=1))


def test_nobody_keeps_their_own_credentials_whoever_writes(him):
    with pytest.raises(DomainError, match="whoever is above you"):
        actions.record(him.marsh, certified(), number="1234567", first_day=FIRST, by=him.marsh.user)
    credential = recorded(him)
    with pytest.raises(DomainError, match="whoever is above you"):
        verified(credential, by=him.brandt.user)
    with pytest.raises(IntegrityError, match="Nobody keeps their own"):
        actions.strike(credential, by=him.brandt.user, because="It is mine.")


# -- The look at the primary source --------------------------------------------------------------------------------


def verified(credential, *, by, **terms) -> Verification:
    said = {"source": "AHIMA's register", "looked_on": FIRST, "found": "confirmed", "proof": "print 7"} | terms
    return actions.verify(credential, by=by, **said)


def found(credential: Credential) -> str | None:
    return Credential.objects.with_proof().get(pk=credential.pk).found


def test_the_latest_look_at_the_source_counts(him):
    credential = recorded(him)
    assert found(credential) is None
    verified(credential, by=him.marsh.user, found="not_known")
    assert found(credential) == "not_known"
    verified(credential, by=him.marsh.user)
    assert found(credential) == "confirmed"
    assert credential.verifications.count() == 2


def test_what_is_corrected_is_no_longer_proved(him):
    credential = recorded(him)
    verified(credential, by=him.marsh.user)
    actions.correct(
        credential, number="7654321", first_day=FIRST, last_day=None, by=him.marsh.user, because="A slip of the pen."
    )
    assert found(credential) is None
    assert credential.verifications.get().found == "confirmed"
    entry = LogEntry.objects.get_for_object(credential).latest("pk")
    assert entry.actor == him.marsh.user
    assert entry.additional_data["because"] == "A slip of the pen."
    assert entry.changes["number"] == ["1234567", "7654321"]


@pytest.mark.parametrize(
    "statement", ["UPDATE staff_verification SET found = 'confirmed'", "DELETE FROM staff_verification"]
)
def test_a_look_at_the_source_is_never_rewritten(him, statement):
    verified(recorded(him), by=him.marsh.user, found="differs")
    with (
        pytest.raises(Error, match=r"append-only|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Verification.objects.get().found == "differs"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"looked_on": lambda: timezone.localdate() + timedelta(days=1)}, "looked_on"),
        ({"source": ""}, "source"),
        ({"proof": ""}, "proof"),
        ({"found": "perhaps"}, "found"),
    ],
)
def test_a_look_that_proves_nothing_is_refused_by_its_field(him, terms, field):
    with pytest.raises(DomainError) as refusal:
        verified(recorded(him), by=him.marsh.user, **counted_now(terms))
    assert refusal.value.field == field


# -- Struck, and read by two ---------------------------------------------------------------------------------------


def test_what_is_struck_frees_its_days_and_its_number_and_stays_to_be_read(him):
    wrong = recorded(him)
    actions.strike(wrong, by=him.marsh.user, because="It is Petrov's.")
    recorded(him, of=him.petrov)
    assert Credential.objects.count() == 2
    assert [credential.employee for credential in Credential.objects.standing()] == [him.petrov]
    with pytest.raises(Conflict, match="struck"):
        actions.strike(wrong, by=him.marsh.user, because="Again.")
    with pytest.raises(IntegrityError, match="keeps its person"):
        Credential.objects.filter(pk=wrong.pk).update(struck_because="", struck_by=None)


def test_a_credential_does_not_change_hands_and_is_not_deleted(him):
    credential = recorded(him)
    with pytest.raises(IntegrityError, match="keeps its person"), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(employee=him.petrov)
    with pytest.raises(IntegrityError, match="keeps its person"), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).delete()


def test_what_somebody_else_changed_meanwhile_is_a_conflict(him):
    credential = recorded(him)
    read = actions.seal(Credential.objects.get(pk=credential.pk))
    actions.correct(credential, number="7654321", first_day=FIRST, last_day=None, by=him.marsh.user, because="Slip.")
    with pytest.raises(Conflict, match="changed since"):
        verified(credential, by=him.marsh.user, as_read=read)


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [
        (0, 91, "in_force"),
        (0, 90, "ending"),
        (0, 0, "ending"),
        (-9, -1, "lapsed"),
        (1, 91, "to_come"),
        (0, None, "in_force"),
    ],
)
def test_how_a_credential_stands_today(him, first, last, state):
    today = timezone.localdate()
    last_day = None if last is None else today + timedelta(days=last)
    credential = make.credential(
        him.brandt, by=him.marsh.user, first_day=today + timedelta(days=first), last_day=last_day
    )
    assert credential.state() == state
    assert Credential.objects.in_force().exists() == (state in ("in_force", "ending"))
