"""What cannot be about seats, people and lines cannot be written, also by who writes past the models."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from himdept.common.db import promises
from himdept.common.errors import DomainError
from staff.employment import refusals
from staff.models import Assignment, Employment, Excess, Place, Position, Supervision
from staff.personnel import timeline
from tests import factories as make
from tests.factories import OPENED, span

pytestmark = pytest.mark.django_db

A_YEAR_ON = OPENED + timedelta(days=365)
TWO_YEARS_ON = OPENED + timedelta(days=730)


@contextmanager
def refused(constraint: str):
    """The block's writing is refused by the constraint of that name, at once or when it would be kept."""
    broken = ""
    try:
        with transaction.atomic():
            yield
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as refusal:
        broken = refusal.__cause__.diag.constraint_name
    assert broken == constraint


def run(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def seat(employee, position, during, fte=1):
    run(
        "INSERT INTO staff_assignment (employee_id, position_id, fte, during) VALUES (%s, %s, %s, %s)",
        employee.pk,
        position.pk,
        fte,
        during,
    )


def test_nobody_sits_in_a_seat_before_the_hire():
    somebody = make.employee(during=span(A_YEAR_ON))
    with refused("seated_while_employed"):
        seat(somebody, make.position(), span(OPENED))


def test_nobody_sits_in_a_seat_after_the_separation():
    somebody = make.employee(during=span(OPENED, A_YEAR_ON))
    with refused("seated_while_employed"):
        seat(somebody, make.position(), span(OPENED, TWO_YEARS_ON))


def test_employment_cannot_be_taken_from_under_somebody_who_sits_in_a_seat():
    somebody = make.employee(sits_in=make.position())
    with refused("seated_while_employed"):
        run("DELETE FROM staff_employment WHERE employee_id = %s", somebody.pk)


def test_nobody_outlives_their_seat():
    closing = make.position(valid=span(OPENED, A_YEAR_ON))
    with refused("seated_while_the_seat_exists"):
        seat(make.employee(), closing, span(OPENED, TWO_YEARS_ON))


def test_a_seat_is_not_abolished_under_whoever_sits_in_it():
    there = make.position()
    make.employee(sits_in=there)
    with refused("seated_while_the_seat_exists"):
        run("UPDATE staff_position SET valid = %s WHERE id = %s", span(OPENED, A_YEAR_ON), there.pk)


def test_nobody_sits_in_two_seats_at_a_time():
    somebody = make.employee(sits_in=make.position())
    with refused("one_seat_at_a_time"):
        seat(somebody, make.position(), span(A_YEAR_ON))


def test_nobody_is_employed_twice_at_a_time():
    somebody = make.employee()
    with refused("one_employment_at_a_time"):
        run("INSERT INTO staff_employment (employee_id, during) VALUES (%s, %s)", somebody.pk, span(A_YEAR_ON))


def test_who_leaves_and_comes_back_is_employed_twice_one_after_the_other():
    somebody = make.employee(during=span(OPENED, A_YEAR_ON))
    Employment.objects.create(employee=somebody, during=span(A_YEAR_ON, TWO_YEARS_ON))
    seat(somebody, make.position(), span(OPENED, TWO_YEARS_ON))
    run("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_seat_has_no_more_in_it_than_is_authorised():
    there = make.position()
    make.employee(sits_in=there)
    with refused("seat_within_its_fte"):
        seat(make.employee(), there, span(A_YEAR_ON), fte="0.1")


def test_two_halves_share_a_seat():
    there, (one, other) = make.position(), (make.employee(), make.employee())
    seat(one, there, span(), fte="0.5")
    seat(other, there, span(A_YEAR_ON), fte="0.5")
    run("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_seat_has_more_in_it_for_as_long_as_a_dated_reason_says():
    there = make.position()
    make.employee(sits_in=there)
    Excess.objects.create(position=there, fte=2, during=span(A_YEAR_ON, TWO_YEARS_ON), because="Handover")
    seat(make.employee(), there, span(A_YEAR_ON, TWO_YEARS_ON))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with refused("seat_within_its_fte"):
        run("DELETE FROM staff_excess")
    with refused("seat_within_its_fte"):
        run("UPDATE staff_excess SET during = %s", span(A_YEAR_ON, A_YEAR_ON + timedelta(days=1)))
    with refused("seat_within_its_fte"):
        run("UPDATE staff_assignment SET during = %s WHERE lower(during) = %s", span(A_YEAR_ON), A_YEAR_ON)


def test_a_reason_for_more_than_authorised_has_words_and_an_end():
    there = make.position()
    words = "INSERT INTO staff_excess (position_id, fte, during, because) VALUES (%s, 2, %s, %s)"
    with refused("excess_has_a_reason"):
        run(words, there.pk, span(OPENED, A_YEAR_ON), "")
    with refused("excess_has_an_end"):
        run(words, there.pk, span(OPENED), "Handover")


def test_what_a_seat_is_authorised_for_does_not_fall_below_what_sits_in_it():
    there = make.position()
    make.employee(sits_in=there)
    with refused("seat_within_its_fte"):
        run("UPDATE staff_position SET authorised_fte = 0.8 WHERE id = %s", there.pk)


def test_nobody_sits_in_a_seat_that_was_only_proposed():
    with refused("seat_is_approved"):
        seat(make.employee(), make.position(standing="proposed"), span())


def test_a_seat_keeps_its_unit_and_its_job():
    there = make.position()
    with refused("position_stays_what_it_is"):
        run("UPDATE staff_position SET unit_id = %s WHERE id = %s", make.unit("Release").pk, there.pk)
    with refused("position_stays_what_it_is"):
        run("UPDATE staff_position SET job_id = %s WHERE id = %s", make.job("records-clerk").pk, there.pk)


def test_a_unit_hangs_in_one_place_at_a_time():
    coding = make.unit()
    with refused("one_place_at_a_time"):
        run("INSERT INTO staff_place (unit_id, during) VALUES (%s, %s)", coding.pk, span(A_YEAR_ON))


def test_a_unit_is_headed_by_a_seat_of_its_own_that_exists():
    coding, elsewhere = make.unit(), make.position(make.unit("Release"))
    with refused("head_is_a_seat_of_the_unit"):
        run("UPDATE staff_place SET head_id = %s WHERE unit_id = %s", elsewhere.pk, coding.pk)
    closing = make.position(coding, valid=span(OPENED, A_YEAR_ON))
    with refused("headed_while_the_seat_exists"):
        run("UPDATE staff_place SET head_id = %s WHERE unit_id = %s", closing.pk, coding.pk)


def test_no_unit_is_below_itself_neither_straight_nor_through_others():
    top, middle = make.unit("HIM"), make.unit("Coding")
    Place.objects.filter(unit=middle).update(under=top)
    low = make.unit("Inpatient coding", under=middle)
    with refused("unit_is_not_below_itself"):
        run("UPDATE staff_place SET under_id = unit_id WHERE unit_id = %s", top.pk)
    with refused("units_are_no_circle"):
        run("UPDATE staff_place SET under_id = %s WHERE unit_id = %s", low.pk, top.pk)


@pytest.fixture
def line():
    """A manager over a unit whose head is over a coder."""
    him = make.unit("HIM")
    coding = make.unit("Coding", under=him)
    manager = make.employee("Okafor", sits_in=make.position(him, heads=True))
    head = make.employee("Marsh", sits_in=make.position(coding, heads=True))
    return manager, head, make.employee("Brandt", sits_in=make.position(coding))


def test_nobody_reports_to_themselves(line):
    manager, *_ = line
    with refused("nobody_supervises_themselves"):
        make.supervision(manager, manager)


def test_nobody_reports_to_who_reports_to_them(line):
    manager, _, coder = line
    with refused("line_is_no_circle"):
        make.supervision(manager, coder)


def test_a_circle_that_begins_later_is_refused_too(line):
    manager, _, coder = line
    elsewhere = make.employee("Alder", sits_in=make.position(make.unit("Release")), during=span(OPENED, A_YEAR_ON))
    make.supervision(manager, elsewhere)
    Employment.objects.create(employee=elsewhere, during=span(A_YEAR_ON))
    with refused("line_is_no_circle"):  # whom the manager reports to would come into the manager's own line
        seat(elsewhere, make.position(coder.position().unit), span(A_YEAR_ON))


def test_a_circle_is_seen_also_where_a_head_leaves_and_the_next_one_above_takes_over(line):
    manager, head, coder = line
    elsewhere = make.employee("Alder", sits_in=make.position(make.unit("Release")))
    make.supervision(head, elsewhere)  # so that the coder's line leads out of the house
    make.supervision(manager, coder)
    with refused("line_is_no_circle"):
        Assignment.objects.filter(employee=head).update(during=span(OPENED, A_YEAR_ON))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("looks_first", [0, 1])
def test_two_changes_that_are_a_circle_only_together_do_not_both_come_to_be(line, looks_first):
    """Whichever of them is looked at first: the other one is written by then, and not yet to be seen."""
    _, head, coder = line
    other = make.employee("Alder", sits_in=make.position(make.unit("Release")))
    written, looked, looked_too, told = threading.Barrier(2), threading.Event(), threading.Event(), []

    def report(number, one, to):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                make.supervision(one, to)
                written.wait(120)
                if number == looks_first:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    looked.set()
                    looked_too.wait(1)
                else:
                    looked.wait(120)
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    looked_too.set()
            told.append("written")
        except IntegrityError as refusal:
            told.append(refusal.__cause__.diag.constraint_name)
        finally:
            connections.close_all()

    pairs = enumerate(((head, other), (other, coder)))
    together = [threading.Thread(target=report, args=(number, *pair)) for number, pair in pairs]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert sorted(told) == ["line_is_no_circle", "written"]


@pytest.mark.django_db(transaction=True)
def test_two_who_come_to_one_seat_at_once_do_not_both_sit_in_it():
    there, people = make.position(), [make.employee(), make.employee()]
    at_once, told = threading.Barrier(2), []

    def come(one):
        try:
            with transaction.atomic():
                seat(one, there, span())
                at_once.wait(120)
            told.append("written")
        except IntegrityError as refusal:
            told.append(refusal.__cause__.diag.constraint_name)
        finally:
            connections.close_all()

    together = [threading.Thread(target=come, args=(one,)) for one in people]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert sorted(told) == ["seat_within_its_fte", "written"]
    assert Position.objects.filled().get() == there


def test_whatever_the_database_refuses_about_the_spans_of_people_it_refuses_in_words():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conperiod AND conrelid = ANY(%s::regclass[])",
            [[model._meta.db_table for model, _ in timeline.TRACKS.values()]],
        )
        of_spans = {name for (name,) in cursor.fetchall()}
    assert {"one_pay_at_a_time", "seated_while_employed"} <= of_spans
    assert of_spans - refusals.WORDS.keys() == set()


def test_somebody_under_themselves_is_refused_in_words():
    somebody = make.employee()
    with pytest.raises(DomainError, match="Nobody reports to themselves"), promises.kept():
        Supervision.objects.create(employee=somebody, supervisor=somebody, during=span(OPENED))
