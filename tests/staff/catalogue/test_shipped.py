"""The ten titles that come with the program."""

import pytest

from staff.catalogue import shipped
from staff.models import Certification, Job, Standard
from staff.people.roles import ROLES

pytestmark = pytest.mark.django_db

TITLES = {
    "Records manager",
    "Medical records manager",
    "Medical records supervisor",
    "Records clerk",
    "Medical records clerk",
    "Medical records technician",
    "Medical records coding technician",
    "Medical records transcriptionist",
    "Medical records coding manager",
    "Medical records transcription supervisor",
}


def load():
    shipped.load(Certification.objects, Job.objects, Standard.objects)


def test_the_catalogue_has_the_ten_titles_with_what_they_ask():
    assert set(Job.objects.values_list("title", flat=True)) == TITLES
    manager = Job.objects.get(code="medical-records-manager")
    assert manager.get_education_display() == "Bachelor's degree"
    assert {c.code for c in manager.certifications.all()} == {"RHIA", "RHIT"}
    assert (manager.years_in_field, manager.years_supervising) == (5, 1)


def test_each_title_says_its_duties_and_gives_a_role_that_exists():
    roles = {role.name for role in ROLES}
    for job in Job.objects.all():
        assert job.duties
        assert job.default_role in roles


def test_what_it_asks_is_for_the_hospital_to_confirm_and_pay_is_the_hospitals_alone():
    assert not Job.objects.filter(to_confirm="").exists()
    assert not Job.objects.exclude(pay_from=None, pay_to=None).exists()


def test_coders_have_a_standard_for_each_kind_of_visit():
    standards = Standard.objects.filter(job__code="coding-technician")
    assert standards.count() == 4
    assert standards.get(work="inpatient stays coded").per_hour_to == 3


def test_loading_again_changes_nothing_that_the_hospital_changed():
    job = Job.objects.get(code="coding-technician")
    job.education, job.to_confirm = 3, ""
    job.save()
    job.certifications.set(Certification.objects.filter(code="CCS"))
    load()
    job.refresh_from_db()
    assert (job.education, job.to_confirm, job.certifications.get().code) == (3, "", "CCS")
    assert Job.objects.count() == 10


def test_a_title_that_is_missing_comes_back():
    Standard.objects.filter(job__code="coding-technician").delete()
    Job.objects.get(code="coding-technician").delete()
    load()
    assert Job.objects.get(code="coding-technician").standards.count() == 4
