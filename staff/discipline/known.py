"""What the program itself knows of staffing and training around a case, to stand beside what its author found."""

from datetime import date, datetime, time

from django.utils.translation import gettext as _

from himdept.common import spoken
from staff.employment.models import Assignment, Employee, Leave
from staff.organisation.models import Position
from staff.people.models import Facility


def beside(employee: Employee, on: date) -> list[tuple[str, str]]:
    """What is known of the day, question by question; of volume and systems nothing is, and that is said too."""
    seat = _seat(employee, on)
    nothing = _("The program has no record of it.")
    return [
        (_("Volume"), nothing),
        (_("Staffing"), _staffing(seat, _noon(on, seat.unit.facility)) if seat else nothing),
        (_("Training"), _training(employee, on) or nothing),
        (_("System"), nothing),
    ]


def _seat(employee: Employee, on: date) -> Position | None:
    last = employee.assignments.select_related("position__unit__facility").order_by("during").last()
    if last is None:
        return None
    at = _noon(on, last.position.unit.facility)
    here = employee.assignments.at(at).select_related("position__unit__facility").first() or last
    return here.position


def _noon(on: date, facility: Facility) -> datetime:
    return datetime.combine(on, time(12), facility.zone)


def _staffing(seat: Position, at: datetime) -> str:
    seats = Position.objects.filter(unit=seat.unit, valid__contains=at, standing=Position.Standing.APPROVED)
    filled = Assignment.objects.at(at).filter(position__in=seats).values("position").distinct().count()
    away = Leave.objects.at(at).filter(employee__assignments__in=Assignment.objects.at(at).filter(position__in=seats))
    said = {"unit": seat.unit.name, "seats": seats.count(), "vacant": seats.count() - filled, "away": away.count()}
    return _("%(unit)s on that day: %(seats)d seats, %(vacant)d of them vacant, %(away)d people on leave.") % said


def _training(employee: Employee, on: date) -> str:
    """What was overdue, and the last course that was taken by then."""
    late = [row.course.title for row in employee.trainings.select_related("course").filter(due__lt=on)]
    taken = employee.attendances.filter(struck_because="", done_on__lte=on).select_related("course")
    last = taken.order_by("done_on", "pk").last()
    words = []
    if late:
        words.append(_("Overdue: %(courses)s.") % {"courses": ", ".join(late)})
    if last:
        words.append(
            _("Last taken: %(course)s, %(day)s.") % {"course": last.course, "day": spoken.date_of(last.done_on)}
        )
    return " ".join(words)
