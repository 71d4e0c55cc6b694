"""Encounters, and what happened within them, on their way in."""

from collections.abc import Iterator

from msgspec import UNSET

from records.inventory.intake import references, tables
from records.inventory.intake.facts import Facts, Ref, Row
from records.inventory.intake.items import Door, Item, Refused
from records.inventory.intake.kinds import Kind, fits, in_order, moment, stay_of, stays_of, told, within_reach
from records.inventory.intake.references import Found
from records.inventory.models import (
    Encounter,
    EncounterIdentifier,
    EncounterKey,
    Episode,
    EpisodeKey,
    Record,
)


class Encounters(Kind):
    """Each new one gets its record, under the same number."""

    noun = "encounter"
    model, keys, numbers = Encounter, EncounterKey, EncounterIdentifier
    columns = (
        "facility_id",
        "patient_id",
        "encounter_class",
        "status",
        "service_id",
        "attending_id",
        "start_first",
        "start_last",
        "end_first",
        "end_last",
        "disposition",
        "location",
    )

    def references(self, facts: Facts) -> Iterator[tuple[str, str, Ref]]:
        yield "patient", "patient", facts.patient
        if facts.attending:
            yield "attending", "practitioner", facts.attending

    def prepare(self, cursor, items: list[Item], found: Found) -> None:
        known = (item.row or (item.namesake and item.namesake.row) for item in items)
        references.look_up_stays(cursor, found, known)
        references.look_up_services(cursor, found, (i.facts.service for i in items if i.facts.service))

    def values(self, item: Item, found: Found, door: Door) -> Row:
        facts = item.facts
        patient = found.row("patient", facts.patient)
        stay = found.stays.get(item.row)
        if stay and stay.patient != patient:
            # A possible overlay of two charts: for people to look at, never to be written over.
            raise Refused("This encounter is known with another patient.", field="patient", status=409)
        facility = _facility(facts.facility, stay, door)
        row = {"facility_id": facility, "patient_id": patient}
        row |= told(
            encounter_class=facts.encounter_class,
            status=facts.status,
            disposition=facts.disposition,
            location=facts.location,
        )
        if facts.service is not UNSET:
            row["service_id"] = found.services[facts.service.code] if facts.service else None
        if facts.attending is not UNSET:
            row["attending_id"] = found.row("practitioner", facts.attending)
        moment(row, "start", facts.start, door.zones[facility], "start")
        moment(row, "end", facts.end, door.zones[facility], "end")
        fits(Encounter, row)
        return row

    def check(self, row: Row) -> None:
        for column in ("encounter_class", "status"):
            if not row[column]:
                raise Refused("An encounter needs this.", field=column)
        if row["start_first"] is None:
            raise Refused("An encounter needs the time when it began, known to the day at least.", field="start")
        in_order(row, "start", "end", "An encounter cannot end before it starts.")

    def entered(self, cursor, items: list[Item]) -> None:
        tables.insert(
            cursor,
            Record,
            [
                {"encounter_id": item.row, "facility_id": item.values["facility_id"]}
                | told(confidentiality=item.facts.confidentiality)
                for item in items
            ],
        )

    def settle(self, cursor, items: list[Item]) -> None:
        labels = sorted((i.row, i.facts.confidentiality) for i in items if i.facts.confidentiality is not UNSET)
        if labels:
            # A feed may seal a record further; only a person opens it again.
            cursor.execute(
                "UPDATE records_record r SET confidentiality = v.rank FROM unnest(%s::bigint[], %s::smallint[]) "
                "AS v(id, rank) WHERE r.encounter_id = v.id AND r.confidentiality < v.rank",
                [[row for row, _ in labels], [rank for _, rank in labels]],
            )

    def touched(self, cursor, items: list[Item], before: dict[int, Row]) -> None:
        for item in items:
            item.touched.add(item.row)


def _facility(told_facility, stay, door: Door) -> int:
    if stay:
        within_reach(stay.facility, door, "facility")
    if told_facility is not UNSET:
        facility = told_facility
    elif stay:
        facility = stay.facility
    elif door.facility is not None:
        facility = door.facility
    else:
        raise Refused("It is not said to which facility this encounter belongs.", field="facility")
    within_reach(facility, door, "facility")
    return facility


class Episodes(Kind):
    noun = "episode"
    model, keys, numbers = Episode, EpisodeKey, None
    columns = (
        "record_id",
        "kind",
        "status",
        "code",
        "title",
        "anesthesia",
        "performer_id",
        "start_first",
        "start_last",
        "end_first",
        "end_last",
    )

    def references(self, facts: Facts) -> Iterator[tuple[str, str, Ref]]:
        yield "encounter", "encounter", facts.encounter
        if facts.patient:
            yield "patient", "patient", facts.patient
        if facts.performer:
            yield "performer", "practitioner", facts.performer

    def prepare(self, cursor, items: list[Item], found: Found) -> None:
        stays_of(cursor, items, found)

    def values(self, item: Item, found: Found, door: Door) -> Row:
        facts = item.facts
        record, zone = stay_of(item, found, door)
        row = {"record_id": record, "kind": facts.kind}
        row |= told(status=facts.status, code=facts.code, title=facts.title, anesthesia=facts.anesthesia)
        if facts.performer is not UNSET:
            row["performer_id"] = found.row("practitioner", facts.performer)
        moment(row, "start", facts.start, zone, "start")
        moment(row, "end", facts.end, zone, "end")
        fits(Episode, row)
        return row

    def check(self, row: Row) -> None:
        in_order(row, "start", "end", "A procedure or restraint cannot end before it starts.")

    def touched(self, cursor, items: list[Item], before: dict[int, Row]) -> None:
        for item in items:
            item.touched.add(item.values["record_id"])
            if old := before.get(item.row):
                item.touched.add(old["record_id"])
