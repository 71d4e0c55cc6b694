"""The glossary explains each word by which the screens name a state, and every link in it leads somewhere."""

import pytest
from django.urls import get_resolver, reverse

from himdept.common import glossary
from himdept.common.glossary import Term
from records.models import Deficiency, Record
from tests import factories

SLUGS = {term.slug for term in glossary.all_terms()}


@pytest.mark.parametrize("word", [*Deficiency.Kind.values, *Deficiency.Status.values, *Record.Status.values])
def test_every_state_of_a_record_and_a_deficiency_is_explained(word):
    assert word in SLUGS


@pytest.mark.parametrize("term", glossary.all_terms(), ids=lambda term: term.slug)
def test_every_link_leads_somewhere(term):
    assert set(term.see) <= SLUGS - {term.slug}
    assert set(term.screens) <= set(get_resolver().reverse_dict)  # the names of the addresses, whatever they take


def test_two_terms_of_one_name_are_refused():
    with pytest.raises(ValueError, match="Two terms are called record"):
        glossary.register([Term("record", "Record", "Something else.")])


def test_a_page_leads_to_its_own_words_first(client, db):
    client.force_login(factories.person("clerk", role="Records clerk"))
    page = client.get(reverse("deficiency_list")).content.decode()
    assert f'href="{reverse("glossary")}?on=deficiency_list"' in page
    answer = client.get(reverse("glossary"), {"on": "deficiency_list"})
    assert "waived" in {term.slug for term in answer.context["used_here"]}
    assert 'id="delinquent"' in answer.content.decode()
    assert "On the page you came from" not in client.get(reverse("glossary"), {"on": "no such page"}).content.decode()
