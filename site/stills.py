"""Still images for readers who prefer less motion, and for paper.

An SVG animation respects the reader's preference if it is part of the page, but not if it is shown as an image, because
browsers do not pass the preference on to images. In that case, the page has to choose between two images.
"""

import re

IMAGE = re.compile(r'<img\b[^>]*\bsrc="([^":]+)\.svg"[^>]*>')
CHOICE = '<picture><source media="(prefers-reduced-motion: reduce), print" srcset="{name}_still.svg">{image}</picture>'
STOP = "<style>* { animation: none !important }</style></svg>"


def offer_stills(pages):
    """Save the final state of each animation in the folder `pages`, and let pages choose which of the two to show."""
    for page in pages.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(IMAGE.sub(lambda image: _choice(image, pages), text), encoding="utf-8")


def _choice(image, pages):
    name = image[1]
    drawing = (pages / f"{name}.svg").read_text(encoding="utf-8")
    if "@keyframes" not in drawing:
        return image[0]
    still = re.sub(r"</svg>\s*$", STOP, drawing)
    (pages / f"{name}_still.svg").write_text(still, encoding="utf-8")
    return CHOICE.format(name=name, image=image[0])
