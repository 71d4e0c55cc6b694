"""When people come: how many on each day of a span, and for what, by season and by day of the week."""

from dataclasses import dataclass
from random import Random

from himdept.simulator.calendar import Calendar, month, weekday

WINTER = (1.16, 1.14, 1.07, 0.99, 0.95, 0.91, 0.90, 0.90, 0.94, 0.99, 1.03, 1.10)
HOLIDAYS = (1.02, 1.02, 1.04, 1.02, 1.01, 1.01, 0.93, 0.96, 1.01, 1.04, 1.01, 0.88)
BIRTHS = (0.97, 0.96, 0.98, 0.98, 0.99, 1.01, 1.04, 1.06, 1.06, 1.01, 0.98, 0.97)
EVEN = (1.0,) * 12
ANY_DAY = (1.12, 1.03, 1.0, 0.99, 0.98, 0.93, 0.96)
ADMISSIONS = (1.13, 1.09, 1.06, 1.05, 1.05, 0.83, 0.79)
LABOR = (1.02, 1.13, 1.12, 1.12, 1.09, 0.80, 0.72)  # induced and planned ones keep to workdays
WORKDAYS = (1.32, 1.44, 1.42, 1.40, 1.26, 0.12, 0.04)
OFFICE = (1.42, 1.42, 1.40, 1.40, 1.36, 0.0, 0.0)

ROUND_THE_CLOCK = (3, 2, 2, 2, 2, 2, 3, 4, 6, 8, 9, 10, 10, 10, 10, 10, 10, 10, 10, 9, 9, 8, 6, 4)
AFTERNOON = (3, 2, 2, 2, 1, 1, 2, 2, 3, 4, 6, 7, 8, 9, 10, 10, 10, 9, 9, 8, 7, 6, 5, 4)
ANY_HOUR = (4,) * 6 + (5,) * 12 + (4,) * 6
MORNING = (0, 0, 0, 0, 0, 4, 10, 10, 9, 8, 7, 6, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
CLINIC = (0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 10, 9, 4, 8, 9, 7, 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Kind:
    """`share` is of the encounters that begin by themselves; newborns and elective admissions follow from others."""

    name: str
    share: float
    months: tuple[float, ...]
    weekdays: tuple[float, ...]
    hours: tuple[int, ...]
    returning: float = 0.0  # share of patients who have been here before

    def minute(self, chance: Random) -> int:
        """A minute of the day at which somebody comes."""
        (hour,) = chance.choices(range(24), self.hours)
        return 60 * hour + int(chance.random() * 60)


EMERGENCY = Kind("emergency", 0.44, WINTER, ANY_DAY, ROUND_THE_CLOCK, 0.38)
MEDICAL = Kind("medical", 0.150, WINTER, ADMISSIONS, AFTERNOON, 0.36)
AMBULATORY_SURGERY = Kind("ambulatory_surgery", 0.12, HOLIDAYS, WORKDAYS, MORNING, 0.28)
OBSERVATION = Kind("observation", 0.08, WINTER, ADMISSIONS, AFTERNOON, 0.36)
DELIVERY = Kind("delivery", 0.036, BIRTHS, LABOR, ANY_HOUR)
PRE_ADMISSION = Kind("pre_admission", 0.032, HOLIDAYS, OFFICE, CLINIC, 0.25)
PSYCHIATRIC = Kind("psychiatric", 0.024, EVEN, ANY_DAY, AFTERNOON, 0.35)
KINDS = (EMERGENCY, MEDICAL, AMBULATORY_SURGERY, OBSERVATION, DELIVERY, PRE_ADMISSION, PSYCHIATRIC)


class Demand:
    """Which kinds come on a day, and the hospital's whole number of encounters dealt out over its days."""

    def __init__(self, calendar: Calendar, *, encounters: int, chance: Random):
        self._chance = chance
        weights = [sum(_weights(day)) * (0.9 + 0.2 * chance.random()) for day in calendar.days()]
        self._quotas = dict(zip(calendar.days(), _deal(encounters, weights), strict=True))

    def quota(self, day: int) -> int:
        return self._quotas[day]

    def kinds(self, day: int, number: int) -> list[tuple[int, Kind]]:
        """So many arrivals of a day: the minute of the day and the kind, in order."""
        kinds = self._chance.choices(KINDS, _weights(day), k=number)
        arrivals = [(kind.minute(self._chance), kind) for kind in kinds]
        return sorted(arrivals, key=lambda arrival: arrival[0])


def _weights(day: int) -> list[float]:
    in_month, on_weekday = month(day), weekday(day)
    return [kind.share * kind.months[in_month] * kind.weekdays[on_weekday] for kind in KINDS]


def _deal(number: int, weights: list[float]) -> list[int]:
    """Deal out a whole number by weights, so that the parts add up to it."""
    total, passed, dealt, parts = sum(weights), 0.0, 0, []
    for weight in weights:
        passed += weight
        parts.append(round(number * passed / total) - dealt)
        dealt += parts[-1]
    parts[-1] += number - dealt
    return parts
