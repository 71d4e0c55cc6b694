"""A program that uses the API with a token of its own."""

import json
from datetime import timedelta

from django.test import Client as Browser

from records.exchange import clients


class Program:
    """Speaks to /api/v1 as a client named `name`."""

    def __init__(self, name: str = "ehr", scope: str = "system/*.read system/*.write", **more):
        self.client, self.scope = clients.admit(name, scope=scope, **more), scope
        self.get_token()

    def get_token(self):
        """A token for the next hour."""
        self.token = clients.issue_token(self.client, scope=self.scope, life=timedelta(hours=1))

    def get(self, path: str, query: dict | None = None, **headers):
        return Browser().get(self.address(path), query or {}, headers=self.headers(headers))

    def post(self, path: str, body=None, *, content_type: str = "application/json", **headers):
        data = body if isinstance(body, str | bytes) else json.dumps(body if body is not None else {})
        return Browser().post(self.address(path), data=data, content_type=content_type, headers=self.headers(headers))

    def headers(self, more: dict) -> dict:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}"} | named

    def address(self, path: str) -> str:
        return path if path.startswith(("/", "http")) else f"/api/v1/{path}"
