"""The state of a record, a deficiency or an audit: one word, one shape and one colour, the same on every screen."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.confidentiality import Confidentiality
from himdept.common.templatetags.shell import badge
from records.completeness import wording
from records.completeness.models import AuditRun, Deficiency
from records.completeness.models.runs import State
from records.inventory import columns
from records.inventory.models import Record

register = template.Library()

OF_RECORD = {
    Record.Status.IN_PROGRESS: ("info", "clock"),
    Record.Status.DISCHARGED: ("quiet", "hourglass"),
    Record.Status.INCOMPLETE: ("watch", "alert-triangle"),
    Record.Status.DELINQUENT: ("bad", "x"),
    Record.Status.COMPLETE: ("good", "check"),
    Record.Status.CLOSED: ("quiet", "lock"),
}
OF_KIND = {
    Deficiency.Kind.MISSING: ("bad", "x"),
    Deficiency.Kind.UNSIGNED: ("watch", "alert-triangle"),
    Deficiency.Kind.UNCOSIGNED: ("watch", "alert-triangle"),
    Deficiency.Kind.UNDATED: ("watch", "clock"),
    Deficiency.Kind.MISSING_ELEMENT: ("watch", "circle-dashed"),
    Deficiency.Kind.LATE: ("watch", "clock"),
}
OF_STATUS = {
    Deficiency.Status.RESOLVED: ("good", "check"),
    Deficiency.Status.WAIVED: ("quiet", "minus"),
    Deficiency.Status.VOID: ("quiet", "minus"),
}
SENSITIVITIES = {  # HL7 v3 ActCode, InformationSensitivityPolicy
    "CEL": gettext_lazy("a public person"),
    "EMP": gettext_lazy("an employee"),
    "ETH": gettext_lazy("substance use"),
    "GDIS": gettext_lazy("genetic"),
    "HIV": gettext_lazy("HIV"),
    "PSY": gettext_lazy("psychiatric"),
    "PSYTHPN": gettext_lazy("psychotherapy notes"),
    "SDV": gettext_lazy("sexual or domestic violence"),
    "SEX": gettext_lazy("sexual and reproductive health"),
    "STD": gettext_lazy("sexually transmitted disease"),
    "SUD": gettext_lazy("substance use"),
    "VIP": gettext_lazy("a public person"),
}
OF_AUDIT = {
    State.QUEUED: ("quiet", "hourglass"),
    State.RUNNING: ("info", "clock"),
    State.FINISHED: ("good", "check"),
    State.FAILED: ("bad", "x"),
}


@register.simple_tag
def record_status(record: Record, is_due: bool | None = None):
    """The state in one word; the inventory's filter has the long form. `is_due` as of `columns.unjudged`."""
    if columns.unjudged(record, is_due=is_due):
        return badge("quiet", _("not judged yet"), "hourglass")
    tone, shape = OF_RECORD[record.status]
    words = {Record.Status.DISCHARGED: _("discharged"), Record.Status.CLOSED: _("closed")}
    return badge(tone, words.get(record.status) or record.get_status_display().lower(), shape)


register.filter("unjudged", columns.unjudged)


@register.simple_tag
def deficiency_kind(deficiency: Deficiency):
    """What is wrong while it is open or was met late; else what became of it."""
    if deficiency.is_past_mending:
        return badge("watch", _("past mending"), "x")
    if deficiency.is_open or deficiency.kind == Deficiency.Kind.LATE:
        tone, shape = OF_KIND[deficiency.kind]
        return badge(tone, deficiency.get_kind_display(), shape)
    tone, shape = OF_STATUS[deficiency.status]
    return badge(tone, deficiency.get_status_display(), shape)


@register.simple_tag
def element_of(deficiency: Deficiency) -> str:
    return wording.element(deficiency)


@register.simple_tag
def audit_state(run: AuditRun):
    tone, shape = OF_AUDIT[run.state]
    return badge(tone, run.get_state_display().lower(), shape)


@register.simple_tag
def confidentiality_mark(record: Record, *, always: bool = False):
    """A mark for what is more confidential than usual; `always` names the usual too."""
    if record.confidentiality > Confidentiality.NORMAL:
        return badge("special", record.get_confidentiality_display())
    return badge("quiet", record.get_confidentiality_display(), "eye") if always else ""


@register.filter
def sensitivities(record: Record) -> str:
    """What makes a record sensitive, in words; a code that HL7 does not have stays as it came."""
    return ", ".join(str(SENSITIVITIES.get(code, code)) for code in record.sensitivities)


@register.simple_tag
def hold_mark(record: Record):
    return badge("watch", _("legal hold"), "lock") if record.legal_hold else ""
