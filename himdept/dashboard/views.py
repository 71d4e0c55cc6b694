"""The morning huddle."""

from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def huddle(request):
    """What the department must do now."""
    return render(request, "dashboard/huddle.html")
