"""The words of survey readiness."""

from django.utils.translation import gettext_lazy as _

from himdept.common.glossary import Term

READINESS, ELEMENT, MEASURE, READING = "readiness", "element_page", "measure_page", "reading_page"
EVIDENCE, PIECE, ADD = "evidence_list", "evidence_page", "evidence_add"
CYCLE, PART, SCORING = "cycle_page", "cycle_part", "cycle_element"
CALENDAR, CONTROL, DONE = "control_calendar", "control_page", "occurrence_done"

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
        "crosswalk",
        _("Crosswalk"),
        _(
            "What the elements of one framework are to those of another, row by row with a reason. By it an element "
            "that nobody has judged may take its result over: in full from what asks the same, and from what asks all "
            "of it and more where a person judged that; what covers it in part makes it partly met at best, to be "
            "confirmed."
        ),
        screens=("take_over", ELEMENT),
        see=("element",),
    ),
    Term(
        "ready",
        _("Ready"),
        _(
            "(Met + half of partly met) / judged. What was met and is out of date counts half; what does not apply, "
            "and what there was nothing or too little of to judge, counts nowhere."
        ),
        screens=(READINESS, CYCLE),
        see=("element", "evidence", "past-day"),
    ),
    Term(
        "past-day",
        _("Readiness of a past day"),
        _(
            "As it stood at the end of that day: by the editions that were in force, the last readings until then, and "
            "what had been judged and laid down by then. A judgement grows out of date a year after it was made, a "
            "reading after two days, evidence after its last good day; all three are counted to that day and not to "
            "today, so the score of a past day does not age. Only what is done today counts from today on."
        ),
        screens=(READINESS, "framework_page"),
        see=("ready", "reading"),
    ),
    Term(
        "evidence",
        _("Evidence"),
        _(
            "What the facility can lay before a surveyor for an element: a file, a link, a reading of a measure, a "
            "version of a policy, or a list of records. Somebody answers for it. What is revised stays readable; what "
            "is taken back is withdrawn, with a reason. When none of an element’s evidence is in force any more, what "
            "was met by it counts half."
        ),
        screens=(ELEMENT, EVIDENCE, PIECE, ADD),
        see=("element", "period-covered"),
    ),
    Term(
        "period-covered",
        _("Period covered"),
        _(
            "The days of which evidence tells, both ends included. It is not for how long it is good: a log of the "
            "third quarter tells of July to September, and may be good until the next one is due."
        ),
        screens=(EVIDENCE, PIECE, ADD),
        see=("evidence",),
    ),
    Term(
        "cycle",
        _("Survey cycle"),
        _(
            "A survey that the hospital makes of itself: each chapter is a part, scored by somebody, reviewed by who "
            "coordinates. It ends with a final score that never changes."
        ),
        screens=("cycle_list", "my_parts", CYCLE),
        see=("hand", "element"),
    ),
    Term(
        "hand",
        _("Individual, preliminary, final"),
        _(
            "Whose word a score is: of who scores the part, of who coordinates, and as it stood when the cycle was "
            "closed. Each is kept; the latest of the highest counts."
        ),
        screens=(CYCLE, PART, SCORING),
        see=("cycle",),
    ),
    Term(
        "grade",
        _("Grade"),
        _(
            "How bad it is that an element is partly or not met: how likely it is to harm somebody, and how far it "
            "reaches. It does not change the score."
        ),
        screens=(CYCLE, PART, SCORING),
        see=("hand",),
    ),
    Term(
        "overruled",
        _("Overruled"),
        _(
            "A person says otherwise than what is measured, and why. It counts in the survey cycle alone and is told "
            "wherever the result is; survey readiness stays with what is measured."
        ),
        screens=(CYCLE, PART, SCORING),
        see=("measure",),
    ),
    Term(
        "recurring-control",
        _("Recurring control"),
        _(
            "What is done again and again, every so many months from its first day: access recertification, a restore "
            "drill, a review of policies. Each time has evidence of its own, or it is not done."
        ),
        "45 CFR 164.308(a)(1)(ii)(D), (a)(7)(ii)(D), (a)(8)",
        screens=(CALENDAR, CONTROL, DONE),
        see=("scheduled-day", "evidence"),
    ),
    Term(
        "scheduled-day",
        _("Scheduled, and due"),
        _(
            "The day for which a time of a control is scheduled never moves. The day by which it is due may, with a "
            "reason, up to the day before the next one is scheduled. What is still open when the next one comes was "
            "missed."
        ),
        screens=(CALENDAR, CONTROL, DONE),
        see=("recurring-control",),
    ),
    Term(
        "self-check",
        _("Self-check"),
        _(
            "What is not in order in the compliance data themselves: met without evidence, does not apply without a "
            "reason, evidence that has expired, judged by who answers for the evidence, judged last by an edition that "
            "is no longer in force, somebody who answers no longer, what is overdue or was missed."
        ),
        screens=(READINESS, "self_check"),
        see=("evidence", "recurring-control"),
    ),
)
