"""What an audit leaves behind for comparing: how each facility stood, who owed how much, by rank of confidentiality.

Kept as they were found, never reckoned afterwards: a document that arrives late changes today, not yesterday.
"""

from datetime import datetime, timedelta

from django.db import connection

from himdept.common.confidentiality import Confidentiality
from himdept.common.moments import midnight
from records.completeness.engine.charts import CLASSES_NOT_JUDGED, NOT_JUDGED
from records.completeness.models import AuditRun
from staff.models import Facility

YEAR = timedelta(days=365)
MONTH = YEAR / 12


def keep(run: AuditRun):
    """Write down how things stand after a written run that was finished, within the caller's transaction."""
    facilities = Facility.objects.filter(pk=run.facility_id) if run.facility_id else Facility.objects.all()
    with connection.cursor() as cursor:
        for facility in facilities:
            parameters = moments(run.as_of, facility) | {"run": run.pk, "facility": facility.pk}
            cursor.execute(FIGURES, parameters | {"ranks": [int(rank) for rank in Confidentiality]})
            cursor.execute(OWING, parameters)


def moments(as_of: datetime, facility: Facility) -> dict:
    """The local day that is judged, the midnight that ends it, and a year before."""
    day = as_of.astimezone(facility.zone).date()
    return {
        "as_of": as_of,
        "day": day,
        "tonight": midnight(day + timedelta(days=1), facility.zone),
        "year_ago": as_of - YEAR,
        "month": MONTH,
    }


FIGURES = f"""
    WITH rank AS (
        SELECT unnest(%(ranks)s::smallint[]) AS confidentiality
    ), record AS (
        SELECT confidentiality, count(*) AS incomplete, count(*) FILTER (WHERE status = 'delinquent') AS delinquent
        FROM records_record WHERE facility_id = %(facility)s AND status IN ('incomplete', 'delinquent')
        GROUP BY confidentiality
    ), owed AS (
        SELECT r.confidentiality, count(*) AS open, count(*) FILTER (WHERE d.due_at < %(as_of)s) AS past_due,
               count(*) FILTER (WHERE d.kind = 'undated') AS undated
        FROM records_deficiency d JOIN records_record r ON r.encounter_id = d.record_id
        WHERE d.status = 'open' AND r.facility_id = %(facility)s GROUP BY r.confidentiality
    ), coming AS (
        SELECT r.confidentiality, count(*) AS due_today
        FROM records_expected x JOIN records_record r ON r.encounter_id = x.record_id
        WHERE x.due_at <= %(tonight)s AND r.facility_id = %(facility)s GROUP BY r.confidentiality
    ), gone AS (
        SELECT r.confidentiality, count(*) AS discharges
        FROM records_encounter e JOIN records_record r ON r.encounter_id = e.id
        WHERE e.facility_id = %(facility)s AND e.end_first > %(year_ago)s AND e.end_first <= %(as_of)s
          AND e.status NOT IN {NOT_JUDGED} AND e.encounter_class NOT IN {CLASSES_NOT_JUDGED}
        GROUP BY r.confidentiality
    ), span AS (
        SELECT greatest(1, least(12, extract(epoch FROM %(as_of)s - min(start_first)) / extract(epoch FROM %(month)s)))
            AS months
        FROM records_encounter WHERE facility_id = %(facility)s
    )
    INSERT INTO records_keptfigures (run_id, facility_id, day, confidentiality, open, past_due, undated, delinquent,
        incomplete, due_today, discharges, months)
    SELECT %(run)s, %(facility)s, %(day)s, confidentiality, coalesce(open, 0), coalesce(past_due, 0),
           coalesce(undated, 0), coalesce(delinquent, 0), coalesce(incomplete, 0), coalesce(due_today, 0),
           coalesce(discharges, 0), coalesce(months, 12)
    FROM rank CROSS JOIN span
    LEFT JOIN record USING (confidentiality) LEFT JOIN owed USING (confidentiality)
    LEFT JOIN coming USING (confidentiality) LEFT JOIN gone USING (confidentiality)
"""

OWING = """
    INSERT INTO records_keptowing (run_id, facility_id, day, confidentiality, practitioner_id, open, past_due)
    SELECT %(run)s, %(facility)s, %(day)s, r.confidentiality, d.owed_by_id, count(*),
           count(*) FILTER (WHERE d.due_at < %(as_of)s)
    FROM records_deficiency d JOIN records_record r ON r.encounter_id = d.record_id
    WHERE d.status = 'open' AND r.facility_id = %(facility)s
    GROUP BY r.confidentiality, d.owed_by_id
"""
