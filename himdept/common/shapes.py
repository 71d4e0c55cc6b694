"""JSON read into types, and what is wrong with it in a sentence that names the element."""

import re
from typing import Any

import msgspec

from himdept.common.errors import Unreadable

WORDS = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "null"}
WORDS |= {"object": "an object", "array": "a list"}
SHAPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`(?: - at `\$(.*)`)?")
KEY = re.compile(r"Object missing required field `([^`]+)`(?: - at `\$(.*)`)?")


def decode[T](raw: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T], name: str = "") -> T:
    """Decode JSON into a type. Raises Unreadable, whose field is the path of the element, beginning with `name`."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise unreadable(str(error), name) from None
    except UnicodeDecodeError:
        raise Unreadable("This is not UTF-8.", field=name) from None
    except msgspec.DecodeError as error:
        raise Unreadable(f"This is not JSON: {error}.", field=name) from None
    except RecursionError:
        raise Unreadable("This is nested too deeply.", field=name) from None


def unreadable(text: str, name: str) -> Unreadable:
    """What msgspec says of a wrong shape, in our words."""
    if match := SHAPE.match(text):
        shapes = [word.strip() for word in match[1].split("|")]
        wanted = " or ".join(WORDS.get(shape, shape) for shape in shapes if shape != "null")
        got = WORDS.get(match[2], match[2])
        return Unreadable(f"Here {wanted} is expected, not {got}.", field=path(name, match[3] or ""))
    if match := KEY.match(text):
        return Unreadable("This element is missing.", field=path(name, f"{match[2] or ''}.{match[1]}"))
    sentence, _, where = text.partition(" - at `$")
    return Unreadable(f"{sentence}.", field=path(name, where.rstrip("`")))


def path(name: str, where: str) -> str:
    return f"{name}{where}" if name else where.removeprefix(".")


def walk(value: Any, name: str = ""):
    """Every part of decoded JSON with its path."""
    yield name, value
    if isinstance(value, dict):
        for key, part in value.items():
            if "\0" in key:
                yield name, key
            yield from walk(part, path(name, f".{key}"))
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from walk(part, f"{name}[{n}]")
