"""What the issuers of certifications ask, as it comes with the program."""

import tomllib
from pathlib import Path

ISSUERS = Path(__file__).with_name("issuers.toml")
TO_CONFIRM = "form of the number and length of the cycle; the hospital has not confirmed them with the issuer"


def load(certifications):
    """Tell the certifications of these issuers how their numbers look; what was told of one already stays."""
    issuers = tomllib.loads(ISSUERS.read_text())
    for code, (title, issuer) in issuers.pop("added").items():
        certifications.get_or_create(code=code, defaults={"title": title, "issuer": issuer})
    for issuer, terms in issuers.items():
        untold = certifications.filter(issuer=issuer, number_form="", cycle_months=None)
        untold.update(to_confirm=TO_CONFIRM, **terms)
