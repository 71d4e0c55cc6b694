"""Encounter and Procedure, read into facts."""

from msgspec import UNSET

from records.exchange import mappings
from records.exchange.fhir import elements
from records.exchange.fhir.elements import Elements
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.references import Surroundings, refer, type_of
from records.exchange.fhir.resources import CodeableConcept, Encounter, Participant, Procedure
from records.inventory.intake import Coded, EncounterFacts, EpisodeFacts
from records.inventory.models import Encounter as EncounterRow

ENCOUNTER = {
    "patient": "Encounter.subject",
    "facility": "Encounter.serviceProvider",
    "encounter_class": "Encounter.class",
    "status": "Encounter.status",
    "service_id": "Encounter.serviceType",
    "start": "Encounter.period.start",
    "end": "Encounter.period.end",
    "location": "Encounter.location",
}
PROCEDURE = {
    "encounter": "Procedure.encounter",
    "patient": "Procedure.subject",
    "code": "Procedure.code.coding.code",
    "title": "Procedure.code",
}
SURGEON = "304292004"  # SNOMED CT, as Procedure.performer.function


def encounter(resource: Encounter, around: Surroundings) -> tuple[EncounterFacts, Elements]:
    if isinstance(resource.class_, list) or isinstance(resource.service_type, list):
        sentence = "This is FHIR R5, where it is a list; send R4, where it is one."
        name = "class" if isinstance(resource.class_, list) else "serviceType"
        raise Problem(sentence, element=f"Encounter.{name}", code="structure")
    numbers, where = elements.numbers(elements.each("Encounter.identifier", resource.identifier), around)
    code = elements.needed(resource.class_, "Encounter.class").code
    encounter_class = elements.mapped(code, mappings.ENCOUNTER_CLASSES, "Encounter.class.code", "an encounter class")
    subject = elements.needed(
        refer(resource.subject, "Patient", "Encounter.subject", resource, around), "Encounter.subject"
    )
    period = elements.needed(resource.period, "Encounter.period")
    end = elements.time(period.end, "Encounter.period.end")
    place, participant = attending(resource.participant)
    attended = None
    if participant and type_of(participant.individual, resource, around) in ("Practitioner", ""):
        attended = refer(participant.individual, "Practitioner", place, resource, around)
    where |= {"attending": place}
    label = elements.confidentiality(elements.labels(resource.meta))
    facts = EncounterFacts(
        patient=subject,
        numbers=numbers,
        encounter_class=encounter_class,
        status=_status(resource.status, ended=end is not None),
        service=_service(resource.service_type),
        attending=attended,
        start=elements.time(period.start, "Encounter.period.start"),
        end=end,
        disposition=_disposition(resource),
        location=_location(resource),
        confidentiality=UNSET if label is None else label,
    )
    return facts, ENCOUNTER | where


def _status(code: str, *, ended: bool) -> str:
    if code == "unknown":
        return EncounterRow.Status.FINISHED if ended else EncounterRow.Status.IN_PROGRESS
    return elements.mapped(code, mappings.ENCOUNTER_STATUSES, "Encounter.status", "an encounter status")


def attending(participants: list[Participant]) -> tuple[str, Participant | None]:
    """The attending (ATND), else the primary performer (PPRF): of several the one who had not handed over.

    That is the one without an end of his period, else with the latest; of equals the first that is named.
    """
    for wanted in ("ATND", "PPRF"):
        found = [
            (n, participant)
            for n, participant in enumerate(participants)
            if participant.individual
            and any(coding.code == wanted for concept in participant.type for coding in concept.coding)
        ]
        if found:
            # Texts of one source sort as times do, but for offsets; the last to leave is not decided by an hour.
            n, best = max(found, key=lambda pair: ((pair[1].period and pair[1].period.end) or "9999", -pair[0]))
            return f"Encounter.participant[{n}].individual", best
    return "Encounter.participant", None


def _service(concept: CodeableConcept | None) -> Coded | None:
    for coding in elements.codings(concept):
        if coding.code:
            if len(coding.code) > 50:
                raise Problem("This is longer than 50 characters.", element="Encounter.serviceType", code="too-long")
            return Coded(coding.code, coding.system, coding.display or concept.text or coding.code)
    return None


def _disposition(resource: Encounter) -> str:
    concept = resource.hospitalization.discharge_disposition if resource.hospitalization else None
    if concept is None:
        return ""
    for coding in concept.coding:
        if (found := mappings.disposition(coding.system, coding.code)) is not None:
            return found
    # That there was one is known, and which one is not: none of those that a rule could name.
    return EncounterRow.Disposition.OTHER


def _location(resource: Encounter) -> str:
    """Where the patient is: the active location, else the last one named."""
    places = [place for place in resource.location if place.location.display]
    active = [place for place in places if place.status == "active"]
    return (active or places)[-1].location.display[:100] if places else ""


def procedure(resource: Procedure, around: Surroundings) -> tuple[EpisodeFacts, Elements]:
    numbers, where = [], {}
    concept = resource.code or CodeableConcept()
    coding = next((coding for coding in concept.coding if coding.code), None)
    categories = resource.category if isinstance(resource.category, CodeableConcept) else None
    told = elements.codings(categories, concept, *resource.used_code)
    start, end, starts_in, ends_in = _performed(resource)
    place, performer = _performer(resource, around)
    facts = EpisodeFacts(
        encounter=elements.needed(
            refer(resource.encounter, "Encounter", "Procedure.encounter", resource, around), "Procedure.encounter"
        ),
        patient=refer(resource.subject, "Patient", "Procedure.subject", resource, around),
        numbers=numbers,
        kind="procedure",
        status=elements.mapped(resource.status, mappings.PROCEDURE_STATUSES, "Procedure.status", "a procedure status"),
        code=coding.code if coding else "",
        title=(concept.text or (coding.display if coding else ""))[:255],
        anesthesia=any(mappings.is_anesthesia(coding.system, coding.code) for coding in told),
        performer=performer,
        start=start,
        end=end,
    )
    return facts, PROCEDURE | where | {"performer": place, "start": starts_in, "end": ends_in}


def _performed(resource: Procedure) -> tuple[str | None, str | None, str, str]:
    """Start and end. One moment is both, unless the procedure still goes on."""
    if resource.performed_period:
        period, where = resource.performed_period, "Procedure.performedPeriod"
        starts_in, ends_in = f"{where}.start", f"{where}.end"
        return elements.time(period.start, starts_in), elements.time(period.end, ends_in), starts_in, ends_in
    where = "Procedure.performedDateTime"
    start = elements.time(resource.performed_date_time, where)
    goes_on = resource.status in ("preparation", "in-progress", "on-hold")
    return start, None if goes_on else start, where, where


def _performer(resource: Procedure, around: Surroundings):
    """The surgeon, where a function says so, else the first practitioner named."""
    people = [
        (n, performer)
        for n, performer in enumerate(resource.performer)
        if performer.actor and type_of(performer.actor, resource, around) in ("Practitioner", "")
    ]
    surgeons = [
        (n, performer)
        for n, performer in people
        if any(coding.code == SURGEON for coding in elements.codings(performer.function))
    ]
    for n, performer in (surgeons or people)[:1]:
        place = f"Procedure.performer[{n}].actor"
        return place, refer(performer.actor, "Practitioner", place, resource, around)
    return "Procedure.performer", None
