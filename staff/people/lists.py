"""Lists of the admin site that do for the rows of one page what others do for each row that they pass over."""

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.urls import reverse


class Page(ChangeList):
    """One page of a list: which rows it has is found first, and what its columns print is looked up for these."""

    def __init__(self, request, *args):
        super().__init__(request, *args)
        # Where a row leads is the same but for its number; the admin site would look up each address, and look it up
        # again to see whether the filters belong to it.
        self._kept, self.preserved_filters = self.preserved_filters, ""
        self._address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=["0"])

    def url_for_result(self, result) -> str:
        address = self._address.replace("/0/", f"/{result.pk}/")
        return f"{address}?{self._kept}" if self._kept else address

    def get_results(self, request):
        super().get_results(request)
        numbers = list(self.result_list.values_list("pk", flat=True))
        found = self.model_admin.dressed(self.model.objects.filter(pk__in=numbers).order_by()).in_bulk()
        self.result_list = [found[number] for number in numbers if number in found]


class PageByPage:
    """For a ModelAdmin of many rows: `get_queryset` says who may see which, `dressed` adds what the columns print."""

    list_per_page = 50
    show_full_result_count = False  # it is one more count of all that there are

    def dressed(self, rows: QuerySet) -> QuerySet:
        return rows

    def get_changelist(self, request, **kwargs):
        return Page
