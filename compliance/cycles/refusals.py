"""The sentences for what the database refuses about survey cycles."""

from django.utils.translation import gettext_lazy as _

from himdept.common.db import promises

WORDS = {
    "cycle_stays": _("This cycle is closed. Nothing of it changes any more."),
    "cycle_title_once": _("This facility has a cycle of that title."),
    "cycle_closes_whole": _("A cycle is closed when each of its parts is."),
    "part_stays": _("What is submitted is not changed."),
    "part_moves_as_it_may": _("This part is past that."),
    "part_is_submitted_whole": _("A part is submitted when each of its elements has a result."),
    "part_is_closed_whole": _("A part is closed when each of its elements has a preliminary score, and a grade."),
    "mark_has_its_time": _("This part takes no such score now."),
}


def register():
    for constraint, words in WORDS.items():
        promises.register(constraint, words)
