import pytest
from tests import factories as f

@pytest.mark.django_db
def test_all(client):
    user = f.manager()
    client.force_login(user)
    d = f.practitioner()
    r = f.record(attending=d, service=f.service(), status="delinquent", requirements_due=7, requirements_met=5, open_deficiencies=2, oldest_due_at=f.DISCHARGED, delinquent_at=f.DISCHARGED)
    f.deficiency(r, owed_by=d)
    doc = f.document(r, author=d)
    f.deficiency(r, kind="undated", element="time", due_at=None, document=doc, requirement=f.requirement("E", topic="entries", trigger="document", due_after_days=None, entry_must_have=["time"]))
    f.expected(r, topic="x", due_at=f.DISCHARGED)
    run = f.audit_run(by_kind={"missing": 2}, requested_by=user)
    for url in ["/", "/records/", "/records/?status=unfinished&discharged=7", f"/records/{r.pk}/", "/deficiencies/", "/deficiencies/?sort=-due&age=0", "/expected/", "/expected/?within=today", "/audits/", f"/audits/{run.pk}/"]:
        resp = client.get(url)
        print(url, resp.status_code, len(resp.content))
        assert resp.status_code == 200
    assert client.post("/records/find/", {"words": "lind"}).status_code == 200
    r = client.post("/audits/start/")
    print(r.status_code, r.url)
    print(client.get(r.url).status_code)
