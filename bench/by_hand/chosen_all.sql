-- Every record of the facility.
CREATE VIEW chosen AS SELECT encounter_id AS record_id FROM records_record WHERE facility_id = %(facility)s;
