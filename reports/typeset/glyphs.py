"""The report font as numbers: how wide words are, and the letters used, embedded in a PDF.

No kerning: words come out a hair wider than WeasyPrint sets them, never narrower.
"""

from __future__ import annotations

from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pydyf
from fontTools import subset
from fontTools.ttLib import TTFont

from reports.typeset.fonts import OTHERS, VIETNAMESE
from reports.typeset.words import NO_BREAK

# Letters that every cut of the font holds: cutting takes longer than setting twenty rows, and is done once a process.
COMMON = VIETNAMESE | OTHERS | frozenset(map(chr, range(0x20, 0x7F)))


class Face:
    """One file of the font; `glyphs` holds number and width (in thousandths of the size) of every letter."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with TTFont(path, lazy=True) as font:
            scale = 1000 / font["head"].unitsPerEm
            widths = font["hmtx"].metrics
            letters = font.getBestCmap().items()
            self.glyphs = {
                chr(code): (font.getGlyphID(name), round(widths[name][0] * scale)) for code, name in letters
            }
            self.name = font["name"].getDebugName(6)
            self.ascent = round(font["hhea"].ascent * scale)
            self.descent = round(font["hhea"].descent * scale)
            head = font["head"]
            self.box = [round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]
            self.slant = font["post"].italicAngle

    def width(self, words: str, size: float) -> float:
        return sum(self.glyphs[letter][1] for letter in words) * size / 1000

    def codes(self, words: str) -> str:
        """The words as a PDF writes them: four hexadecimal digits a letter."""
        return "".join(f"{self.glyphs[letter][0]:04x}" for letter in words)

    def wrapped(self, words: str, wide: float, size: float) -> list[str]:
        """On as few lines as fit; a word wider than the line is cut, so that nothing ever leaves its cell."""
        lines: list[str] = []
        for paragraph in words.split("\n"):
            line = ""
            for word in filter(None, paragraph.split(" ")):
                longer = f"{line} {word}" if line else word
                if line and self.width(longer, size) > wide:
                    lines.append(line)
                    longer = word
                line = self._cut(longer, wide, size, lines)
            lines.append(line)
        return lines

    def _cut(self, word: str, wide: float, size: float, lines: list[str]) -> str:
        """Puts full lines of a too wide word onto `lines` and returns the rest."""
        while len(word) > 1 and self.width(word, size) > wide:
            fits = max(1, sum(self.width(word[:end], size) <= wide for end in range(1, len(word))))
            lines.append(word[:fits])
            word = word[fits:]
        return word

    def embedded(self, pdf: Any, letters: set[str]) -> bytes:
        """Adds the font, cut down to the letters, to the PDF and returns the reference to it."""
        used = sorted((*self.glyphs[letter], letter) for letter in letters)
        name = f"/LISTED+{self.name}"

        def added(thing: Any) -> bytes:
            pdf.add_object(thing)
            return bytes(thing.reference)

        descriptor = pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": name,
                "FontBBox": pydyf.Array(self.box),
                "Flags": 4,
                "ItalicAngle": self.slant,
                "Ascent": self.ascent,
                "Descent": self.descent,
                "CapHeight": self.ascent,
                "StemV": 80,
                "FontFile2": added(pydyf.Stream([_file(self.path, COMMON | letters)], compress=True)),
            }
        )
        system = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
        descendant = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": name,
                "CIDSystemInfo": pydyf.Dictionary(system),
                "CIDToGIDMap": "/Identity",
                "W": pydyf.Array([part for glyph, width, _ in used for part in (glyph, pydyf.Array([width]))]),
                "FontDescriptor": added(descriptor),
            }
        )
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([added(descendant)]),
            "ToUnicode": added(pydyf.Stream(_to_unicode(used), compress=True)),
        }
        return added(pydyf.Dictionary(font))


@lru_cache(maxsize=16)
def _file(path: Path, letters: frozenset[str]) -> bytes:
    """The font file with these letters only. Glyphs keep their numbers, so the codes of words stay right."""
    options = subset.Options(retain_gids=True, hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "kern"]
    with TTFont(path, lazy=True, recalcTimestamp=False) as font, BytesIO() as out:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(letter) for letter in letters])
        cutter.subset(font)
        font.save(out)
        return out.getvalue()


@cache
def face(path: Path) -> Face:
    return Face(path)


def _to_unicode(used: list[tuple[int, int, str]]) -> list[bytes]:
    """No-break blanks read back as plain ones: people who search type a plain one."""
    pairs = [f"<{glyph:04x}> <{letter.replace(NO_BREAK, ' ').encode('utf-16-be').hex()}>" for glyph, _, letter in used]
    lines = ["/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap", "/CMapType 2 def"]
    lines += ["/CMapName /Adobe-Identity-UCS def", "1 begincodespacerange", "<0000> <ffff>", "endcodespacerange"]
    for start in range(0, len(pairs), 100):
        part = pairs[start : start + 100]
        lines += [f"{len(part)} beginbfchar", *part, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return [line.encode() for line in lines]
