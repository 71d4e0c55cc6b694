"""The sentences for what the database refuses about credentials, exclusions and backgrounds."""

from django.utils.translation import gettext_lazy as _

from himdept.common.db import promises

WORDS = {
    "one_cycle_of_a_credential_at_a_time": (
        "first_day",
        _("This person holds that certification on some of these days already."),
    ),
    "one_holder_of_a_number": ("number", _("This number is written down for somebody else.")),
    "credential_number_has_its_form": ("number", _("The issuer gives out no numbers of that form.")),
    "credential_stays_what_it_is": (
        "",
        _("A credential keeps its person and its certification, and is never deleted."),
    ),
    "nobody_keeps_their_own_past": ("", _("Somebody else keeps your background: whoever is above you.")),
    "learning_is_of_the_cycle": ("done_on", _("That day is not in this cycle.")),
    "nobody_decides_on_their_own_exclusion": ("", _("Somebody else decides on that: whoever is above you.")),
    "background_stays_what_it_is": ("", _("What was recorded of a past is struck and recorded anew, never changed.")),
    "nobody_keeps_their_own_credentials": ("", _("Somebody else keeps your credentials: whoever is above you.")),
}


def register():
    for constraint, (field, words) in WORDS.items():
        promises.register(constraint, words, field=field)
