"""The clauses of docs/completeness.md on co-signatures, one by one."""

from datetime import date

import pytest

from .by_hand import at, awaited, chart, clause, found, instant, kinds, note, only, rule, state

WRITTEN, IN_TIME, LATE, LONG_AFTER = "2023-06-02 20:00", "2023-06-03 08:00", "2023-06-09 08:00", "2023-09-01 06:00"
SIGNED = {"signed": WRITTEN, "author": "DR-YOUNG"}
NAMED = rule(authentication_required=True, cosignature="named")
OF_TRAINEES = rule(authentication_required=True, cosignature="in_training")
OF_ALL = rule(authentication_required=True, cosignature="always")
ENTRY = rule("document", authentication_required=True, cosignature="named")


def cosigned(moment: str | None = None, **facts):
    """A note that its author signed, and somebody else at this moment, or at one that is not known."""
    return note(
        WRITTEN, **SIGNED, **{"cosigner": "DR-OLD", "cosigned": True} | facts, cosignature=moment and at(moment)
    )


WAITS = note(WRITTEN, **SIGNED, cosigner="DR-OLD")


@clause("1.3")
def test_a_cosignature_that_is_yet_to_come_is_not_there():
    later = cosigned(LATE)
    assert kinds(chart(later), NAMED, "2023-06-09 07:59") == ["uncosigned"]
    assert kinds(chart(later), NAMED, LATE) == ["late"]


@clause("7.1")
def test_what_is_signed_and_not_cosigned_is_not_complete():
    assert kinds(chart(WAITS), NAMED, LONG_AFTER) == ["uncosigned"]
    assert kinds(chart(cosigned(IN_TIME)), NAMED, LONG_AFTER) == []


@clause("7.2")
def test_it_is_complete_at_the_cosignature_and_one_of_unknown_time_was_made_at_once():
    late = only(chart(cosigned(LATE)), NAMED, LONG_AFTER)
    assert (late.kind, late.resolved_at) == ("late", instant(LATE))
    assert kinds(chart(cosigned()), NAMED, LONG_AFTER) == []


@clause("7.3")
def test_what_lacks_its_cosignature_alone_is_better_than_what_is_unsigned():
    unsigned = note("2023-06-02 19:00", id="D0", author="DR-YOUNG", cosigner="DR-OLD")
    one = only(chart(unsigned, WAITS), NAMED, LONG_AFTER)
    assert (one.kind, one.document) == ("uncosigned", "D1")
    done = cosigned(LATE, id="D2")
    assert [one.document for one in found(chart(unsigned, WAITS, done), NAMED, LONG_AFTER)] == ["D2"]


@clause("7.7")
def test_without_the_authors_own_signature_it_is_unsigned_whoever_cosigned_it():
    paper = note(WRITTEN, cosigner="DR-OLD", cosigned=True, cosignature=at(IN_TIME))
    assert kinds(chart(paper), NAMED, LONG_AFTER) == ["unsigned"]
    assert kinds(chart(WAITS), NAMED, LONG_AFTER) == ["uncosigned"]
    only_cosigned = rule(cosignature="named")
    assert kinds(chart(paper), only_cosigned, LONG_AFTER) == []


@clause("7.8")
@pytest.mark.parametrize(
    ("asked_of", "of_nobody", "names_one", "of_a_trainee"),
    [
        (NAMED, [], ["uncosigned"], []),
        (OF_TRAINEES, [], ["uncosigned"], ["uncosigned"]),
        (OF_ALL, *[["uncosigned"]] * 3),
    ],
)
def test_the_rule_says_of_which_documents_a_cosignature_is_asked(asked_of, of_nobody, names_one, of_a_trainee):
    own = chart(note(WRITTEN, **SIGNED))
    trainees = chart(note(WRITTEN, **SIGNED), training=(("DR-YOUNG", date(2022, 7, 1), date(2025, 7, 1)),))
    assert kinds(own, asked_of, LONG_AFTER) == of_nobody
    assert kinds(chart(WAITS), asked_of, LONG_AFTER) == names_one
    assert kinds(trainees, asked_of, LONG_AFTER) == of_a_trainee


@clause("7.8")
@pytest.mark.parametrize(
    ("begins", "ends", "asked"),
    [
        (date(2023, 6, 2), None, True),
        (date(2023, 6, 3), None, False),
        (date(2022, 7, 1), date(2023, 6, 3), True),
        (date(2022, 7, 1), date(2023, 6, 2), False),
    ],
)
def test_whoever_was_in_training_on_the_day_of_writing_needs_a_cosignature(begins, ends, asked):
    stay = chart(note(WRITTEN, **SIGNED), training=(("DR-YOUNG", begins, ends),))
    assert kinds(stay, OF_TRAINEES, LONG_AFTER) == (["uncosigned"] if asked else [])


@clause("7.8")
def test_whoever_was_in_training_when_the_stay_began_needs_one_for_what_has_no_date():
    of_trainees = rule("document", cosignature="in_training")
    for begins, asked in ((date(2023, 6, 2), ["uncosigned"]), (date(2023, 6, 3), [])):
        undated = chart(note(author="DR-YOUNG"), training=(("DR-YOUNG", begins, None),))
        assert kinds(undated, of_trainees, LONG_AFTER) == asked


@clause("7.8")
def test_a_cosignature_that_is_not_asked_for_delays_nothing():
    assert kinds(chart(cosigned(LATE, cosigner=None)), NAMED, LONG_AFTER) == []


@clause("8.3")
def test_an_entry_waits_for_its_cosignature_like_for_its_signature():
    assert kinds(chart(WAITS), ENTRY, LONG_AFTER) == ["uncosigned"]
    late = only(chart(cosigned(LATE)), ENTRY, LONG_AFTER)
    assert (late.kind, late.resolved_at) == ("late", instant(LATE))
    assert kinds(chart(cosigned(IN_TIME)), ENTRY, LONG_AFTER) == []
    assert kinds(chart(note(WRITTEN, cosigner="DR-OLD")), ENTRY, LONG_AFTER) == ["unsigned"]


@clause("8.3")
def test_the_last_of_both_signatures_under_an_entry_says_when_it_was_done():
    signed_last = note(WRITTEN, signed="2023-06-10 08:00", cosigner="DR-OLD", cosigned=True, cosignature=at(LATE))
    late = only(chart(signed_last), ENTRY, LONG_AFTER)
    assert late.resolved_at == instant("2023-06-10 08:00")
    known_alone = note(WRITTEN, signed=LATE, cosigner="DR-OLD", cosigned=True)
    assert [one.resolved_at for one in found(chart(known_alone), ENTRY, LONG_AFTER)] == [instant(LATE)]


@clause("10.2")
def test_a_cosignature_that_is_not_past_due_is_expected():
    assert [one.owed_by for one in awaited(chart(WAITS), ENTRY, IN_TIME)] == ["DR-OLD"]
    assert [one.owed_by for one in awaited(chart(WAITS), NAMED, IN_TIME)] == ["DR-OLD"]


@clause("11.4")
def test_the_cosigner_owes_it_or_the_attending_where_none_is_named():
    unnamed = note(WRITTEN, **SIGNED)
    for required in (OF_ALL, rule("document", authentication_required=True, cosignature="always")):
        assert [one.owed_by for one in found(chart(WAITS), required, LONG_AFTER)] == ["DR-OLD"]
        assert [one.owed_by for one in found(chart(unnamed), required, LONG_AFTER)] == ["DR-ATTENDING"]


@clause("11.4")
def test_what_was_met_late_is_owed_by_whoever_came_last():
    author_last = note(
        WRITTEN, signed="2023-06-10 08:00", author="DR-YOUNG", cosigner="DR-OLD", cosigned=True, cosignature=at(LATE)
    )
    for required in (NAMED, ENTRY):
        assert [one.owed_by for one in found(chart(cosigned(LATE)), required, LONG_AFTER)] == ["DR-OLD"]
        assert [one.owed_by for one in found(chart(author_last), required, LONG_AFTER)] == ["DR-YOUNG"]


@clause("12.5")
def test_a_record_is_completed_by_the_last_signature_that_is_asked_for():
    gone = chart(cosigned(LATE), end=at("2023-06-04 11:00"))
    assert state(gone, ENTRY, LONG_AFTER).completed_at == instant(LATE)
    assert state(gone, rule("document"), LONG_AFTER).completed_at == gone.end.first
