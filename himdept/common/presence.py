"""Whether the person at the screen is still signed in: the countdown to log-off, and the way back to unsaved work.

After SESSION_COOKIE_AGE without a request the session ends (45 CFR 164.312(a)(2)(iii)). A page then hides itself, and
what was typed on it stays there for whoever signs in again under the same name: static/js/presence.js.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
@login_not_required
def session(request):
    """Who is signed in here, as JSON: `person` (a number, or null) and the `token` for forms.

    Asking keeps the session, as any request does.
    """
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


@require_safe
def back(request):
    """Where somebody who signed in again in another window is told to go back to the first."""
    return render(request, "account/back.html")
