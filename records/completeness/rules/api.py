"""Rules and profiles for programs: read in every version, tried on the live inventory, published with a reason.

A doorway to what the editor does (`changes.py`): the same refusals, each with its field, and the same trail.
"""

from dataclasses import replace

import django_filters
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Prefetch
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from himdept.common.api.filters import Day, Text
from himdept.common.api.resources import Resource
from himdept.common.api.schema import IF_MATCH
from himdept.common.errors import Conflict, DomainError, Unreadable
from himdept.common.paging import Sort
from records.completeness import audits
from records.completeness.models import Profile, Requirement
from records.completeness.rules import answers, bodies, changes, fields, files, importing, pages, plain, titles
from records.completeness.rules.changes import Change
from records.completeness.rules.fields import EDITED
from records.inventory.api import BY_NUMBER
from staff.models import Facility
from staff.replies import actions as replies

SEE, PUBLISH = "records.view_requirement", "records.publish_requirement"
WITH = OpenApiParameter(
    "with", {"type": "integer", "minimum": 1}, description="The other version's number; without it the one before."
)


class Writing(Resource):
    """What tries and publishes changes of rules."""

    record_of = ""

    def tried(self, change: Change, body: bodies.Trying):
        """The dry run of a change; the records that it names to the client are written to the access log."""
        said = body.validated_data
        facility = audits.facility_in_reach(
            self.request.user, said.get("facility"), several="You reach several facilities: say where to try it."
        )
        trial = change.tried(facility, since=said.get("since"), by=self.request.user)
        self.log_records(sorted({number for effect in trial.effects for number in effect.examples}))
        return trial

    def publish(self, change: Change, body: bodies.Publishing):
        said = body.validated_data
        return change.publish(
            tried=said.get("tried", ""), not_tried_because=said.get("not_tried_because", ""), by=self.request.user
        )


class RequirementQuery(django_filters.FilterSet):
    code = Text()
    topic = Text()
    profile = Text(field_name="profile__code")
    in_force_on = Day(field_name="effective", lookup_expr="contains", help_text="A local date.")


class Requirements(Writing):
    """Every version of every rule, also those that are no longer, or not yet, in force."""

    serializer_class = answers.RequirementOut
    filterset_class = RequirementQuery
    sorts = [BY_NUMBER]
    action_permissions = dict.fromkeys(["list", "retrieve", "compare"], SEE) | dict.fromkeys(
        ["create", "try_new", "change", "try_change", "end", "try_end"], PUBLISH
    )

    def get_queryset(self):
        return Requirement.objects.select_related("profile")

    @extend_schema(responses=answers.ComparedOut, parameters=[WITH], filters=False)
    def compare(self, request, pk):
        """Two versions of one rule: what differs, and each in plain language."""
        if unknown := request.query_params.keys() - {"with"}:
            raise Unreadable("There is no such parameter here; there is: with.", field=min(unknown))
        rule, every = pages.found(pk)
        other = other_version(request.query_params.get("with", ""), rule, every)
        before, after = sorted((other or rule, rule), key=lambda one: one.version)
        names = fields.names_of(before, after)
        compared = {
            "before": before if other else None,
            "after": after,
            "changes": answers.changes_of(before, after, names),
            "says_before": plain.sentences(before, names) if other else [],
            "says_after": plain.sentences(after, names),
        }
        return Response(answers.ComparedOut(compared).data)

    # -- A rule that is not there yet ----------------------------------------------------------------------------------

    @extend_schema(
        request=bodies.NewRulePublished, responses={201: answers.RequirementOut}, parameters=[replies.HEADER]
    )
    def create(self, request):
        """Publish a rule that is not there yet. Try it first, and send `tried`, or say why not."""
        return replies.once(request, lambda: self.published(self.new_rule(bodies.NewRulePublished)))

    @extend_schema(request=bodies.NewRuleTried, responses=answers.RuleTrialOut)
    def try_new(self, request):
        """What a rule that is not there yet would open, close and make delinquent. Nothing is written."""
        return self.told(*self.new_rule(bodies.NewRuleTried))

    def new_rule(self, kind: type[bodies.NewRule]) -> tuple[Change, bodies.NewRule]:
        body = self.said(kind)
        said = body.validated_data
        profile = Profile.objects.filter(code=said["profile"]).first()
        if profile is None:
            raise DomainError(f"There is no profile {said['profile']}.", field="profile")
        if Requirement.objects.filter(profile=profile, code=said["code"]).exists():
            raise Conflict(f"There is a rule {said['code']} already: publish a version of it.", field="code")
        usual = {name: Requirement._meta.get_field(name).get_default() for name in EDITED}
        return self.version(profile, said["code"], None, usual | body.terms, body), body

    # -- A version -----------------------------------------------------------------------------------------------------

    @extend_schema(
        request=bodies.NewVersionPublished,
        responses={201: answers.RequirementOut},
        parameters=[IF_MATCH, replies.HEADER],
    )
    def change(self, request, pk):
        """Publish a version that follows this one. Try it first, and send `tried`, or say why not."""

        def do():
            base = self.get_object_or_404(pk)
            self.see_that_it_is_as_read(base)
            return self.published(self.new_version(base, bodies.NewVersionPublished))

        return replies.once(request, do)

    @extend_schema(request=bodies.NewVersionTried, responses=answers.RuleTrialOut)
    def try_change(self, request, pk):
        """What a version that follows this one would open, close and make delinquent. Nothing is written."""
        return self.told(*self.new_version(self.get_object_or_404(pk), bodies.NewVersionTried))

    def new_version(self, base: Requirement, kind: type[bodies.NewVersion]) -> tuple[Change, bodies.NewVersion]:
        body = self.said(kind)
        terms = {name: getattr(base, name) for name in EDITED} | body.terms
        return self.version(base.profile, base.code, base, terms, body), body

    def version(self, profile: Profile, code: str, base: Requirement | None, terms: dict, body) -> Change:
        said = body.validated_data
        return changes.version(
            profile,
            code,
            base=base,
            after=base.version if base else 0,
            effective_from=said["effective_from"],
            terms=terms,
            by=self.request.user,
            because=said.get("because", ""),
        )

    def told(self, change: Change, body: bodies.Terms) -> Response:
        trial = self.tried(change, body)
        draft = Requirement(
            profile=change.profile,
            effective=DateRange(change.begins, None),
            **{name: change.values[name] for name in EDITED},
        )
        names = fields.names_of(draft, *([change.base] if change.base else []))
        context = {
            "says": plain.sentences(draft, names),
            "changes": answers.changes_of(change.base, draft, names) if change.base else [],
            "warnings": titles.warnings(draft),
        }
        return Response(answers.RuleTrialOut(trial, context=context).data)

    def published(self, meant: tuple[Change, bodies.Publishing]) -> Response:
        rule = self.publish(*meant)
        address = reverse("api:requirements-detail", args=[rule.pk])
        return self.answer(rule, status=201, headers={"Location": self.request.build_absolute_uri(address)})

    # -- An end --------------------------------------------------------------------------------------------------------

    @extend_schema(request=bodies.EndPublished, responses=answers.RequirementOut, parameters=[IF_MATCH, replies.HEADER])
    def end(self, request, pk):
        """Let a rule end: from a day on it asks nothing. Try it first, and send `tried`, or say why not."""

        def do():
            base = self.get_object_or_404(pk)
            self.see_that_it_is_as_read(base)
            return self.answer(self.publish(*self.ended(base, bodies.EndPublished)))

        return replies.once(request, do)

    @extend_schema(request=bodies.EndTried, responses=answers.TrialOut)
    def try_end(self, request, pk):
        """What the end of a rule would open, close and make delinquent. Nothing is written."""
        return Response(answers.TrialOut(self.tried(*self.ended(self.get_object_or_404(pk), bodies.EndTried))).data)

    def ended(self, base: Requirement, kind: type[bodies.End]) -> tuple[Change, bodies.End]:
        body = self.said(kind)
        because = body.validated_data.get("because", "")
        on = body.validated_data["on"]
        return changes.end(base, after=base.version, on=on, by=self.request.user, because=because), body


def other_version(asked: str, rule: Requirement, every: list[Requirement]) -> Requirement | None:
    others = [one for one in every if one.pk != rule.pk]
    if asked and not (asked.isascii() and asked.isdecimal() and int(asked[:20])):
        raise Unreadable("with is the number of a version.", field="with")
    try:
        return pages.chosen(asked, others, rule)
    except Unreadable as unknown:
        raise NotFound(unknown.message) from unknown


class Versions(Resource):
    """The versions of the rule that a number is a version of: who published each, why, and what it changed."""

    serializer_class = answers.VersionOut
    record_of = ""
    sorts = [Sort("version", "version")]
    action_permissions = {"list": SEE}
    every: tuple[Requirement, ...] = ()

    def get_queryset(self):
        numbers = [one.pk for one in self.every]
        return Requirement.objects.filter(pk__in=numbers).select_related("profile", "published_by", "ended_by")

    def list(self, request, pk):
        """The history of a rule, by any version of it; `sort=-version` tells the newest first."""
        _this, newest_first = pages.found(pk)
        self.every = tuple(reversed(newest_first))
        return super().list(request)

    def get_serializer_context(self):
        before = dict(zip([one.pk for one in self.every[1:]], self.every, strict=False))
        return super().get_serializer_context() | {"before": before, "names": fields.names_of(*self.every)}


class Profiles(Writing):
    """The profiles, each as a file too; and bringing one to what a file says, all of it or nothing."""

    queryset = Profile.objects.none()
    serializer_class = answers.ProfileOut
    sorts = [BY_NUMBER]
    action_permissions = dict.fromkeys(["list", "retrieve", "file"], SEE) | dict.fromkeys(
        ["preview_file", "try_file", "publish_file"], PUBLISH
    )

    def get_queryset(self):
        reached = Facility.objects.filter(pk__in=self.request.user.facility_ids).order_by("code")
        return Profile.objects.prefetch_related(Prefetch("facilities", reached))

    @extend_schema(responses=answers.FileOut)
    def file(self, request, pk):
        """A profile as a TOML file: the newest version of each of its rules."""
        if request.query_params:
            raise Unreadable("This takes no parameters.", field=next(iter(request.query_params)))
        profile = self.get_object_or_404(pk)
        return Response({"name": f"{profile.code}.toml", "text": files.write(profile)})

    @extend_schema(request=bodies.File, responses=answers.PlanOut)
    def preview_file(self, request):
        """What a file would change of its profile. Nothing is written."""
        plan, _body = self.planned(bodies.File)
        return Response(answers.PlanOut(plan).data)

    @extend_schema(request=bodies.FileTried, responses=answers.TrialOut)
    def try_file(self, request):
        """What publishing a file would open, close and make delinquent. Nothing is written."""
        plan, body = self.planned(bodies.FileTried)
        return Response(answers.TrialOut(self.tried(self.of_file(plan, body), body)).data)

    @extend_schema(request=bodies.FilePublished, responses=answers.PlanOut, parameters=[replies.HEADER])
    def publish_file(self, request):
        """Bring a profile to what a file says, all of it or nothing. Try it first, and send `tried`, or say why not."""

        def do():
            plan, body = self.planned(bodies.FilePublished)
            if plan.changes_something:
                profile = self.publish(self.of_file(plan, body), body)
                plan = replace(plan, seal=importing.seal_of(profile))
            return Response(answers.PlanOut(plan).data)

        return replies.once(request, do)

    def planned(self, kind: type[bodies.File]) -> tuple[importing.Plan, bodies.File]:
        body = self.said(kind)
        said = body.validated_data
        try:
            return importing.plan(files.read(said["text"]), day=said["day"]), body
        except Unreadable as refusal:  # the request can be read, the file in it cannot
            raise DomainError(refusal.message, field=refusal.field) from refusal

    def of_file(self, plan: importing.Plan, body: bodies.FileAsRead) -> Change:
        """What the file changes, if the profile is as it was looked at. Raises Conflict."""
        said = body.validated_data
        if said["as_read"] != plan.seal:
            raise Conflict(
                "The profile was changed meanwhile. Look at what the file would change now.", field="as_read"
            )
        because = said.get("because", "")
        return changes.of_file(plan, said["text"], day=said["day"], by=self.request.user, because=because)
