"""`import_fhir` and `issue_token` as somebody at a terminal meets them."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.utils import timezone
from oauth2_provider.models import AccessToken

from records.models import Client, Patient, Source
from staff.models import User
from staff.people import facilities
from tests.records.exchange import made

pytestmark = pytest.mark.django_db


def run(*arguments) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


class TestImport:
    def test_it_ends_with_a_report_for_people(self, tmp_path):
        out, err = run("import_fhir", made.lines(tmp_path, "a.ndjson", [*made.stay(), {"resourceType": "Claim"}]))
        assert err == ""
        assert [line.split() for line in out.splitlines()[-3:]] == [
            ["all", "5", "0", "0", "0"],
            "1 Claim resources were left aside: this type is not stored.".split(),  # noqa: SIM905
            ["1", "files", "in", out.split()[-2], "seconds."],
        ]

    def test_and_with_json_for_programs(self, tmp_path):
        out, _ = run("import_fhir", made.lines(tmp_path, "a.ndjson", made.stay()), "--source", "ehr", "--json")
        told = json.loads(out.splitlines()[-1])
        assert (told["created"], told["changed"], told["unchanged"], told["refused"]) == (5, 0, 0, 0)
        assert told["resources"]["Encounter"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 0}
        assert told["seconds"] > 0
        assert Source.objects.get().name == "ehr"

    def test_what_is_refused_is_said_and_fails_the_command(self, tmp_path):
        file = made.lines(tmp_path, "a.ndjson", [*made.stay(), "{"])
        out, err = StringIO(), StringIO()
        with pytest.raises(CommandError, match="1 of 6 resources were refused"):
            call_command("import_fhir", str(file), "--json", stdout=out, stderr=err)
        assert err.getvalue() == f"{file}:6: Resource: This is not JSON: Input data was truncated.\n"
        assert json.loads(out.getvalue().splitlines()[-1])["refused"] == 1
        assert Patient.objects.count() == 1

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["nowhere"], "There is no file or folder nowhere."),
            (["."], "holds no file that ends in .ndjson or .json"),
            (["a.ndjson", "--facility", "NORTH"], "There is no facility 'NORTH'; there are: MAIN."),
            (["a.ndjson", "--source", "two words"], "'two words' cannot name a source"),
            (["damaged.ndjson.gz"], "damaged.ndjson.gz cannot be read"),
        ],
    )
    def test_what_cannot_be_begun_is_said_in_a_sentence(self, tmp_path, monkeypatch, arguments, words):
        monkeypatch.chdir(tmp_path)
        if arguments != ["."]:
            made.lines(tmp_path, "a.ndjson", made.stay())
            (tmp_path / "damaged.ndjson.gz").write_bytes(b"no gzip")
        with pytest.raises(CommandError) as refused:
            run("import_fhir", *arguments)
        assert words in str(refused.value)
        assert not Patient.objects.exists()


class TestToken:
    def test_it_prints_a_token_alone_that_opens_the_door(self):
        out, err = run("issue_token", "--client", "ehr", "--scope", "system/*.write")
        assert (len(out.split()), out.count("\n"), err) == (1, 1, "")
        response = Browser().post(
            "/fhir/R4",
            json.dumps(made.bundle(*map(made.put, made.stay()))),
            content_type="application/json",
            headers={"Authorization": f"Bearer {out.strip()}"},
        )
        assert response.status_code == 200
        client = Client.objects.get()
        assert (client.source.name, client.user.kind, client.user.has_usable_password()) == ("ehr", "service", False)
        assert [facility.code for facility in client.user.facilities.all()] == ["MAIN"]
        assert AccessToken.objects.get().expires - timezone.now() > timedelta(hours=23)

    def test_a_client_that_is_there_gets_another_token_and_what_is_added(self):
        facilities.open_facility("NORTH", name="North", time_zone="America/Denver")
        run("issue_token", "--client", "ehr", "--scope", "system/Patient.write", "--facility", "MAIN")
        options = ["--facility", "NORTH", "--clearance", "4", "--hours", "0.1"]
        run("issue_token", "--client", "ehr", "--scope", "system/Patient.read", *options)
        client = Client.objects.get()
        assert client.scopes == "system/Patient.read system/Patient.write"
        assert sorted(facility.code for facility in client.user.facilities.all()) == ["MAIN", "NORTH"]
        assert (client.user.clearance, AccessToken.objects.count()) == (4, 2)

    def test_a_secret_is_told_once_and_apart_from_the_token(self):
        out, err = run("issue_token", "--client", "ehr", "--scope", "system/*.write", "--new-secret")
        assert len(out.split()) == 1
        names = [line.split()[0] for line in err.splitlines()]
        assert names == ["client_id", "client_secret"]
        secret = err.split()[-1]
        assert secret not in Client.objects.get().application.client_secret

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--client", "ehr", "--scope", "everything"], "'everything' is not a scope"),
            (["--client", "two words", "--scope", "system/*.read"], "A client's name has"),
            (["--client", "taken", "--scope", "system/*.read"], "There is a user taken already"),
            (["--client", "ehr", "--scope", "system/*.read", "--facility", "SOUTH"], "There is no facility 'SOUTH'"),
            (["--client", "ehr", "--scope", "system/*.read", "--hours", "0"], "A token lasts more than nothing"),
            (["--client", "ehr", "--scope", "system/*.read"], "There are several facilities"),
        ],
    )
    def test_what_cannot_be_is_said_and_nobody_is_let_in(self, arguments, words):
        facilities.open_facility("NORTH", name="North", time_zone="America/Denver")
        User.objects.create_user("taken")
        if "taken" in arguments:
            arguments = [*arguments, "--facility", "MAIN"]
        with pytest.raises(CommandError) as refused:
            run("issue_token", *arguments)
        assert words in str(refused.value)
        assert not Client.objects.exists()
        assert not AccessToken.objects.exists()
