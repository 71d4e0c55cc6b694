"""The job catalogue that comes with the program."""

import tomllib
from decimal import Decimal
from pathlib import Path

from staff.catalogue.models import Education

CATALOGUE = Path(__file__).with_name("catalogue.toml")
TO_CONFIRM = "typical minimums of the field; the hospital has not confirmed them"


def load(certifications, jobs, standards):
    """Add what is missing, through these managers (a migration has its own); what is there stays as it is."""
    content = tomllib.loads(CATALOGUE.read_text(), parse_float=Decimal)
    known = {
        code: certifications.get_or_create(code=code, defaults={"title": title, "issuer": issuer})[0]
        for code, (title, issuer) in content["certifications"].items()
    }
    for entry in content["jobs"]:
        job, is_new = jobs.get_or_create(
            code=entry["code"],
            defaults={name: entry[name] for name in ("title", "summary", "default_role")}
            | {
                "duties": entry["duties"].strip(),
                "education": Education[entry.get("education", "none").upper()],
                "years_in_field": entry.get("years_in_field", 0),
                "years_supervising": entry.get("years_supervising", 0),
                "to_confirm": TO_CONFIRM,
            },
        )
        if not is_new:
            continue
        job.certifications.set(known[code] for code in entry.get("certifications", ()))
        job.preferred.set(known[code] for code in entry.get("preferred", ()))
        for standard in entry.get("standards", ()):
            low, high = standard.get("per_hour", (None, None))
            standards.create(
                job=job,
                work=standard["work"],
                per_hour_from=low,
                per_hour_to=high,
                right_percent=standard.get("right_percent"),
            )
