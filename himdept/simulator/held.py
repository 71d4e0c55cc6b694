"""What the demonstration's people hold: a certification in each state that the list of credentials can show."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from staff.credentials import actions
from staff.models import Certification, Credential, Employee, User, Verification

# Staff number, certification, the days until its cycle ends, whether its source was asked.
HELD = (
    ("HIM-002", "RHIT", 400, True),
    ("HIM-008", "RHIT", 75, True),
    ("HIM-010", "CCS", 22, True),
    ("HIM-011", "CPC", 300, False),
    ("HIM-012", "CHDS", -9, True),
)
CYCLE = timedelta(days=729)


def record(*, by: User):
    """Record what the people hold whose credentials were never touched; what is there stays."""
    today = timezone.localdate()
    for place, (number, code, days, proved) in enumerate(HELD, 1):
        employee = Employee.objects.get(number=number)
        if Credential.objects.filter(employee=employee).exists():
            continue
        last_day = today + timedelta(days=days)
        credential = actions.record(
            employee,
            Certification.objects.get(code=code),
            number=f"{4_100_000 + place}",
            first_day=last_day - CYCLE,
            last_day=last_day,
            by=by,
        )
        if proved:
            looked_on = min(last_day, today) - timedelta(days=30)
            # The nights before this one are measured too: they knew what was written down on that day.
            written_at = datetime.combine(looked_on, time(9), timezone.get_current_timezone())
            Credential.objects.filter(pk=credential.pk).update(written_at=written_at, changed_at=written_at)
            Verification.objects.create(
                credential=credential,
                source=f"the register of {credential.certification.issuer}",
                looked_on=looked_on,
                found="confirmed",
                proof="demonstration",
                by=by,
                written_at=written_at,
            )
