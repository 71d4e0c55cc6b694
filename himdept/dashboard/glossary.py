"""The glossary: the field's words for those who are new to it, and for a surveyor who wants to know what is meant."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from himdept.common import glossary


@require_safe
def glossary_page(request):
    """Every term; those of the page that somebody came from stand first."""
    here = glossary.used_on(request.GET.get("on", ""))
    terms = [(term, glossary.related(term)) for term in glossary.all_terms()]
    return render(request, "dashboard/glossary.html", {"terms": terms, "used_here": here})
