import pytest

from himdept.common.confidentiality import Confidentiality
from records.models import AuditRun, Deficiency, Record
from records.templatetags import badges


@pytest.mark.parametrize("status", Record.Status)
def test_every_state_of_a_record_has_its_badge(status):
    assert '<span class="badge"' in badges.record_status(Record(status=status), is_due=False)


@pytest.mark.parametrize("status", Deficiency.Status)
@pytest.mark.parametrize("kind", Deficiency.Kind)
def test_every_deficiency_has_its_badge(kind, status):
    assert '<span class="badge"' in badges.deficiency_kind(Deficiency(kind=kind, status=status))


def test_what_is_closed_says_so_and_what_was_late_stays_late():
    assert ">resolved<" in badges.deficiency_kind(Deficiency(kind="missing", status="resolved"))
    assert ">late<" in badges.deficiency_kind(Deficiency(kind="late", status="resolved"))


@pytest.mark.parametrize("state", ["queued", "running", "finished", "failed"])
def test_every_state_of_an_audit_has_its_badge(state):
    assert state in badges.audit_state(AuditRun(state=state))


@pytest.mark.parametrize("rank", Confidentiality)
def test_only_what_is_more_confidential_than_usual_is_marked(rank):
    mark = badges.confidentiality_mark(Record(confidentiality=rank))
    assert bool(mark) is (rank > Confidentiality.NORMAL)


def test_what_makes_a_record_sensitive_is_said_in_words_and_an_unknown_code_stays():
    assert (
        badges.sensitivities(Record(sensitivities=["PSY", "SUD", "LOCAL-7"])) == "psychiatric, substance use, LOCAL-7"
    )
