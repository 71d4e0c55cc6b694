"""Which facility an encounter belongs to, by what its resource says of its service provider."""

from msgspec import UNSET, UnsetType

from records.exchange.fhir.references import split
from records.exchange.fhir.resources import Reference
from staff.models import Facility


class Facilities:
    """The facilities by code and by name. A provider means the one whose code or name it bears."""

    def __init__(self):
        self.codes, self.names = {}, {}
        for facility in Facility.objects.all():
            self.codes[facility.code.casefold()] = facility.pk
            self.names[facility.name.casefold()] = facility.pk

    def of(self, provider: Reference | None) -> int | UnsetType:
        """The facility's number; UNSET where the provider is none of ours, or not named."""
        if provider is None or not self.codes:
            return UNSET
        _, name, query = split(provider.reference)
        number = provider.identifier.value if provider.identifier else ""
        for said in (number, query.rpartition("|")[2], name, provider.display):
            if said and said.casefold() in self.codes:
                return self.codes[said.casefold()]
        return self.names.get(provider.display.casefold(), UNSET) if provider.display else UNSET
