"""Letting programs in and saying what they may do: who may, what is refused, what the trail says."""

import pytest

from himdept.common.confidentiality import Confidentiality
from himdept.common.errors import Conflict, DomainError
from records.exchange import client_trail, clients
from records.exchange.clients import BeyondReach
from records.models import Client
from tests import factories as make
from tests.programs import Program

pytestmark = pytest.mark.django_db

READ = "system/*.read"


@pytest.fixture
def engineer():
    return make.person("engineer", role="Interface engineer", first_name="Ada", last_name="Kim")


def let_in(by, name: str = "ehr", **more) -> Client:
    return clients.let_in(name, **{"scope": READ, "facilities": [make.facility()], "because": "go-live"} | more, by=by)


def changed(client: Client, by, **more) -> Client:
    as_it_is = {
        "scope": client.scopes,
        "facilities": client.user.facilities.all(),
        "clearance": client.user.clearance,
        "purpose": client.purpose,
        "requests_per_minute": client.requests_per_minute,
        "as_read": clients.seal(client),
        "because": "asked for in ticket 7",
    }
    return clients.change(client, **as_it_is | more, by=by)


def trail(client: Client) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(event.who, event.because, event.words) for event in client_trail.of(client, client.secrets.all())]


def test_who_let_it_in_and_why_is_in_its_trail(engineer):
    client = let_in(engineer)
    assert trail(client) == [
        ("Ada Kim", "go-live", ("reaches also Main hospital", "let in", "may: system/*.read (before: nothing)"))
    ]


def test_a_name_that_is_taken_is_refused(engineer):
    let_in(engineer)
    with pytest.raises(Conflict, match="a client ehr already"):
        let_in(engineer)


def test_what_it_may_counts_from_the_next_request_on(engineer):
    program = Program(scope="system/Record.read system/Practitioner.read")
    assert program.get("practitioners/").status_code == 200
    changed(program.client, engineer, scope="system/Record.read", requests_per_minute=100, purpose="HPAYMT")
    assert program.get("practitioners/").status_code == 403
    assert program.get("records/").status_code == 200
    ((who, why, words), *_rest) = trail(program.client)
    assert (who, why) == ("Ada Kim", "asked for in ticket 7")
    assert words == (
        "may: system/Record.read (before: system/Practitioner.read system/Record.read)",
        "reads records for: payment",
        "requests a minute: 100",
    )


def test_where_it_reaches_counts_from_the_next_request_on():
    here, north = make.facility(), make.facility("NORTH")
    engineer = make.person(role="Interface engineer", facilities=[here, north], clearance=Confidentiality.RESTRICTED)
    program = Program(facilities=[here])
    secret = make.record(confidentiality=Confidentiality.RESTRICTED, at=north)
    assert program.get(f"records/{secret.pk}/").status_code == 404
    changed(program.client, engineer, facilities=[north], clearance=Confidentiality.RESTRICTED)
    assert program.get(f"records/{secret.pk}/").status_code == 200
    (event, *_rest) = client_trail.of(program.client, [])
    assert event.words == (
        "no longer reaches Main hospital",
        "reaches also NORTH",
        "clearance: restricted (before: normal)",
    )


def test_of_two_who_change_the_same_client_the_second_is_told(engineer):
    client = let_in(engineer)
    as_read = clients.seal(client)
    changed(client, engineer, scope="system/Record.read")
    with pytest.raises(Conflict, match="Somebody has changed this client"):
        changed(client, engineer, scope="system/*.write", as_read=as_read)
    assert Client.objects.get().scopes == "system/Record.read"


@pytest.mark.parametrize(
    ("facilities", "clearance", "allowed"),
    [
        (["MAIN"], Confidentiality.NORMAL, True),
        (["MAIN"], Confidentiality.LOW, True),
        (["MAIN"], Confidentiality.RESTRICTED, False),  # above the engineer's own
        (["MAIN", "NORTH"], Confidentiality.NORMAL, False),  # a facility that is not the engineer's
    ],
)
def test_nobody_opens_to_a_program_what_is_closed_to_themselves(engineer, facilities, clearance, allowed):
    wanted = [make.facility(code) for code in facilities]
    if allowed:
        assert let_in(engineer, facilities=wanted, clearance=clearance).user.clearance == clearance
    else:
        with pytest.raises(BeyondReach):
            let_in(engineer, facilities=wanted, clearance=clearance)
        assert not Client.objects.exists()


@pytest.mark.parametrize("act", [clients.switch_on, clients.revoke_tokens])
def test_a_client_that_reaches_further_is_not_theirs_to_handle(engineer, act):
    wide = Program(facilities=[make.facility("NORTH")]).client
    wide.user.is_active = act is not clients.switch_on
    wide.user.save()
    with pytest.raises(BeyondReach):
        act(wide, by=engineer, because="tidying up")
    with pytest.raises(BeyondReach):
        changed(wide, engineer, facilities=[make.facility()])


def test_switched_off_it_is_out_at_once_and_its_tokens_are_gone_for_good(engineer):
    program = Program(facilities=[make.facility("NORTH")])  # anybody who may switch off may: it is the safe side
    assert program.get("records/").status_code == 200
    clients.switch_off(program.client, by=engineer, because="a laptop was stolen")
    assert program.get("records/").status_code == 401
    with pytest.raises(Conflict, match="switched off already"):
        clients.switch_off(program.client, by=engineer, because="again")

    all_over = make.person(role="Interface engineer", facilities=[make.facility("NORTH")])
    clients.switch_on(program.client, by=all_over, because="it was found")
    assert program.get("records/").status_code == 401
    assert [words for _who, _why, words in trail(program.client)[:2]] == [("switched on",), ("switched off",)]


def test_tokens_are_revoked_and_counted(engineer):
    program = Program()
    clients.revoke_tokens(program.client, by=engineer, because="one was seen in a log")
    assert program.get("records/").status_code == 401
    assert trail(program.client)[0] == ("Ada Kim", "one was seen in a log", ("its tokens revoked: 1",))


@pytest.mark.parametrize(("because", "sentence"), [("", "Say why"), (" ", "Say why"), ("x" * 501, "at most 500")])
def test_a_person_says_why(engineer, because, sentence):
    with pytest.raises(DomainError, match=sentence):
        let_in(engineer, because=because)
    assert not Client.objects.exists()


def test_the_trail_of_a_token_made_by_hand_says_what_it_opens():
    program = Program(scope="system/Record.read")
    (words,) = trail(program.client)[0][2][-1:]
    assert words.startswith("a token made by hand: system/Record.read, 20")
