"""What a list template asks for to show checkboxes and the bar of what is chosen."""

from django import template

from staff.selections import lists, selections

register = template.Library()


@register.simple_tag(takes_context=True)
def chosen_rows(context) -> selections.Chosen | None:
    """What is chosen on this list: `row.pk in chosen`, and the bar. Nothing where nobody may act, or on paper alone."""
    of = lists.named(context["listing"].url_name)
    if of is None or not context.get("page"):
        return None
    request = context["request"]
    return selections.on_page(
        of,
        request.user,
        page=context["page"],
        found=context["filters"].qs,
        count=context["count"],
        query=request.GET.urlencode(),
    )
