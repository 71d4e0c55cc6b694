"""What a rule asks of a document `d` by way of signatures, whether it has them, and since when (clauses 7.1, 7.2, 8.3).

A co-signature that is not asked of a document counts for nothing, whether it is there or not.
"""

from records.completeness.models import Requirement

Cosignature = Requirement.Cosignature
WRITTEN_ON = "(d.authored_first AT TIME ZONE %(zone)s)::date"


def wants_cosignature(requirement: Requirement, day: str = WRITTEN_ON) -> str:
    """Whether the rule asks for a co-signature of this document; `day` is the local one on which it was written."""
    match requirement.cosignature:
        case Cosignature.ALWAYS:
            return "true"
        case Cosignature.NAMED:
            return "d.cosigner_id IS NOT NULL"
        case Cosignature.IN_TRAINING:
            return f"(d.cosigner_id IS NOT NULL OR coalesce(d.training @> {day}, false))"
    return "false"


def has_all(requirement: Requirement) -> str:
    """Whether the document has the signatures that the rule asks for."""
    said = ["d.signed"] if requirement.authentication_required else []
    if requirement.cosignature:
        said.append(f"(d.cosigned OR NOT {wants_cosignature(requirement)})")
    return " AND ".join(said) or "true"


def written_and_signed_at(requirement: Requirement) -> str:
    """The later of writing and signature; a signature of unknown time was made when the document was written."""
    return "GREATEST(d.authored_first, d.signed_first)" if requirement.authentication_required else "d.authored_first"


def complete_at(requirement: Requirement) -> str:
    """When the last of what the rule asks for was done."""
    if not requirement.cosignature:
        return written_and_signed_at(requirement)
    cosigned = f"CASE WHEN {wants_cosignature(requirement)} THEN d.cosigned_first END"
    return f"GREATEST({written_and_signed_at(requirement)}, {cosigned})"


def cosigned_last(requirement: Requirement) -> str:
    """Whether the co-signature that the rule asks for came after all else: then it is its signer's doing."""
    if not requirement.cosignature:
        return "false"
    return f"{wants_cosignature(requirement)} AND d.cosigned_first > {written_and_signed_at(requirement)}"
