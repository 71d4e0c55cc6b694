"""What is read of practitioners beside their names and numbers."""

from datetime import date

from records.models import Due, Encounter, Practitioner
from tests.records.exchange import made

IN_TRAINING = {"coding": [{"system": "http://nucc.org/provider-taxonomy", "code": "390200000X"}]}


def told(sender, **more) -> tuple[date | None, date | None]:
    """From when until when the practitioner is in training after one more message."""
    answer = sender.post(made.bundle(made.put(made.practitioner(**more))))
    assert answer.status_code == 200
    known = Practitioner.objects.get()
    return known.training_from, known.training_until


def test_a_qualification_says_when_a_practitioner_is_in_training(sender):
    resident = {"code": IN_TRAINING, "period": {"start": "2024-07-01", "end": "2027-06-30"}}
    assert told(sender, qualification=[resident]) == (date(2024, 7, 1), date(2027, 7, 1))


def test_a_training_without_a_period_has_always_been_and_lasts(sender):
    assert told(sender, qualification=[{"code": IN_TRAINING}]) == (date(1900, 1, 1), None)


def test_a_message_without_qualifications_leaves_a_training_as_it_is_and_other_ones_end_it(sender):
    told(sender, qualification=[{"code": IN_TRAINING}])
    assert told(sender, active=False) == (date(1900, 1, 1), None)
    assert told(sender, qualification=[{"code": {"text": "MD"}}]) == (None, None)


def test_a_training_that_ends_before_it_begins_is_refused(sender):
    backwards = {"code": IN_TRAINING, "period": {"start": "2027-07-01", "end": "2024-06-30"}}
    answer = sender.post(made.bundle(made.put(made.practitioner(qualification=[backwards]))))
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[0].resource.qualification"]


def test_another_day_of_birth_makes_the_records_of_the_patient_due(sender):
    sender.post(made.bundle(*(made.put(resource) for resource in made.stay())))
    Due.objects.all().delete()
    sender.post(made.bundle(made.put(made.patient(gender="male"))))
    assert not Due.objects.exists()
    sender.post(made.bundle(made.put(made.patient(birthDate="2016-03-14"))))
    assert list(Due.objects.values_list("record", flat=True)) == [Encounter.objects.get().pk]
