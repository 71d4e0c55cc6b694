"""It looks like a hospital: how the paper gets done, late, wrong and not at all, by people with habits.

Nobody counts these for the whole country. Bounds are what a records manager finds natural: most things are in time, and
nothing is so rare that a rule about it would never find anything. `sampling` says how far a sample may lie beside them.
"""

from collections import Counter
from datetime import date
from itertools import pairwise
from statistics import median

import pytest

from himdept.simulator.calendar import weekday
from tests.himdept.simulator.sampling import share_between

DAY, HOUR = 1440, 60
EPOCH = date(1970, 1, 1).toordinal()
VOID = {"entered_in_error", "retracted"}


def documents(stays, code):
    return [document for stay in stays for document in stay.documents if document.code == code]


# What ought to be written, and how it turned out: (who owed it, when it was due or None for never, when it was done)


def first(stay, *codes, episode=None):
    """The first document of these codes, of an episode where one is named."""
    found = [d for d in stay.documents if d.code in codes and d.authored and d.status not in VOID]
    return min((d for d in found if episode is None or d.episode is episode), key=lambda d: d.authored, default=None)


def after_admission(code, hours, *classes, of="attending"):
    def owed(stays):
        for stay in stays:
            if stay.encounter_class in classes and not stay.filed:
                yield getattr(stay, of), stay.start + hours * HOUR, first(stay, code)

    return owed


def after_discharge(code, days, *classes, hours=48):
    def owed(stays):
        for stay in stays:
            if stay.encounter_class in classes and stay.end and stay.end - stay.start >= hours * HOUR:
                yield stay.attending, stay.end + days * DAY, first(stay, code)

    return owed


def around(kind, code, *, hours, since="end", with_anesthesia=True):
    def owed(stays):
        for stay in stays:
            for episode in stay.episodes:
                moment = getattr(episode, since)
                if episode.kind == kind and moment and (episode.anesthesia or not with_anesthesia):
                    yield episode.performer, moment + hours * HOUR, first(stay, code, episode=episode)

    return owed


def before_leaving(code, dispositions):
    def owed(stays):
        for stay in stays:
            if stay.end and stay.disposition in dispositions and stay.encounter_class == "inpatient":
                yield stay.attending, stay.end, first(stay, code)

    return owed


def renewals(stays):
    """The orders of each restraint: the next is due before the one before it has run out."""
    for stay in stays:
        for episode in stay.episodes:
            if episode.kind == "restraint" and episode.end:
                age = stay.patient.age_on(episode.start // DAY + EPOCH)
                lasts = (4 if age >= 18 else 2 if age >= 9 else 1) * HOUR
                orders = [d for d in stay.documents if d.episode is episode and d.code == "restraint-order"]
                orders = sorted((d for d in orders if d.authored and not d.replaces), key=lambda d: d.authored)
                for order, following in pairwise([*orders, None]):
                    if order.authored + lasts < episode.end:
                        yield episode.performer, order.authored + lasts, following


IN_BED = ("inpatient", "psychiatric", "observation")
OWED = {  # of wards with a handful of physicians the stays are counted, and the bounds leave room for their habits
    "history and physical": (after_admission("34117-2", 24, *IN_BED), 0.90, 0.99),
    "admission order": (after_admission("admission-order", 2, *IN_BED), 0.98, 0.9995),
    "nursing assessment": (after_admission("nursing-assessment", 24, *IN_BED), 0.975, 0.999),
    "newborn examination": (after_admission("newborn-exam", 24, "newborn", of="patient"), 0.95, 0.999),
    "psychiatric evaluation": (after_admission("psychiatric-evaluation", 60, "psychiatric", of="patient"), 0.85, 0.99),
    "psychosocial assessment": (
        after_admission("psychosocial-assessment", 72, "psychiatric", of="patient"),
        0.85,
        0.99,
    ),
    "treatment plan": (after_admission("treatment-plan", 72, "psychiatric", of="patient"), 0.80, 0.98),
    "discharge summary": (after_discharge("18842-5", 30, "inpatient", "psychiatric"), 0.85, 0.96),
    "discharge instructions": (before_leaving("discharge-instructions", {"home", "home_health"}), 0.97, 0.998),
    "discharge planning": (before_leaving("discharge-planning-evaluation", {"home_health", "facility"}), 0.93, 0.995),
    "form of who leaves against advice": (before_leaving("ama-form", {"ama"}), 0.6, 0.95),
    "transfer summary": (before_leaving("18761-7", {"transfer"}), 0.85, 0.995),
    "operative report": (around("procedure", "11504-8", hours=24), 0.88, 0.98),
    "consent": (around("procedure", "64293-4", hours=0, since="start"), 0.97, 0.998),
    "evaluation before anesthesia": (
        around("procedure", "preanesthesia-evaluation", hours=0, since="start"),
        0.97,
        0.999,
    ),
    "anesthesia record": (around("procedure", "anesthesia-record", hours=1), 0.985, 0.9998),
    "evaluation after anesthesia": (around("procedure", "postanesthesia-evaluation", hours=48), 0.96, 0.998),
    "restraint order": (
        around("restraint", "restraint-order", hours=1, since="start", with_anesthesia=False),
        0.93,
        0.999,
    ),
    "face to face": (
        around("restraint", "restraint-face-to-face", hours=1, since="start", with_anesthesia=False),
        0.85,
        0.99,
    ),
    "renewed restraint order": (renewals, 0.7, 0.95),
}


@pytest.mark.parametrize("what", OWED)
def test_most_of_it_is_in_time_and_some_is_not(large_house, wide_house, what):
    owed, least, most = OWED[what]
    old = large_house.now - 45 * DAY
    seen = [(who.number, done is not None and done.authored <= due) for who, due, done in owed(wide_house) if due < old]
    share_between(least, seen, most)
    assert {kept for _, kept in seen} == {True, False}


def test_verbal_orders_are_a_sixth_and_some_are_authenticated_late(large_house, wide_house):
    orders = [d for code in ("order", "admission-order", "restraint-order") for d in documents(wide_house, code)]
    orders = [d for d in orders if d.authored and d.authored < large_house.now - 45 * DAY]
    share_between(0.10, ((d.author.number, d.verbal) for d in orders), 0.25)
    verbal = [d for d in orders if d.verbal]
    in_time = [(d.author.number, bool(d.signed_at) and d.signed_at - d.authored <= 2 * DAY) for d in verbal]
    share_between(0.5, in_time, 0.9)


def test_residents_write_some_and_nearly_all_of_it_is_co_signed(large_house, wide_house):
    written = [d for stay in wide_house for d in stay.documents if d.authored]
    share_between(0.05, ((d.author.number, d.cosigner is not None) for d in written), 0.15)
    old = [d for d in written if d.cosigner and d.signed and d.authored < large_house.now - 90 * DAY]
    share_between(0.98, ((d.cosigner.number, d.cosigned_at is not None) for d in old), 0.999)


def test_a_few_physicians_owe_most(large_house, wide_house):
    """Of what has been unsigned, not co-signed or unwritten for a month, a fifth of them owe more than half."""
    old, owed = large_house.now - 30 * DAY, Counter()
    for stay in wide_house:
        for d in stay.documents:
            if not d.signed and d.authored and d.authored < old and d.status not in VOID:
                owed[d.author] += 1
            elif d.cosigner and d.signed_at and d.signed_at < old and d.cosigned_at is None:
                owed[d.cosigner] += 1
        if stay.encounter_class == "inpatient" and stay.end and stay.end < old and not first(stay, "18842-5"):
            owed[stay.attending] += 1
    physicians = [who for who in large_house.staff.all if who.prefix == "Dr."]
    most = Counter({who: owed[who] for who in physicians}).most_common(len(physicians) // 5)
    assert sum(number for _, number in most) > 0.5 * owed.total()
    late = [who.number for who in physicians if who.habits.name == "late"]
    assert len(late) < 0.2 * len(physicians)
    share_between(0.4, enumerate(who.number in late for who in owed.elements()), 0.75)
    assert sum(owed[who] == 0 for who in physicians) > 0.2 * len(physicians)


def test_late_physicians_are_later_than_punctual_ones(stays):
    waits = {"late": [], "ordinary": [], "punctual": []}
    for stay in stays:
        for d in stay.documents:
            if d.code == "18842-5" and stay.end and d.authored and not d.replaces and d.author.habits.name in waits:
                waits[d.author.habits.name].append(d.authored - stay.end)
    assert median(waits["late"]) > 1.5 * median(waits["ordinary"]) > 1.5 * median(waits["punctual"])


def test_who_never_works_on_weekends_dictates_no_summary_then(house, stays):
    days = Counter(
        weekday(house.calendar.day_of(d.authored))
        for d in documents(stays, "18842-5")
        if d.author.habits.name == "never on weekends" and d.authored and not d.replaces and not d.addendum_to
    )
    assert days[0] > 0
    assert days[5] == days[6] == 0


def test_hardly_anything_stays_unsigned_for_ever(large_house, wide_house):
    old = large_house.now - 120 * DAY
    seen = [(d.author.number, d.signed) for s in wide_house if s.end and s.end < old for d in s.documents if d.authored]
    share_between(0.99, seen, 0.9995)


def test_old_records_were_completed_and_a_few_stay_open(house, stays):
    def unsigned(youngest, oldest):
        """The share of discharge summaries, of stays that ended so many days ago, that still lack a signature."""
        found = [
            d.signed
            for s in stays
            if s.end and youngest * DAY < house.now - s.end <= oldest * DAY
            for d in s.documents
            if d.code == "18842-5" and d.status != "superseded"
        ]
        return found.count(False) / len(found)

    assert unsigned(0, 30) > 3 * unsigned(120, 400) > 0


SITUATIONS = {
    "unsigned": lambda s, d: not d.signed and d.status == "preliminary",
    "dictated, not yet transcribed": lambda s, d: d.status == "dictated",
    "transcribed": lambda s, d: d.transcribed,
    "signature without a time": lambda s, d: d.signed and d.signed_at is None,
    "known to the day": lambda s, d: d.day_only,
    "nothing on the form": lambda s, d: d.authored is None,
    "a section left out": lambda s, d: d.code == "18842-5" and len(d.sections) < 3,
    "superseded": lambda s, d: d.replaces and d.replaces.status == "superseded",
    "addendum": lambda s, d: d.addendum_to,
    "entered in error": lambda s, d: d.status == "entered_in_error",
    "retracted": lambda s, d: d.status == "retracted",
    "amended": lambda s, d: d.status == "amended",
    "verbal order, authenticated late": lambda s, d: d.verbal and d.signed_at and d.signed_at - d.authored > 2 * DAY,
    "verbal order, not authenticated": lambda s, d: d.verbal and not d.signed,
    "resident, co-signed": lambda s, d: d.cosigner and d.cosigned_at,
    "resident, not co-signed": lambda s, d: d.cosigner and d.signed and not d.cosigned_at,
    "operative report on the next day": lambda s, d: (
        d.code == "11504-8" and d.authored and d.authored - d.episode.end > DAY
    ),
    "consent after the start": lambda s, d: (
        d.code == "64293-4" and d.episode.start and d.authored and d.authored > d.episode.start
    ),
    "face to face after the hour": lambda s, d: (
        d.code == "restraint-face-to-face" and d.authored and d.authored - d.episode.start > HOUR
    ),
    "history and physical from before": lambda s, d: d.code == "34117-2" and d.authored and d.authored < s.start,
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_situation_occurs(wide_house, situation):
    holds = SITUATIONS[situation]
    found = next((document for stay in wide_house for document in stay.documents if holds(stay, document)), None)
    assert found, f"no document: {situation}"


def test_every_kind_of_gap_and_stay_occurs(wide_house):
    def lacks(stay, code):
        return stay.end and all(document.code != code for document in stay.documents)

    inpatients = [stay for stay in wide_house if stay.encounter_class == "inpatient"]
    operated = [s for s in wide_house if any(e.anesthesia and e.status == "done" for e in s.episodes)]
    assert any(lacks(stay, "34117-2") and not stay.filed for stay in inpatients)
    assert any(lacks(stay, "18842-5") for stay in inpatients)
    assert any(lacks(stay, "11504-8") for stay in operated)
    assert any(stay.filed and stay.start - stay.filed.authored > 30 * DAY for stay in inpatients)
    assert any(stay.disposition == "transfer" and not lacks(stay, "18761-7") for stay in inpatients)
    assert {"done", "not_done"} <= {e.status for s in wide_house for e in s.episodes}
    assert {e.kind for s in wide_house for e in s.episodes} == {"procedure", "restraint"}
    assert {sensitivity for s in wide_house for sensitivity in s.sensitivities} == {
        *("PSY", "SUD", "HIV", "SDV", "CEL", "EMP"),
    }
