"""What `may_work` wants to know of somebody, as of today, and its answer in words."""

from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from himdept.common.errors import DomainError
from staff.catalogue.models import Certification
from staff.credentials.models import Credential, Verification
from staff.employment.models import Employee, Employment
from staff.exclusions.models import ExclusionMatch
from staff.fitness.check import Against, Course, Facts, Held, Reason, Shown, may_work
from staff.fitness.models import Competence, Queue
from staff.people.models import User
from staff.training.models import Training

DENIED = (Verification.Found.DIFFERS, Verification.Found.NOT_KNOWN)
WORDS = {
    Against.NOT_EMPLOYED: gettext_lazy("is not employed"),
    Against.EXCLUDED: gettext_lazy("stands on a list of excluded people"),
    Against.CERTIFICATION: gettext_lazy("holds none of %(what)s in force"),
    Against.TRAINING: gettext_lazy("has not taken: %(what)s"),
    Against.FAILED: gettext_lazy("failed: %(what)s"),
    Against.NOT_ASSESSED: gettext_lazy("was not assessed in time: %(what)s"),
}


class NotFit(DomainError):
    """Somebody may not work a queue now; the words say what stands against it."""

    status = 403


def competences_of(person: Employee) -> list[Competence]:
    """How somebody stands to each competency that their job asks."""
    return list(Competence.objects.filter(employee=person).select_related("competency"))


def facts_of(person: Employee, competences: list[Competence] | None = None) -> Facts:
    """What is known of somebody today, but for `competences` where they are known already. Of who sits in no seat, no
    job asks anything."""
    asked = Certification.objects.filter(
        required_by__positions__assignments__employee=OuterRef("pk"),
        required_by__positions__assignments__during__contains=timezone.now(),
    )
    excluded = ExclusionMatch.objects.standing().filter(employee=OuterRef("pk"))
    known = Employee.objects.annotate(
        asked=ArraySubquery(asked.order_by("code").values("code")),
        is_excluded=Exists(excluded),
        is_employed=Exists(Employment.objects.filter(employee=OuterRef("pk")).at()),
    ).get(pk=person.pk)
    credentials = Credential.objects.standing().filter(employee=person).with_proof().select_related("certification")
    courses = Training.objects.filter(employee=person, course__needed_to_work=True).select_related("course")
    return Facts(
        asked=frozenset(known.asked),
        held=tuple(map(_held, credentials)),
        shown=tuple(
            Shown(one.competency.title, one.competency.queue, one.passed, one.due)
            for one in (competences_of(person) if competences is None else competences)
        ),
        courses=tuple(Course(one.course.title, one.due) for one in courses),
        is_excluded=known.is_excluded,
        is_employed=known.is_employed,
    )


def _held(one: Credential) -> Held:
    grace = one.certification.grace_days
    return Held(one.certification.code, one.first_day, one.last_day, grace, denied=one.found in DENIED)


def words(reason: Reason) -> str:
    """A reason in words, with its day where it is known: the last good one, or that of a failure."""
    said = str(WORDS[reason.against]) % {"what": reason.what}
    return _("%(said)s (%(day)s)") % {"said": said, "day": spoken.date_of(reason.since)} if reason.since else said


def see_that_may_work(user: User, queue: Queue, on: date | None = None):
    """Raises NotFit when something stands against somebody of the department working a queue.

    Who is nobody of the department, a service of an interface say, has no file here: their role alone decides.
    """
    person = Employee.objects.filter(user=user).first()
    if person is None:
        return
    if reasons := may_work(facts_of(person), on or timezone.localdate(), queue):
        told = "; ".join(words(reason) for reason in reasons)
        raise NotFit(_("You are off this work until that is mended: %(why)s.") % {"why": told})
