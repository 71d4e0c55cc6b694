"""The sentences for what the database refuses about seats, people and lines."""

from django.utils.translation import gettext_lazy as _

from himdept.common.db import promises

WORDS = {
    "one_employment_at_a_time": ("effective", _("This person is employed at that time already.")),
    "one_seat_at_a_time": ("position", _("This person sits in another seat at that time.")),
    "one_supervisor_at_a_time": ("supervisor", _("This person reports to somebody else by name at that time.")),
    "one_pay_at_a_time": ("pay", _("This person is paid something else at that time.")),
    "one_leave_at_a_time": ("effective", _("This person is on leave at that time already.")),
    "one_place_at_a_time": ("during", _("The unit hangs in another place at that time.")),
    "seated_while_employed": ("effective", _("Somebody would sit in a seat without being employed all that time.")),
    "seated_while_the_seat_exists": ("position", _("The seat does not exist all that time.")),
    "led_while_employed": ("effective", _("Somebody would report to another without being employed all that time.")),
    "nobody_supervises_themselves": ("supervisor", _("Nobody reports to themselves.")),
    "paid_while_employed": ("effective", _("Somebody would be paid without being employed all that time.")),
    "on_leave_while_employed": ("effective", _("Somebody would be on leave without being employed all that time.")),
    "headed_while_the_seat_exists": ("head", _("The head seat does not exist all that time.")),
    "head_is_a_seat_of_the_unit": ("head", _("A unit is headed by a seat of its own.")),
    "position_stays_what_it_is": ("unit", _("A seat keeps its unit and its job: make a new one that replaces it.")),
    "seat_is_approved": ("position", _("The seat is not approved.")),
    "seat_within_its_fte": ("fte", _("More would sit in the seat than it is authorised for, and no reason is given.")),
    "staff_employee_number_key": ("number", _("Somebody has that number.")),
    "staff_employee_user_id_key": ("user", _("That account is somebody else's.")),
    "staff_user_username_key": ("username", _("Somebody has that user name.")),
    "units_are_no_circle": ("under", _("A unit would be below itself.")),
    "line_is_no_circle": ("supervisor", _("Somebody would report to themselves.")),
}


def register():
    for constraint, (field, words) in WORDS.items():
        promises.register(constraint, words, field=field)
