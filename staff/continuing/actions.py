"""The verb of continuing education: learn. It is struck as any other part of somebody's background."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.errors import DomainError
from staff.continuing.models import ContinuingRule, Learning
from staff.continuing.progress import Asked, Learnt, Line, progress
from staff.credentials.models import Credential
from staff.people.models import User
from staff.qualifications import actions


def learn(credential: Credential, *, done_on: date, by: User, **said) -> Learning:
    """Write down what counts toward a cycle. Raises DomainError for a day outside of it or to come, a domain that the
    rule does not know, and for what counts already."""
    if done_on > timezone.localdate():
        raise DomainError(_("That day is still to come."), field="done_on")
    if done_on < credential.first_day or (credential.last_day and done_on > credential.last_day):
        raise DomainError(_("That day is not in this cycle."), field="done_on")
    learning = Learning(employee=credential.employee, credential=credential, done_on=done_on, **said)
    return actions.record(learning, by=by)


def rule_of(credential: Credential) -> ContinuingRule | None:
    """The rule in force on the first day of the cycle."""
    rules = credential.certification.continuing_rules.filter(from_day__lte=credential.first_day)
    return rules.order_by("-from_day").prefetch_related("minimums").first()


def lines_of(rule: ContinuingRule, learnings) -> list[Line]:
    """How far a cycle has come by these learnings, those that were struck left out."""
    asked = Asked(
        rule.units,
        rule.in_domains_percent,
        rule.from_issuer_percent,
        {minimum.domain: minimum.units for minimum in rule.minimums.all()},
    )
    return progress(
        asked, [Learnt(one.units, one.domain, one.from_issuer) for one in learnings if not one.struck_because]
    )
