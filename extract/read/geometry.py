"""From the page as its file stores it to the upright page, on which every box lies.

Boxes are ``(x0, top, x1, bottom)`` in points, origin at the top left of the upright page. The upright page is the
stored page (a PDF's unrotated crop box, an image's own pixels) turned clockwise by ``rotation`` (0, 90, 180, 270) and
then by ``skew`` degrees about its centre, on a canvas just large enough to hold it.
"""

from __future__ import annotations

import math

from extract.record import Box


def turned_size(width: float, height: float, rotation: int) -> tuple[float, float]:
    """Size of a page after a clockwise quarter turn or none."""
    return (height, width) if rotation % 180 else (width, height)


def deskewed_size(width: float, height: float, skew: float) -> tuple[float, float]:
    """Size of the canvas that holds a page turned by ``skew`` degrees."""
    cos, sin = abs(math.cos(math.radians(skew))), abs(math.sin(math.radians(skew)))
    return width * cos + height * sin, width * sin + height * cos


def turn_box(box: Box, width: float, height: float, rotation: int) -> Box:
    """``box`` of a page of ``width`` x ``height`` after turning the page clockwise by ``rotation``."""
    x0, top, x1, bottom = box
    match rotation % 360:
        case 90:
            return height - bottom, x0, height - top, x1
        case 180:
            return width - x1, height - bottom, width - x0, height - top
        case 270:
            return top, width - x1, bottom, width - x0
    return box


def deskew_box(box: Box, width: float, height: float, skew: float) -> Box:
    """Where ``box`` of a page of ``width`` x ``height`` lies after the page was turned clockwise by ``skew`` degrees:
    the upright box around the turned one."""
    if not skew:
        return box
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    new_width, new_height = deskewed_size(width, height, skew)
    x0, top, x1, bottom = box
    xs, ys = [], []
    for x, y in ((x0, top), (x1, top), (x0, bottom), (x1, bottom)):
        dx, dy = x - width / 2, y - height / 2
        xs.append(dx * cos - dy * sin + new_width / 2)
        ys.append(dx * sin + dy * cos + new_height / 2)
    return min(xs), min(ys), max(xs), max(ys)


def upright_box(rect: Box, crop: Box, rotation: int, skew: float = 0.0) -> Box:
    """A rectangle in PDF user space ``(left, bottom, right, top)``, as annotations and fields carry it, on the upright
    page. ``crop`` is the page's crop box in user space; ``rotation`` and ``skew`` are those of the ``ReadPage``."""
    left, bottom, right, top = rect
    crop_left, crop_bottom, crop_right, crop_top = crop
    width, height = crop_right - crop_left, crop_top - crop_bottom
    stored = (left - crop_left, crop_top - top, right - crop_left, crop_top - bottom)
    turned = turn_box(stored, width, height, rotation)
    return rounded(deskew_box(turned, *turned_size(width, height, rotation), skew))


def rounded(box: Box) -> Box:
    """Hundredths of a point: finer than any pixel of a scan."""
    x0, top, x1, bottom = box
    return round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2)
