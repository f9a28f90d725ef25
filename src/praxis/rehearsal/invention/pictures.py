"""Draws deterministic abstract pictures, one of fourteen families in the hue of a field."""

from __future__ import annotations

import colorsys
import io
import math
from collections.abc import Callable
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw
Family = Callable[[Random, int, int, list[Colour]], Image.Image]

_HUES = {
    "infrastructure": 0.579,
    "culture": 0.034,
    "economy": 0.125,
    "security": 0.427,
    "governance": 0.709,
}


def picture(seed: int, index: int, *, width: int = 1600, height: int = 1067, category: str) -> bytes:
    """Draw one picture as JPEG bytes; the same seed, index, size and category give the same bytes."""
    random = Random(f"{seed}/picture/{index}")
    image = FAMILIES[family_index(seed, index)][1](random, width, height, palette(random, category))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86)
    return out.getvalue()


def family_index(seed: int, index: int) -> int:
    """Return which family a picture belongs to; neighbours by index differ."""
    return (Random(f"{seed}/family").randrange(len(FAMILIES)) + index * 5) % len(FAMILIES)


def palette(random: Random, category: str) -> list[Colour]:
    """Return eight colours from dark to light round the hue of a category, then two accents."""
    hue = _HUES.get(category, 0.53) + random.uniform(-0.025, 0.025)
    drift = random.choice((-1, 1)) * random.uniform(0.02, 0.09)
    found = []
    for step in range(8):
        t = step / 7
        saturation = (0.62 - 0.42 * t) * random.uniform(0.85, 1.1)
        found.append(_rgb(hue + drift * (t - 0.4), 0.16 + 0.78 * t, saturation))
    # A warm accent on cool fields and a cool one on warm fields; the true complement of violet is a harsh green.
    accent = (0.07 if 0.3 < hue < 0.85 else 0.53) + random.uniform(-0.035, 0.035)
    found.append(_rgb(accent, 0.56, 0.58))
    found.append(_rgb(accent + 0.02, 0.83, 0.55))
    return found


def _rgb(hue: float, light: float, saturation: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, light, min(1.0, saturation))
    return round(red * 255), round(green * 255), round(blue * 255)


def _ramp(colours: list[Colour], steps: int) -> NDArray[np.uint8]:
    at = np.linspace(0, len(colours) - 1, steps)
    base = np.array(colours, dtype=np.float64)
    channels = [np.interp(at, np.arange(len(colours)), base[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).astype(np.uint8)


def _sky(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    column = _ramp([top, bottom], height)
    return Image.fromarray(np.ascontiguousarray(np.broadcast_to(column[:, None, :], (height, width, 3))))


def _canvas(width: int, height: int, ground: Image.Image | Colour) -> tuple[Image.Image, Draw]:
    image = ground if isinstance(ground, Image.Image) else Image.new("RGB", (width, height), ground)
    return image, ImageDraw.Draw(image)


def _wave(random: Random, width: int, roughness: float, count: int = 200) -> NDArray[np.float64]:
    """Return a smooth line from -1 to 1 at `count` points, made of a few sines."""
    x = np.linspace(0, math.tau, count)
    line = np.zeros(count)
    for octave in range(1, 6):
        line += np.sin(x * octave * random.uniform(0.5, 1.2) + random.uniform(0, math.tau)) * roughness**octave
    return np.asarray(line / np.abs(line).max(), dtype=np.float64)


def _field(random: Random, width: int, height: int, scale: float) -> NDArray[np.float32]:
    """Return a smooth height field from 0 to 1 at a sixth of the size."""
    y, x = np.mgrid[0 : height // 6 + 1, 0 : width // 6 + 1].astype(np.float32) / np.float32(width / 6)
    total = np.zeros_like(x)
    for _ in range(5):
        angle, frequency = random.uniform(0, math.tau), random.uniform(2, 7) * scale
        bend = np.float32(random.uniform(0.1, 0.4))
        a = np.float32(math.cos(angle) * frequency)
        b = np.float32(math.sin(angle) * frequency)
        total += np.sin(a * x + b * y + bend * np.sin(np.float32(frequency) * (x - y)) + random.uniform(0, 6))
    total -= total.min()
    return np.asarray(total / total.max(), dtype=np.float32)


def _toned(tones: NDArray[np.uint8], table: NDArray[np.uint8], width: int, height: int) -> Image.Image:
    """Enlarge a grey picture and colour it by a table of 256 colours."""
    large = Image.fromarray(tones).resize((width, height), Image.Resampling.BILINEAR)
    large.putpalette(table.tobytes())
    return large.convert("RGB")


def _hills(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, _sky(width, height, colours[6], colours[7]))
    radius = random.randint(height // 16, height // 7)
    sun = random.uniform(0.15, 0.85) * width, random.uniform(0.14, 0.34) * height
    draw.ellipse((sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius), fill=colours[9])
    layers = random.randint(5, 7)
    for layer in range(layers):
        line = _wave(random, width, random.uniform(0.5, 0.75))
        base = height * (0.38 + 0.56 * layer / layers)
        points = [(width * i / 199, base + v * height * 0.1 * (1 - 0.4 * layer / layers)) for i, v in enumerate(line)]
        draw.polygon([(0, height), *points, (width, height)], fill=colours[max(0, 5 - layer)])
    return image


def _network(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, _sky(width, height, colours[0], colours[1]))
    nodes = [(random.uniform(0.04, 0.96) * width, random.uniform(0.06, 0.94) * height) for _ in range(64)]
    for i, a in enumerate(nodes):
        near = sorted(nodes, key=lambda b: (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)[1:4]
        for b in near:
            draw.line((*a, *b), fill=colours[3], width=3)
        if i % 9 == 0:
            far = random.choice(nodes)
            draw.line((*a, *far), fill=colours[4], width=2)
    for i, (x, y) in enumerate(nodes):
        r = random.choice((7, 7, 10, 15, 24)) * width / 1600
        draw.ellipse((x - r * 1.7, y - r * 1.7, x + r * 1.7, y + r * 1.7), fill=colours[2])
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colours[8] if i % 11 == 0 else colours[6])
    return image


def _bars(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, colours[7])
    count = random.randint(18, 34)
    line, step = _wave(random, width, 0.6, count), width / (count + 4)
    for i, value in enumerate(line):
        x, total = step * (i + 2), height * (0.46 + 0.3 * value)
        cuts = [0.0, random.uniform(0.25, 0.45), random.uniform(0.6, 0.8), 1.0]
        for n in range(3):
            low, high = height * 0.9 - total * cuts[n], height * 0.9 - total * cuts[n + 1]
            shade = colours[8] if n == 2 and i % 7 == 3 else colours[(1, 3, 5)[n]]
            draw.rectangle((x, high, x + step * 0.72, low - 3), fill=shade)
    draw.line((step, height * 0.9, width - step, height * 0.9), fill=colours[0], width=4)
    return image


def _weave(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    cell = random.choice((16, 20, 26))
    columns, rows = width // cell + 1, height // cell + 1
    warp = [random.randrange(2, 8) for _ in range(random.randint(5, 11))]
    weft = [random.randrange(0, 6) for _ in range(random.randint(4, 9))]
    repeat = random.choice((2, 3, 4))
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    over = ((x + y * random.choice((1, 2))) // repeat) % 2 == 0
    # Mirrored repeats read as cloth, plain repeats as wallpaper.
    mirrored = np.abs((x % (2 * len(warp))) - len(warp)) % len(warp)
    crossed = np.abs((y % (2 * len(weft))) - len(weft)) % len(weft)
    tones = np.where(over, np.array(warp)[mirrored], np.array(weft)[crossed])
    tones = np.where((mirrored == 0) & (crossed == 0), 8, tones)
    small = np.array(colours, dtype=np.uint8)[tones]
    image = Image.fromarray(small).resize((columns * cell, rows * cell), Image.Resampling.NEAREST)
    image, draw = _canvas(width, height, image.crop((0, 0, width, height)))
    for n in range(0, max(width, height), cell):
        draw.line((n, 0, n, height), fill=colours[1])
        draw.line((0, n, width, n), fill=colours[1])
    return image


def _contours(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    field = (_field(random, width, height, 1.1) * 255).astype(np.uint8)
    levels = random.choice((9, 11, 14))
    table = np.zeros((256, 3), dtype=np.uint8)
    tones = _ramp(colours[1:8], levels)
    for value in range(256):
        table[value] = tones[min(levels - 1, value * levels // 256)]
    for level in range(1, levels):
        edge = level * 256 // levels
        table[edge : edge + 2] = colours[8] if level == levels // 2 else colours[0]
    return _toned(field, table, width, height)


def _dunes(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    field = _field(random, width, height, 0.6)
    y = np.linspace(0, 1, field.shape[0], dtype=np.float32)[:, None]
    bands = np.sin((field * 4 + y * random.uniform(3, 6)) * math.tau)
    tone = np.clip((bands * 0.32 + 0.5 + (0.5 - y) * 0.35) * 255, 0, 255).astype(np.uint8)
    return _toned(tone, _ramp(colours[0:8], 256), width, height)


def _tiles(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, colours[7])
    side = random.choice((118, 142, 178)) * width / 1600
    for row in range(int(height / side) + 1):
        for column in range(int(width / side) + 1):
            x, y = column * side, row * side
            back, front = random.sample(range(7), 2)
            draw.rectangle((x, y, x + side, y + side), fill=colours[back])
            turn = random.randrange(4)
            shade = colours[8] if random.random() < 0.08 else colours[front]
            if random.random() < 0.6:
                cx, cy = x + side * (turn % 2), y + side * (turn // 2)
                start = (0, 90, 270, 180)[turn]
                draw.pieslice((cx - side, cy - side, cx + side, cy + side), start, start + 90, fill=shade)
            else:
                corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
                draw.polygon([corners[turn], corners[(turn + 1) % 4], corners[(turn + 2) % 4]], fill=shade)
    return image


def _orbits(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, _sky(width, height, colours[1], colours[0]))
    cx, cy = width * random.uniform(0.3, 0.7), height * random.uniform(0.35, 0.65)
    for ring in range(random.randint(9, 14), 0, -1):
        r = ring * height * 0.068
        if ring % 4 == 1:
            draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colours[min(3, 1 + ring % 3)])
        start, sweep = random.uniform(0, 360), random.uniform(70, 320)
        tone = colours[8] if ring % 5 == 2 else colours[3 + ring % 4]
        draw.arc((cx - r, cy - r, cx + r, cy + r), start, start + sweep, fill=tone, width=random.choice((4, 7, 13)))
        angle = math.radians(start + sweep)
        x, y = cx + r * math.cos(angle), cy + r * math.sin(angle)
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), fill=colours[9] if ring % 3 == 0 else colours[7])
    return image


def _rivers(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, colours[6])
    for _ in range(26):
        x, y = random.uniform(0, width), random.uniform(0, height)
        w, h = random.uniform(0.08, 0.24) * width, random.uniform(0.06, 0.2) * height
        tilt = random.uniform(-0.25, 0.25) * h
        corners = [(x, y), (x + w, y + tilt), (x + w * 0.9, y + h + tilt), (x - w * 0.08, y + h)]
        draw.polygon(corners, fill=colours[random.choice((4, 5, 5, 7, 9))], outline=colours[7])
    for stream in range(random.randint(2, 4)):
        line = _wave(random, width, 0.6, 90)
        middle = height * random.uniform(0.2, 0.8)
        points = [(width * i / 89, middle + v * height * 0.2 + (i - 45) * stream) for i, v in enumerate(line)]
        thick = random.randint(16, 44) * width // 1600
        draw.line(points, fill=colours[2], width=thick, joint="curve")
        draw.line(points, fill=colours[3], width=thick // 2, joint="curve")
        for x, y in points[5::14]:
            draw.ellipse((x - 11, y - 11, x + 11, y + 11), fill=colours[8], outline=colours[7], width=3)
    return image


def _skyline(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, _sky(width, height, colours[5], colours[7]))
    for layer in range(3):
        x = -20.0
        while x < width:
            w = random.uniform(0.03, 0.09) * width
            top = height * (0.3 + 0.17 * layer + random.uniform(0, 0.24))
            draw.rectangle((x, top, x + w, height), fill=colours[4 - 2 * layer])
            if random.random() < 0.3:
                draw.line((x + w / 2, top, x + w / 2, top - height * 0.08), fill=colours[4 - 2 * layer], width=5)
            if layer:
                for wy in range(int(top) + 24, height - 20, 34):
                    for wx in range(int(x) + 12, int(x + w) - 16, 28):
                        if random.random() < 0.34:
                            draw.rectangle((wx, wy, wx + 11, wy + 16), fill=colours[9])
            x += w + random.uniform(2, 14)
    return image


def _waves(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, _sky(width, height, colours[7], colours[5]))
    count = random.randint(15, 23)
    phase, length, lean = random.uniform(0, 6), random.uniform(1.5, 3.5), random.uniform(0.2, 0.5)
    x = np.linspace(0, width, 160)
    for n in range(count):
        base = height * (0.24 + 0.8 * n / count)
        swing = height * 0.05 * (0.5 + n / count)
        y = base + swing * np.sin(x / width * math.tau * length + phase + n * lean)
        points = [*zip(x.tolist(), y.tolist(), strict=True)]
        tone = colours[8] if n == count // 3 else colours[6 - (n * 6 // count)]
        draw.polygon([(0, height), *points, (width, height)], fill=tone)
        draw.line(points, fill=colours[7], width=2)
    return image


def _circuit(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, colours[0])
    grid = width / 40
    for _ in range(95):
        x, y = random.randrange(41) * grid, random.randrange(27) * grid
        points, heading = [(x, y)], random.randrange(4) * 2
        for _ in range(random.randint(2, 5)):
            angle = heading * math.pi / 4
            reach = random.randint(1, 6) * grid * (math.sqrt(2) if heading % 2 else 1)
            x, y = x + math.cos(angle) * reach, y + math.sin(angle) * reach
            points.append((x, y))
            heading += random.choice((-1, 1))
        tone = colours[random.choice((2, 3, 4, 5))]
        draw.line(points, fill=tone, width=5)
        for px, py in (points[0], points[-1]):
            draw.ellipse((px - 10, py - 10, px + 10, py + 10), fill=colours[0], outline=tone, width=5)
    for _ in range(5):
        x, y = random.randrange(4, 34) * grid, random.randrange(3, 22) * grid
        draw.rectangle((x, y, x + grid * 4, y + grid * 3), fill=colours[2], outline=colours[6], width=4)
        draw.rectangle((x + grid, y + grid, x + grid * 3, y + grid * 2), fill=colours[8])
    return image


def _leaves(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, colours[7])
    for n in range(random.randint(38, 56)):
        cx, cy = random.uniform(0, width), random.uniform(0, height)
        size, angle = random.uniform(0.07, 0.17) * width, random.uniform(0, math.tau)
        slim = random.uniform(0.16, 0.3)
        edge = [(t / 15, slim * math.sin(math.pi * t / 15)) for t in range(16)]
        outline = edge + [(a, -b) for a, b in reversed(edge)]
        turn = [
            (
                cx + size * (a * math.cos(angle) - b * math.sin(angle)),
                cy + size * (a * math.sin(angle) + b * math.cos(angle)),
            )
            for a, b in outline
        ]
        draw.polygon(turn, fill=colours[8] if n % 13 == 5 else colours[1 + n % 6])
        tip = (cx + size * math.cos(angle), cy + size * math.sin(angle))
        draw.line((cx, cy, *tip), fill=colours[7], width=3)
    return image


def _terraces(random: Random, width: int, height: int, colours: list[Colour]) -> Image.Image:
    image, draw = _canvas(width, height, _sky(width, height, colours[6], colours[7]))
    peak, count = random.uniform(0.25, 0.75) * width, random.randint(11, 16)
    line = _wave(random, width, 0.55, 120)
    for n in range(count):
        points = []
        for i, v in enumerate(line):
            x = width * i / 119
            slope = abs(x - peak) / width * height * 0.55 * (1 - n / count)
            points.append((x, height * (0.2 + 0.8 * n / count) + slope + v * height * 0.035))
        draw.polygon([(0, height), *points, (width, height)], fill=colours[(5, 3, 4, 2)[n % 4]])
        draw.line(points, fill=colours[7] if n % 3 else colours[9], width=5)
    return image


# Each family with what its picture shows, for the alternative text.
FAMILIES: tuple[tuple[tuple[str, str], Family], ...] = (
    (("层层山影与一轮圆日", "layered hills under a round sun"), _hills),
    (("由圆点和连线构成的网络", "a network of dots joined by lines"), _network),
    (("一排高低起伏的分段柱形", "a row of rising and falling stacked bars"), _bars),
    (("经纬交织的织物纹理", "a woven texture of warp and weft"), _weave),
    (("由等高线构成的起伏地形", "rolling ground drawn in contour lines"), _contours),
    (("明暗相间的流动沙纹", "flowing bands of light and shade like dunes"), _dunes),
    (("四分之一圆与三角形拼成的方砖", "square tiles of quarter circles and triangles"), _tiles),
    (("围绕同一圆心的弧线与圆点", "arcs and dots round one centre"), _orbits),
    (("田块之间蜿蜒的河道", "rivers winding between fields"), _rivers),
    (("远近三层的城市轮廓", "a city skyline in three depths"), _skyline),
    (("一层层推进的波浪", "waves rolling in, row upon row"), _waves),
    (("转折相连的线路与方形芯片", "angled tracks and square chips of a circuit"), _circuit),
    (("朝各个方向散开的叶片", "leaves scattered in every direction"), _leaves),
    (("沿山坡展开的层层梯田", "terraces stepping down a slope"), _terraces),
)
