"""What stands on a printed page, read back from the PDF: letters with place, size and font; lines as ink.

All measures are points from the lower left corner, as in the file; MM turns millimetres into points.
"""

import ctypes
from dataclasses import dataclass
from functools import cached_property

import pypdfium2
import pypdfium2.raw as raw
from PIL import ImageChops, ImageFilter

MM = 72 / 25.4
_PER_POINT = 4


@dataclass(frozen=True)
class Letter:
    sign: str
    left: float
    right: float
    baseline: float
    top: float
    size: float
    font: str


@dataclass(frozen=True)
class Run:
    """Letters of one line of text; `page` counts from 0."""

    page: int
    letters: tuple[Letter, ...]

    @property
    def left(self):
        return min(letter.left for letter in self.letters)

    @property
    def right(self):
        return max(letter.right for letter in self.letters)

    @property
    def centre(self):
        return (self.left + self.right) / 2

    @property
    def width(self):
        return self.right - self.left

    @property
    def baseline(self):
        return self.letters[0].baseline

    @property
    def top(self):
        return max(letter.top for letter in self.letters)

    @property
    def sizes(self):
        return {round(letter.size, 1) for letter in self.letters}

    @property
    def fonts(self):
        return {letter.font for letter in self.letters}


class Page:
    def __init__(self, page, number):
        self.page = page
        self.number = number
        self.width, self.height = page.get_size()
        self.letters = list(self._read())

    def _read(self):
        text = self.page.get_textpage()
        name = ctypes.create_string_buffer(200)
        flags, matrix, box = ctypes.c_int(), raw.FS_MATRIX(), raw.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()
        for place in range(raw.FPDFText_CountChars(text)):
            if raw.FPDFText_IsGenerated(text, place):
                continue
            raw.FPDFText_GetFontInfo(text, place, name, 200, flags)
            raw.FPDFText_GetMatrix(text, place, matrix)
            raw.FPDFText_GetLooseCharBox(text, place, box)
            raw.FPDFText_GetCharOrigin(text, place, x, y)
            yield Letter(
                sign=chr(raw.FPDFText_GetUnicode(text, place)).replace("\u00a0", " "),
                left=box.left,
                right=box.right,
                baseline=y.value,
                top=box.top,
                size=raw.FPDFText_GetFontSize(text, place) * matrix.d,
                font=name.value.decode().partition("+")[2],
            )
        text.close()

    @cached_property
    def lines(self):
        """Letters in reading order, a new line where the baseline jumps; the blanks at both ends are left out."""
        found = []
        for letter in self.letters:
            if not found or abs(found[-1][-1].baseline - letter.baseline) > 1 or letter.left < found[-1][-1].left - 2:
                found.append([])
            found[-1].append(letter)
        return [run for line in found if (run := _stripped(line, self.number)) is not None]

    @cached_property
    def text(self):
        return "".join(letter.sign for letter in self.letters)

    @cached_property
    def said(self):
        """The words of the page, lines parted by blanks."""
        return " ".join("".join(letter.sign for letter in line.letters) for line in self.lines)

    @cached_property
    def own_number(self):
        """What stands in the middle of the top margin, or None."""
        middle = (30 * MM + self.width - 15 * MM) / 2
        found = [line for line in self.lines if line.top > self.height - 18 * MM and abs(line.centre - middle) < 3]
        return "".join(letter.sign for letter in found[0].letters) if found else None

    def find(self, words, occurrence=0):
        """The letters of the words (without the blanks between lines); they may go over several lines."""
        bare = [(letter, letter.sign) for letter in self.letters if not letter.sign.isspace()]
        stream = "".join(sign for _, sign in bare)
        wanted = "".join(words.split())
        start = -1
        for _ in range(occurrence + 1):
            start = stream.find(wanted, start + 1)
        assert start >= 0, f"{words!r} is not on page {self.number + 1}"
        return Run(self.number, tuple(letter for letter, _ in bare[start : start + len(wanted)]))

    @cached_property
    def _ink(self):
        image = self.page.render(scale=_PER_POINT).to_pil().convert("L")
        return image.width, image.height, image.tobytes()

    def rule_below(self, run, within=12):
        """Left and right end and height of the first line of ink below the run's letters, or None.

        A line is at least 20 points of unbroken dark in one row of dots: no letter is that long. Only the strip below
        the letters and 30 points to each side is looked at: cells stand beside each other.
        """
        width, _, dots = self._ink
        near, far = (round(place * _PER_POINT) for place in (run.left - 30, run.right + 30))
        first = round((self.height - run.baseline) * _PER_POINT) + 2
        for row in range(first, first + within * _PER_POINT):
            left, right = _longest(dots[row * width + near : row * width + far])
            if right - left >= 20 * _PER_POINT:
                return (near + left) / _PER_POINT, (near + right) / _PER_POINT, self.height - row / _PER_POINT
        return None

    def uprights(self, run):
        """Where vertical lines pass the height of the words, across the whole page."""
        width, _, dots = self._ink
        rows = [round((self.height - run.baseline - rise) * _PER_POINT) for rise in (-6, -3, 0, 3, 6, 9, 12)]
        return {place for place in range(width) if all(dots[row * width + place] < 128 for row in rows)}

    def ink_unlike(self, other):
        """Share of the dark dots of two pages that have nothing but light within a point on the other."""
        mine, theirs = (page.page.render(scale=2).to_pil().convert("L") for page in (self, other))
        dark = unlike = 0
        for here, there in ((mine, theirs), (theirs, mine)):
            inked = here.point(lambda dot: 255 * (dot < 100))
            bare = there.filter(ImageFilter.MinFilter(5)).point(lambda dot: 255 * (dot > 180))
            dark += inked.histogram()[255]
            unlike += ImageChops.multiply(inked, bare).histogram()[255]
        return unlike / dark

    def ink_right_of(self, place):
        """How many dark dots lie right of a place: text or lines that run over the margin."""
        width, height, dots = self._ink
        near = round(place * _PER_POINT)
        return sum(dot < 128 for row in range(height) for dot in dots[row * width + near : (row + 1) * width])


def _stripped(letters, number):
    while letters and letters[-1].sign.isspace():
        letters = letters[:-1]
    while letters and letters[0].sign.isspace():
        letters = letters[1:]
    return Run(number, tuple(letters)) if letters else None


def _longest(row):
    """Ends of the longest dark stretch of a row of grey dots."""
    best = (0, 0)
    start = None
    for place, dot in enumerate([*row, 255]):
        if dot < 128 and start is None:
            start = place
        elif dot >= 128 and start is not None:
            best = max(best, (start, place), key=lambda ends: ends[1] - ends[0])
            start = None
    return best


class Paper:
    """A PDF file with all its pages."""

    def __init__(self, content):
        self.content = content
        self.document = pypdfium2.PdfDocument(content)
        self.pages = [Page(self.document[number], number) for number in range(len(self.document))]

    def find(self, words):
        """The page that has the words, and the words on it."""
        for page in self.pages:
            if "".join(words.split()) in "".join(page.text.split()):
                return page, page.find(words)
        raise AssertionError(f"{words!r} is nowhere in the paper")
