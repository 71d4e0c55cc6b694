# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx>=0.28"]
# ///
"""A whole program of the EHR's side: sends a stay, has it audited, prints who owes what.

HIMDEPT=http://127.0.0.1:8000 CLIENT_ID=... CLIENT_SECRET=... uv run docs/example_client.py [BUNDLE.json]
"""

import json
import os
import sys
import time
import uuid
from pathlib import Path

import httpx


def refuse(response: httpx.Response):
    if response.is_error:
        sys.exit(f"{response.request.url}: {response.status_code} {response.read().decode()}")


bundle = json.loads(Path(sys.argv[1] if sys.argv[1:] else Path(__file__).with_name("example_stay.json")).read_text())
sent = [entry["resource"] for entry in bundle["entry"]]
visits = [stay["identifier"][0] for stay in sent if stay["resourceType"] == "Encounter"]

with httpx.Client(base_url=os.environ["HIMDEPT"], timeout=60, event_hooks={"response": [refuse]}) as himdept:
    secret = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]
    token = himdept.post("/oauth/token/", auth=secret, data={"grant_type": "client_credentials"}).json()
    himdept.headers["Authorization"] = f"Bearer {token['access_token']}"  # for five minutes

    for entry in himdept.post("/fhir/R4", json=bundle).json()["entry"]:
        print(entry["response"]["status"], entry["response"].get("location", ""))

    asked = himdept.post("/api/v1/audits/", json={}, headers={"Idempotency-Key": str(uuid.uuid4())})
    while (audit := himdept.get(asked.headers["Location"]).json())["state"] in ("queued", "running"):
        time.sleep(1)
    print(f"Audit {audit['id']} {audit['state']}: {audit['records']} records, {audit['open']} open deficiencies")

    for visit in visits:
        query = {"encounter": f"{visit['system']}|{visit['value']}", "status": "open"}
        page = httpx.URL("/api/v1/deficiencies/", params=query)
        while page:
            found = himdept.get(page).json()
            for owed in found["results"]:
                who = owed["owed_by"]["display"] if owed["owed_by"] else "Nobody yet"
                print(f"{who} owes {visit['value']}: {owed['why']}")
            page = found["next"]
