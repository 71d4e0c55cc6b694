"""How wide words are in the picture, so that labels can be placed where nothing else is.

A guess that is rather too wide, from the widths of Inter's letters in parts of their size: a server has no fonts, and
what is measured in a browser would come too late for paper.
"""

import unicodedata
from dataclasses import dataclass

WIDTHS = {0.29: "iIjl.,:;'|!·", 0.4: 'ftr()-/"', 0.31: " ", 0.92: "mwMW%@"}
OF_LETTER = {letter: width for width, letters in WIDTHS.items() for letter in letters}
DIGIT, CAPITAL, OTHER, WIDE = 0.65, 0.72, 0.61, 1.05
ELLIPSIS = "…"
TITLE, WORDS, SMALL = 13.0, 12.5, 11.0  # sizes of type
AIR = 9.0  # the room that words need beside them


@dataclass(frozen=True)
class Text:
    """A line of words; `x` is where it begins, or ends when `anchor` says so."""

    words: str
    x: float
    y: float
    size: float
    anchor: str = "start"
    tone: str = ""

    @property
    def left(self) -> float:
        full = width(self.words, self.size)
        return self.x - {"start": 0.0, "middle": full / 2, "end": full}[self.anchor]

    @property
    def right(self) -> float:
        return self.left + width(self.words, self.size)


def width(words: str, size: float) -> float:
    """The width of a line of text of a size, in the same unit."""
    return size * sum(map(of_letter, words))


def of_letter(letter: str) -> float:
    if letter in OF_LETTER:
        return OF_LETTER[letter]
    if letter.isdigit():
        return DIGIT
    if unicodedata.east_asian_width(letter) in "WF":
        return WIDE
    if unicodedata.combining(letter):
        return 0.0
    return CAPITAL if letter.isupper() else OTHER


def cut(words: str, size: float, room: float) -> str:
    """The words, or as many letters of them as there is room for."""
    if width(words, size) <= room:
        return words
    while words and width(words + ELLIPSIS, size) > room:
        words = words[:-1]
    return words.rstrip() + ELLIPSIS
