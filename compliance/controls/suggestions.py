"""Controls that rules ask for, to begin with. How often is the hospital's to decide, but where a rule says so: what
stands here is what is common."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Suggestion:
    """A control to be planned: its title, the rule, its rhythm, and the codes of the elements that it supports."""

    title: str
    basis: str
    every_months: int
    elements: tuple[str, ...]


SUGGESTIONS = {
    "access": Suggestion(
        _("Access recertification: who may reach what, and still needs to"),
        "45 CFR 164.308(a)(4)(ii)(C)",
        3,
        ("164.308(a)(4)", "IM.02.01.03"),
    ),
    "activity": Suggestion(
        _("Review of what happens in the system: sign-ins, reads, exports"),
        "45 CFR 164.308(a)(1)(ii)(D)",
        1,
        ("164.308(a)(1)(ii)(D)", "164.312(b)"),
    ),
    "exclusions": Suggestion(
        _("Everybody held against the exclusion lists"), "42 CFR 1001.1901", 1, ("HR.01.02.05", "164.308(a)(4)")
    ),
    "restore": Suggestion(
        _("Restore drill: a backup is read back and compared"),
        "45 CFR 164.308(a)(7)(ii)(B), (D)",
        6,
        ("164.308(a)(7)", "IM.01.01.03"),
    ),
    "contingency": Suggestion(
        _("Contingency plan test, with what was learnt from it"),
        "45 CFR 164.308(a)(7)(ii)(D)",
        12,
        ("164.308(a)(7)", "IM.01.01.03"),
    ),
    "risks": Suggestion(
        _("Risk analysis of the confidentiality, integrity and availability of records"),
        "45 CFR 164.308(a)(1)(ii)(A)",
        12,
        ("IM.02.01.03", "164.312(a)"),
    ),
    "evaluation": Suggestion(
        _("Evaluation of security against what has changed"), "45 CFR 164.308(a)(8)", 12, ("IM.02.01.03",)
    ),
    "policies": Suggestion(
        _("Review of privacy and security policies"),
        "45 CFR 164.316(b)(2)(iii), 164.530(i)",
        12,
        ("164.530", "IM.02.01.01"),
    ),
}

# Where what a control looks at is to be found, by the element that it supports: the `url_name` of a list.
LOOKED_AT_IN = {"164.308(a)(1)(ii)(D)": "access_list", "164.312(b)": "access_list"}
