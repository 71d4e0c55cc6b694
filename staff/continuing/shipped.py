"""The rules of continuing education that come with the program."""

import tomllib
from datetime import date
from pathlib import Path

RULES = Path(__file__).with_name("rules.toml")
TO_CONFIRM = "units and shares; the hospital has not confirmed them with the issuer"


def load(certifications, rules):
    """Add the rules of the certifications that are known, through these managers; what is there stays as it is."""
    known = {certification.code: certification for certification in certifications.all()}
    for issuer in tomllib.loads(RULES.read_text()).values():
        basis = issuer.pop("basis")
        for day, asked in issuer.items():
            for code, (units, in_domains, from_issuer) in asked.items():
                if code in known:
                    said = {"units": units, "in_domains_percent": in_domains, "from_issuer_percent": from_issuer}
                    rules.get_or_create(
                        certification=known[code],
                        from_day=date.fromisoformat(day),
                        defaults=said | {"basis": basis, "to_confirm": TO_CONFIRM},
                    )
