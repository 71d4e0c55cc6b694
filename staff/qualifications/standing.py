"""How one person stands to one job. Two queries."""

from datetime import date

from staff.catalogue.models import Job
from staff.employment.models import Employee
from staff.qualifications.check import Check, check
from staff.qualifications.facts import facts_of, terms_of, with_terms
from staff.qualifications.models import Known


def standing(person: Employee, job: Job, on: date) -> Check:
    """The check of a person that is kept against a job, on a local day."""
    asked = with_terms(Job.objects.filter(pk=job.pk)).get()
    return check(terms_of(asked, asked), facts_of(Known.objects.get(employee=person)), on)
