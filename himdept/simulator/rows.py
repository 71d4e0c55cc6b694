"""The simulated hospital's facts as lines of PostgreSQL's COPY text format, table by table."""

from datetime import date, timedelta

from himdept.simulator.calendar import Calendar
from himdept.simulator.facts import Clinician, Document, Episode, Patient, Stay

NULL = r"\N"
EPOCH = date(1970, 1, 1)

COLUMNS = {
    "practitioner": "id, family_name, given_name, prefix, is_active, is_stub",
    "patient": "id, family_name, given_name, birth_date, sex, deceased, mother_id, known_from",
    "encounter": (
        "id, facility_id, patient_id, encounter_class, status, service_id, attending_id, "
        "start_first, start_last, end_first, end_last, disposition, location"
    ),
    "record": (
        "encounter_id, facility_id, status, requirements_due, requirements_met, open_deficiencies, "
        "confidentiality, sensitivities, location, legal_hold, closed_because"
    ),
    "episode": (
        "id, record_id, kind, status, code, title, anesthesia, performer_id, "
        "start_first, start_last, end_first, end_last"
    ),
    "document": (
        "id, record_id, episode_id, document_type_id, status, identifier, author_id, authenticator_id, cosigner_id, "
        "authored_first, authored_last, dictated_first, dictated_last, transcribed_first, transcribed_last, "
        "signed, signed_first, signed_last, cosigned, cosigned_first, cosigned_last, sections, verbal, "
        "replaces_id, addendum_to_id, confidentiality, attachment_sha256"
    ),
    "filing": "document_id, record_id",
    "due": "record_id",
    "patientidentifier": "system, value, kind, patient_id",
    "practitioneridentifier": "system, value, practitioner_id",
    "encounteridentifier": "system, value, encounter_id",
    "patientkey": "source_id, external_id, version, updated_at, patient_id",
    "practitionerkey": "source_id, external_id, version, updated_at, practitioner_id",
    "encounterkey": "source_id, external_id, version, updated_at, encounter_id",
    "episodekey": "source_id, external_id, version, updated_at, episode_id",
    "documentkey": "source_id, external_id, version, updated_at, document_id",
}  # in the order in which they can be written: nothing names a row that is not there yet


class Stamps:
    """Minutes as timestamps, two lookups each: a million stays have thirty million of them."""

    def __init__(self):
        self._days: dict[int, str] = {}
        self._times = tuple(f" {minute // 60:02}:{minute % 60:02}+00" for minute in range(1440))

    def __call__(self, minute: int) -> str:
        day, rest = divmod(minute, 1440)
        text = self._days.get(day)
        if text is None:
            text = self._days[day] = (EPOCH + timedelta(days=day)).isoformat()
        return text + self._times[rest]

    def pair(self, minute: int | None) -> str:
        """Both bounds of a moment that is known to the minute, or not at all."""
        if minute is None:
            return r"\N	\N"
        text = self(minute)
        return f"{text}\t{text}"


class Lines:
    """Turns facts that have their row numbers into lines, with the numbers and keys that others know them by."""

    def __init__(self, *, facility: int, code: str, source: int, loaded_at: str, services, types, calendar: Calendar):
        self._facility, self._calendar = facility, calendar
        self._services, self._types = services, types
        self._system = f"urn:himdept:simulated:{code.lower()}"
        self._name = code.replace("_", "-")  # an underscore cannot stand in a FHIR id
        self._key = f"{source}\t{self._name}-"
        self._loaded_at = loaded_at
        self._version = f"\t1\t{loaded_at}\t"
        self._stamps = Stamps()
        self._episodes = self._documents = 0
        self.tables: dict[str, list[str]] = {table: [] for table in COLUMNS}

    def take(self) -> dict[str, tuple[int, bytes]]:
        """The lines so far, of each table that has some: how many, and their text. Then it begins anew."""
        tables, self.tables = self.tables, {table: [] for table in COLUMNS}
        return {table: (len(lines), "".join(lines).encode()) for table, lines in tables.items() if lines}

    def clinician(self, person: Clinician):
        self._add("practitioner", person.row, person.family_name, person.given_name, person.prefix, "t", "f")
        self._add("practitioneridentifier", f"{self._system}:clinician", f"{person.number:05}", person.row)
        self._add_key("practitionerkey", "C", person.number, person.row)

    def stay(self, stay: Stay):
        if stay.patient_is_new:
            self._patient(stay.patient)
        start, end, row = self._stamps.pair(stay.start), self._stamps.pair(stay.end), stay.row
        status = "in_progress" if stay.end is None else "finished"
        self.tables["encounter"].append(
            f"{row}\t{self._facility}\t{stay.patient.row}\t{stay.encounter_class}\t{status}\t"
            f"{self._services[stay.service]}\t{stay.attending.row}\t{start}\t{end}\t{stay.disposition}\t{stay.location}\n"
        )
        self.tables["record"].append(
            f"{row}\t{self._facility}\tin_progress\t0\t0\t0\t{stay.confidentiality:d}\t"
            f"{{{','.join(stay.sensitivities)}}}\t\tf\t\n"
        )
        self._add("encounteridentifier", f"{self._system}:visit", f"V{stay.number:08}", row)
        self._add_key("encounterkey", "E", stay.number, row)
        self.tables["due"].append(f"{row}\n")
        for episode in stay.episodes:
            self._episode(stay, episode)
        for document in stay.documents:
            self._document(stay, document)
        if stay.filed:
            self._add("filing", stay.filed.row, row)

    def _patient(self, patient: Patient):
        born, mother = date.fromordinal(patient.born), patient.mother.row if patient.mother else NULL
        names = (patient.family_name, patient.given_name)
        self._add("patient", patient.row, *names, born, patient.sex, "f", mother, self._loaded_at)
        self._add("patientidentifier", f"{self._system}:mrn", medical_record_number(patient.number), "MR", patient.row)
        self._add_key("patientkey", "P", patient.number, patient.row)

    def _episode(self, stay: Stay, episode: Episode):
        self._episodes += 1
        self._add(
            "episode",
            *(episode.row, stay.row, episode.kind, episode.status, episode.code, episode.title),
            "t" if episode.anesthesia else "f",
            episode.performer.row if episode.performer else NULL,
            self._stamps.pair(episode.start),
            self._stamps.pair(episode.end),
        )
        self._add_key("episodekey", "X", self._episodes, episode.row)

    def _document(self, stay: Stay, document: Document):
        self._documents += 1
        pair, author, row = self._stamps.pair, document.author.row, document.row
        if document.day_only:
            midnights = self._calendar.bounds_of_day(document.authored)
            authored = "\t".join(map(self._stamps, midnights))
        else:
            authored = pair(document.authored)
        self.tables["document"].append(
            f"{row}\t{stay.row}\t{document.episode.row if document.episode else NULL}\t{self._types[document.code]}\t"
            f"{document.status}\t{self._name}-D{self._documents:09}\t{author}\t{author if document.signed else NULL}\t"
            f"{document.cosigner.row if document.cosigner else NULL}\t{authored}\t"
            f"{pair(document.dictated)}\t{pair(document.transcribed)}\t"
            f"{'t' if document.signed else 'f'}\t{pair(document.signed_at)}\t"
            f"{'f' if document.cosigned_at is None else 't'}\t{pair(document.cosigned_at)}\t"
            f"{{{','.join(document.sections)}}}\t{'t' if document.verbal else 'f'}\t"
            f"{document.replaces.row if document.replaces else NULL}\t"
            f"{document.addendum_to.row if document.addendum_to else NULL}\t{stay.confidentiality:d}\t\n"
        )
        self.tables["documentkey"].append(f"{self._key}D{self._documents:09}{self._version}{row}\n")

    def _add(self, table: str, *values: object):
        self.tables[table].append("\t".join(map(str, values)) + "\n")

    def _add_key(self, table: str, letter: str, number: int, row: int):
        self.tables[table].append(f"{self._key}{letter}{number:09}{self._version}{row}\n")


def medical_record_number(number: int) -> str:
    """Seven digits and a check digit (Luhn), as wristbands have them."""
    digits = str(1_000_000 + number)
    doubled = sum(int(d) for digit in digits[::-2] for d in str(2 * int(digit)))
    return f"{digits}{-(doubled + sum(map(int, digits[-2::-2]))) % 10}"
