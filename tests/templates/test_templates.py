"""Every template keeps to the content security policy and to htmx without evaluated code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = settings.BASE_DIR / "templates"
ALL = sorted(path for path in TEMPLATES.rglob("*.html"))

FORBIDDEN = {
    "a script within the page": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "a script that comes after the page is seen (add blocking)": re.compile(
        r"<script\b(?![^>]*\sblocking=\"render\")", re.IGNORECASE
    ),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on[:-]", re.IGNORECASE),
    "evaluated values": re.compile(r"hx-(vals|headers|confirm)[\w:]*\s*=\s*[\"']\s*(js|javascript):", re.IGNORECASE),
    "a filter on a trigger": re.compile(r"hx-trigger[\w:]*\s*=\s*([\"'])[^\"']*\[", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "a file of another host": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE),
    "inheritance that htmx 4 no longer has (use :inherited)": re.compile(
        r"<(body|main|div|section)\b(?![^>]*\shx-(get|post))[^>]*\shx-(target|swap|boost|headers|confirm)="
    ),
}


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_no_template_has(what, pattern):
    found = [
        f"{path.relative_to(TEMPLATES)}: {match.group(0)}"
        for path in ALL
        for match in pattern.finditer(path.read_text())
    ]
    assert not found


@pytest.mark.parametrize(
    ("what", "bad"),
    [
        ("a script within the page", "<script>alert(1)</script>"),
        ("a script that comes after the page is seen (add blocking)", '<script type="module" src="a.js"></script>'),
        ("a style element", "<style>a{}</style>"),
        ("a style attribute", '<p class="x" style="color:red">'),
        ("an event attribute", '<a href="#" onclick="x()">'),
        ("hx-on", '<a hx-on:click="x()">'),
        ("evaluated values", """<a hx-vals='js:{a:1}'>"""),
        ("a filter on a trigger", '<a hx-trigger="click[ctrlKey]">'),
        ("a javascript address", '<a href="javascript:void(0)">'),
        ("a file of another host", '<script src="//cdn.example/x.js">'),
        ("inheritance that htmx 4 no longer has (use :inherited)", '<div class="x" hx-target="#list">'),
    ],
)
def test_the_rule_finds_what_it_forbids(what, bad):
    assert FORBIDDEN[what].search(bad)


# What is not text, or has been marked for translation.
NOT_TEXT = re.compile(
    r"{#.*?#}|{%\s*block bodyclass\b.*?{%\s*endblock|"
    r"{%\s*(blocktranslate)\b.*?{%\s*endblocktranslate\s*%}|<(script|svg|code|kbd)\b.*?</\2>|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
SPOKEN = re.compile(r"\s(?:aria-label|aria-description|title|placeholder|alt|data-label)=\"([^\"]*)\"")
NAMES = {"himdept"}


def words(template: str) -> list[str]:
    """The words of a template that no translator would see."""
    rest = NOT_TEXT.sub(" ", template)
    texts = [*SPOKEN.findall(rest), *re.split(r"<[^>]*>", rest)]
    return [word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text) if word not in NAMES]


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_is_marked_for_translation(path):
    assert words(path.read_text()) == []


@pytest.mark.parametrize("bad", ["<p>Unsigned</p>", '<th data-label="Unsigned">', "{% translate 'x' %} Unsigned"])
def test_a_word_that_is_not_marked_is_found(bad):
    assert words(bad) == ["Unsigned"]


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_template_can_be_read(path):
    get_template(str(path.relative_to(TEMPLATES)))


def test_templates_are_formatted():
    done = subprocess.run(
        [Path(sys.executable).parent / "djade", "--check", "--target-version", "6.1", *map(str, ALL)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
