"""The inventory."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from records.inventory.listings import RECORDS


@require_safe
@permission_required("records.view_record", raise_exception=True)
def record_list(request):
    """Every record that the person may open, newest stay first."""
    return RECORDS.show(request)
