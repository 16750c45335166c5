"""Makes what the pages need from the installed packages: styles, htmx and the screen fonts, into var/assets."""

from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

COPIES = {
    "css/bootstrap.min.css": ("bootstrap", "css/bootstrap.min.css"),
    "js/htmx.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
}
WEIGHTS = {400: "Regular", 600: "SemiBold"}
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x1A0, 0x1A1, 0x1AF, 0x1B0),
    *range(0x1EA0, 0x1EFA),
    *range(0x300, 0x304),
    *(0x309, 0x323, 0x2007, 0x2009, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x20AB),
    *range(0x2190, 0x2194),
    *(0x2212, 0x2264, 0x2265),
]
DIGITS = "0123456789"
DIGIT_WIDTH = 668  # font units; Be Vietnam Pro has no tabular figures: its "1" is 385 wide, its "4" is 710


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []  # one of them asks for the folder this makes

    def handle(self, **options):
        target = Path(settings.BASE_DIR) / "var" / "assets"
        for folder in ("css", "js", "fonts"):
            (target / folder).mkdir(parents=True, exist_ok=True)
        copy_packages(target)
        build_fonts(target / "fonts")
        size = sum(file.stat().st_size for file in (target / "fonts").glob("*.woff2"))
        self.stdout.write(f"var/assets: {len(COPIES)} files copied, fonts {size / 1024:.0f} KB")


def copy_packages(target: Path) -> None:
    """As their makers publish them, without the last line that names a source map we do not serve."""
    for name, (package, path) in COPIES.items():
        text = files(package).joinpath(path).read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if "sourceMappingURL=" not in line]
        (target / name).write_text("\n".join(kept) + "\n", encoding="utf-8")


def build_fonts(target: Path) -> None:
    """Two weights cut to Vietnamese, and for each a face of ten digits of equal width for columns of numbers."""
    for weight, style in WEIGHTS.items():
        source = files("fontpkg_be_vietnam_pro").joinpath(f"files/BeVietnamPro-{style}.ttf")
        save_subset(TTFont(source), target / f"be-vietnam-pro-{weight}.woff2", LETTERS)
        digits = TTFont(source)
        widen_digits(digits)
        save_subset(digits, target / f"be-vietnam-so-{weight}.woff2", [ord(digit) for digit in DIGITS])


def save_subset(font: TTFont, target: Path, letters: list[int]) -> None:
    options = subset.Options(flavor="woff2", hinting=False, layout_features=FEATURES)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def widen_digits(font: TTFont) -> None:
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    for digit in DIGITS:
        name = names[ord(digit)]
        width, _bearing = font["hmtx"][name]
        scale = min(1.0, (DIGIT_WIDTH - 24) / width) if width > DIGIT_WIDTH else 1.0
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, 1, (DIGIT_WIDTH - width * scale) / 2, 0)))
        font["glyf"][name] = pen.glyph()
        font["glyf"][name].recalcBounds(font["glyf"])
        font["hmtx"][name] = (DIGIT_WIDTH, font["glyf"][name].xMin)
