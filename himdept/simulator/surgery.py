"""Procedures: consent and evaluation before, report and evaluation after."""

from random import Random

from himdept.simulator import forms
from himdept.simulator.chance import Spread
from himdept.simulator.clinicians import Staff
from himdept.simulator.facts import Clinician, Episode, Stay
from himdept.simulator.services import ANESTHESIOLOGY, CIRCUMCISION, Operation
from himdept.simulator.writing import Desk

CONSENTING = Spread(minutes=140, sigma=0.8)
EVALUATING = Spread(hours=2.5, sigma=0.9)
RECOVERING = Spread(hours=2.2, sigma=0.8)
REPORTING = Spread(hours=3, sigma=0.95)
CANCELLED, CONSENT_AFTER, EVALUATED_AFTER, EVALUATED_LATE = 0.012, 0.008, 0.005, 0.008


class Theatre:
    """Operates, and writes what must be written of it."""

    def __init__(self, desk: Desk, staff: Staff, chance: Random):
        self.desk, self.chance = desk, chance
        self.anesthetists = staff.teams[ANESTHESIOLOGY.code]

    def operate(self, stay: Stay, operation: Operation, start: int):
        """A procedure at a minute, unless the patient has gone by then; a few are cancelled after the consent."""
        end = start + max(5, operation.duration.draw(self.chance))
        if start > self.desk.now or end + 30 > stay.planned_end:
            return
        if self.chance.random() < CANCELLED:
            self._before(stay, self._episode(stay, operation, None, None), start)
        else:
            self._whole(stay, self._episode(stay, operation, start, end), start, end)

    def deliver(self, stay: Stay, operation: Operation, born: int):
        start = born - operation.duration.draw(self.chance) // 2
        if born > self.desk.now:
            return
        self._whole(stay, self._episode(stay, operation, start, born + 25), start, born + 25)

    def circumcise(self, stay: Stay, start: int):
        self.operate(stay, CIRCUMCISION, start)

    def _episode(self, stay: Stay, operation: Operation, start: int | None, end: int | None) -> Episode:
        is_over = end is not None and end <= self.desk.now
        status = "not_done" if start is None else "done" if is_over else "in_progress"
        episode = Episode("procedure", operation.title, operation.code, status, operation.anesthesia, stay.attending)
        episode.start, episode.end = start, end if is_over else None
        stay.episodes.append(episode)
        return episode

    def _whole(self, stay: Stay, episode: Episode, start: int, end: int):
        self._before(stay, episode, start)
        self._after(stay, episode, end)

    def _before(self, stay: Stay, episode: Episode, start: int):
        random, surgeon = self.chance.random, stay.attending
        if random() >= 0.002 * surgeon.habits.lapses:
            is_late = random() < CONSENT_AFTER * surgeon.habits.lapses
            at = start + 15 + int(random() * 90) if is_late else start - 10 - CONSENTING.draw(self.chance)
            self.desk.write(stay, forms.PROCEDURE_CONSENT, at, surgeon, episode=episode)
        if episode.anesthesia:
            anesthetist = self.anesthetists.physician(self.chance)
            if random() >= 0.002 * anesthetist.habits.lapses:
                is_late = random() < EVALUATED_AFTER * anesthetist.habits.lapses
                at = start + 5 + int(random() * 40) if is_late else start - 12 - EVALUATING.draw(self.chance)
                self.desk.write(stay, forms.PREANESTHESIA, at, anesthetist, episode=episode)

    def _after(self, stay: Stay, episode: Episode, end: int):
        random, surgeon = self.chance.random, stay.attending
        if episode.anesthesia:
            self._anesthesia(stay, episode, end, self.anesthetists.physician(self.chance))
        if random() < 0.7:
            self.desk.write(stay, forms.BRIEF_OPERATIVE_NOTE, end + 4 + int(random() * 20), surgeon, episode=episode)
        if episode.anesthesia and random() >= 0.002 * surgeon.habits.lapses:
            at = self.desk.by_habit(REPORTING.draw(self.chance), surgeon, end)
            self.desk.write(stay, forms.OPERATIVE_REPORT, at, surgeon, episode=episode)

    def _anesthesia(self, stay: Stay, episode: Episode, end: int, anesthetist: Clinician):
        random = self.chance.random
        if random() >= 0.0015 * anesthetist.habits.lapses:
            self.desk.write(stay, forms.ANESTHESIA_RECORD, end + 3 + int(random() * 12), anesthetist, episode=episode)
        if random() < 0.003 * anesthetist.habits.lapses:
            return
        if random() < EVALUATED_LATE * anesthetist.habits.lapses:
            at = end + 49 * 60 + int(random() * 2880)
        else:
            # Before they leave, and those who go home the same day leave soon.
            at = min(end + 20 + RECOVERING.draw(self.chance), max(end + 5, stay.planned_end - 5))
        self.desk.write(stay, forms.POSTANESTHESIA, at, anesthetist, episode=episode)
