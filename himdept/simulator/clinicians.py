"""Who works in the simulated hospital: physicians, residents and nurses of each service, with their habits."""

from dataclasses import dataclass
from itertools import count
from random import Random

from himdept.simulator import names
from himdept.simulator.chance import one_of
from himdept.simulator.facts import Clinician
from himdept.simulator.habits import ORDINARY, ROUND, Habits
from himdept.simulator.services import SERVICES, Service

SMALL = 10  # encounters a day of the hospital that `Service.physicians` describes


@dataclass(frozen=True, slots=True)
class Team:
    """The clinicians of one service. The first of each list do more of the work than the last."""

    physicians: tuple[Clinician, ...]
    residents: tuple[Clinician, ...]
    nurses: tuple[Clinician, ...]

    def physician(self, chance: Random) -> Clinician:
        share = chance.random()
        return self.physicians[int(share * (0.6 + 0.4 * share) * len(self.physicians))]

    def resident(self, chance: Random) -> Clinician:
        return one_of(self.residents, chance)

    def nurse(self, chance: Random) -> Clinician:
        return one_of(self.nurses, chance)


class Staff:
    """All clinicians of a hospital with so many encounters a day, by service."""

    def __init__(self, *, encounters_a_day: float, chance: Random):
        # A hospital twice as busy has not quite twice as many people.
        self._growth = max(1.0, encounters_a_day / SMALL) ** 0.75
        self._chance, self._numbers = chance, count(1)
        self._habits: list[Habits] = []
        self.all: list[Clinician] = []
        self.teams = {service.code: self._team(service) for service in SERVICES}

    def _team(self, service: Service) -> Team:
        return Team(
            tuple(self._hire("Dr.", self._next_habits()) for _ in range(round(service.physicians * self._growth))),
            tuple(self._hire("Dr.", self._next_habits()) for _ in range(round(service.residents * self._growth))),
            tuple(self._hire("RN", ORDINARY) for _ in range(round(service.nurses * self._growth))),
        )

    def _next_habits(self) -> Habits:
        if not self._habits:
            self._habits = list(ROUND)
            self._chance.shuffle(self._habits)
        return self._habits.pop()

    def _hire(self, prefix: str, habits: Habits) -> Clinician:
        given_names = names.FEMALE if self._chance.random() < 0.5 else names.MALE
        clinician = Clinician(
            number=next(self._numbers),
            family_name=one_of(names.FAMILY, self._chance),
            given_name=one_of(given_names, self._chance),
            prefix=prefix,
            habits=habits,
        )
        self.all.append(clinician)
        return clinician
