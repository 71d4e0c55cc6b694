"""The access log in the browser."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from records.confidentiality.listings import ACCESS


@require_safe
@permission_required("records.view_accesslog", raise_exception=True)
def access_list(request):
    """Who opened which record, and what left the house; the latest first."""
    return ACCESS.show(request)
