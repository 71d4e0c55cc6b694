-- What is asked of each chart, and how it stands: the fourteen rules of bench/profile.toml with their constants written
-- out. The numbers of rules and document types are put in by the bench, as are the moment judged and the time zone.
CREATE UNLOGGED TABLE chart AS
SELECT e.id AS record_id, e.encounter_class, e.attending_id, e.disposition,
       e.status NOT IN ('planned', 'cancelled', 'entered_in_error')
           AND e.encounter_class NOT IN ('virtual', 'pre_admission') AND e.start_first <= %(as_of)s AS judged,
       e.status = 'planned' AS planned, e.start_first, e.start_last,
       CASE WHEN e.end_first <= %(as_of)s THEN e.end_first END AS end_first,
       CASE WHEN e.end_first <= %(as_of)s THEN e.end_last END AS end_last,
       least(CASE WHEN e.start_first > %(as_of)s THEN e.start_first END,
             CASE WHEN e.end_first > %(as_of)s THEN e.end_first END) AS later
FROM chosen JOIN records_encounter e ON e.id = chosen.record_id;
CREATE UNIQUE INDEX ON chart (record_id);
ANALYZE chart;

-- One row for each occasion, with the best document for it. `topic` is a small number here: sorting goes by it.
CREATE UNLOGGED TABLE occasion_verdict AS
WITH document AS NOT MATERIALIZED (
    SELECT d.record_id AS home, d.* FROM records_document d
    UNION ALL
    SELECT f.record_id, d.* FROM records_filing f JOIN records_document d ON d.id = f.document_id
), candidate AS NOT MATERIALIZED (
    SELECT home AS record_id, id, document_type_id, episode_id, author_id, authored_first, authored_last, ordinal,
           identifier, sections,
           CASE WHEN signed_first <= %(as_of)s THEN signed_first END AS signed_first,
           signed AND (signed_first IS NULL OR signed_first <= %(as_of)s) AS signed,
           CASE document_type_id
               WHEN %(hp)s THEN 1 WHEN %(hp_update)s THEN 2 WHEN %(operative_report)s THEN 4 WHEN %(consent)s THEN 5
               WHEN %(preanesthesia)s THEN 6 WHEN %(postanesthesia)s THEN 7 WHEN %(restraint_order)s THEN 8
               WHEN %(face_to_face)s THEN 9 WHEN %(psychiatric)s THEN 10 ELSE 3 END AS topic
    FROM document
    WHERE document_type_id IN (%(hp)s, %(hp_update)s, %(summary)s, %(final_note)s, %(transfer_note)s,
            %(operative_report)s, %(consent)s, %(preanesthesia)s, %(postanesthesia)s, %(restraint_order)s,
            %(face_to_face)s, %(psychiatric)s)
      AND status NOT IN ('entered_in_error', 'retracted') AND authored_first <= %(as_of)s
), admission AS NOT MATERIALIZED (
    SELECT record_id, start_first, start_last, attending_id, encounter_class FROM chart
    WHERE judged AND encounter_class IN ('inpatient', 'observation', 'psychiatric', 'rehabilitation', 'swing_bed')
), procedure AS NOT MATERIALIZED (
    SELECT e.id, e.record_id, e.kind, c.attending_id, coalesce(e.performer_id, c.attending_id) AS surgeon,
           CASE WHEN e.start_first <= %(as_of)s THEN e.start_first END AS start_first,
           CASE WHEN e.start_first <= %(as_of)s THEN e.start_last END AS start_last,
           CASE WHEN e.end_first <= %(as_of)s THEN e.end_first END AS end_first,
           CASE WHEN e.end_first <= %(as_of)s THEN e.end_last END AS end_last
    FROM records_episode e JOIN chart c USING (record_id)
    WHERE c.judged AND e.status NOT IN ('not_done', 'entered_in_error') AND (e.anesthesia OR e.kind = 'restraint')
), occasion AS NOT MATERIALIZED (
    SELECT record_id, 1 AS topic, %(r_hp)s AS rule, NULL::bigint AS episode_id,
           start_first - interval '720 hours' AS opens, start_last + interval '24 hours' AS due_at,
           start_first < start_last AS at_once, attending_id AS responsible
    FROM admission
    UNION ALL
    SELECT record_id, 2, %(r_hp_update)s, NULL, start_first, start_last + interval '24 hours',
           start_first < start_last, attending_id
    FROM admission a WHERE EXISTS (
        SELECT FROM candidate d
        WHERE d.record_id = a.record_id AND d.topic = 1 AND d.authored_first < a.start_first
          AND (d.authored_last > a.start_first - interval '720 hours'
               OR (d.authored_last = a.start_first - interval '720 hours' AND d.authored_first = d.authored_last)))
    UNION ALL
    SELECT record_id, 3,
           CASE WHEN end_last - start_first >= interval '48 hours'
                THEN CASE WHEN end_day >= %(changed_on)s THEN %(r_summary_changed)s ELSE %(r_summary)s END
                WHEN disposition = 'expired' THEN %(r_death)s ELSE %(r_short_stay)s END,
           NULL, NULL,
           (end_day + CASE WHEN end_last - start_first >= interval '48 hours' AND end_day >= %(changed_on)s
                           THEN 16 ELSE 31 END)::timestamp AT TIME ZONE %(zone)s,
           true, attending_id
    FROM (SELECT *, (end_first AT TIME ZONE %(zone)s)::date AS end_day FROM chart) discharge
    WHERE judged AND end_first IS NOT NULL
      AND encounter_class IN ('inpatient', 'psychiatric', 'rehabilitation', 'swing_bed')
    UNION ALL
    SELECT record_id, v.* FROM procedure CROSS JOIN LATERAL (VALUES
        (4, %(r_operative_report)s, id, NULL, end_last + interval '24 hours', end_first < end_last, surgeon),
        (5, %(r_consent)s, id, NULL, start_last, start_first < start_last, surgeon),
        (6, %(r_preanesthesia)s, id, start_first - interval '48 hours', start_last, start_first < start_last,
         attending_id),
        (7, %(r_postanesthesia)s, id, end_first, end_last + interval '48 hours', end_first < end_last, attending_id),
        (8, %(r_restraint_order)s, id, start_first - interval '24 hours', start_last + interval '1 hour',
         start_first < start_last, attending_id),
        (9, %(r_face_to_face)s, id, start_first, start_last + interval '1 hour', start_first < start_last, attending_id)
    ) v (topic, rule, episode_id, opens, due_at, at_once, responsible)
    WHERE due_at IS NOT NULL AND CASE WHEN kind = 'restraint' THEN topic >= 8 ELSE topic < 8 END
    UNION ALL
    SELECT record_id, 10, %(r_psychiatric)s, NULL, NULL, start_last + interval '60 hours', start_first < start_last,
           attending_id
    FROM admission WHERE encounter_class = 'psychiatric'
), served AS NOT MATERIALIZED (
    SELECT o.*, d.id, d.document_type_id, d.author_id, d.authored_first, d.ordinal, d.identifier,
           CASE WHEN o.topic IN (3, 4) THEN greatest(d.authored_first, d.signed_first) ELSE d.authored_first END AS at,
           CASE WHEN d.id IS NULL THEN 3
                WHEN o.rule IN (%(r_summary)s, %(r_summary_changed)s)
                    AND NOT d.sections @> ARRAY['outcome', 'disposition', 'follow_up']::varchar[] THEN 2
                WHEN o.topic = 4 AND NOT d.sections @> ARRAY['findings', 'technique', 'specimens']::varchar[] THEN 2
                WHEN o.topic IN (3, 4) AND NOT d.signed THEN 1
                ELSE 0 END AS rank,
           d.sections
    FROM occasion o
    LEFT JOIN candidate d ON d.record_id = o.record_id AND d.topic = o.topic
        AND (o.episode_id IS NULL OR d.episode_id IS NULL OR d.episode_id = o.episode_id)
        AND (o.opens IS NULL OR d.authored_last > o.opens
             OR (d.authored_last = o.opens AND d.authored_first = d.authored_last))
        AND (o.rule NOT IN (%(r_summary)s, %(r_summary_changed)s, %(r_death)s) OR d.document_type_id = %(summary)s)
), weighed AS NOT MATERIALIZED (
    SELECT *, CASE WHEN rank = 2 THEN ARRAY(
        SELECT unnest(CASE WHEN topic = 4 THEN ARRAY['findings', 'technique', 'specimens']::varchar[]
                           ELSE ARRAY['outcome', 'disposition', 'follow_up']::varchar[] END)
        EXCEPT SELECT unnest(sections)) END AS lacking
    FROM served
), best AS NOT MATERIALIZED (
    SELECT DISTINCT ON (record_id, topic, episode_id) * FROM weighed
    ORDER BY record_id, topic, episode_id, rank, CASE rank WHEN 0 THEN at WHEN 1 THEN authored_first END,
             cardinality(lacking), ordinal NULLS LAST, identifier, id
)
SELECT record_id, topic::smallint, rule, episode_id, due_at, id AS served_by, lacking,
       CASE WHEN rank = 0 AND (at > due_at OR (at = due_at AND at_once)) THEN 'late'
            WHEN rank = 0 THEN 'met'
            WHEN NOT (%(as_of)s > due_at OR (%(as_of)s = due_at AND at_once)) THEN 'expected'
            WHEN rank = 1 THEN 'unsigned' WHEN rank = 2 THEN 'lacking' ELSE 'missing' END AS kind,
       CASE WHEN rank = 0 THEN at ELSE authored_first END AS at,
       CASE WHEN id IS NULL THEN responsible ELSE coalesce(author_id, responsible) END AS owed_by,
       document_type_id
FROM best;

-- Entries: of those that are plainly in order only their number and the latest signature; the others by number. The
-- same pass over the documents finds what lies after the moment judged.
CREATE UNLOGGED TABLE entry_tally AS
SELECT c.record_id, count(*) FILTER (WHERE is_entry)::int AS due, max(d.signed_first) FILTER (WHERE is_plain) AS at,
       array_agg(d.id) FILTER (WHERE is_entry AND is_plain IS NOT TRUE) AS looked_at,
       min(least(CASE WHEN d.authored_first > %(as_of)s THEN d.authored_first END,
                 CASE WHEN d.signed_first > %(as_of)s THEN d.signed_first END)) AS later
FROM chart c JOIN records_document d USING (record_id)
CROSS JOIN LATERAL (SELECT c.judged AND d.status NOT IN ('entered_in_error', 'retracted', 'superseded')
    AND (d.authored_first IS NULL OR d.authored_first <= %(as_of)s)
    AND (d.document_type_id IN (%(hp)s, %(hp_update)s, %(consultation)s, %(progress_note)s, %(emergency_note)s,
            %(brief_note)s, %(preanesthesia)s, %(anesthesia_record)s, %(postanesthesia)s, %(face_to_face)s,
            %(psychiatric)s, %(treatment_plan)s, %(final_note)s, %(newborn_exam)s)
        OR (d.verbal AND d.document_type_id IN (%(order)s, %(admission_order)s, %(restraint_order)s))) AS is_entry) e
CROSS JOIN LATERAL (SELECT is_entry AND d.signed AND d.signed_first <= %(as_of)s AND d.signed_first = d.signed_last
    AND d.authored_first = d.authored_last
    AND d.signed_first <= d.authored_first + CASE WHEN d.document_type_id IN
        (%(order)s, %(admission_order)s, %(restraint_order)s) THEN interval '48 hours' ELSE interval '29 days' END
    AS is_plain) p
WHERE is_entry OR d.authored_first > %(as_of)s OR d.signed_first > %(as_of)s
GROUP BY c.record_id;

-- Those that are not plainly in order, and those that are by now: their deficiency is to be resolved.
CREATE UNLOGGED TABLE looked_at AS
SELECT unnest(looked_at) AS id, false AS tallied FROM entry_tally WHERE looked_at IS NOT NULL;
INSERT INTO looked_at
SELECT s.document_id, true FROM chart c JOIN records_deficiency s USING (record_id)
JOIN records_document d ON d.id = s.document_id AND d.record_id + 0 = s.record_id
WHERE c.judged AND (s.status = 'open' OR (s.status = 'resolved' AND s.kind = 'late')) AND s.slot = 'verdict'
  AND d.status NOT IN ('entered_in_error', 'retracted', 'superseded')
  AND d.signed AND d.signed_first <= %(as_of)s AND d.signed_first = d.signed_last
  AND d.authored_first = d.authored_last AND d.authored_first <= %(as_of)s AND (d.verbal OR s.topic = 'entry')
  AND d.signed_first <= d.authored_first + CASE WHEN s.topic = 'entry' THEN interval '29 days'
                                                ELSE interval '48 hours' END;
ANALYZE looked_at;

CREATE UNLOGGED TABLE entry_verdict AS
WITH entry AS (
    SELECT l.tallied, c.record_id, d.id, d.episode_id, d.document_type_id,
           coalesce(d.author_id, c.attending_id) AS owed_by,
           d.signed AND (d.signed_first IS NULL OR d.signed_first <= %(as_of)s) AS signed,
           CASE WHEN d.signed_first <= %(as_of)s THEN d.signed_first END AS signed_first,
           CASE WHEN d.signed_first <= %(as_of)s THEN d.signed_last END AS signed_last,
           coalesce(d.authored_first, c.start_first) AS first, coalesce(d.authored_last, c.start_last) AS last,
           d.authored_first, d.authored_last,
           d.document_type_id IN (%(order)s, %(admission_order)s, %(restraint_order)s) AS is_order
    FROM looked_at l JOIN records_document d USING (id) JOIN chart c USING (record_id)
), dated AS (
    SELECT *, CASE WHEN is_order THEN last + interval '48 hours'
                   ELSE ((first AT TIME ZONE %(zone)s)::date + 31)::timestamp AT TIME ZONE %(zone)s END AS due_at,
           NOT is_order OR first < last AS at_once,
           CASE WHEN authored_first IS NULL THEN 'date'
                WHEN authored_first < authored_last THEN 'time'
                WHEN signed AND signed_first IS NULL THEN 'signature_date'
                WHEN signed AND signed_first < signed_last THEN 'signature_time' END AS absent
    FROM entry
)
SELECT tallied, record_id, is_order, episode_id, id, document_type_id, owed_by, due_at,
       CASE WHEN NOT signed AND (%(as_of)s > due_at OR (%(as_of)s = due_at AND at_once)) THEN 'unsigned'
            WHEN NOT signed THEN 'expected'
            WHEN signed_first > due_at OR (signed_first = due_at AND at_once) THEN 'late'
            ELSE 'met' END AS kind,
       coalesce(signed_first, first) AS at, absent,
       CASE WHEN absent IS NOT NULL THEN (
           SELECT min(a.authored_first) FROM records_document a
           WHERE a.addendum_to_id = dated.id AND a.status NOT IN ('entered_in_error', 'retracted')
             AND a.authored_first <= %(as_of)s AND a.signed AND (a.signed_first IS NULL OR a.signed_first <= %(as_of)s)
             AND a.authored_first = a.authored_last) END AS mended_at
FROM dated;

-- What is found: at most one row for an occasion or entry and slot, for no two of the rules ask the same thing.
CREATE UNLOGGED TABLE finding AS
WITH topic (topic, name) AS (VALUES
    (1, 'history-and-physical'), (2, 'history-and-physical-update'), (3, 'discharge-summary'), (4, 'operative-report'),
    (5, 'surgical-consent'), (6, 'preanesthesia-evaluation'), (7, 'postanesthesia-evaluation'), (8, 'restraint-order'),
    (9, 'restraint-face-to-face'), (10, 'psychiatric-evaluation')
), missing (topic, document_type_id) AS (VALUES
    (1, %(hp)s), (2, %(hp_update)s), (3, %(summary)s), (4, %(operative_report)s), (5, %(consent)s),
    (6, %(preanesthesia)s), (7, %(postanesthesia)s), (8, %(restraint_order)s), (9, %(face_to_face)s),
    (10, %(psychiatric)s)
)
SELECT v.record_id, name AS topic, v.episode_id, NULL::bigint AS document_id, slot.slot, slot.kind, slot.element,
       v.rule::bigint AS requirement_id, v.due_at, v.at, v.served_by, v.owed_by,
       coalesce(v.document_type_id, missing.document_type_id) AS document_type_id
FROM occasion_verdict v JOIN topic USING (topic) JOIN missing USING (topic)
CROSS JOIN LATERAL (
    SELECT 'verdict' AS slot, v.kind, '' AS element WHERE v.kind IN ('missing', 'unsigned', 'late')
    UNION ALL
    SELECT 'element:' || wanted, 'missing_element', wanted FROM unnest(v.lacking) wanted WHERE v.kind = 'lacking') slot
WHERE v.kind IN ('missing', 'unsigned', 'late', 'lacking')
UNION ALL
SELECT v.record_id, CASE WHEN is_order THEN 'verbal-order' ELSE 'entry' END, v.episode_id, v.id, slot.slot, slot.kind,
       slot.element, CASE WHEN is_order THEN %(r_order)s ELSE %(r_entry)s END,
       CASE WHEN slot.slot = 'verdict' THEN v.due_at END, v.at, v.id, v.owed_by, v.document_type_id
FROM entry_verdict v
CROSS JOIN LATERAL (
    SELECT 'verdict' AS slot, v.kind, '' AS element WHERE v.kind IN ('unsigned', 'late')
    UNION ALL
    SELECT 'undated', 'undated', v.absent WHERE v.absent IS NOT NULL AND v.mended_at IS NULL) slot;
ANALYZE finding;

-- What is expected, and how each record stands once all this is written.
CREATE UNLOGGED TABLE expectation AS
SELECT record_id, (ARRAY['history-and-physical', 'history-and-physical-update', 'discharge-summary', 'operative-report',
           'surgical-consent', 'preanesthesia-evaluation', 'postanesthesia-evaluation', 'restraint-order',
           'restraint-face-to-face', 'psychiatric-evaluation'])[topic] AS topic,
       episode_id, NULL::bigint AS document_id, rule::bigint AS requirement_id,
       coalesce(document_type_id, (ARRAY[%(hp)s, %(hp_update)s, %(summary)s, %(operative_report)s, %(consent)s,
           %(preanesthesia)s, %(postanesthesia)s, %(restraint_order)s, %(face_to_face)s, %(psychiatric)s])[topic])
           AS document_type_id, owed_by, due_at
FROM occasion_verdict WHERE kind = 'expected'
UNION ALL
SELECT record_id, CASE WHEN is_order THEN 'verbal-order' ELSE 'entry' END, episode_id, id,
       CASE WHEN is_order THEN %(r_order)s ELSE %(r_entry)s END, document_type_id, owed_by, due_at
FROM entry_verdict WHERE kind = 'expected';
ANALYZE expectation;

CREATE UNLOGGED TABLE flag AS
WITH part AS (
    SELECT record_id, count(*) AS due, count(*) FILTER (WHERE kind IN ('met', 'late')) AS met,
           max(at) FILTER (WHERE kind IN ('met', 'late')) AS at, min(due_at) FILTER (WHERE kind = 'expected') AS next
    FROM occasion_verdict GROUP BY record_id
    UNION ALL
    SELECT record_id, due - coalesce(cardinality(looked_at), 0), due - coalesce(cardinality(looked_at), 0), at, NULL
    FROM entry_tally
    UNION ALL
    SELECT record_id, count(*),
           count(*) FILTER (WHERE kind IN ('met', 'late') AND (absent IS NULL OR mended_at IS NOT NULL)),
           max(at) FILTER (WHERE kind IN ('met', 'late')), min(due_at) FILTER (WHERE kind = 'expected')
    FROM entry_verdict WHERE NOT tallied GROUP BY record_id
), tally AS (
    SELECT record_id, sum(due)::int AS due, sum(met)::int AS met, max(at) AS at, min(next) AS next
    FROM part GROUP BY record_id
), owing AS (
    SELECT f.record_id, count(*)::int AS open, min(f.due_at) AS oldest_due_at
    FROM finding f LEFT JOIN records_deficiency s
        ON s.status = 'waived' AND s.record_id = f.record_id AND s.topic = f.topic AND s.slot = f.slot
        AND coalesce(s.episode_id, 0) = coalesce(f.episode_id, 0)
        AND coalesce(s.document_id, 0) = coalesce(f.document_id, 0)
    WHERE f.kind <> 'late' AND s.id IS NULL GROUP BY f.record_id
), later AS (
    SELECT record_id, min(at) AS at FROM (
        SELECT record_id, later AS at FROM chart WHERE later IS NOT NULL
        UNION ALL
        SELECT record_id, later FROM entry_tally WHERE later IS NOT NULL
        UNION ALL
        SELECT record_id, least(CASE WHEN e.start_first > %(as_of)s THEN e.start_first END,
                                CASE WHEN e.end_first > %(as_of)s THEN e.end_first END)
        FROM chart JOIN records_episode e USING (record_id)
        WHERE e.start_first > %(as_of)s OR e.end_first > %(as_of)s
        UNION ALL
        SELECT f.record_id, least(CASE WHEN d.authored_first > %(as_of)s THEN d.authored_first END,
                                  CASE WHEN d.signed_first > %(as_of)s THEN d.signed_first END)
        FROM chart JOIN records_filing f USING (record_id) JOIN records_document d ON d.id = f.document_id
        WHERE d.authored_first > %(as_of)s OR d.signed_first > %(as_of)s) moment
    GROUP BY record_id
), summed AS (
    SELECT c.record_id, c.planned, c.judged, c.start_first, c.end_first, coalesce(t.due, 0) AS due,
           coalesce(t.met, 0) AS met, coalesce(o.open, 0) AS open, o.oldest_due_at,
           CASE WHEN o.open > 0 THEN ((c.end_first AT TIME ZONE %(zone)s)::date + %(delinquent_after_days)s + 1)::timestamp
                                     AT TIME ZONE %(zone)s END AS delinquent_at,
           t.at, t.next, l.at AS later
    FROM chart c LEFT JOIN tally t USING (record_id) LEFT JOIN owing o USING (record_id)
    LEFT JOIN later l USING (record_id)
), named AS (
    SELECT *, CASE WHEN open > 0 AND delinquent_at <= %(as_of)s THEN 'delinquent'
                   WHEN open > 0 THEN 'incomplete'
                   WHEN planned OR start_first > %(as_of)s OR (judged AND end_first IS NULL) THEN 'in_progress'
                   WHEN next IS NOT NULL THEN 'discharged' ELSE 'complete' END AS status
    FROM summed
)
SELECT record_id, status, due, met, open, oldest_due_at, delinquent_at,
       CASE WHEN status = 'complete' THEN coalesce(greatest(end_first, at), start_first) END AS completed_at,
       least(next, later, CASE WHEN delinquent_at > %(as_of)s THEN delinquent_at END) AS next_check_at
FROM named;
