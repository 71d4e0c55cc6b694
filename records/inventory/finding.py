"""Finding records by a patient's name or number or a visit's, and practitioners by name.

What has a digit in it is taken for a number, anything else for the beginning of a name: each is served by an index, and
a thousand names that begin alike cost no more than the few that are shown.
"""

from django.db.models import FETCH_RAISE, Q
from django.db.models.functions import Upper

from records.inventory.models import Encounter, EncounterIdentifier, Practitioner, Record


def clean(words: str) -> str:
    return " ".join(words.replace("\x00", "").split())[:100]


def records_found(user, words: str, most: int) -> list[Record]:
    """The records that this person may open, the latest of a number or the first by name, one more than asked for."""
    if not words or not user.has_perm("records.view_record"):
        return []
    rows = Record.objects.visible_to(user).with_names().fetch_mode(FETCH_RAISE)
    if any(letter.isdigit() for letter in words):
        found = rows.filter(pk__in=encounters_numbered(words)).order_by("-encounter__start_first", "-pk")
    else:
        patient = "encounter__patient"
        found = rows.filter(named(words, f"{patient}__")).order_by(
            Upper(f"{patient}__family_name"),
            Upper(f"{patient}__given_name"),
            f"{patient}_id",
            "-encounter__start_first",
        )
    return list(found[: most + 1])


def encounters_numbered(number: str):
    """The encounters of the patients with this number, and those with this visit number: two looks into an index."""
    visits = EncounterIdentifier.objects.filter(value=number).values("encounter_id")
    return visits.union(Encounter.objects.filter(patient__identifiers__value=number).values("pk"))


def practitioners_found(user, words: str, most: int) -> list[Practitioner]:
    """Practitioners by name, for those who may see what they owe."""
    if not words or not user.has_perm("records.view_deficiency"):
        return []
    return list(
        Practitioner.objects.filter(named(words)).order_by(Upper("family_name"), Upper("given_name"), "pk")[:most]
    )


def named(words: str, path: str = "") -> Q:
    """Whose name this may be: "family, given" or "given family", of either the beginning will do."""
    family, comma, given = (part.strip() for part in words.partition(","))
    if not comma and " " in family:
        given, _, family = family.rpartition(" ")
    name = Q(**{f"{path}family_name__istartswith": family})
    return name & Q(**{f"{path}given_name__istartswith": given}) if given else name
