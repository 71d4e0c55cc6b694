"""Whether certifications are in force and confirmed at their source."""

from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.common import metrics
from himdept.common.metrics import Measured, Scope
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def read(known_at=None) -> dict[str, Measured]:
    scope = Scope(make.facility(), timezone.now() + DAY / 24, known_at)
    return metrics.read(scope, ["credentials-in-force", "credentials-verified"])


def test_what_lapsed_is_named_by_one_and_what_the_source_did_not_confirm_by_the_other(him):
    today, by = timezone.localdate(), him.okafor.user
    good, denied, unseen = (make.credential(person, by=by) for person in (him.brandt, him.petrov, him.holt))
    lapsed = make.credential(him.marsh, by=by, last_day=today - DAY)
    make.verification(good, by=by)
    make.verification(denied, by=by)
    make.verification(denied, by=by, found="differs")
    found = read()
    assert found["credentials-in-force"] == Measured(4, (lapsed.pk,))
    assert found["credentials-verified"] == Measured(3, (denied.pk, unseen.pk))


def test_a_look_at_the_source_that_came_later_is_not_in_what_was_known_then(him):
    by, one = him.okafor.user, make.credential(him.brandt, by=him.okafor.user)
    known_at = timezone.now()
    make.verification(one, by=by)
    assert read()["credentials-verified"] == Measured(1)
    assert read(known_at)["credentials-verified"] == Measured(1, (one.pk,))
