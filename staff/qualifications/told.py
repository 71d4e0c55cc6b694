"""A check in words, for whoever reads it."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from staff.catalogue.models import Education
from staff.qualifications.check import Check, Judged, Kind, Standing, Way, What

TITLES = {
    What.EDUCATION: gettext_lazy("Education"),
    What.CERTIFICATION: gettext_lazy("Certification"),
    What.IN_FIELD: gettext_lazy("Years in the field"),
    What.SUPERVISING: gettext_lazy("Years supervising"),
}
BADGES = {
    Standing.MET: ("good", gettext_lazy("met")),
    Standing.EXPIRING: ("watch", gettext_lazy("expiring")),
    Standing.MISSING: ("bad", gettext_lazy("missing")),
}


@dataclass(frozen=True)
class Line:
    """One requirement in words."""

    title: str
    asked: str
    has: str
    tone: str
    word: str
    way: str


def lines(check: Check) -> list[Line]:
    return [_line(one) for one in check.judged]


def _line(one: Judged) -> Line:
    tone, word = BADGES[one.standing]
    return Line(str(TITLES[one.what]), _asked(one), _has(one), tone, str(word), _way(one.way) if one.way else "")


def _asked(one: Judged) -> str:
    match one.what:
        case What.EDUCATION:
            return spoken.choice(Education, one.asked)
        case What.CERTIFICATION:
            return (
                _("any of %(codes)s") % {"codes": ", ".join(sorted(one.asked))}
                if len(one.asked) > 1
                else "".join(one.asked)
            )
    return _years(one.asked)


def _has(one: Judged) -> str:
    match one.what:
        case What.EDUCATION:
            return spoken.choice(Education, one.has) if one.has else str(_("nothing recorded"))
        case What.CERTIFICATION if one.until:
            said = {"code": one.has or one.way.certification, "day": spoken.date_of(one.until)}
            return _("%(code)s to %(day)s") % said
        case What.CERTIFICATION:
            return one.has or str(_("none"))
    return _years(one.has)


def _years(number: Decimal) -> str:
    return f"{Decimal(number):.1f}".removesuffix(".0")


def _way(way: Way) -> str:
    code = {"code": way.certification}
    match way.kind:
        case Kind.VERIFY:
            return _("look %(code)s up with its issuer") % code
        case Kind.RENEW:
            return _("renew %(code)s") % code
        case Kind.WAIT:
            return _("met on %(day)s, in a seat like this one") % {"day": spoken.date_of(way.on)}
        case Kind.SERVE:
            return _("time in such a seat")
        case Kind.EARN if way.fee is not None:
            return _("earn %(code)s: $%(fee)s") % (code | {"fee": f"{way.fee:,.0f}"})
        case Kind.EARN:
            return _("earn %(code)s") % code
    return _("finish the school")
