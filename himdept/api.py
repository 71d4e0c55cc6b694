"""Every address that programs use."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.urls import include, path
from oauth2_provider.views import TokenView


class ClientCredentials(TokenView):
    """`POST /oauth/token/`: a program that proves itself gets a token of some minutes (RFC 6749, section 4.4)."""

    def post(self, request, *args, **kwargs):
        if request.POST.get("grant_type") != "client_credentials":
            told = "Only grant_type=client_credentials is given here."
            return JsonResponse({"error": "unsupported_grant_type", "error_description": told}, status=400)
        return super().post(request, *args, **kwargs)


urlpatterns = [
    path("oauth/token/", login_not_required(ClientCredentials.as_view()), name="token"),
    path("", include("records.exchange.urls")),
]
