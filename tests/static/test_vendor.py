"""What we serve of others is exactly what the manifest says, and a first visit stays light."""

import gzip
import hashlib
import json
import re

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"
VENDOR = STATIC / "vendor"
PACKAGES = json.loads((VENDOR / "manifest.json").read_text())["packages"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_file_is_the_one_in_the_manifest(package):
    assert all(package[key] for key in ("version", "licence", "from", "made"))
    assert any(path.endswith("LICENSE") for path in package["files"])
    for path, sha256 in package["files"].items():
        assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == sha256, path


def test_no_file_is_there_without_standing_in_the_manifest():
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert there == {"manifest.json"} | {path for package in PACKAGES for path in package["files"]}


def test_htmx_is_the_version_that_the_manifest_says():
    (htmx,) = [package for package in PACKAGES if package["name"] == "htmx.org"]
    assert f'version="{htmx["version"]}"' in (VENDOR / "htmx" / "htmx.min.js").read_text()


def test_a_first_visit_loads_less_than_150_kilobytes():
    texts = [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js"), *VENDOR.glob("**/*.js"), *VENDOR.glob("**/*.svg")]
    fonts = [*VENDOR.glob("**/*.woff2")]  # compressed already; counted whole, though few pages need the second
    size = sum(len(gzip.compress(path.read_bytes())) for path in texts) + sum(path.stat().st_size for path in fonts)
    assert size < 120_000, f"{size:,} bytes; the page itself needs some of the 150,000 too"


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (VENDOR / "tabler-icons" / "icons.svg").read_text()))
    from himdept.common.templatetags.shell import SHAPES

    asked = set(SHAPES.values())
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        asked |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text()))
    assert asked <= sprite


COLOURS = {
    name: shades
    for name, *shades in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (STATIC / "css" / "tokens.css").read_text()
    )
}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("shade", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        *[("text", paper, 7) for paper in ("page", "surface", "sunken", "hover", "brand-soft")],
        *[("muted", paper, 4.5) for paper in ("page", "surface", "sunken", "hover")],
        *[("brand", paper, 4.5) for paper in ("page", "surface", "hover")],
        *[(tone, paper, 4.5) for tone in ("bad", "watch", "good", "special") for paper in (f"{tone}-soft", "surface")],
        ("brand-strong", "brand-soft", 4.5),
        ("on-brand", "brand", 4.5),
        ("on-brand", "brand-strong", 4.5),
        ("line-field", "surface", 3),  # WCAG 1.4.11: what shows where a field is
    ],
)
def test_ink_can_be_read_on_paper(ink, paper, least, shade):
    assert contrast(COLOURS[ink][shade], COLOURS[paper][shade]) >= least
