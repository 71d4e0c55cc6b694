"""The simulated hospital: who comes, how long they stay and how they leave, day by day, in a stream."""

import heapq
from collections.abc import Iterator
from datetime import date
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from himdept.common.confidentiality import Confidentiality
from himdept.simulator import demand
from himdept.simulator.calendar import FRIDAY, Calendar, weekday
from himdept.simulator.care import Care
from himdept.simulator.chance import Mix, Spread, one_of
from himdept.simulator.clinicians import Staff
from himdept.simulator.facts import Document, Patient, Stay
from himdept.simulator.patients import Patients
from himdept.simulator.services import (
    CARDIOLOGY,
    CESAREAN,
    EMERGENCY,
    HOSPITAL_MEDICINE,
    OBSTETRICS,
    ONCOLOGY,
    OPHTHALMOLOGY,
    ORTHOPEDICS,
    PEDIATRICS,
    PSYCHIATRY,
    SERVICES,
    SURGERY,
    VAGINAL_DELIVERY,
    Service,
)
from himdept.simulator.writing import Desk

HOUR, DAY = 60, 1440
ADMITTED_TO = Mix({service: service.share for service in SERVICES if service.share})
OPERATED_BY = Mix({SURGERY: 38, ORTHOPEDICS: 30, OPHTHALMOLOGY: 22, CARDIOLOGY: 10})
BY_DAY = {s.code: tuple(operation for operation in s.operations if operation.by_day) for s in SERVICES}
PREPARED_BY = Mix({SURGERY: 48, ORTHOPEDICS: 52})
OBSERVED_BY = Mix({HOSPITAL_MEDICINE: 62, CARDIOLOGY: 24, PEDIATRICS: 8, ONCOLOGY: 6})
OBSERVED = Spread(hours=22, sigma=0.42)
WOKEN = Spread(minutes=110, sigma=0.35)  # after day surgery, until they may go home
CLINIC_VISIT = Spread(minutes=55, sigma=0.3)
IN_LABOR = Spread(hours=8.5, sigma=0.6)
CESAREANS = 0.32
AFTER_CESAREAN, AFTER_BIRTH = Spread(days=3.0, sigma=0.22), Spread(days=1.9, sigma=0.25)
STAYS_ON = Spread(days=3, sigma=0.6)  # a newborn whose mother goes home first
NOT_ON_WEEKENDS = 0.3  # of those who are well enough on one
LEAVING = Mix({9: 4, 10: 10, 11: 16, 12: 16, 13: 16, 14: 14, 15: 10, 16: 7, 17: 4, 18: 3})  # hour of the day

HOME_OLD = Mix(
    {"home": 47, "home_health": 20, "facility": 22, "transfer": 2.5, "hospice": 3, "ama": 0.7, "expired": 4.3}
)
HOME_YOUNG = Mix({"home": 82, "home_health": 8, "facility": 3.5, "transfer": 2.5, "ama": 2.4, "expired": 1.2})
HOME_CHILD = Mix({"home": 96.5, "transfer": 3, "expired": 0.25, "other": 0.25})
HOME_MOTHER = Mix({"home": 99.2, "transfer": 0.6, "ama": 0.2})
HOME_PSYCHIATRIC = Mix({"home": 80, "facility": 9, "transfer": 3, "ama": 4, "psychiatric": 3, "other": 1})
HOME_EMERGENCY = Mix({"home": 92.6, "transfer": 2.3, "ama": 2.8, "psychiatric": 0.8, "facility": 1.2, "expired": 0.3})
HOME_DAY = Mix({"home": 98.6, "facility": 0.6, "transfer": 0.5, "ama": 0.3})

READMITTED = 0.13  # of those who went home from a bed, within 30 days (and some who come back by themselves)
ADMITTED_ELECTIVELY = 0.93  # of those prepared
STALE = 0.03  # of the prepared are admitted so late that their history and physical is over 30 days old


def span(encounters: int) -> int:
    """The days over which a hospital has so many encounters: more than a year, and five at a million."""
    return min(1826, round(400 * max(1.0, encounters / 5000) ** 0.287))


class Hospital:
    """A hospital that has had so many encounters when the midnight begins `until`. One seed, one hospital."""

    def __init__(self, *, encounters: int, seed: int, zone: ZoneInfo, until: date):
        days = span(encounters)
        self.encounters, self.calendar, self.chance = encounters, Calendar(zone, until=until, days=days), Random(seed)
        self.now = self.calendar.now
        self.staff = Staff(encounters_a_day=encounters / days, chance=self.chance)
        self.patients = Patients(self.chance)
        self._demand = demand.Demand(self.calendar, encounters=encounters, chance=self.chance)
        self._care = Care(Desk(self.calendar, self.chance), self.staff, self.calendar, self.chance)
        self._numbers, self._planned, self._order = count(1), [], count()

    def stays(self) -> Iterator[Stay]:
        """All stays, in the order of their days; each is whole, and is not touched again."""
        owed = 0  # newborns come on top of a day's number, and the next day has so many fewer
        left = self.encounters
        for day in self.calendar.days():
            quota = self._demand.quota(day) + owed
            planned = self._planned_for(day, quota)
            arrivals = self._demand.kinds(day, max(0, quota - len(planned)))
            had = 0
            for stay in self._come(day, planned, arrivals, left):
                had += 1
                yield stay
            left -= had
            owed = quota - had

    def _come(self, day: int, planned: list, arrivals: list, left: int) -> Iterator[Stay]:
        for minute, patient, document in planned:
            left -= 1
            yield self._elective(minute, patient, document) if document else self._medical(minute, patient)
        for minute, kind in arrivals:
            if not left:
                return
            if left == 1 and kind is demand.DELIVERY:
                kind = demand.EMERGENCY  # two may come of a delivery, and there is room for one
            for stay in self._begin(kind, self.calendar.midnight(day) + minute):
                left -= 1
                yield stay

    # Those whose coming is known beforehand

    def _plan(self, at: int, patient: Patient, document: Document | None = None):
        if at < self.now:
            heapq.heappush(self._planned, (at, next(self._order), patient, document))

    def _planned_for(self, day: int, quota: int) -> list[tuple[int, Patient, Document | None]]:
        """Those planned up to a day, at most so many; the others wait for the next day."""
        due, ends = [], self.calendar.midnight(day + 1)
        while self._planned and self._planned[0][0] < ends and len(due) < quota:
            at, _, patient, document = heapq.heappop(self._planned)
            if at < self.calendar.midnight(day):
                at += self.calendar.midnight(day) - self.calendar.midnight(self.calendar.day_of(at))
            due.append((at, patient, document))
        return due

    # Kinds of stay

    def _begin(self, kind: demand.Kind, at: int) -> list[Stay]:
        match kind:
            case demand.DELIVERY:
                return self._delivery(at)
            case demand.MEDICAL:
                return [self._medical(at)]
            case demand.AMBULATORY_SURGERY:
                return [self._ambulatory_surgery(at)]
            case demand.OBSERVATION:
                return [self._observation(at)]
            case demand.PRE_ADMISSION:
                return [self._pre_admission(at)]
            case demand.PSYCHIATRIC:
                return [self._psychiatric(at)]
        return [self._emergency(at)]

    def _medical(self, at: int, patient: Patient | None = None) -> Stay:
        service = ADMITTED_TO.draw(self.chance)
        if patient and (patient.age_on(self.calendar.day_of(at)) < 18) != (service is PEDIATRICS):
            service = HOSPITAL_MEDICINE if patient.age_on(self.calendar.day_of(at)) >= 18 else PEDIATRICS
        stay = self._stay("inpatient", service, at, self._discharge_of(service, at), demand.MEDICAL, patient)
        self._care.inpatient(stay)
        if stay.disposition in {"home", "home_health", "facility"} and self.chance.random() < READMITTED:
            self._plan(stay.planned_end + (1 + int(self.chance.random() * 29)) * DAY + 90, stay.patient)
        return stay

    def _elective(self, at: int, patient: Patient, document: Document) -> Stay:
        service = PREPARED_BY.draw(self.chance)
        if not self.patients.can_come(patient, at):
            patient = document = None
        stay = self._stay("inpatient", service, at, self._discharge_of(service, at), demand.PRE_ADMISSION, patient)
        stay.filed = document
        self._care.inpatient(stay)
        return stay

    def _pre_admission(self, at: int) -> Stay:
        service = PREPARED_BY.draw(self.chance)
        end = at + CLINIC_VISIT.draw(self.chance)
        stay = self._stay("pre_admission", service, at, end, demand.PRE_ADMISSION, disposition="home")
        document = self._care.pre_admission(stay)
        if document and self.chance.random() < ADMITTED_ELECTIVELY:
            stale = self.chance.random() < STALE
            days = int(32 + self.chance.random() * 6 if stale else 3 + self.chance.random() * 16)
            opening = self.calendar.midnight(self._operating_day(self.calendar.day_of(at) + days))
            self._plan(opening + 330 + int(self.chance.random() * 200), stay.patient, document)
        return stay

    def _delivery(self, at: int) -> list[Stay]:
        """The mother's stay, and the child's once it is born."""
        born = at + IN_LABOR.draw(self.chance)
        is_cesarean = self.chance.random() < CESAREANS
        end = self._leaves_bed(AFTER_CESAREAN if is_cesarean else AFTER_BIRTH, born)
        mother = self._stay("inpatient", OBSTETRICS, at, end, demand.DELIVERY)
        self._care.delivery(mother, CESAREAN if is_cesarean else VAGINAL_DELIVERY, born)
        if born >= self.now:
            return [mother]
        child = self.patients.born(mother.patient, self.calendar.day_of(born))
        leaves = end if self.chance.random() < 0.93 else end + STAYS_ON.draw(self.chance)
        newborn = self._stay("newborn", PEDIATRICS, born, leaves, demand.DELIVERY, child)
        newborn.location, newborn.patient_is_new = "Nursery", True
        self._care.newborn(newborn)
        return [mother, newborn]

    def _psychiatric(self, at: int) -> Stay:
        stay = self._stay("psychiatric", PSYCHIATRY, at, self._discharge_of(PSYCHIATRY, at), demand.PSYCHIATRIC)
        self._care.psychiatric(stay)
        return stay

    def _observation(self, at: int) -> Stay:
        service = OBSERVED_BY.draw(self.chance)
        stay = self._stay("observation", service, at, at + OBSERVED.draw(self.chance), demand.OBSERVATION)
        self._care.observation(stay)
        return stay

    def _emergency(self, at: int) -> Stay:
        stay = self._stay("emergency", EMERGENCY, at, at + 25 + EMERGENCY.stay.draw(self.chance), demand.EMERGENCY)
        self._care.emergency(stay)
        return stay

    def _ambulatory_surgery(self, at: int) -> Stay:
        service = OPERATED_BY.draw(self.chance)
        operation = one_of(BY_DAY[service.code], self.chance)
        begins = at + 75 + int(self.chance.random() * HOUR)
        end = begins + operation.duration.median + 30 + WOKEN.draw(self.chance)
        stay = self._stay("ambulatory", service, at, end, demand.AMBULATORY_SURGERY)
        stay.location = "Day surgery"
        self._care.ambulatory_surgery(stay, operation, begins)
        return stay

    # What all stays have

    def _stay(
        self,
        encounter_class: str,
        service: Service,
        start: int,
        end: int,
        kind: demand.Kind,
        patient: Patient | None = None,
        disposition: str = "",
    ) -> Stay:
        day, is_new = self.calendar.day_of(start), False
        if patient is None or not self.patients.can_come(patient, start):
            patient, is_new = self.patients.for_stay(service, start, day, kind.returning)
        if not disposition:
            disposition = _leaving(encounter_class, service, patient.age_on(day)).draw(self.chance)
        is_over = end < self.now
        confidentiality, sensitivities = self._sensitivity(encounter_class)
        stay = Stay(
            number=next(self._numbers),
            patient=patient,
            encounter_class=encounter_class,
            service=service.code,
            attending=self.staff.teams[service.code].physician(self.chance),
            start=start,
            planned_end=end,
            end=end if is_over else None,
            disposition=disposition if is_over else "",
            location=service.location,
            confidentiality=confidentiality,
            sensitivities=sensitivities,
            patient_is_new=is_new,
        )
        patient.free_at = end
        patient.died = is_over and disposition == "expired"
        return stay

    def _discharge_of(self, service: Service, start: int) -> int:
        """When somebody is sent home: fewer on weekends, when some went on Friday and some wait for Monday."""
        at = self._leaves_bed(service.stay, start)
        beyond = weekday(self.calendar.day_of(at)) - FRIDAY
        if beyond <= 0 or self.chance.random() > NOT_ON_WEEKENDS:
            return at
        earlier = at - beyond * DAY
        return earlier if earlier > start + DAY and self.chance.random() < 0.7 else at + (3 - beyond) * DAY

    def _leaves_bed(self, after: Spread, start: int) -> int:
        """When somebody who lies in a bed leaves it: after some days, at an hour at which people go home."""
        earliest = start + 8 * HOUR
        leaves = start + after.draw(self.chance)
        at = self.calendar.midnight(self.calendar.day_of(leaves)) + LEAVING.draw(self.chance) * HOUR
        at += int(self.chance.random() * HOUR)
        return at if at > earliest else max(leaves, earliest)

    def _operating_day(self, day: int) -> int:
        """The same day, or some workday of the next week when it falls on a weekend."""
        beyond = weekday(day) - FRIDAY
        return day if beyond <= 0 else day + 3 - beyond + int(self.chance.random() * 5)

    def _sensitivity(self, encounter_class: str) -> tuple[int, tuple[str, ...]]:
        luck = self.chance.random()
        if encounter_class == "psychiatric":
            return Confidentiality.RESTRICTED, ("PSY", "SUD") if luck < 0.15 else ("PSY",)
        if luck > 0.012:
            return Confidentiality.NORMAL, ()
        if luck < 0.001:
            return Confidentiality.VERY_RESTRICTED, ("CEL",)
        return Confidentiality.RESTRICTED, ("HIV",) if luck < 0.005 else ("SDV",) if luck < 0.007 else ("EMP",)


def _leaving(encounter_class: str, service: Service, age: int) -> Mix[str]:
    match encounter_class:
        case "psychiatric":
            return HOME_PSYCHIATRIC
        case "emergency":
            return HOME_EMERGENCY
        case "ambulatory" | "observation":
            return HOME_DAY
    if service is OBSTETRICS:
        return HOME_MOTHER
    if age < 18:
        return HOME_CHILD
    return HOME_OLD if age >= 65 else HOME_YOUNG
