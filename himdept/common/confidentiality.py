"""How confidential something is: the HL7 v3 Confidentiality codes as ranks, so that "at most" is one comparison."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Confidentiality(models.IntegerChoices):
    """U < L < M < N < R < V. "Usual" of HL7 v2.5.1 TXA-18 is NORMAL."""

    UNRESTRICTED = 0, _("unrestricted")
    LOW = 1, _("low")
    MODERATE = 2, _("moderate")
    NORMAL = 3, _("normal")
    RESTRICTED = 4, _("restricted")
    VERY_RESTRICTED = 5, _("very restricted")

    @classmethod
    def of_code(cls, code: str) -> Self:
        """The rank of an HL7 v3 code (2.16.840.1.113883.5.25); raises KeyError for any other word."""
        return {letter: cls(rank) for rank, letter in enumerate("ULMNRV")}[code]
