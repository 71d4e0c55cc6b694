"""The verbs of exclusion lists: read a month's list, check whoever came since, decide on a match, tell particulars."""

from datetime import date, timedelta
from typing import BinaryIO

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import reasons
from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict, DomainError
from staff.employment.models import Employee
from staff.exclusions.models import Excluded, ExclusionList, ExclusionLoad, ExclusionMatch, Particulars
from staff.exclusions.reading import Entry, Layout, plain_name, read
from staff.people.models import User

DECIDED_WITHIN = timedelta(days=7)
ALIKE = 0.6  # of whole names, as pg_trgm counts (0 to 1)
AT_A_TIME = 5_000

# Each person against the list of one office: by NPI, by the family name with a like given name, by a like whole name.
# Of whom both birth dates are known and differ, it is somebody else. What was rejected before is not found again.
# `+ 0`: of a list that was just written nothing is known yet; by its number the planner would compare every name.
CHECK = """
WITH person AS MATERIALIZED (
    SELECT * FROM unnest(
        %(ids)s::bigint[], %(families)s::text[], %(givens)s::text[], %(births)s::date[], %(npis)s::text[])
        AS t (id, family, given, born_on, npi)
),
pair AS MATERIALIZED (
    SELECT DISTINCT ON (p.id, x.key) p.id, x.key, x.said,
        CASE WHEN p.npi <> '' AND p.npi = x.npi THEN 'npi' WHEN p.born_on = x.born_on THEN 'birth' ELSE 'name' END AS by
    FROM person p CROSS JOIN LATERAL (
        SELECT * FROM staff_excluded e WHERE e.list_id = %(list)s AND p.npi <> '' AND e.npi = p.npi
        UNION ALL
        SELECT * FROM staff_excluded e WHERE e.list_id = %(list)s AND e.family = p.family
            AND (left(e.given, 1) = left(p.given, 1) AND (length(e.given) <= 1 OR length(p.given) <= 1)
                OR similarity(e.given, p.given) >= 0.4)
            AND (e.born_on IS NULL OR p.born_on IS NULL OR e.born_on = p.born_on)
        UNION ALL
        SELECT * FROM staff_excluded e WHERE e.list_id + 0 = %(list)s AND e.name %% (p.family || ' ' || p.given)
            AND (e.born_on IS NULL OR p.born_on IS NULL OR e.born_on = p.born_on)
    ) x ORDER BY p.id, x.key
),
found AS (
    INSERT INTO staff_exclusionmatch (employee_id, list_id, key, said, by, found_on, due, because)
    SELECT id, %(list)s, key, said, by, %(today)s, %(due)s, '' FROM pair
    ON CONFLICT (employee_id, list_id, key) DO NOTHING RETURNING 1
),
checked AS (
    INSERT INTO staff_exclusioncheck (employee_id, load_id, found)
    SELECT p.id, %(load)s, (
        SELECT count(*) FROM pair WHERE pair.id = p.id AND NOT EXISTS (
            SELECT FROM staff_exclusionmatch m
            WHERE m.employee_id = p.id AND m.list_id = %(list)s AND m.key = pair.key AND m.accepted = false)
    ) FROM person p ON CONFLICT (employee_id, load_id) DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM checked), (SELECT count(*) FROM found)
"""


def load(of: ExclusionList, file: BinaryIO, *, month: date, by: User | None) -> ExclusionLoad:
    """Read a month's list and hold everybody who is employed against it. `by` is None at the terminal.

    Raises Unreadable for another file, DomainError for a month to come or before the last one.
    """
    month, today = month.replace(day=1), timezone.localdate()
    if month > today:
        raise DomainError(_("That month is still to come."), field="month")
    entries, digest = read(file, Layout(of.layout), today)
    with acting_as(by), promises.kept():
        of = ExclusionList.objects.select_for_update(no_key=True).get(pk=of.pk)
        last = of.loads.first()
        if last and month < last.month:
            raise DomainError(_("A later month was checked already."), field="month")
        made = ExclusionLoad.objects.create(list=of, month=month, digest=digest, entries=len(entries), by=by)
        of.entries.all().delete()
        keep(of, entries)
        check(made, Employee.objects.employed())
    return made


def keep(of: ExclusionList, entries: list[Entry]):
    """Keep whom a list names, to hold people against."""
    Excluded.objects.bulk_create(
        (
            Excluded(
                list=of,
                key=entry.key,
                family=entry.family,
                given=entry.given,
                name=f"{entry.family} {entry.given}",
                born_on=entry.born_on,
                npi=entry.npi,
                said=entry.said,
            )
            for entry in entries
        ),
        batch_size=AT_A_TIME,
    )


def check(against: ExclusionLoad, people: QuerySet[Employee]) -> tuple[int, int]:
    """Hold people against a list whose entries are kept; how many were checked, and how many new matches were found."""
    people = list(people.select_related("particulars"))
    today = timezone.localdate()
    said = {
        "ids": [person.pk for person in people],
        "families": [plain_name(person.family_name) for person in people],
        "givens": [plain_name(person.given_name) for person in people],
        "births": [_told(person, "born_on") for person in people],
        "npis": [_told(person, "npi") or "" for person in people],
        "list": against.list_id,
        "load": against.pk,
        "today": today,
        "due": today + DECIDED_WITHIN,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        cursor.execute(CHECK, said)
        checked, found = cursor.fetchone()
    return checked, found


def _told(person: Employee, name: str):
    return getattr(person.particulars, name) if hasattr(person, "particulars") else None


def check_newcomers(step) -> dict[str, int]:
    """The step of the night that holds whoever came since a list was read against it."""
    checked = found = 0
    for of in ExclusionList.objects.in_use():
        if latest := of.loads.first():
            new = check(latest, Employee.objects.employed().exclude(exclusion_checks__load=latest))
            checked, found = checked + new[0], found + new[1]
    return {"checked": checked, "found": found}


def decide(match: ExclusionMatch, *, accepted: bool, by: User, because: str, as_read: str = "") -> ExclusionMatch:
    """Say whether an entry is our person, and why. A decision may be made anew; the trail has both.

    Raises Conflict when somebody decided since it was read (`as_read`).
    """
    reasons.see_that_it_says(because)
    with acting_as(by, because=because), promises.kept():
        match = ExclusionMatch.objects.select_for_update(no_key=True).get(pk=match.pk)
        if as_read and as_read != seal(match):
            raise Conflict(_("It has been decided since you opened this form. Look at it again."))
        match.accepted, match.decided_by, match.because = accepted, by, because
        match.decided_on = match.due = timezone.localdate()
        match.save(update_fields=["accepted", "decided_by", "decided_on", "because", "due"])
    return match


def seal(match: ExclusionMatch) -> str:
    """What tells one decision on a match from another."""
    return f"{match.accepted} {match.decided_by_id} {match.decided_on}"


def tell(person: Employee, *, by: User, **known: date | str | None) -> Particulars:
    """Write down what tells somebody from another of the same name: `born_on`, `npi`; what is not named stays."""
    with acting_as(by), promises.kept():
        row = Particulars.objects.filter(employee=person).first() or Particulars(employee=person)
        for name, value in known.items():
            setattr(row, name, value)
        promises.seen_to(row)
        row.save()
    return row
