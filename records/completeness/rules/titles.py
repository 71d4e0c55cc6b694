"""What the title of a rule says about its limits, held against the limits themselves.

A title is what people read in every list, and only its author keeps it true: "within 30 days" stays where a version
makes 21 of them. So a number of hours, days or weeks that the rule does not say is doubted, beside the title and in the
API. It is not refused: a title may name a span that is none of the rule's terms.
"""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from records.completeness.models import Requirement

SPAN = re.compile(r"(?<![\w.,])(\d{1,6})[\s-]*(h(?:ours?|rs?)?|d(?:ays?)?|w(?:eeks?)?)\b", re.IGNORECASE)
HOURS_OF = {"h": 1, "d": 24, "w": 168}
IN_HOURS = ("due_after_hours", "not_before_hours", "every_hours", "stay_at_least_hours", "stay_less_than_hours")
IN_DAYS = ("due_after_days", "every_days", "begins_after_days", "ends_after_days")


def doubts(of: Requirement) -> Iterator[str]:
    """A sentence for each span of time in the title that the rule does not say.

    Seven days are said by 168 hours as well, but 24 hours not by one calendar day, which ends at a midnight.
    """
    hours = {abs(value) for name in IN_HOURS if (value := getattr(of, name)) is not None}
    days = {value * 24 for name in IN_DAYS if (value := getattr(of, name)) is not None}
    told = set()
    for found in SPAN.finditer(of.title):
        unit = found[2][0].lower()
        length = int(found[1]) * HOURS_OF[unit]
        if length in hours or (unit != "h" and length in days) or length in told:
            continue
        told.add(length)
        yield _("The title says “%(span)s”; the rule does not.") % {"span": found[0]}


def warnings(of: Requirement) -> list[dict]:
    """The doubts as the API tells them: what might be wrong, though it is not refused."""
    return [{"field": "title", "message": sentence} for sentence in doubts(of)]
