-- The records that the changed rule may judge otherwise (stays of two days and more that ended on the day of the change
-- or later), those that something happened to, and those whose time has come.
CREATE UNLOGGED TABLE chosen AS
SELECT id AS record_id FROM records_encounter
WHERE facility_id = %(facility)s AND end_first >= %(changed_on)s::date::timestamp AT TIME ZONE %(zone)s
  AND end_first <= %(as_of)s AND end_last - start_first >= interval '48 hours'
  AND encounter_class IN ('inpatient', 'psychiatric', 'rehabilitation', 'swing_bed')
  AND status NOT IN ('planned', 'cancelled', 'entered_in_error')
UNION
SELECT record_id FROM records_due WHERE record_id IS NOT NULL
UNION
SELECT encounter_id FROM records_record WHERE facility_id = %(facility)s AND next_check_at <= %(as_of)s;
ANALYZE chosen;
