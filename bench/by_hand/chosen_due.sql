-- The records that something happened to, and those whose time has come.
CREATE UNLOGGED TABLE chosen AS
SELECT record_id FROM records_due WHERE record_id IS NOT NULL
UNION
SELECT encounter_id FROM records_record WHERE facility_id = %(facility)s AND next_check_at <= %(as_of)s;
ANALYZE chosen;
