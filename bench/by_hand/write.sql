-- The difference to what stands, with its history; what is expected; the flags of each record; the due list. Each
-- session writes the records between two numbers, so that there is one for every processor.
WITH settled AS (
    INSERT INTO records_deficiency AS d (record_id, topic, episode_id, document_id, slot, requirement_id,
        document_type_id, owed_by_id, due_at, kind, element, status, cause, served_by_id, mendable, opened_at,
        resolved_at, waived_because)
    SELECT f.record_id, f.topic, f.episode_id, f.document_id, f.slot, f.requirement_id, f.document_type_id, f.owed_by,
           f.due_at, f.kind, f.element, CASE f.kind WHEN 'late' THEN 'resolved' ELSE 'open' END,
           CASE f.kind WHEN 'late' THEN 'met_late' ELSE 'found' END, f.served_by, true, %(as_of)s,
           CASE f.kind WHEN 'late' THEN f.at END, ''
    FROM finding f LEFT JOIN records_deficiency s
        ON s.record_id = f.record_id AND s.topic = f.topic AND s.slot = f.slot
        AND coalesce(s.episode_id, 0) = coalesce(f.episode_id, 0)
        AND coalesce(s.document_id, 0) = coalesce(f.document_id, 0)
    WHERE f.record_id BETWEEN %(first)s AND %(last)s AND (s.id IS NULL OR s.status <> 'waived' AND
        (s.status, s.kind, s.element, s.requirement_id, s.document_type_id, s.owed_by_id, s.due_at, s.served_by_id,
         s.resolved_at) IS DISTINCT FROM
        (CASE f.kind WHEN 'late' THEN 'resolved' ELSE 'open' END, f.kind, f.element, f.requirement_id,
         f.document_type_id, f.owed_by, f.due_at, f.served_by, CASE f.kind WHEN 'late' THEN f.at END))
    ORDER BY f.record_id
    ON CONFLICT (record_id, topic, episode_id, document_id, block, slot) DO UPDATE SET
        requirement_id = excluded.requirement_id, document_type_id = excluded.document_type_id,
        owed_by_id = excluded.owed_by_id, due_at = excluded.due_at, kind = excluded.kind, element = excluded.element,
        status = excluded.status, cause = excluded.cause, served_by_id = excluded.served_by_id,
        resolved_at = excluded.resolved_at
    RETURNING *
)
INSERT INTO records_deficiencyevent (deficiency_id, as_of, run_id, status, kind, cause, due_at, resolved_at, owed_by_id,
    requirement_id, because)
SELECT id, %(as_of)s, %(run)s, status, kind, cause, due_at, resolved_at, owed_by_id, requirement_id, '' FROM settled;

WITH gone AS (
    SELECT s.id, s.slot, s.kind, o.kind AS stands, o.at, e.mended_at
    FROM chart c JOIN records_deficiency s USING (record_id)
    LEFT JOIN LATERAL (
        SELECT v.kind, v.at FROM occasion_verdict v
        WHERE v.record_id = s.record_id AND s.document_id IS NULL AND v.topic = array_position(
              ARRAY['history-and-physical', 'history-and-physical-update', 'discharge-summary', 'operative-report',
                    'surgical-consent', 'preanesthesia-evaluation', 'postanesthesia-evaluation', 'restraint-order',
                    'restraint-face-to-face', 'psychiatric-evaluation'], s.topic)
          AND coalesce(v.episode_id, 0) = coalesce(s.episode_id, 0)
        UNION ALL
        SELECT v.kind, v.at FROM entry_verdict v WHERE v.id = s.document_id
          AND v.is_order = (s.topic = 'verbal-order') LIMIT 1) o ON true
    LEFT JOIN entry_verdict e ON e.id = s.document_id AND s.slot = 'undated' AND e.absent IS NOT NULL
    WHERE c.record_id BETWEEN %(first)s AND %(last)s AND (s.status = 'open' OR (s.kind = 'late' AND s.status = 'resolved'))
      AND NOT EXISTS (SELECT FROM finding f
        WHERE s.record_id = f.record_id AND s.topic = f.topic AND s.slot = f.slot
          AND coalesce(s.episode_id, 0) = coalesce(f.episode_id, 0)
          AND coalesce(s.document_id, 0) = coalesce(f.document_id, 0))
), settled AS (
    UPDATE records_deficiency d SET cause = g.cause,
        status = CASE WHEN g.cause <> 'met' OR d.kind = 'late' THEN 'void' ELSE 'resolved' END,
        resolved_at = CASE WHEN g.cause = 'met' AND d.kind <> 'late'
            THEN coalesce(g.mended_at, CASE WHEN g.slot <> 'undated' THEN g.at END, %(as_of)s) END
    FROM (SELECT *, CASE WHEN stands IS NULL OR (slot <> 'verdict' AND stands = 'missing') THEN 'withdrawn'
                         WHEN stands = 'expected' AND slot <> 'undated' THEN 'not_due' ELSE 'met' END AS cause
          FROM gone) g
    WHERE d.id = g.id RETURNING d.*
)
INSERT INTO records_deficiencyevent (deficiency_id, as_of, run_id, status, kind, cause, due_at, resolved_at, owed_by_id,
    requirement_id, because)
SELECT id, %(as_of)s, %(run)s, status, kind, cause, due_at, resolved_at, owed_by_id, requirement_id, '' FROM settled;

DELETE FROM records_expected x USING chart c WHERE x.record_id = c.record_id
  AND c.record_id BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT FROM expectation e
    WHERE e.record_id = x.record_id AND e.topic = x.topic AND coalesce(e.episode_id, 0) = coalesce(x.episode_id, 0)
      AND coalesce(e.document_id, 0) = coalesce(x.document_id, 0) AND e.requirement_id = x.requirement_id
      AND e.document_type_id = x.document_type_id AND e.due_at = x.due_at
      AND coalesce(e.owed_by, 0) = coalesce(x.owed_by_id, 0));

INSERT INTO records_expected (record_id, topic, episode_id, document_id, requirement_id, document_type_id, owed_by_id,
    due_at)
SELECT record_id, topic, episode_id, document_id, requirement_id, document_type_id, owed_by, due_at FROM expectation e
WHERE e.record_id BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT FROM records_expected x
    WHERE e.record_id = x.record_id AND e.topic = x.topic AND coalesce(e.episode_id, 0) = coalesce(x.episode_id, 0)
      AND coalesce(e.document_id, 0) = coalesce(x.document_id, 0));

UPDATE records_record r SET status = f.status, requirements_due = f.due, requirements_met = f.met,
    open_deficiencies = f.open, oldest_due_at = f.oldest_due_at, delinquent_at = f.delinquent_at,
    completed_at = f.completed_at, next_check_at = f.next_check_at
FROM flag f
WHERE r.encounter_id = f.record_id AND f.record_id BETWEEN %(first)s AND %(last)s
  AND r.closed_at IS NULL AND
    (r.status, r.requirements_due, r.requirements_met, r.open_deficiencies, r.oldest_due_at, r.delinquent_at,
     r.completed_at, r.next_check_at) IS DISTINCT FROM
    (f.status, f.due, f.met, f.open, f.oldest_due_at, f.delinquent_at, f.completed_at, f.next_check_at);

DELETE FROM records_due d USING chart c WHERE d.record_id = c.record_id AND c.record_id BETWEEN %(first)s AND %(last)s;
