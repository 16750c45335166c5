"""Charts as pictures for Word: the very drawings of the PDF, made by the same engine, all in one go."""

from io import BytesIO

import pypdfium2
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from coordination.manuscript import Chart
from reports.typeset.charts import WIDTH, chart_svg
from reports.typeset.engine import FontsOnly
from reports.typeset.fonts import FACES, font_folder

DOTS = 220 / 72  # per point: sharp on paper
_PX = 0.75  # points of a unit of the drawing


def chart_pictures(charts: list[Chart]) -> list[bytes]:
    """One PNG a chart, as wide as the drawing and as high as it needs."""
    if not charts:
        return []
    drawings = [chart_svg(chart) for chart in charts]
    folder = font_folder()
    faces = "".join(
        f'@font-face {{ font-family: "Liberation Serif"; src: url("{(folder / name).as_uri()}"); {style} }}\n'
        for name, style in FACES.items()
    )
    highest = max(_height(drawing) for drawing in drawings)
    page = f"@page {{ size: {WIDTH}px {highest}px; margin: 0 }} body {{ margin: 0 }} "
    page += "svg { display: block; break-after: page }"
    fetcher, fonts = FontsOnly(folder), FontConfiguration()
    style = CSS(string=faces + page, font_config=fonts, url_fetcher=fetcher)
    content = HTML(string="".join(drawings), url_fetcher=fetcher).write_pdf(stylesheets=[style], font_config=fonts)
    with pypdfium2.PdfDocument(content) as document:
        return [_png(document[number], (highest - _height(drawing)) * _PX) for number, drawing in enumerate(drawings)]


def _height(drawing: str) -> float:
    return float(drawing.partition(' height="')[2].partition('"')[0])


def _png(page: pypdfium2.PdfPage, unused: float) -> bytes:
    with BytesIO() as out:
        page.render(scale=DOTS, crop=(0, unused, 0, 0)).to_pil().save(out, "PNG", optimize=True)
        return out.getvalue()
