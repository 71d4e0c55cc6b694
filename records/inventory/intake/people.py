"""Patients and practitioners on their way in."""

from datetime import date

from msgspec import UNSET

from records.inventory.intake.facts import Row
from records.inventory.intake.items import Door, Item, Refused
from records.inventory.intake.kinds import Kind, fits, moment, told
from records.inventory.intake.references import Found
from records.inventory.models import (
    Patient,
    PatientIdentifier,
    PatientKey,
    Practitioner,
    PractitionerIdentifier,
    PractitionerKey,
)


class Patients(Kind):
    noun = "patient"
    model, keys, numbers = Patient, PatientKey, PatientIdentifier
    columns = ("family_name", "given_name", "birth_date", "sex", "deceased", "deceased_first", "deceased_last")

    def values(self, item: Item, found: Found, door: Door) -> Row:
        facts = item.facts
        row = told(
            family_name=facts.family_name,
            given_name=facts.given_name,
            birth_date=_day(facts.birth_date, "birth_date"),
            sex=facts.sex,
            deceased=facts.deceased,
        )
        moment(row, "deceased", facts.died, door.zone, "died")
        fits(Patient, row)
        return row

    def check(self, row: Row) -> None:
        if row["deceased_first"] and not row["deceased"]:
            raise Refused("A patient who has a time of death is deceased.", field="deceased")

    def touched(self, cursor, items: list[Item], before: dict[int, Row]) -> None:
        """Rules may be for an age, so another day of birth is another judgement of all that patient's records."""
        born_anew = {
            item.row: item
            for item in items
            if item.row in before and item.values["birth_date"] != before[item.row]["birth_date"]
        }
        if born_anew:
            cursor.execute("SELECT patient_id, id FROM records_encounter WHERE patient_id = ANY(%s)", [list(born_anew)])
            for patient, record in cursor.fetchall():
                born_anew[patient].touched.add(record)


class Practitioners(Kind):
    noun = "practitioner"
    model, keys, numbers = Practitioner, PractitionerKey, PractitionerIdentifier
    columns = ("family_name", "given_name", "prefix", "is_active", "is_stub", "training_from", "training_until")

    def values(self, item: Item, found: Found, door: Door) -> Row:
        facts = item.facts
        row = told(
            family_name=facts.family_name,
            given_name=facts.given_name,
            prefix=facts.prefix,
            is_active=facts.is_active,
            is_stub=False,
            training_from=_day(facts.training_from, "training_from"),
            training_until=_day(facts.training_until, "training_until"),
        )
        fits(Practitioner, row)
        return row

    def check(self, row: Row) -> None:
        if row["training_until"] and not (row["training_from"] and row["training_from"] < row["training_until"]):
            raise Refused("A training begins before it ends.", field="training_until")


def _day(text, field: str):
    if text is UNSET or text is None:
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise Refused("This is not a day of the calendar.", field=field) from problem
    # Whoever is in a record was born after the oldest person known and before the calendar of due dates ends.
    if not 1800 <= day.year < 2100:
        raise Refused("This is not a day between 1800 and 2099.", field=field)
    return day
