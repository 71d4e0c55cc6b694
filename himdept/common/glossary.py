"""The field's words, explained. Each app adds its own; a page links to those that it uses."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word as records people use it. `source` is where its meaning is laid down, if anywhere but in the trade.

    `screens` are the addresses' names of the pages that use it; `see` are the slugs of related terms.
    """

    slug: str
    word: str
    meaning: str
    source: str = ""
    screens: tuple[str, ...] = ()
    see: tuple[str, ...] = ()


_terms: dict[str, Term] = {}


def register(terms: Iterable[Term]):
    """Add terms. Raises ValueError for a slug that another term has."""
    for term in terms:
        if _terms.setdefault(term.slug, term) != term:
            raise ValueError(f"Two terms are called {term.slug}.")


def all_terms() -> list[Term]:
    """Every term, by its word."""
    return _by_word(_terms.values())


def _by_word(terms: Iterable[Term]) -> list[Term]:
    return sorted(terms, key=lambda term: str(term.word).casefold())


def used_on(screen: str) -> list[Term]:
    """The terms of a page, named as its address is, by their words."""
    return _by_word(term for term in _terms.values() if screen in term.screens)


def related(term: Term) -> list[Term]:
    return [_terms[slug] for slug in term.see]
