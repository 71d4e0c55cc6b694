"""Rows of another table within a row, so that a page of one thing fetches what belongs to it in one query."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, QuerySet
from django.db.models.functions import JSONObject


def nested(rows: QuerySet, **related: type[Model]) -> ArraySubquery:
    """All columns of `rows` (which name their OuterRef), and those of what they point to: `performer=Practitioner`."""
    columns = {name: F(name) for name in names_of(rows.model)}
    for path, model in related.items():
        columns |= {f"{path}__{name}": F(f"{path}__{name}") for name in names_of(model)}
    return ArraySubquery(rows.values(json=JSONObject(**columns)))


def unnested(model: type[Model], rows: Iterable[dict], **related: type[Model]) -> list[Model]:
    """The rows as instances again, with what they point to."""
    made = []
    for row in rows:
        instance = model(**values(model, row))
        for path, other in related.items():
            there = row[f"{path}__{other._meta.pk.attname}"] is not None
            setattr(instance, path, other(**values(other, row, f"{path}__")) if there else None)
        made.append(instance)
    return made


def names_of(model: type[Model]) -> list[str]:
    """The columns by the names that fields have within Python, secrets left out."""
    return [field.attname for field in model._meta.concrete_fields if field.name not in ("password", "pk")]


def values(model: type[Model], row: dict, prefix: str = "") -> dict:
    names = names_of(model)
    fields = (field for field in model._meta.concrete_fields if field.attname in names)
    return {field.attname: field.to_python(row[prefix + field.attname]) for field in fields}
