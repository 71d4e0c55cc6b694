"""Where somebody lives and whom to call: the tier *home*, for the person and who keeps it above (ADR 0050)."""

from datetime import datetime

from auditlog.registry import auditlog
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from staff.employment.models import Employee, Employment

KEEPS = "staff.keep_home"
TELEPHONE = RegexValidator(
    r"^\+?[0-9][0-9 ()./-]{3,38}[0-9]$", _("A telephone number: digits, with spaces or signs between them.")
)


def may_see(user, person: Employee) -> bool:
    """Whether somebody may know of a person's home and change what is written of it: their own; or by role, and in the
    line above. Being head or administrator alone is no reason."""
    if not (user.is_active and user.pk):
        return False
    return person.user_id == user.pk or people_kept_by(user).filter(pk=person.pk).exists()


def people_kept_by(user):
    """Of whom somebody keeps the home facts, by role and line; never their own, which are theirs without a role."""
    held = user.is_active and user.has_perm(KEEPS)
    return Employee.objects.led_by(user) if held else Employee.objects.none()


class HomeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those of the people of whom `user` keeps them."""
        if not (user.is_active and user.pk):
            return self.none()
        return self.filter(Q(employee__user=user) | Q(employee__in=people_kept_by(user)))

    def left_before(self, moment: datetime):
        """Of people who are not employed, nor will be, and whose last employment ended before a moment."""
        jobs = Employment.objects.filter(employee=OuterRef("employee"))
        return self.filter(Exists(jobs), ~Exists(jobs.not_over(moment)))


class Home(models.Model):
    """What is known of somebody outside work. Of who has left it is forgotten (`actions.forget_tonight`)."""

    employee = models.OneToOneField(Employee, on_delete=models.PROTECT, related_name="home")
    address = models.CharField(_("address"), max_length=400, blank=True)
    telephone = models.CharField(_("private telephone"), max_length=40, blank=True, validators=[TELEPHONE])
    email = models.EmailField(_("private e-mail"), blank=True)
    contact = models.CharField(_("whom to call in an emergency"), max_length=120, blank=True)
    relation = models.CharField(_("who that is to the person"), max_length=60, blank=True)
    contact_telephone = models.CharField(_("their telephone"), max_length=40, blank=True, validators=[TELEPHONE])
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = HomeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = [("keep_home", "Can keep private addresses and emergency contacts of the own line")]
        constraints = [
            models.CheckConstraint(
                name="home_contact_can_be_called",
                condition=Q(contact="", relation="", contact_telephone="") | ~Q(contact="") & ~Q(contact_telephone=""),
                violation_error_message=_("Whom to call has a name and a telephone."),
            )
        ]

    def __str__(self):  # stands in the trail
        return f"home of {self.employee.number}"

    @property
    def as_read(self) -> str:
        """What tells one state of it from the next."""
        return self.changed_at.isoformat() if self.pk else ""


auditlog.register(
    Home,
    exclude_fields=["changed_at"],
    mask_fields=["address", "telephone", "email", "contact", "relation", "contact_telephone"],
    mask_callable="himdept.common.audit.mask_whole",
)
