"""What a staff number is made of: what fits on a badge, in a file and in an address."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

see_that_it_is_plain = RegexValidator(
    r"\A[A-Za-z0-9.-]+\Z", _("A staff number has letters from A to Z, digits, hyphens and dots only.")
)
