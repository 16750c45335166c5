"""Centred lines of a head: broken where the words part, and into lines of like length.

An engine fills the first line and leaves "Quảng Ngãi" alone on the second; PDF and Word would also break at different
words. Here both get the same lines. Lengths are points.
"""

import re
from dataclasses import replace

from coordination.manuscript import Head, Issuer, Manuscript, Signature, Stamp
from reports.typeset.fonts import font_folder
from reports.typeset.glyphs import face
from reports.typeset.profile import MM, Profile
from reports.typeset.words import NO_BREAK, joined, nfc, phrased

REGULAR, BOLD = "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"
SIGNING = 76 * MM  # column of a signature
_BEGINS = re.compile(r" (và|của|về|giữa|trong|cho|tại|do) ", re.IGNORECASE)  # a line begins with these, none ends
# Words of two syllables that organs and their heads are named with.
_PAIRS = re.compile(
    r"(phụ nữ|việt nam|dân tộc|thiểu số|tôn giáo|nông dân|tiến bộ|bình đẳng|phối hợp|thường vụ|chủ tịch|chủ nhiệm)",
    re.IGNORECASE,
)


def parent_lines(issuer: Issuer, profile: Profile) -> str:
    return fitted(issuer.parent, profile.size("organ"), profile.size("head-left"), REGULAR)


def organ_lines(head: Head, issuer: Issuer, profile: Profile) -> str:
    """The name as the left cell holds it; all but the last of a joint paper end in a dash."""
    size, wide, dash = profile.size("organ"), profile.size("head-left"), f"{NO_BREAK}-"
    if issuer is head.issuers[-1]:
        return fitted(issuer.name, size, wide)
    return fitted(issuer.name, size, wide - width_of(dash, size)) + dash


def number_lines(number: str, profile: Profile) -> str:
    """ "Số: 1541/CTPH-UBDT-HLHPN-…": a symbol too long for the left cell goes on below, behind one of its dashes."""
    size, wide = profile.size("number"), profile.size("head-left")
    if width_of(number, size, REGULAR) <= wide:
        return number
    fitting = [
        place
        for place, sign in enumerate(number, 1)
        if sign == "-" and width_of(number[:place], size, REGULAR) <= wide
    ]
    return f"{number[: fitting[-1]]}\n{number[fitting[-1] :]}" if fitting else number


def subject_lines(head: Head, profile: Profile) -> list[str]:
    size, wide = profile.size("subject"), 210 * MM - profile.size("left") - profile.size("right")
    return [part for line in head.subject for part in balanced(joined(line), size, wide).split("\n")]


def signed_by(manuscript: Manuscript, stamp: Stamp, profile: Profile) -> tuple[Signature, ...]:
    """With titles broken to fit their column, each line of them by itself."""
    size = profile.size("sign")
    return tuple(
        replace(one, lines=tuple(part for line in one.lines for part in fitted(line, size, SIGNING).split("\n")))
        for one in stamp.signatures or manuscript.signatures
    )


def width_of(text: str, size: float, name: str = BOLD) -> float:
    """Without the letters the font lacks."""
    measure = face(font_folder() / name)
    return measure.width("".join(letter for letter in nfc(text) if letter in measure.glyphs), size)


def fitted(text: str, size: float, wide: float, name: str = BOLD) -> str:
    """The same words, broken where the line is full or before a last phrase ("VÀ DU LỊCH"); as people break names."""
    return "\n".join(_plain(_Words(line, size, name).fitted(wide)) for line in text.split("\n"))


def balanced(text: str, size: float, wide: float, name: str = BOLD) -> str:
    """The same words on as few lines as fit, none much longer than the others; lines given stay apart."""
    return "\n".join(_plain(_Words(line, size, name).balanced(wide)) for line in text.split("\n"))


def _plain(lines: list[str]) -> str:
    """Broken where they must be, lines need nothing that holds them."""
    return "\n".join(lines).replace(NO_BREAK, " ")


class _Words:
    """Those of one line, with their lengths; phrases that stay together count as one."""

    def __init__(self, text: str, size: float, name: str) -> None:
        paired = _PAIRS.sub(lambda found: found[0].replace(" ", NO_BREAK), phrased(text))
        self.words = _BEGINS.sub(rf" \1{NO_BREAK}", paired).split(" ")
        self.lengths = [width_of(word, size, name) for word in self.words]
        self.blank = width_of(" ", size, name)

    def filled(self, wide: float) -> list[str]:
        lines, left = [self.words[0]], wide - self.lengths[0]
        for word, length in zip(self.words[1:], self.lengths[1:], strict=True):
            left -= self.blank + length
            if left < 0:
                lines.append(word)
                left = wide - length
            else:
                lines[-1] += f" {word}"
        return lines

    def fitted(self, wide: float) -> list[str]:
        """One word alone on the last line is none too many where the lines could be evened out."""
        lines = self.filled(wide)
        return self.balanced(wide) if lines[-1] == self.words[-1] and NO_BREAK not in lines[-1] else lines

    def balanced(self, wide: float) -> list[str]:
        """On the narrowest column that takes no more lines: its width is that of some words side by side."""
        fewest = self.filled(wide)
        if len(fewest) == 1:
            return fewest
        places, widest = range(len(self.words)), max(self.lengths)
        widths = {
            sum(self.lengths[start : end + 1]) + self.blank * (end - start)
            for start in places
            for end in places[start:]
        }
        narrower = (self.filled(width) for width in sorted(widths) if width >= widest)
        return next((lines for lines in narrower if len(lines) == len(fewest)), fewest)
