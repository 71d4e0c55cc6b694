"""What is done for patients, and what ought to be written of it: the paper of one stay from door to door.

Every method takes a stay whose times are known. The shares and delays are of ordinary clinicians; habits stretch them.
"""

from random import Random

from himdept.simulator import forms
from himdept.simulator.calendar import Calendar
from himdept.simulator.chance import Mix, Spread, one_of
from himdept.simulator.clinicians import Staff
from himdept.simulator.facts import Clinician, Document, Episode, Stay
from himdept.simulator.services import HOSPITAL_MEDICINE, SERVICES, Operation
from himdept.simulator.surgery import Theatre
from himdept.simulator.writing import LIES, Desk

BY_CODE = {service.code: service for service in SERVICES}
HOUR, DAY = 60, 1440
EXAMINING = Spread(hours=4, sigma=0.6)
UPDATING = Spread(hours=5, sigma=0.65)
SUMMING_UP = Spread(days=2, sigma=1.05)
WAITING = Spread(hours=11, sigma=0.7)  # for an operation that was not planned
FIRST_LOOK = Spread(hours=8, sigma=0.45)  # at a newborn
CONSULTING = Spread(hours=20, sigma=0.7)
ASSESSING = Spread(minutes=80, sigma=0.7)
ASSESSED_LATE = Spread(hours=20, sigma=0.6)
INQUIRING = Spread(hours=34, sigma=0.45)  # a social worker, into what brought somebody here
CHARTING = Spread(minutes=70, sigma=0.9)
PSYCHIATRIC = Spread(hours=17, sigma=0.65)
PLANNING = Spread(hours=40, sigma=0.4)
IN_RESTRAINT = Spread(hours=2.6, sigma=0.75)
PLANNED_FOR = {"home_health", "facility", "hospice"}  # who goes where somebody must expect them
CONSULTED = Mix(
    {"cardiology": 30, "surgery": 18, "neurology": 16, "hospital-medicine": 22, "oncology": 8, "psychiatry": 6}
)


class Care:
    """Writes the paper of every kind of stay."""

    def __init__(self, desk: Desk, staff: Staff, calendar: Calendar, chance: Random):
        self.desk, self.staff, self.calendar, self.chance = desk, staff, calendar, chance
        self.theatre = Theatre(desk, staff, chance)

    # Kinds of stay

    def inpatient(self, stay: Stay):
        service, start = BY_CODE[stay.service], stay.start
        self._register(stay)
        self._admit(stay, within=45, verbal_share=0.07)
        self._nurse(stay)
        self._history_and_physical(stay)
        self._orders(stay, 2)
        if self._happens(0.33):
            self._consultation(stay)
        if self._happens(service.operated):
            wait = 2 * HOUR if stay.filed else WAITING.draw(self.chance)
            self.theatre.operate(stay, one_of(service.operations, self.chance), start + 40 + wait)
        self._progress_notes(stay, every=DAY)
        if self._happens(0.012):
            self._restraint(stay)
        self._discharge(stay)

    def delivery(self, stay: Stay, operation: Operation, born: int):
        self._register(stay)
        self._admit(stay, within=30, verbal_share=0.1)
        self._nurse(stay)
        self._history_and_physical(stay)
        self._orders(stay, 1)
        self.theatre.deliver(stay, operation, born)
        self._progress_notes(stay, every=DAY)
        self._discharge(stay)

    def newborn(self, stay: Stay):
        self._nurse(stay)
        self._by_physician(stay, forms.NEWBORN_EXAM, stay.start + FIRST_LOOK.draw(self.chance), 0.002)
        self._orders(stay, 1)
        if stay.patient.sex == "male" and self._happens(0.5):
            self.theatre.circumcise(stay, stay.start + 20 * HOUR)
        self._progress_notes(stay, every=DAY)
        self._leave(stay)
        self._by_physician(stay, forms.FINAL_PROGRESS_NOTE, stay.planned_end + 30, 0.003)

    def psychiatric(self, stay: Stay):
        self._register(stay)
        self._admit(stay, within=60, verbal_share=0.12)
        self._nurse(stay)
        self._history_and_physical(stay, by=self.staff.teams[HOSPITAL_MEDICINE.code].physician(self.chance))
        self._by_physician(
            stay, forms.PSYCHIATRIC_EVALUATION, stay.start + PSYCHIATRIC.draw(self.chance), 0.004, by_habit=True
        )
        self._by_nurse(stay, forms.PSYCHOSOCIAL_ASSESSMENT, stay.start + INQUIRING.draw(self.chance), 0.01)
        self._by_physician(stay, forms.TREATMENT_PLAN, stay.start + PLANNING.draw(self.chance), 0.01)
        self._orders(stay, 2)
        if self._happens(0.08):
            self._restraint(stay)
        self._progress_notes(stay, every=2 * DAY)
        self._discharge(stay)

    def observation(self, stay: Stay):
        self._register(stay)
        self._admit(stay, within=45, verbal_share=0.06)
        self._nurse(stay)
        self._history_and_physical(stay)
        self._orders(stay, 1)
        self._progress_notes(stay, every=DAY)
        self._leave(stay)
        self._by_physician(stay, forms.FINAL_PROGRESS_NOTE, stay.planned_end + 20, 0.004)

    def emergency(self, stay: Stay):
        self._register(stay)
        self._nurse(stay)
        self._orders(stay, 0)
        written = stay.planned_end - 30 + CHARTING.draw(self.chance)
        self._by_physician(stay, forms.EMERGENCY_NOTE, written, 0.002, resident_share=0.2)
        if self._happens(0.006):
            self._restraint(stay)
        self._leave(stay)

    def ambulatory_surgery(self, stay: Stay, operation: Operation, begins: int):
        start = stay.start
        self._register(stay)
        if self._happens(0.7):
            before = start - (1 + int(self.chance.random() * 24)) * DAY
            if self._by_physician(stay, forms.HISTORY_AND_PHYSICAL, before, 0.002, resident_share=0):
                self._by_physician(stay, forms.UPDATE, start + 20 + int(self.chance.random() * 40), 0.02)
        else:
            self._by_physician(stay, forms.HISTORY_AND_PHYSICAL, start + 10, 0.004)
        self._nurse(stay)
        self._orders(stay, 1)
        self.theatre.operate(stay, operation, begins)
        self._leave(stay)

    def pre_admission(self, stay: Stay) -> Document | None:
        """The visit before an elective admission; gives the history and physical that is filed there too."""
        self._orders(stay, 0)
        at = stay.planned_end - 15 + CHARTING.draw(self.chance)
        return self._by_physician(stay, forms.HISTORY_AND_PHYSICAL, at, 0.003, resident_share=0.1)

    # Steps

    def _register(self, stay: Stay):
        self._by_nurse(stay, forms.GENERAL_CONSENT, stay.start + int(self.chance.random() * 25), 0.004)

    def _admit(self, stay: Stay, *, within: int, verbal_share: float):
        if not self._happens(0.002):
            at = stay.start + int(self.chance.random() * within)
            self._order(stay, forms.ADMISSION_ORDER, at, verbal_share=verbal_share)

    def _nurse(self, stay: Stay):
        wait = ASSESSED_LATE if self._happens(0.008) else ASSESSING
        at = min(stay.start + wait.draw(self.chance), stay.planned_end - 5)
        self._by_nurse(stay, forms.NURSING_ASSESSMENT, at, 0.003)

    def _history_and_physical(self, stay: Stay, *, by: Clinician | None = None):
        start, early = stay.start, stay.filed
        if early and early.authored and start - early.authored <= 30 * DAY:
            self._by_physician(stay, forms.UPDATE, start + UPDATING.draw(self.chance), 0.01, by_habit=True)
        elif not early or self._happens(0.7):
            at = start + EXAMINING.draw(self.chance)
            self._by_physician(stay, forms.HISTORY_AND_PHYSICAL, at, 0.0015, by=by, by_habit=True)

    def _consultation(self, stay: Stay):
        code = CONSULTED.draw(self.chance)
        if code != stay.service:
            at = min(stay.start + CONSULTING.draw(self.chance), stay.planned_end - HOUR)
            self.desk.write(stay, forms.CONSULTATION, at, self.staff.teams[code].physician(self.chance))

    def _orders(self, stay: Stay, more: int):
        for _ in range(1 + int(self.chance.random() * (more + 1))):
            at = stay.start + 20 + int(self.chance.random() * (stay.planned_end - stay.start - 30))
            self._order(stay, forms.ORDER, at, verbal_share=0.22)

    def _order(self, stay: Stay, form: forms.Form, at: int, *, verbal_share: float):
        self.desk.write(stay, form, at, self._writer(stay, 0.25), verbal=self._happens(verbal_share))

    def _progress_notes(self, stay: Stay, *, every: int):
        until = min(stay.planned_end, self.desk.now)
        at = self.calendar.midnight(self.calendar.day_of(stay.start) + 1) + 8 * HOUR
        while at < until:
            self._by_physician(stay, forms.PROGRESS_NOTE, at + int(self.chance.random() * 300), 0.01, last=until)
            at += every

    def _restraint(self, stay: Stay):
        start = stay.start + 30 + int(self.chance.random() * max(30, (stay.planned_end - stay.start) // 2))
        age = stay.patient.age_on(self.calendar.day_of(start))
        if start > self.desk.now or age < 5:
            return
        end = min(start + IN_RESTRAINT.draw(self.chance), stay.planned_end)
        known_end = end if end <= self.desk.now else None
        orderer, restraint = (
            self._writer(stay, 0.2),
            Episode("restraint", "Restraint for violent behavior", start=start),
        )
        restraint.end, restraint.performer = known_end, orderer
        restraint.status = "done" if known_end else "in_progress"
        stay.episodes.append(restraint)
        at = start - 3 + int(self.chance.random() * 18)
        lasts = _order_lasts(age)
        while at < end and not self._happens(0.012):
            self.desk.write(stay, forms.RESTRAINT_ORDER, at, orderer, episode=restraint, verbal=self._happens(0.25))
            late = self._happens(0.15)
            at += lasts + int(self.chance.random() * 45) if late else lasts - int(self.chance.random() * 20)
        seen = start + 8 + int(self.chance.random() * 50 if self._happens(0.93) else 55 + self.chance.random() * 120)
        if not self._happens(0.02):
            self.desk.write(stay, forms.FACE_TO_FACE, seen, self._writer(stay, 0), episode=restraint)

    def _discharge(self, stay: Stay):
        end = stay.planned_end
        if stay.disposition in PLANNED_FOR:
            at = max(end - DAY, stay.start + HOUR) + int(self.chance.random() * 6 * HOUR)
            self._by_nurse(stay, forms.DISCHARGE_PLANNING, at, 0.02)
        self._leave(stay)
        if end > self.desk.now:
            return
        if stay.disposition == "transfer":
            self._by_physician(stay, forms.TRANSFER_SUMMARY, end - 40, 0.03)
        absent = 0.012 if stay.disposition == "ama" else 0.003
        at = end + SUMMING_UP.draw(self.chance)
        self._by_physician(stay, forms.DISCHARGE_SUMMARY, at, absent, since=end, by_habit=True, resident_share=0.35)

    def _leave(self, stay: Stay):
        at = stay.planned_end - 10 - int(self.chance.random() * 20)
        if stay.disposition == "ama":
            self._by_nurse(stay, forms.LEAVING_AGAINST_ADVICE, at, 0.2)  # who just goes signs nothing
        elif stay.disposition != "expired":
            self._by_nurse(stay, forms.DISCHARGE_INSTRUCTIONS, at, 0.008)

    def _by_physician(
        self,
        stay: Stay,
        form: forms.Form,
        at: int,
        absent: float,
        *,
        by: Clinician | None = None,
        by_habit: bool = False,
        since: int | None = None,
        resident_share: float = 0.3,
        last: int | None = None,
    ) -> Document | None:
        """By the attending, or by a resident for whom the attending signs too. `absent` of them are never written."""
        author = by or self._writer(stay, resident_share)
        if self._happens(absent * author.habits.lapses):
            return None
        if by_habit:
            since = stay.start if since is None else since
            at = self.desk.by_habit(at - since, author, since, lies=LIES if form is forms.DISCHARGE_SUMMARY else 0)
        if last is not None and at >= last:
            return None
        cosigner = stay.attending if by is None and author is not stay.attending else None
        return self.desk.write(stay, form, at, author, cosigner=cosigner)

    def _writer(self, stay: Stay, resident_share: float) -> Clinician:
        team = self.staff.teams[stay.service]
        if team.residents and self._happens(resident_share):
            return team.resident(self.chance)
        return stay.attending

    def _by_nurse(self, stay: Stay, form: forms.Form, at: int, absent: float):
        if not self._happens(absent):
            self.desk.write(stay, form, at, self.staff.teams[stay.service].nurse(self.chance))

    def _happens(self, share: float) -> bool:
        return self.chance.random() < share


def _order_lasts(age: int) -> int:
    """How long an order for restraint of violent behavior holds before it must be renewed (42 CFR 482.13(e)(8))."""
    return 4 * HOUR if age >= 18 else 2 * HOUR if age >= 9 else HOUR
