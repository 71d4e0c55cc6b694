"""The people who come: new ones, and some who have been here before."""

from itertools import count
from random import Random

from himdept.simulator import names
from himdept.simulator.chance import Mix, one_of
from himdept.simulator.facts import Patient
from himdept.simulator.services import EMERGENCY, OBSTETRICS, PEDIATRICS, PSYCHIATRY, Service

REMEMBERED = 6000  # so many may come back: enough to look alike at any size, and memory stays flat

ADULTS = Mix({(18, 34): 8, (35, 49): 14, (50, 64): 27, (65, 79): 33, (80, 96): 18})
AGES = {
    PEDIATRICS.code: Mix({(0, 1): 34, (2, 5): 25, (6, 12): 23, (13, 17): 18}),
    OBSTETRICS.code: Mix({(17, 24): 22, (25, 34): 57, (35, 44): 21}),
    PSYCHIATRY.code: Mix({(12, 17): 10, (18, 34): 36, (35, 54): 32, (55, 80): 22}),
    EMERGENCY.code: Mix({(0, 5): 12, (6, 17): 12, (18, 34): 24, (35, 54): 24, (55, 74): 17, (75, 96): 11}),
}


class Patients:
    """Finds the person for a stay. Remembers a bounded number of those who have been here."""

    def __init__(self, chance: Random):
        self._chance, self._numbers = chance, count(1)
        self._remembered: list[Patient] = []

    def can_come(self, patient: Patient, at: int) -> bool:
        return not patient.died and patient.free_at < at

    def for_stay(self, service: Service, at: int, day: int, returning: float) -> tuple[Patient, bool]:
        """Somebody for a stay that begins at a minute of a day, and whether they are new here."""
        if self._chance.random() < returning and self._remembered:
            patient = one_of(self._remembered, self._chance)
            if self.can_come(patient, at) and self._suits(patient, service, day):
                return patient, False
        return self._somebody_new(service, day), True

    def born(self, mother: Patient, day: int) -> Patient:
        return self._person(day, mother.family_name, self._sex(0.488), mother)

    def _suits(self, patient: Patient, service: Service, day: int) -> bool:
        age = patient.age_on(day)
        if service is EMERGENCY:
            return True
        return age < 18 if service is PEDIATRICS else age >= 18

    def _somebody_new(self, service: Service, day: int) -> Patient:
        youngest, oldest = AGES.get(service.code, ADULTS).draw(self._chance)
        days_old = youngest * 36525 // 100 + 1 + int(self._chance.random() * (oldest - youngest + 1) * 365)
        sex = "female" if service is OBSTETRICS else self._sex(0.52)
        patient = self._person(day - days_old, one_of(names.FAMILY, self._chance), sex)
        if len(self._remembered) < REMEMBERED:
            self._remembered.append(patient)
        else:
            self._remembered[int(self._chance.random() * REMEMBERED)] = patient
        return patient

    def _sex(self, females: float) -> str:
        return "female" if self._chance.random() < females else "male"

    def _person(self, born: int, family_name: str, sex: str, mother: Patient | None = None) -> Patient:
        given_name = one_of(names.FEMALE if sex == "female" else names.MALE, self._chance)
        return Patient(next(self._numbers), family_name, given_name, born, sex, mother)
