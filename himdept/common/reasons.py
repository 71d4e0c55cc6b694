"""Why something was done: asked for where it is kept for good, and read by who was not there."""

import re

from django.utils.translation import gettext as _

from himdept.common.errors import DomainError

A_WORD = re.compile(r"[^\W\d_]{2,}")


def see_that_it_says(because: str):
    """Raises DomainError for a reason without a single word, such as "x" or "-"."""
    if not A_WORD.search(because):
        raise DomainError(_("Say why in words: they are kept, and read by who was not there."), field="because")
