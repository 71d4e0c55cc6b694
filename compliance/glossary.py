"""The words of survey readiness."""

from django.utils.translation import gettext_lazy as _

from himdept.common.glossary import Term

READINESS, ELEMENT, MEASURE, READING = "readiness", "element_page", "measure_page", "reading_page"

TERMS = (
    Term(
        "element",
        _("Element"),
        _(
            "What a surveyor looks for, under the identifier by which it is cited. The words are this program’s own; "
            "the official text is a link away."
        ),
        screens=(READINESS, ELEMENT),
        see=("measure",),
    ),
    Term(
        "measure",
        _("Measure"),
        _(
            "A share: of so many things that were due, how many were as they should be. What was not is named, one by "
            "one, so that a number is never without the charts behind it."
        ),
        screens=(READINESS, ELEMENT, MEASURE),
        see=("reading", "aim"),
    ),
    Term(
        "reading",
        _("Reading"),
        _("A measure as of one night. It is kept and never changed; a reading from before last night is out of date."),
        screens=(MEASURE, READING),
        see=("measure",),
    ),
    Term(
        "aim",
        _("Aim"),
        _(
            "The share from which a measure is met. Short of it by at most ten points it is partly met. A new aim "
            "counts from its day on and leaves what was read before."
        ),
        screens=(MEASURE, READING),
        see=("measure",),
    ),
    Term(
        "ready",
        _("Ready"),
        _(
            "(Met + half of partly met) / judged. What was met and is out of date counts half; what does not apply, "
            "and what there was nothing or too little of to judge, counts nowhere."
        ),
        screens=(READINESS,),
        see=("element",),
    ),
)
