"""What the FHIR interface does, said in FHIR: only what is true."""

from typing import Any

from records.exchange.fhir.reading import TYPES

DATE = "2026-11-23"


def statement(base: str, token: str) -> dict[str, Any]:
    """The CapabilityStatement of the server at `base`, whose tokens are got at `token`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/json"],
        "software": {"name": "himdept"},
        "implementation": {"description": "himdept, medical records department", "url": base},
        "rest": [
            {
                "mode": "server",
                "documentation": "Resources come in by transaction or batch: POST creates, PUT updates.",
                "security": {
                    "extension": [
                        {
                            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                            "extension": [{"url": "token", "valueUri": token}],
                        }
                    ],
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                    "code": "SMART-on-FHIR",
                                }
                            ]
                        }
                    ],
                },
                "resource": [
                    {
                        "type": name,
                        "versioning": "versioned-update",
                        "updateCreate": True,
                        "conditionalCreate": True,
                        "conditionalUpdate": False,
                        "conditionalDelete": "not-supported",
                    }
                    for name in TYPES
                ],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }
