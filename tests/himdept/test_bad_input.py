"""What is answered to bad input: each row of docs/bad-input.md is sent, and answered as the page says."""

import base64
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings as site_settings
from django.core.cache import caches
from django.test import Client as Browser

from records.exchange import assertions, clients, credentials
from records.models import AuditRun, Deficiency, Requirement
from tests import factories as make
from tests.brokers import no_worker  # noqa: F401
from tests.programs import Program

pytestmark = pytest.mark.django_db

PAGE = site_settings.BASE_DIR / "docs" / "bad-input.md"


def rows() -> list[tuple[str, ...]]:
    """What is sent, status, field and detail, of each row of the page."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ") and " sent |" not in line]
    return [tuple(cell.strip().strip("`") for cell in line.replace("\\|", "¦").split("|")[1:-1]) for line in lines]


class Site:
    """A client with a secret, a deficiency that it may waive, and what lies out of its reach."""

    def __init__(self):
        self.program = Program(facilities=[make.facility()])
        self.client = self.program.client
        self.engineer = make.person("engineer", role="Interface engineer", facilities=[make.facility()])
        _secret, self.word = credentials.new_secret(self.client, by=self.engineer, because="go-live")
        self.owed = make.deficiency()
        self.elsewhere = make.deficiency(make.record(at=make.facility("OTHER")))
        self.id = self.client.application.client_id

    def get(self, path: str, query: dict | None = None, **headers):
        return self.program.get(path, query, **headers)

    def audit(self, body, **more):
        body = body.encode() if isinstance(body, str) else body
        return self.program.post("audits/", body, **more)

    def raw(self, body: bytes, content_type: str):
        """As it is: the test's browser would encode it anew."""
        headers = self.program.headers({})
        return Browser().generic("POST", "/api/v1/audits/", body, content_type, headers=headers)

    def search(self, body):
        return self.program.post("deficiencies/search/", body)

    def waive(self, body, tag: str | None = "*", act: str = "waive", owed: Deficiency | None = None):
        header = {} if tag is None else {"If_Match": tag}
        return self.program.post(f"deficiencies/{(owed or self.owed).pk}/{act}/", body, **header)

    def reassign(self, to):
        return self.waive({"because": "on leave", "to": to}, act="reassign")

    def as_of(self, asked: dict, path: str = "known", *, of: Deficiency | None = None):
        return self.get(f"records/{(of or self.owed).record_id}/{path}/", asked)

    def rule(self, **changed):
        """A new rule, sound but for what is changed."""
        return self.program.post("requirements/", RULE | WHY | changed)

    def version(self, **changed):
        path = f"requirements/{self.owed.requirement_id}/change/"
        body = {"effective_from": "2026-12-01", "basis": "Bylaws 4.3"} | WHY | changed
        return self.program.post(path, body, If_Match="*")

    def newest(self) -> Requirement:
        return Requirement.objects.get(code="DS-30D", version=2)

    def version_of_newest(self, **changed):
        path = f"requirements/{self.newest().pk}/change/"
        return self.program.post(path, {"due_after_days": 9} | WHY | changed, If_Match="*")

    def end(self, on: str, *, of: int = 0):
        path = f"requirements/{of or self.owed.requirement_id}/end/"
        return self.program.post(path, {"on": on} | WHY, If_Match="*")

    def compare(self, other):
        return self.get(f"requirements/{self.owed.requirement_id}/compare/", {"with": other})

    def file(self, more: str, *, path: str = "preview/", **said):
        body = {"text": PROFILE + more, "day": "2026-12-01"} | said
        return self.program.post(f"profiles/import/{path}", body)

    def with_token(self, header: str):
        return Browser().get("/api/v1/records/", headers={"Authorization": header})

    def by(self, method: str):
        return getattr(Browser(), method)("/api/v1/records/", headers=self.program.headers({}))

    def token(self, form: dict | bytes | None = None, *, content_type="application/x-www-form-urlencoded", **headers):
        usual = {"grant_type": "client_credentials", "client_id": self.id, "client_secret": self.word}
        told = form if isinstance(form, bytes) else urlencode(
            {name: value for name, value in (usual | (form or {})).items() if value is not None}
        ).encode()  # fmt: skip
        return Browser().post("/oauth/token/", told, content_type=content_type, headers=headers)

    def basic(self, told: bytes):
        form = {"client_id": None, "client_secret": None}
        return self.token(form, Authorization="Basic " + base64.b64encode(told).decode())

    def cursor(self, path: str, **query) -> str:
        make.deficiency()
        address = self.get(path, {"limit": 1} | query).json()["next"]
        return parse_qs(urlsplit(address).query)["cursor"][0]

    def limited(self, ask):
        self.client.requests_per_minute = 1
        self.client.save()
        for _ in range(2):
            response = ask()
        assert 0 < int(response.headers["Retry-After"]) <= 60
        return response

    def off(self, ask):
        clients.switch_off(self.client, by=self.engineer, because="over")
        return ask()

    def narrow(self):
        return Program("narrow", scope="system/Practitioner.read", facilities=[make.facility()]).get("records/")

    def expired(self):
        word = clients.issue_token(self.client, scope="system/*.read", life=timedelta(hours=-1))
        return self.with_token(f"Bearer {word}")

    def twice(self, first, second):
        self.audit(first, Idempotency_Key="k-1")
        return self.audit(second, Idempotency_Key="k-1")

    def waived_before(self):
        assert self.waive({"because": "its author has died"}).status_code == 200
        return self.waive({"because": "its author has died"})

    def changed_since(self):
        tag = self.get(f"deficiencies/{self.owed.pk}/").headers["ETag"]
        self.reassign(make.practitioner().pk)
        return self.waive({"because": "its author has died"}, tag)

    def after(self, first, then):
        assert first.status_code in (200, 201), first.content
        return then()


WHY = {"because": "voted", "not_tried_because": "a correction"}
RULE = {
    "profile": "tests",
    "code": "R-1",
    "topic": "t",
    "title": "T",
    "basis": "b",
    "trigger": "admission",
    "document_types": ["18842-5"],
    "due_after_days": 1,
}
PROFILE = 'code = "tests"\ntitle = "Medical staff bylaws"\nkind = "bylaws"\nrank = 90\n'
ROW = '[[requirement]]\ncode = "R-1"\ntopic = "t"\ntitle = "T"\nbasis = "b"\ntrigger = "admission"\n'
FIRST = ROW.replace("R-1", "DS-30D") + 'document_types = ["18842-5"]\ndue_after_days = 9\neffective_from = 2026-12-01\n'
DEEP = '{"facility": ' + "[" * 100_000 + "]" * 100_000 + "}"
NO_PROOF = {"client_id": None, "client_secret": None}
SENT = {
    # Who asks
    "no token": lambda site: Browser().get("/api/v1/records/"),
    "the token in the address": lambda site: Browser().get(f"/api/v1/records/?access_token={site.program.token}"),
    "`Authorization: Basic …`": lambda site: site.with_token("Basic eDp5"),
    "`Authorization: Bearer` without a token": lambda site: site.with_token("Bearer"),
    "two tokens": lambda site: site.with_token("Bearer a b"),
    "an unknown token": lambda site: site.with_token("Bearer x"),
    "an expired token": lambda site: site.expired(),
    "the token of a client that was switched off": lambda site: site.off(lambda: site.get("records/")),
    "a token without the scope": lambda site: site.narrow(),
    "more requests than the client has in a minute": lambda site: site.limited(lambda: site.get("records/")),
    # Where
    "another address below `/api/v1`": lambda site: site.get("nothing/"),
    "an address without its slash": lambda site: site.get("records"),
    "the number 0": lambda site: site.get("records/0/"),
    "a number beyond 64 bits": lambda site: site.get(f"records/{2**70}/"),
    "a number of 5,000 digits": lambda site: site.get(f"records/{'9' * 5_000}/"),
    "a word for a number": lambda site: site.get("records/x/"),
    "NUL in the path": lambda site: site.get("records/%00/"),
    "a record of another facility": lambda site: site.get(f"records/{site.elsewhere.record_id}/"),
    "waiving what another facility's record lacks": lambda site: site.waive({"because": "x"}, owed=site.elsewhere),
    "PUT": lambda site: site.by("put"),
    "DELETE": lambda site: site.by("delete"),
    "OPTIONS": lambda site: site.by("options"),
    "`Accept: application/xml`": lambda site: site.get("records/", Accept="application/xml"),
    "a parameter where there are none": lambda site: site.get(f"records/{site.owed.record_id}/", {"limit": "1"}),
    "a parameter of the statistics, which take none": lambda site: site.get(
        "statistics/delinquency/", {"facility": "MAIN"}
    ),
    # Lists
    "a misspelt parameter": lambda site: site.get("records/", {"statsu": "complete"}),
    "a parameter twice": lambda site: site.get("records/?status=complete&status=incomplete"),
    "an empty parameter": lambda site: site.get("records/", {"status": ""}),
    "a status that there is not": lambda site: site.get("records/", {"status": "open"}),
    "NUL in a parameter": lambda site: site.get("records/", {"facility": "MA\0IN"}),
    "`limit=0`": lambda site: site.get("records/", {"limit": "0"}),
    "`limit=201`": lambda site: site.get("records/", {"limit": "201"}),
    "`limit` in the digits of another script": lambda site: site.get("records/", {"limit": "١"}),
    "an order that there is not": lambda site: site.get("records/", {"sort": "name"}),
    "a cursor that is made up": lambda site: site.get("records/", {"cursor": "made up"}),
    "a cursor of 6,000 characters": lambda site: site.get("records/", {"cursor": "x" * 6_000}),
    "a cursor of another order": lambda site: site.get(
        "records/", {"sort": "oldest_due_at", "cursor": site.cursor("records/")}
    ),
    "a cursor of another list": lambda site: site.get("deficiencies/", {"cursor": site.cursor("records/")}),
    "`encounter` without its system": lambda site: site.get("records/", {"encounter": "V-778102"}),
    "a patient's number of 30 digits": lambda site: site.get("records/", {"patient": "9" * 30}),
    "`owed_by=Vance`": lambda site: site.get("deficiencies/", {"owed_by": "Vance"}),
    "`owed_by=0`": lambda site: site.get("deficiencies/", {"owed_by": "0"}),
    "`owed_by=1.0`": lambda site: site.get("deficiencies/", {"owed_by": "1.0"}),
    "30 February": lambda site: site.get("requirements/", {"in_force_on": "2026-02-30"}),
    "`written=perhaps`": lambda site: site.get("audits/", {"written": "perhaps"}),
    "a search that is no object": lambda site: site.search([]),
    "a search for a list of words": lambda site: site.search({"status": ["open"]}),
    "a search for a number as a text": lambda site: site.search({"owed_by": "7"}),
    "a search with a misspelt name": lambda site: site.search({"statsu": "open"}),
    "a search from a cursor of another list": lambda site: site.search({"cursor": site.cursor("records/")}),
    # Bodies
    "`{`": lambda site: site.audit("{"),
    "`NaN`": lambda site: site.audit('{"as_of": NaN}'),
    "a byte that is not UTF-8": lambda site: site.audit(b'{"facility": "\xff"}'),
    "UTF-16": lambda site: site.raw("{}".encode("utf-16"), "application/json; charset=utf-16"),
    "the same name twice": lambda site: site.audit('{"full": true, "full": false}'),
    "a number of 5,000 digits in a body": lambda site: site.audit('{"full": ' + "9" * 5_000 + "}"),
    "100,000 arrays in each other": lambda site: site.audit(DEEP),
    "300 arrays in each other": lambda site: site.audit('{"facility": ' + "[" * 300 + "]" * 300 + "}"),
    "a body of more than a mebibyte": lambda site: site.audit('{"facility": "' + "x" * 1024 * 1024 + '"}'),
    "an array": lambda site: site.audit("[]"),
    "`null`": lambda site: site.audit("null"),
    "XML": lambda site: site.audit("<x/>", content_type="application/xml"),
    "a form": lambda site: site.audit("full=true", content_type="application/x-www-form-urlencoded"),
    "an empty form": lambda site: site.audit("", Content_Type="application/x-www-form-urlencoded"),
    "no content type": lambda site: site.audit("{}", content_type=""),
    "a misspelt name": lambda site: site.audit({"as_off": "2026-03-03T00:00:00Z"}),
    "NUL in a text": lambda site: site.audit({"facility": "MA\0IN"}),
    "half of a surrogate pair": lambda site: site.audit('{"facility": "\\ud800"}'),
    '`"full": "yes"`': lambda site: site.audit({"full": "yes"}),
    '`"facility": 7`': lambda site: site.audit({"facility": 7}),
    '`"as_of": null`': lambda site: site.audit({"as_of": None}),
    "a moment as a number": lambda site: site.audit({"as_of": 1772496000}),
    "a moment on 30 February": lambda site: site.audit({"as_of": "2026-02-30T00:00:00Z"}),
    "a moment without an offset": lambda site: site.audit({"as_of": "2026-03-03T00:00:00"}),
    "a day for a moment": lambda site: site.audit({"as_of": "2026-03-03"}),
    "a leap second": lambda site: site.audit({"as_of": "2016-12-31T23:59:60Z"}),
    "an offset of 99 hours": lambda site: site.audit({"as_of": "2026-03-03T00:00:00+99:00"}),
    "the year 9999": lambda site: site.audit({"as_of": "9999-12-31T23:59:59-14:00"}),
    "the year 1": lambda site: site.audit({"as_of": "0001-01-01T00:00:00+14:00"}),
    "what will be known": lambda site: site.audit({"known_at": "2099-01-01T00:00:00Z"}),
    "a facility out of reach": lambda site: site.audit({"facility": "OTHER"}),
    # One record as of a day
    "a day to look at, without its time": lambda site: site.as_of({"as_of": "2026-03-03"}),
    "a misspelt moment": lambda site: site.as_of({"asof": "2026-03-03T00:00:00Z"}),
    "a record as it will be": lambda site: site.as_of({"as_of": "2098-01-01T00:00:00Z"}),
    "a record by what will be known": lambda site: site.as_of({"known_at": "2098-01-01T00:00:00Z"}, "deficiencies"),
    "a record as of the year 9999": lambda site: site.as_of({"as_of": "9999-01-01T00:00:00Z"}),
    "another facility's record as of a day": lambda site: site.as_of({}, of=site.elsewhere),
    # Acts
    "an empty `Idempotency-Key`": lambda site: site.audit({}, Idempotency_Key=""),
    "an `Idempotency-Key` of 256 characters": lambda site: site.audit({}, Idempotency_Key="x" * 256),
    "an `Idempotency-Key` used for another body": lambda site: site.twice({}, {"full": True}),
    "no `If-Match`": lambda site: site.waive({"because": "x"}, None),
    "an `If-Match` of before": lambda site: site.changed_since(),
    "an `If-Match` that is no ETag": lambda site: site.waive({"because": "x"}, "x"),
    "no reason": lambda site: site.waive({}),
    "a reason of spaces": lambda site: site.waive({"because": "   "}),
    "a reason of one letter": lambda site: site.waive({"because": "x"}),
    "a reason of 2,001 characters": lambda site: site.waive({"because": "x" * 2_001}),
    "waiving what is waived": lambda site: site.waived_before(),
    "a practitioner that there is not": lambda site: site.reassign(10**12),
    "a practitioner's number as a text": lambda site: site.reassign("7"),
    "a practitioner's number of `7.5`": lambda site: site.reassign(7.5),
    "a practitioner's number of 400 digits": lambda site: site.reassign(10**400),
    # Rules
    "a profile that there is not": lambda site: site.rule(profile="nothing"),
    "a code with a space": lambda site: site.rule(code="R 1"),
    "a code that is taken": lambda site: site.rule(code="DS-30D"),
    "a rule without documents": lambda site: site.rule(document_types=[]),
    "a document type that the catalogue does not know": lambda site: site.rule(document_types=["18842"]),
    "a trigger that there is not": lambda site: site.rule(trigger="arrival"),
    "a topic that no rule has": lambda site: site.rule(only_if_met="nothing"),
    "a window that ends before it begins": lambda site: site.rule(not_before_hours=99),
    "two limits": lambda site: site.rule(due_after_hours=24),
    "no limit": lambda site: site.rule(due_after_days=None),
    "a limit of a million days": lambda site: site.rule(due_after_days=1_000_000),
    "hours as a text": lambda site: site.rule(not_before_hours="-720"),
    "a stay that no stay is": lambda site: site.rule(stay_at_least_hours=48, stay_less_than_hours=48),
    "an age that nobody has": lambda site: site.rule(age_below_years=0),
    "a misspelt term": lambda site: site.rule(due_after=1),
    "a day of 32 December": lambda site: site.rule(effective_from="2026-12-32"),
    "the day of a Viking": lambda site: site.rule(effective_from="0870-12-01"),
    "a version on the day of the one before it": lambda site: site.after(
        site.version(), lambda: site.version_of_newest(effective_from="2026-12-01")
    ),
    "a version that says the same as the one before it": lambda site: site.version(basis=site.owed.requirement.basis),
    "a version of a version that was followed": lambda site: site.after(site.version(), lambda: site.version(tag="A")),
    "neither a dry run nor a word why not": lambda site: site.program.post("requirements/", RULE | {"because": "x"}),
    "the dry run of other values": lambda site: site.program.post(
        "requirements/", RULE | {"because": "x", "tried": "x"}
    ),
    "a dry run before the first audit": lambda site: site.program.post("requirements/try/", RULE),
    "a dry run out of reach": lambda site: site.program.post("requirements/try/", RULE | {"facility": "OTHER"}),
    "an end before the beginning": lambda site: site.after(
        site.version(), lambda: site.end("2026-12-01", of=site.newest().pk)
    ),
    "an end of what has one": lambda site: site.after(site.end("2026-12-01"), lambda: site.end("2026-12-02")),
    "a version to compare with that there is not": lambda site: site.compare(7),
    "a word for a version to compare with": lambda site: site.compare("last"),
    "a file that is no TOML": lambda site: site.file("[["),
    "a file with a misspelt term": lambda site: site.file(ROW + "due_after = 1"),
    "a file with a document type that the catalogue does not know": lambda site: site.file(
        ROW + 'document_types = ["18842"]\ndue_after_days = 1'
    ),
    "a file with a window that ends before it begins": lambda site: site.file(
        ROW + 'document_types = ["18842-5"]\ndue_after_hours = 1\nnot_before_hours = 2'
    ),
    "a file with a rule that ends before it begins": lambda site: site.file(
        ROW + "effective_from = 2026-12-01\neffective_until = 2026-12-01"
    ),
    "a file with a version on the day of the one before it": lambda site: site.after(
        site.version(effective_from="2026-12-02"), lambda: site.file(FIRST)
    ),
    "a file of a profile that was changed meanwhile": lambda site: site.file("", path="", as_read="x", **WHY),
    # The token endpoint
    "GET for a token": lambda site: Browser().get("/oauth/token/"),
    "a secret in the address": lambda site: Browser().post("/oauth/token/?client_secret=x"),
    "JSON for a form": lambda site: site.token(b"{}", content_type="application/json"),
    "a form in UTF-16": lambda site: site.token(content_type="application/x-www-form-urlencoded; charset=utf-16"),
    "2,000 fields": lambda site: site.token("&".join(f"a{i}=1" for i in range(2_000)).encode()),
    "a form of more than the server takes": lambda site: too_large(site),
    "no `grant_type`": lambda site: site.token({"grant_type": None}),
    "`grant_type=password`": lambda site: site.token({"grant_type": "password"}),
    "`grant_type` twice": lambda site: site.token(b"grant_type=client_credentials&grant_type=client_credentials"),
    "an unknown client": lambda site: site.token({"client_id": "nobody"}),
    "another secret": lambda site: site.token({"client_secret": "x"}),
    "no proof": lambda site: site.token(NO_PROOF),
    "NUL in the client's id": lambda site: site.token({"client_id": "\0"}),
    "bytes that are no text": lambda site: site.token(b"grant_type=client_credentials&client_id=\xff&client_secret=x"),
    "a broken `Authorization: Basic`": lambda site: site.token(NO_PROOF, Authorization="Basic !!!"),
    "half of a surrogate pair in `Basic`": lambda site: site.basic(b"%ed%a0%80:x"),
    "two proofs": lambda site: site.token({"client_assertion": "x", "client_assertion_type": assertions.TYPE}),
    "an assertion that is none": lambda site: site.token(
        NO_PROOF | {"client_assertion": "x", "client_assertion_type": assertions.TYPE}
    ),
    "an assertion without its type": lambda site: site.token(NO_PROOF | {"client_assertion": "x"}),
    "a scope that there is not": lambda site: site.token({"scope": "everything"}),
    "a scope beyond the client's": lambda site: site.token({"scope": "user/*.read"}),
    "NUL in a scope": lambda site: site.token({"scope": "\0"}),
    "a client that was switched off": lambda site: site.off(site.token),
    "more tokens than the client has requests": lambda site: site.limited(site.token),
}


def too_large(site: Site):
    site.settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    return site.token({"client_secret": "x" * 20_000})


def test_each_row_is_sent_and_nothing_else():
    said = [sent for sent, *_answer in rows()]
    assert sorted(said) == sorted(name.strip("`") for name in SENT)


@pytest.fixture(scope="session")
def kept_site(cast):
    return cast(Site)


@pytest.fixture
def site(db, settings, no_worker, kept_site):  # noqa: F811
    caches["shared"].clear()  # the client is the same in every test, and its requests are counted there
    site = kept_site.lay()
    site.settings = settings
    site.program.get_token()
    return site


@pytest.mark.parametrize(("sent", "status", "field", "detail"), rows())
def test_it_is_answered_as_the_page_says(site, sent, status, field, detail):
    ask = next(ask for name, ask in SENT.items() if name.strip("`") == sent)
    before = Deficiency.objects.order_by("pk").values_list("pk", "status").last(), AuditRun.objects.count()
    response = ask(site)
    told = json.loads(response.content)
    assert response.status_code == told["status"] == int(status), told
    assert told.get("field", "") == field
    wanted = detail.replace("¦", "|")
    if wanted.endswith("…"):
        assert told["detail"].startswith(wanted[:-1])
    else:
        assert told["detail"] == wanted
    if response.wsgi_request.path.startswith("/oauth/"):
        assert response.headers["Content-Type"] == "application/json"
        assert told["error_description"] == told["detail"]
        assert told["error"] in OF_OAUTH
    else:
        assert response.headers["Content-Type"] == "application/problem+json"
    if "twice" not in sent and "used for another" not in sent:
        assert AuditRun.objects.count() == before[1]


OF_OAUTH = {"invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type", "temporarily_unavailable"}
