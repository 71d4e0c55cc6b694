import pytest

from himdept.common.errors import DomainError
from records.exchange import scopes


@pytest.mark.parametrize(
    ("held", "of", "act", "may"),
    [
        ("system/*.write", "Encounter", "write", True),
        ("system/*.write", "Encounter", "read", False),
        ("system/*.read", "Encounter", "write", False),
        ("system/*.*", "Encounter", "write", True),
        ("system/Encounter.write", "Encounter", "write", True),
        ("system/Encounter.write", "Patient", "write", False),
        ("system/Encounter.cruds", "Encounter", "write", True),
        ("system/Encounter.cu", "Encounter", "write", True),
        ("system/Encounter.c", "Encounter", "write", False),
        ("system/Encounter.rs", "Encounter", "read", True),
        ("system/Encounter.r", "Encounter", "read", False),
        ("system/Encounter.rs system/Patient.write", "Patient", "write", True),
    ],
)
def test_what_a_scope_allows(held, of, act, may):
    assert scopes.allows(scopes.parse(held), of, act) is may


@pytest.mark.parametrize(
    "text",
    ["", "openid", "user/Patient.read", "system/Patient", "system/Patient.", "system/patient.read", "system/*.sc"],
)
def test_what_is_no_scope_is_refused(text):
    with pytest.raises(DomainError):
        scopes.parse(text)


@pytest.mark.parametrize("text", ["system/Encounters.write", "system/*.read system/Observation.read"])
def test_a_scope_of_what_is_not_here_is_refused_and_says_what_is(text):
    with pytest.raises(DomainError, match=r"there is no (Encounters|Observation) here; .*Deficiency, .*Encounter, "):
        scopes.parse(text)


@pytest.mark.parametrize("of", ["Encounter", "Provenance", "Deficiency", "Readiness", "*"])
def test_of_what_is_here_every_scope_may_be_asked_for(of):
    assert scopes.parse(f"system/{of}.read system/{of}.cruds")


@pytest.mark.parametrize(
    ("held", "asked", "may"),
    [
        ("system/*.write", "system/Patient.write", True),
        ("system/*.write", "system/Patient.cu", True),
        ("system/*.write", "system/Patient.read", False),
        ("system/*.write", "system/Patient.*", False),
        ("system/Patient.write", "system/*.write", False),
        ("system/Patient.r", "system/Patient.r", True),
        ("system/*.*", "system/Patient.d", False),
        ("system/*.*", "nonsense", False),
    ],
)
def test_nobody_gets_a_wider_scope_than_he_holds(held, asked, may):
    assert scopes.covers(scopes.parse(held), asked) is may
