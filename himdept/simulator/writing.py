"""How documents come about: written, dictated, signed, forgotten, corrected, each by the habits of its author."""

from dataclasses import replace
from random import Random

from himdept.simulator.calendar import Calendar
from himdept.simulator.chance import Spread
from himdept.simulator.facts import Clinician, Document, Episode, Stay
from himdept.simulator.forms import AUTHENTICATING, COSIGNING, NEVER_AUTHENTICATED, NEVER_COSIGNED, TYPING, Form

COMPLETING = Spread(days=24, sigma=0.9)  # until the records department has got a missing section
MENDING = Spread(days=24, sigma=0.9)  # until it has got an addendum that says when
IS_COMPLETED, IS_MENDED = 0.72, 0.75
LYING = Spread(days=30, sigma=0.6)  # in the pile, until somebody asks for it
LIES, ORDERS_LIE = 0.075, 0.2

# Shares of all documents; the sum is tried first, because it is rarely any of them.
ADDENDUM, CORRECTED, IN_ERROR, DAY_ONLY, RETRACTED, BLANK = 0.010, 0.003, 0.0012, 0.0008, 0.0003, 0.0001
MISHAPS = ADDENDUM + CORRECTED + IN_ERROR + DAY_ONLY + RETRACTED + BLANK


class Desk:
    """Writes documents into stays, as far as they exist by now."""

    def __init__(self, calendar: Calendar, chance: Random):
        self.calendar, self.chance, self.now = calendar, chance, calendar.now

    def write(
        self,
        stay: Stay,
        form: Form,
        at: int,
        author: Clinician,
        *,
        episode: Episode | None = None,
        cosigner: Clinician | None = None,
        verbal: bool = False,
    ) -> Document | None:
        """Add a document authored at a minute; None when that is still to come."""
        if at > self.now:
            return None
        random = self.chance.random
        document = Document(form.code, author, at, form.sections, episode, cosigner=cosigner, verbal=verbal)
        stay.documents.append(document)
        ready = at
        if form.dictated and random() < form.dictated:
            document.dictated = at
            ready = at + TYPING.draw(self.chance)
            if ready > self.now:
                document.status = "dictated"
                return document
            document.transcribed, document.status = ready, "transcribed"
        self._sign(stay, document, form, ready)
        if form.sections and random() < author.habits.forgets:
            self._forget_a_section(stay, document)
        if random() < MISHAPS:
            self._mishap(stay, document)
        return document

    def by_habit(self, delay: int, clinician: Clinician, since: int, *, lies: float = LIES) -> int:
        """When a clinician gets round to something that takes others `delay` minutes; some of it lies for weeks."""
        habits = clinician.habits
        at = since + int(delay * habits.pace)
        if lies and self.chance.random() < lies * habits.lapses:
            at += LYING.draw(self.chance)
        return at if habits.weekends else self.calendar.next_workday(at)

    def _sign(self, stay: Stay, document: Document, form: Form, ready: int):
        random, author = self.chance.random, document.author
        habits = author.habits
        if random() < (NEVER_AUTHENTICATED if document.verbal else form.never) * habits.lapses:
            return
        if not document.verbal and random() < form.at_once * habits.signs_at_once:
            at = ready + 1 + int(random() * 10)
        else:
            later, lies = (AUTHENTICATING, ORDERS_LIE) if document.verbal else (form.later, LIES)
            at = self.by_habit(5 + later.draw(self.chance), author, ready, lies=lies)
        if at > self.now:
            return
        document.signed, document.signed_at, document.status = True, at, "final"
        if random() < habits.undated:
            document.signed_at = None
            self._perhaps_mend(stay, document, at)
        cosigner = document.cosigner
        if cosigner and random() >= NEVER_COSIGNED * cosigner.habits.lapses:
            at = self.by_habit(COSIGNING.draw(self.chance), cosigner, at)
            if at <= self.now:
                document.cosigned_at = at

    def _forget_a_section(self, stay: Stay, document: Document):
        whole = document.sections
        left_out = whole[int(self.chance.random() * len(whole))]
        document.sections = tuple(section for section in whole if section != left_out)
        if self.chance.random() < IS_COMPLETED:
            self._replace(stay, document, self._after(document) + COMPLETING.draw(self.chance), whole)

    def _mishap(self, stay: Stay, document: Document):
        luck = self.chance.random() * MISHAPS
        if luck < ADDENDUM:
            self._add(stay, document, self._after(document) + 60 + int(self.chance.random() * 7200))
        elif luck < ADDENDUM + CORRECTED:
            self._replace(stay, document, self._after(document) + 30 + int(self.chance.random() * 4320), None)
        elif luck < ADDENDUM + CORRECTED + IN_ERROR:
            # Meant for another patient: put here, found, marked, and the right one written beside it.
            stay.documents.append(replace(document, status="entered_in_error"))
        elif luck < MISHAPS - DAY_ONLY - BLANK:
            stay.documents.append(replace(document, status="retracted"))
        elif luck < MISHAPS - DAY_ONLY:
            # A form with a name on it and nothing else.
            stay.documents.append(Document(document.code, document.author, None, (), document.episode))
        elif not document.transcribed and not document.verbal:  # these have their minute by nature
            document.day_only = True
            self._perhaps_mend(stay, document, self._after(document))

    def _after(self, document: Document) -> int:
        return document.signed_at or document.transcribed or document.authored

    def _perhaps_mend(self, stay: Stay, document: Document, since: int):
        if self.chance.random() < IS_MENDED:
            self._add(stay, document, since + MENDING.draw(self.chance))

    def _add(self, stay: Stay, document: Document, at: int):
        """An addendum, signed as it is written."""
        if document.signed and at < self.now:
            stay.documents.append(self._signed_again(document, at, addendum_to=document))

    def _replace(self, stay: Stay, document: Document, at: int, sections: tuple[str, ...] | None):
        """A new version, signed as it is written; the old one is superseded."""
        if document.signed and document.status == "final" and at < self.now:
            later = self._signed_again(document, at, replaces=document)
            later.sections = sections or document.sections
            document.status = "superseded"
            stay.documents.append(later)

    def _signed_again(self, document: Document, at: int, **relation: Document) -> Document:
        return Document(
            document.code,
            document.author,
            at,
            document.sections,
            document.episode,
            status="amended" if "replaces" in relation else "final",
            signed=True,
            signed_at=at + 1,
            **relation,
        )
