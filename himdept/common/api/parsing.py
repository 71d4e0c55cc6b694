"""How a body is read: JSON in UTF-8, each name once, not nested without end, nothing that PostgreSQL cannot hold."""

import json
import re

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from himdept.common.errors import Unreadable

LARGEST = 1024 * 1024  # bytes: what we ask for has a few hundred
DEEPEST = 32  # levels: what we ask for has two
SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: JSON can hold it, UTF-8 cannot


class StrictJSON(BaseParser):
    """A JSON text (RFC 8259) whose names are unique, as I-JSON asks (RFC 7493): of two values one would be lost."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        raw = stream.read(LARGEST + 1)
        if not raw:
            return {}
        if len(raw) > LARGEST:
            raise RequestDataTooBig(f"The body is larger than {LARGEST:,} bytes.")
        try:
            value = json.loads(raw.decode(), object_pairs_hook=unique, parse_constant=no_number)
        except UnicodeDecodeError as problem:
            raise ParseError(f"The body is JSON in UTF-8; byte {problem.start} is not.") from problem
        except json.JSONDecodeError as problem:
            raise ParseError(f"The body is no JSON: {problem}.") from problem
        except RecursionError as problem:
            raise too_deep() from problem
        except ValueError as problem:  # a number of thousands of digits
            raise ParseError("The body holds a number that is too long.") from problem
        refuse_unkeepable(value)
        return value


def unique(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ParseError("The body holds an object with the same name twice.")
    return found


def no_number(word: str):
    raise ParseError(f"The body is no JSON: {word} is no number.")


def too_deep() -> ParseError:
    return ParseError(f"The body is nested more than {DEEPEST} levels deep.")


def refuse_unkeepable(value, where: str = "", depth: int = 0):
    """Raises Unreadable (400), naming the place, for what PostgreSQL cannot hold, wherever it is in a value."""
    if depth > DEEPEST:
        raise too_deep()
    match value:
        case str() if "\0" in value:
            raise Unreadable(f"{where or 'The body'}: a text may not contain the character NUL.", field=where)
        case str() if SURROGATE.search(value):
            raise Unreadable(f"{where or 'The body'}: a text may not contain half of a surrogate pair.", field=where)
        case dict():
            for name, part in value.items():
                refuse_unkeepable(name, where, depth + 1)
                refuse_unkeepable(part, f"{where}.{name}" if where else name, depth + 1)
        case list():
            for part in value:
                refuse_unkeepable(part, where, depth + 1)
