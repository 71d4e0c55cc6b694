"""Many check constraints of one model, asked about together before a row is written."""

from functools import reduce
from operator import and_

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import CheckConstraint


class ChecksAtOnce:
    """A model whose rows are validated by one statement for all check constraints, and not by one for each.

    Django asks the database about each in a savepoint of its own. Here that is done only where one is broken, to find
    which, and where some fields are left out. It stands before `models.Model`.
    """

    def get_constraints(self):
        return [(model, _together(constraints)) for model, constraints in super().get_constraints()]


def _together(constraints: list) -> list:
    checks = [one for one in constraints if isinstance(one, CheckConstraint)]
    return [_All(checks), *(one for one in constraints if one not in checks)] if checks else constraints


class _All:
    def __init__(self, checks: list[CheckConstraint]):
        self.checks = checks

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS):
        # A field is left out that holds no value of its kind: nothing can be asked about it.
        if not exclude and self._are_kept(model, instance, using):
            return
        broken = []
        for check in self.checks:
            try:
                check.validate(model, instance, exclude=exclude, using=using)
            except ValidationError as error:
                broken.append(error)
        if broken:
            raise ValidationError(broken)

    def _are_kept(self, model, instance, using: str) -> bool:
        # What is unknown breaks no check, and none that is broken is hidden by one that is unknown: AND is so, too.
        conditions = (check.condition for check in self.checks)
        try:
            CheckConstraint(condition=reduce(and_, conditions), name="all").validate(model, instance, using=using)
        except ValidationError:
            return False
        return True
