"""How a SMART client finds out what is offered: `.well-known/smart-configuration` (SMART App Launch 2.2)."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from records.exchange import assertions, scopes, tokens
from records.exchange.fhir.reading import TYPES

CAPABILITIES = ["client-confidential-asymmetric", "client-confidential-symmetric", "permission-v1", "permission-v2"]
SCOPES = [
    *("system/*.read", "system/*.write", "system/*.rs", "system/*.cu"),
    *(f"system/{name}.write" for name in TYPES),
    *(f"system/{of}.{act}" for of, act in scopes.PERMISSIONS),
]


@require_safe
@login_not_required
def configuration(request):
    """For anybody who asks. Nobody signs in here, so there is no authorization endpoint and nothing about one."""
    told = {
        "token_endpoint": tokens.endpoint(request),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": assertions.ALGORITHMS,
        "scopes_supported": SCOPES,
        "capabilities": CAPABILITIES,
    }
    return JsonResponse(told, headers={"Cache-Control": "public, max-age=3600"})
