"""The kinds of personnel action: what each says, when it begins, and in which order several of one moment count."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    TAKEN_OVER = "taken_over", _("Taken over")  # employed before this program was here
    HIRE = "hire", _("Hire")
    REHIRE = "rehire", _("Rehire")
    RETURN = "return", _("Return from leave")
    RECLASSIFICATION = "reclassification", _("Reclassification")
    TRANSFER = "transfer", _("Transfer")
    PROMOTION = "promotion", _("Promotion")
    DEMOTION = "demotion", _("Demotion")
    PAY = "pay", _("Pay change")
    SUPERVISOR = "supervisor", _("Supervisor change")
    LEAVE = "leave", _("Leave")
    SEPARATION = "separation", _("Separation")


class Reason(models.TextChoices):
    """Why somebody leaves, for good or for a time."""

    RESIGNATION = "resignation", _("Resignation")
    RETIREMENT = "retirement", _("Retirement")
    DISCHARGE = "discharge", _("Discharge")
    LAYOFF = "layoff", _("Layoff")
    END_OF_TERM = "end_of_term", _("End of term")
    DEATH = "death", _("Death")
    NOT_KEPT = "not_kept", _("Not written down")  # of who had left before this program was here
    FAMILY = "family", _("Family leave")
    MEDICAL = "medical", _("Medical leave")
    MILITARY = "military", _("Military leave")
    EDUCATION = "education", _("Education leave")
    PERSONAL = "personal", _("Personal leave")


SEPARATIONS = frozenset({"resignation", "retirement", "discharge", "layoff", "end_of_term", "death", "not_kept"})
LEAVES = frozenset(Reason.values) - SEPARATIONS


class Basis(models.TextChoices):
    YEAR = "year", _("a year of full time")
    HOUR = "hour", _("an hour")


@dataclass(frozen=True)
class Terms:
    """What an action of a kind must say, and what it may say beside the day and the reason."""

    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()

    @property
    def says(self) -> frozenset[str]:
        return self.needs | self.takes


def _terms(needs: str, takes: str = "") -> Terms:
    return Terms(frozenset(needs.split()), frozenset(takes.split()))


# In the order in which several that begin at the same moment count, but for a separation.
TERMS: dict[str, Terms] = {
    Kind.TAKEN_OVER: _terms("", "position fte pay basis supervisor"),  # who had no seat has none
    Kind.HIRE: _terms("position fte pay basis", "supervisor"),
    Kind.REHIRE: _terms("position fte pay basis", "supervisor"),
    Kind.RETURN: _terms(""),
    Kind.RECLASSIFICATION: _terms("position", "fte pay basis supervisor"),
    Kind.TRANSFER: _terms("position", "fte pay basis supervisor"),
    Kind.PROMOTION: _terms("position pay basis", "fte supervisor"),
    Kind.DEMOTION: _terms("position pay basis", "fte supervisor"),
    Kind.PAY: _terms("pay basis"),
    Kind.SUPERVISOR: _terms("", "supervisor"),
    Kind.LEAVE: _terms("reason", "until"),
    Kind.SEPARATION: _terms("reason", "case"),
}
# The end of a day is the beginning of the next: who leaves may come again then, and nothing else is left to change.
ORDER = {kind: place for place, kind in enumerate(TERMS)} | {Kind.SEPARATION: -1}
HIRING = frozenset({Kind.TAKEN_OVER, Kind.HIRE, Kind.REHIRE})
SEATING = HIRING | {Kind.RECLASSIFICATION, Kind.TRANSFER, Kind.PROMOTION, Kind.DEMOTION}
WRITTEN = tuple(kind for kind in TERMS if kind != Kind.TAKEN_OVER)  # what somebody in the department decides
AT_THE_END_OF_THE_DAY = frozenset({Kind.SEPARATION})
