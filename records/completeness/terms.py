"""The words for what deficiencies are about; tables, because a report asks for them a hundred thousand times."""

from django.utils.translation import gettext_lazy

from records.completeness.models import Deficiency, Requirement
from records.inventory.models import Episode

Kind, Cause, Trigger = Deficiency.Kind, Deficiency.Cause, Requirement.Trigger

HEADLINES = {
    Kind.MISSING: gettext_lazy("%(document)s is missing"),
    Kind.UNSIGNED: gettext_lazy("%(document)s is unsigned"),
    Kind.UNCOSIGNED: gettext_lazy("%(document)s is not co-signed"),
    Kind.UNDATED: gettext_lazy("%(document)s lacks its %(element)s"),
    Kind.MISSING_ELEMENT: gettext_lazy("%(document)s lacks: %(element)s"),
    Kind.LATE: gettext_lazy("%(document)s was late"),
}
EVENTS = {
    Trigger.ADMISSION: gettext_lazy("admission"),
    Trigger.DISCHARGE: gettext_lazy("discharge"),
    Trigger.PROCEDURE_START: gettext_lazy("the start of the procedure"),
    Trigger.PROCEDURE_END: gettext_lazy("the end of the procedure"),
    Trigger.RESTRAINT_START: gettext_lazy("the start of the restraint"),
    Trigger.BIRTH: gettext_lazy("birth"),
    Trigger.ORDER: gettext_lazy("the order"),
    Trigger.DOCUMENT: gettext_lazy("the entry"),
}
PLACES = {
    Episode.Kind.PROCEDURE: gettext_lazy("on the record for this procedure"),
    Episode.Kind.RESTRAINT: gettext_lazy("on the record for this restraint"),
}
VOID = {
    Cause.NOT_DUE: gettext_lazy("It was not due after all."),
    Cause.NO_GAP: gettext_lazy("There was no gap after all."),
    Cause.MET: gettext_lazy("It was in time after all."),
    Cause.WITHDRAWN: gettext_lazy(
        "Withdrawn: what it was about was retracted, cancelled or moved, or the rule no longer applies."
    ),
}
ELEMENTS = {
    "date": gettext_lazy("date"),
    "time": gettext_lazy("time"),
    "signature_date": gettext_lazy("date of signature"),
    "signature_time": gettext_lazy("time of signature"),
}
ENTRY_PARTS = {
    "date": gettext_lazy("its date"),
    "time": gettext_lazy("its time"),
    "signature_date": gettext_lazy("the date of its signature"),
    "signature_time": gettext_lazy("the time of its signature"),
}
SECTIONS = {
    "outcome": gettext_lazy("outcome"),
    "disposition": gettext_lazy("disposition"),
    "follow_up": gettext_lazy("provisions for follow-up"),
    "findings": gettext_lazy("findings"),
    "technique": gettext_lazy("technique"),
    "specimens": gettext_lazy("tissue removed"),
}
