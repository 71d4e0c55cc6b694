"""The administrator's pages: who may sign in, with which roles, at which facilities."""

from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from auditlog.models import LogEntry
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AccessToken, Application, Grant, IDToken, RefreshToken

from staff.people import facilities
from staff.people.models import Facility, Target, TimeZone, User

# Roles are code, tokens are made by `issue_token`, second steps belong to their owners: nothing to be edited by hand.
# The trail tells of patients and of personnel actions: it is read on the page of what it is about, by who may see that.
KEPT_ELSEWHERE = (Group, Authenticator, EmailAddress, Application, AccessToken, Grant, IDToken, RefreshToken, LogEntry)
for kept_elsewhere in KEPT_ELSEWHERE:
    if admin.site.is_registered(kept_elsewhere):
        admin.site.unregister(kept_elsewhere)


class NeverDeleted(admin.ModelAdmin):
    """What others refer to is ended, not deleted: deleting a person would rewrite the trail."""

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(User)
class PersonAdmin(NeverDeleted, UserAdmin):
    """People and services. A password set here is a one-time password: its owner must change it at once."""

    list_display = ("username", "last_name", "first_name", "kind", "is_active")
    list_filter = ("is_active", "kind", "groups", "facilities")
    filter_horizontal = ("groups", "facilities")
    actions = ("take_away_second_step",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "kind")}),
        (
            _("What they may do, and to which records"),
            {
                "fields": ("is_active", "groups", "facilities", "clearance", "is_staff", "is_superuser"),
                "description": _(
                    "A role and a facility open records. Being an administrator of the software opens none."
                ),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        (_("What they may do, and to which records"), {"fields": ("groups", "facilities", "clearance")}),
    )

    @admin.action(description=_("Take away the second step (lost telephone)"), permissions=["change"])
    def take_away_second_step(self, request, people):
        """Let people set up a second step anew; until then their password alone opens what it is asked before."""
        for person in people:
            if Authenticator.objects.filter(user=person).exists():
                for authenticator in Authenticator.objects.filter(user=person):
                    authenticator.delete()
                self.log_change(request, person, _("Took away the second step at sign-in."))
        self.message_user(request, _("They set up a second step again when they next sign in."))

    def save_model(self, request, obj, form, change):
        if not change:
            obj.must_change_password = True
        elif "is_active" in form.changed_data:
            obj.switched_off = not obj.is_active
        super().save_model(request, obj, form, change)

    def user_change_password(self, request, id, form_url=""):  # noqa: A002 - Django calls it by this name
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            person = User.objects.get(pk=id)
            person.must_change_password = person != request.user
            person.save(update_fields=["must_change_password"])
        return response


class NewFacility(forms.ModelForm):
    """A facility with any time zone of the world, whether or not another facility is in it already."""

    time_zone = forms.ChoiceField(choices=lambda: [(name, name) for name in sorted(available_timezones())])

    class Meta:
        model = Facility
        fields = ("code", "name", "kind", "state", "time_zone", "delinquent_after_days", "night_begins_at")

    def clean_time_zone(self) -> TimeZone:
        facilities.lay_out(self.cleaned_data["time_zone"])
        return TimeZone.objects.get(pk=self.cleaned_data["time_zone"])


@admin.register(Facility)
class FacilityAdmin(NeverDeleted):
    list_display = ("code", "name", "kind", "state", "time_zone")

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs if obj else kwargs | {"form": NewFacility})

    def get_readonly_fields(self, request, obj=None):
        # Days were counted in its zone: another zone would make yesterday's due dates untrue.
        return ("time_zone",) if obj else ()


@admin.register(Target)
class TargetAdmin(NeverDeleted):
    """What the huddle is measured against; a new aim is added with its day, the earlier ones stay."""

    list_display = ("facility", "measure", "at_most", "from_day")
    list_filter = ("facility", "measure")
