"""The pages of rules: their list, one of them with its versions, and two versions side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, F, Value
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from himdept.common.errors import Unreadable
from records.completeness.figures import Figure, address, latest_run
from records.completeness.filters import DeficiencyFilter, ExpectedFilter
from records.completeness.models import AuditRun, Deficiency, Expected, Requirement
from records.completeness.rules import fields, plain
from records.completeness.rules.listing import RULES, binding, state

MAY_SEE = permission_required("records.view_requirement", raise_exception=True)


@require_safe
@MAY_SEE
def rule_list(request):
    """The rules that records are held to."""
    return RULES.show(request)


@require_safe
@MAY_SEE
def rule_page(request, number: int):
    """One version of a rule: in plain language, its history, whom it binds and what it found."""
    rule, every = found(number)
    names, today = fields.names_of(rule, *every), timezone.localdate()
    beside = Requirement.objects.filter(topic=rule.topic, effective__contains=today).select_related("profile")
    beside = beside.annotate(binds=binding(request.user.facility_ids)).order_by("-binds", "profile__rank", "code")
    facilities = list(rule.profile.facilities.order_by("name"))
    context = {
        "rule": rule,
        "paragraph": plain.paragraph(rule, names),
        "in_force": plain.in_force(rule),
        "state": state(rule, today, is_adopted=bool(facilities)),
        "versions": told(every, names, is_adopted=bool(facilities)),
        "newest": every[0],
        "facilities": facilities,
        "others": [other for other in beside if other.code != rule.code],
        "facts": terms(rule, names),
    }
    if request.user.has_perm("records.view_deficiency"):
        last = latest_run(request.user)
        context |= {"last": last, "findings": findings(request, rule.code, last)}
    return render(request, "records/rule_page.html", context)


def terms(rule: Requirement, names: fields.Names) -> list[tuple[str, str]]:
    """The fields that say something: what is neither asked for nor limited is left out."""
    asked = [name for name in fields.EDITED if getattr(rule, name) not in (None, "", [], False)]
    return [(fields.label(name), fields.said(rule, name, names)) for name in asked]


def found(number: int) -> tuple[Requirement, list[Requirement]]:
    """A version of a rule, and every version of the same rule, newest first. Raises Http404."""
    this = Requirement.objects.filter(pk=number)
    same = Requirement.objects.filter(profile__in=this.values("profile"), code__in=this.values("code"))
    every = list(same.select_related("profile", "published_by", "ended_by").order_by("-version"))
    for one in every:
        if one.pk == number:
            return one, every
    raise Http404


@dataclass(frozen=True)
class Version:
    """A version with what changed by it, and the version before it."""

    rule: Requirement
    before: Requirement | None
    changes: list[tuple[str, str, str]]
    at: datetime
    state: tuple[str, str]


def told(newest_first: list[Requirement], names: fields.Names, *, is_adopted: bool) -> list[Version]:
    today = timezone.localdate()
    before = [*newest_first[1:], None]
    return [
        Version(
            rule,
            older,
            fields.difference(older, rule, names) if older else [],
            rule.published_at,
            state(rule, today, is_adopted=is_adopted),
        )
        for rule, older in zip(newest_first, before, strict=True)
    ]


@dataclass(frozen=True)
class Findings:
    """What a rule found on the records that a person may see: each number opens its list."""

    open: Figure
    by_kind: list[tuple[str, Figure]]
    tonight: Figure | None
    expected: Figure


def findings(request, code: str, last: AuditRun | None) -> Findings:
    """Open by kind, opened by the last audit, and not yet due. Counted by the lists' own filters, in one query."""

    def narrowed(filters, model, **query):
        return filters(QueryDict(urlencode(query)), model.objects.visible_to(request.user), request=request).narrowed()

    def numbered(rows, what):
        return rows.order_by().values(what=what).annotate(number=Count("pk"))

    tonight = {"rule": code, "audit": last.pk if last else 0}
    counts = numbered(narrowed(DeficiencyFilter, Deficiency, rule=code), F("kind")).union(
        numbered(narrowed(DeficiencyFilter, Deficiency, **tonight), Value("tonight")),
        numbered(narrowed(ExpectedFilter, Expected, rule=code), Value("expected")),
        all=True,
    )
    numbers = {row["what"]: row["number"] for row in counts}
    by_kind = [
        (str(kind.label), Figure(numbers[kind], address("deficiency_list", rule=code, kind=kind.value)))
        for kind in Deficiency.Kind
        if numbers.get(kind)
    ]
    return Findings(
        Figure(sum(figure.number for _kind, figure in by_kind), address("deficiency_list", rule=code)),
        by_kind,
        Figure(numbers.get("tonight", 0), address("deficiency_list", **tonight)) if last else None,
        Figure(numbers.get("expected", 0), address("expected_list", rule=code)),
    )


@require_safe
@MAY_SEE
def rule_compare(request, number: int):
    """Two versions of a rule, field by field and in plain language; `with` is the other one, else the one before."""
    after, every = found(number)
    others = [one for one in every if one.pk != after.pk]
    before = chosen(request.GET.get("with", ""), others, after)
    names = fields.names_of(*every)
    first, second = sorted((before, after), key=lambda one: one.version) if before else (after, after)
    context = {
        "rule": after,
        "before": first,
        "after": second,
        "others": others,
        "chosen": before,
        "changes": fields.difference(first, second, names),
        "sides": [
            (one, plain.sentences(one, names), plain.in_force(one), other_sentences)
            for one, other_sentences in (
                (first, set(plain.sentences(second, names))),
                (second, set(plain.sentences(first, names))),
            )
        ],
    }
    return render(request, "records/rule_compare.html", context)


def chosen(asked: str, others: Iterable[Requirement], rule: Requirement) -> Requirement | None:
    if not asked:
        return next((one for one in others if one.version < rule.version), next(iter(others), None))
    for one in others:
        if str(one.version) == asked:
            return one
    raise Unreadable(_("There is no version %(version)s of this rule.") % {"version": asked[:10]}, field="with")
