"""The lists of what everybody owes say what is said of anybody as of one moment: they are worked out another way."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from staff.models import Job
from tests import factories as make

pytestmark = pytest.mark.django_db


def rows(words: str) -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(words)
        return set(cursor.fetchall())


@pytest.mark.parametrize(
    ("view", "function"), [("staff_training", "training_due"), ("staff_competence", "competence_due")]
)
@pytest.mark.parametrize("seed", range(5))
def test_a_list_of_everybody_says_what_is_said_as_of_now(him, view, function, seed):
    draw, today = Random(seed), timezone.localdate()  # noqa: S311 - nothing here is a secret
    people = [him.okafor, him.marsh, him.brandt, him.petrov, him.holt]
    jobs = list(Job.objects.all())
    asked = [
        (make.course(f"course-{n}", every_months=months), make.competency(f"skill-{n}", every_months=months))
        for n, months in enumerate((12, 1, None, 24))
    ]
    for course, competency in asked[2:]:
        some = draw.sample(jobs, 3)
        course.jobs.set(some)
        competency.jobs.set(some)
    make.course("not-yet", from_day=None)
    make.competency("not-yet", from_day=None)
    for course, competency in asked:
        for days in draw.sample(range(900), 12):
            one, day = draw.choice(people), today - timedelta(days=days)
            error = {"struck_by": him.ruiz.user, "struck_because": "Was ill."} if draw.random() < 0.3 else {}
            make.attendance(one, course, by=him.ruiz.user, done_on=day, **error)
            make.assessment(
                one,
                competency,
                assessor=him.ruiz,
                by=him.ruiz.user,
                assessed_on=day,
                passed=draw.random() < 0.7,
                **error,
            )
    said = rows(f"SELECT * FROM {function}(now())")
    assert rows(f"TABLE {view}") == said
    assert {row[4] is None for row in said} == {True, False}  # some who did it, and some who never did
