"""How completely and how promptly charts are written: the measures of the completeness rules.

They are judged by the engine itself, as of the moment that is measured: an occasion counts when its due time fell into
the window, and it is as it should be when everything that any rule asked of it was met by then. A waiver does not make
a document of what is not there, so what is waived counts as it stands in the chart.
"""

from collections.abc import Iterable

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.metrics import Measured, Metric, Offender, Scope, Source
from records.completeness.engine import charts, rules
from records.completeness.engine.binding import Rule, in_force
from records.inventory.models import Record

WINDOW = 90  # days
EVERY_RECORD = 0, 2**63 - 1


def charts_of(user, numbers: Iterable[int]) -> list[Offender]:
    """The charts among these that the person may open. One query."""
    found = Record.objects.visible_to(user).filter(pk__in=numbers).order_by("pk").with_names()
    return [Offender(record.pk, name_of(record), reverse("record_page", args=[record.pk])) for record in found]


def name_of(record: Record) -> str:
    """Its number, service and days: the patient's name stands on the page of the record alone."""
    stay, zone = record.encounter, record.facility.zone
    days = " – ".join(spoken.day(at, zone) for at in (stay.start_first, stay.end_first) if at)
    return " · ".join(part for part in (record.mrn, stay.service and stay.service.title, days) if part)


def measure(code: str, title: str, counts: str, **more) -> Metric:
    return Metric(code, title, counts, **{"window": WINDOW, "target": 0.9, "name": charts_of} | more)


# Each with the topics of the rules that it sums up. A verbal order and an entry are occasions by themselves.
OF_TOPICS: tuple[tuple[Metric, tuple[str, ...]], ...] = (
    (
        measure("history-and-physical", _("History and physical within its limit after admission"), _("admissions")),
        ("history-and-physical",),
    ),
    (
        measure(
            "history-and-physical-update",
            _("An earlier history and physical is updated after admission"),
            _("admissions with an earlier history and physical"),
        ),
        ("history-and-physical-update",),
    ),
    (
        measure(
            "before-surgery",
            _("History and physical, or the assessment in its place, before surgery"),
            _("procedures"),
            target=1.0,
        ),
        ("history-and-physical-before-surgery", "presurgical-assessment"),
    ),
    (
        measure("surgical-consent", _("Consent in the chart before surgery"), _("procedures"), target=1.0),
        ("surgical-consent",),
    ),
    (
        measure("operative-report", _("Operative report or note without delay"), _("procedures")),
        ("operative-report", "operative-note"),
    ),
    (
        measure(
            "anesthesia-before", _("Evaluation within 48 hours before anesthesia"), _("procedures under anesthesia")
        ),
        ("preanesthesia-evaluation",),
    ),
    (
        measure("anesthesia-record", _("Record of the anesthesia"), _("procedures under anesthesia")),
        ("anesthesia-record",),
    ),
    (
        measure("anesthesia-after", _("Evaluation within 48 hours after anesthesia"), _("procedures under anesthesia")),
        ("postanesthesia-evaluation",),
    ),
    (
        measure("verbal-orders", _("Verbal orders authenticated within their limit"), _("verbal orders")),
        ("verbal-order",),
    ),
    (
        measure("discharge-summary", _("Discharge summary, whole and within its limit"), _("discharges")),
        ("discharge-summary",),
    ),
    (measure("entries", _("Entries dated, timed and authenticated"), _("entries")), ("entry",)),
    (
        measure("progress-notes", _("Progress notes on every day that asks for one"), _("stays")),
        ("progress-note",),
    ),
    (
        measure(
            "restraint-orders", _("Restraints ordered, renewed and looked after in time"), _("restraints"), target=1.0
        ),
        ("restraint-order", "restraint-renewal", "restraint-face-to-face"),
    ),
    (measure("restraint-ordered", _("Restraints ordered in time"), _("restraints"), target=1.0), ("restraint-order",)),
    (
        measure("restraint-renewed", _("Restraint orders renewed in time"), _("restraints"), target=1.0),
        ("restraint-renewal",),
    ),
    (
        measure("restraint-seen", _("Restrained patients seen face to face in time"), _("restraints"), target=1.0),
        ("restraint-face-to-face",),
    ),
    (
        measure("psychiatric-evaluation", _("Psychiatric evaluation within 60 hours"), _("psychiatric admissions")),
        ("psychiatric-evaluation",),
    ),
    (
        measure("treatment-plan", _("Treatment plan of a psychiatric stay"), _("psychiatric admissions")),
        ("treatment-plan",),
    ),
    (
        measure("psychiatric-notes", _("Psychiatric progress notes, weekly and then monthly"), _("psychiatric stays")),
        ("psychiatric-progress-note",),
    ),
)
WHOLE = measure(
    "records-complete",
    _("Records whole by the day on which they would become delinquent"),
    _("records that reached that day"),
)
METRICS = (*(metric for metric, _topics in OF_TOPICS), WHOLE)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """Measure these. Charts are judged once for all of them; nothing is written."""
    topics = {metric.code: topics for metric, topics in OF_TOPICS if metric.code in codes}
    binding = in_force(scope.facility, scope.known_at)
    asked = {topic for of_one in topics.values() for topic in of_one}
    wanted = binding if WHOLE.code in codes else [rule for rule in binding if rule.requirement.topic in asked]
    found = dict.fromkeys(codes, (0, ()))
    with transaction.atomic(), connection.cursor() as cursor:
        judge(cursor, scope, wanted, binding)
        if topics:
            found |= by_topic(cursor, scope, topics)
        if WHOLE.code in codes:
            found[WHOLE.code] = whole(cursor, scope)
        transaction.set_rollback(True)  # the temporary tables are those of this transaction alone
    return {code: Measured(number, tuple(offenders)) for code, (number, offenders) in found.items()}


def judge(cursor, scope: Scope, wanted: list[Rule], binding: list[Rule]):
    """Make `verdict` of the stays whose occasions may have fallen due within the window."""
    facility = scope.facility
    judged = charts.Scope(facility, scope.as_of, scope.known_at, *EVERY_RECORD, full=True, written=False)
    since = scope.since(WINDOW + longest(wanted, facility.delinquent_after_days))
    chosen = f"""r.facility_id = %(facility)s AND e.start_first <= %(as_of)s
        AND (e.end_first IS NULL OR e.end_first >= '{since.isoformat()}'::timestamptz)"""
    charts.open_charts(cursor, judged, chosen)
    among = {rule.requirement.topic for rule in wanted} | {rule.requirement.only_if_met for rule in wanted}
    near = charts.gather(cursor, judged, [rule for rule in binding if rule.requirement.topic in among])
    rules.judge(cursor, near, wanted, among=binding)


def longest(wanted: Iterable[Rule], days: int) -> int:
    """The most days that lie between the end of a stay and a limit of one of these rules."""
    limits = [(rule.requirement.due_after_days or 0) + (rule.requirement.due_after_hours or 0) / 24 for rule in wanted]
    return int(max([days, *limits])) + 2


def by_topic(cursor, scope: Scope, topics: dict[str, tuple[str, ...]]) -> dict[str, tuple[int, list[int]]]:
    """Of each metric, by its topics, how many occasions were due within the window, and the records of those that fell
    short.

    What has no due time of its own, an undated entry or a series that lacks nothing, counts by its own moment.
    """
    cursor.execute(
        """
        WITH occasion AS (
            SELECT v.record_id, v.topic, bool_and(v.kind = 'met') AS met,
                   coalesce(max(v.due_at) FILTER (WHERE v.block IS NOT NULL), min(v.due_at), min(d.authored_first),
                            min(c.end_first), %(as_of)s) AS due_at
            FROM verdict v JOIN chart c USING (record_id) LEFT JOIN documents d ON d.id = v.document_id
            WHERE v.topic = ANY(%(topics)s) AND v.kind <> 'expected'
            GROUP BY v.record_id, v.topic, v.episode_id, v.document_id
        )
        SELECT topic, count(*), array_agg(record_id ORDER BY record_id) FILTER (WHERE NOT met)
        FROM occasion WHERE due_at > %(since)s AND due_at <= %(as_of)s GROUP BY topic
        """,
        {
            "topics": sorted({topic for of_one in topics.values() for topic in of_one}),
            "as_of": scope.as_of,
            "since": scope.since(WINDOW),
        },
    )
    found = {topic: (number, offenders or []) for topic, number, offenders in cursor.fetchall()}
    return {
        code: (
            sum(found[topic][0] for topic in of_one if topic in found),
            [record for topic in of_one if topic in found for record in found[topic][1]],
        )
        for code, of_one in topics.items()
    }


def whole(cursor, scope: Scope) -> tuple[int, list[int]]:
    """How many records came to the day on which what is lacking makes them delinquent, and which were not whole then.

    A gap in a series is past mending and keeps no record from being whole.
    """
    day = "c.end_day + %(days)s + 1"
    cursor.execute(
        f"""
        WITH due AS (
            SELECT c.record_id, {charts.MIDNIGHT.format(day=day)} AS at
            FROM chart c {charts.ODD_MIDNIGHT.format(day=day)}
            WHERE c.judged AND c.end_day IS NOT NULL
        ), short AS (
            SELECT DISTINCT v.record_id
            FROM verdict v JOIN due USING (record_id) JOIN records_requirement q ON q.id = v.requirement_id
            WHERE q.counts_toward_delinquency AND v.kind NOT IN ('gap', 'expected')
              AND (v.kind NOT IN ('met', 'late') OR v.at >= due.at)
        )
        SELECT count(*), array_agg(due.record_id ORDER BY due.record_id) FILTER (WHERE short.record_id IS NOT NULL)
        FROM due LEFT JOIN short USING (record_id) WHERE due.at > %(since)s AND due.at <= %(as_of)s
        """,
        {
            "zone": scope.facility.time_zone_id,
            "days": scope.facility.delinquent_after_days,
            "as_of": scope.as_of,
            "since": scope.since(WINDOW),
        },
    )
    number, offenders = cursor.fetchone()
    return number, offenders or []


SOURCE = Source("completeness", METRICS, read)
