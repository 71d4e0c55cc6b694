"""Why a deficiency is still open: what came of it and what did not, as a column of the list.

Told by the facts as they stand now, which may be later than the last audit. The first cause that is true is told.
"""

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from records.completeness.models.runs import Due
from records.inventory.models import Document


class Because(TextChoices):
    CHANGED = "changed", _("Something has changed since the last audit; the next one judges it.")
    NOBODY = "nobody", _("Nobody is known to owe it.")
    LEFT = "left", _("Who owes it has left.")
    RETRACTED = "retracted", _("What came was retracted or entered in error.")
    NO_TIME = "no_time", _("What came does not say when it was written.")
    OTHER = "other", _("What came is too old for it, or of another procedure.")
    NOTHING = "nothing", _("Nothing has come.")
    UNSIGNED = "unsigned", _("It came and is not signed.")
    UNCOSIGNED = "uncosigned", _("It is signed and waits for its second signature.")
    NO_SECTION = "no_section", _("It came without a section.")
    NO_ADDENDUM = "no_addendum", _("No addendum has come.")
    BY_HAND = "by_hand", _("It was added by hand, and is closed by hand.")


VOID = (Document.Status.RETRACTED, Document.Status.ENTERED_IN_ERROR)
IS_ASKED_FOR = Func(
    F("document_type__code"),
    OuterRef("requirement__document_types"),
    template="(%(expressions)s))",
    arg_joiner=" = ANY(",
    output_field=BooleanField(),
)
# Of documents that might have served: one that still stands tells more than one that was taken back.
WHAT_CAME = (
    Document.objects.filter(IS_ASKED_FOR, record=OuterRef("record"))
    .annotate(
        what=Case(
            When(status__in=VOID, then=Value(Because.RETRACTED)),
            When(authored_first=None, then=Value(Because.NO_TIME)),
            default=Value(Because.OTHER),
            output_field=CharField(),
        ),
        is_void=Q(status__in=VOID),
    )
    .order_by("is_void", F("authored_first").desc(nulls_last=True), "pk")
    .values("what")[:1]
)
BECAUSE = Case(
    When(~Q(status="open"), then=Value("")),
    When(Exists(Due.objects.filter(record=OuterRef("record"))), then=Value(Because.CHANGED)),
    When(requirement=None, then=Value(Because.BY_HAND)),
    When(owed_by=None, then=Value(Because.NOBODY)),
    When(owed_by__is_active=False, then=Value(Because.LEFT)),
    When(kind="unsigned", then=Value(Because.UNSIGNED)),
    When(kind="uncosigned", then=Value(Because.UNCOSIGNED)),
    When(kind="missing_element", then=Value(Because.NO_SECTION)),
    When(kind="undated", then=Value(Because.NO_ADDENDUM)),
    default=Func(Subquery(WHAT_CAME), Value(Because.NOTHING), function="coalesce"),
    output_field=CharField(),
)


def told(deficiencies):
    """The deficiencies with why each that is open still is: `still_open_because`."""
    return deficiencies.annotate(still_open_because=BECAUSE)


def words(deficiency) -> str:
    return str(Because(deficiency.still_open_because).label) if deficiency.still_open_because else ""
