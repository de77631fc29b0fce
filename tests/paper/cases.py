"""Forms marked by hand and brought back on paper: every case is made anew from its number.

A case is a recipient's form page, drawn by one of two renderers (poppler and PDFium; avsikt draws its own with a third), a pen,
what the pen did to the two boxes and the other fields, and what a scanner, a fax or a camera made of the sheet. Lengths are in
millimetres on the page, measured from its upper left corner.
"""

import io
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

DOTS = 300 / 25.4  # pixels to a millimetre of the sheet that is written on

# What a hand does, how often in an ordinary pile, and what may be read. `both` and `none` are no answers.
ORDINARY = {"tick": 30, "cross": 30, "fill": 12, "tick over the edge": 8, "cross over the edge": 8}
ODD = {
    "none": 4, "both": 4, "thin tick": 4, "pencil tick": 5, "pencil cross": 4, "beside": 3, "circled": 3, "scribble": 4,
    "changed": 6, "stray dot": 4, "struck through": 2, "dot in the other": 4, "sloppy fill": 4, "highlighter": 2,
}
CAMERA, OFFICE, HARD, BITS, FAX = "photograph", "office scan", "hard scan", "1-bit scan", "fax"
EFFECTS = {OFFICE: 40, CAMERA: 20, HARD: 15, BITS: 17, FAX: 8}
CLEAR = set(ORDINARY)


@dataclass
class Case:
    """What was done, and what may be read of it."""

    number: int
    recipient: str
    mark: str
    effect: str
    truth: str  # yes, no, both or none
    may: set = field(default_factory=set)  # readings that are not wrong; leaving it to a person never is
    signed: bool = False
    contradicted: bool = False  # something is written where the other option is commented
    noted: bool = False  # something is written outside the fields: no answer as it is


def pick(rng, weights):
    names = list(weights)
    parts = np.array([weights[name] for name in names], float)
    return names[rng.choice(len(names), p=parts / parts.sum())]


class Pen:
    """A pen on a sheet. Its line wavers a little and is as dark as its kind."""

    def __init__(self, sheet, rng, kind):
        self.sheet, self.rng = sheet, rng
        width, shade = {
            "ball": ((0.35, 0.6), (35, 110)), "felt": ((0.7, 1.3), (20, 70)), "pencil": ((0.4, 0.7), (135, 175)),
            "thin": ((0.2, 0.3), (60, 120)), "highlighter": ((3.0, 4.0), (205, 225)),
        }[kind]
        self.width, self.shade, self.kind = rng.uniform(*width), rng.uniform(*shade), kind

    def line(self, points, wobble=0.15):
        points = np.array(points, float) + self.rng.normal(0, wobble, (len(points), 2))
        # Through the points on a smooth way.
        if len(points) > 2:
            at = np.linspace(0, len(points) - 1, 8 * len(points))
            points = np.stack([np.interp(at, range(len(points)), points[:, k]) for k in (0, 1)], 1)
            kernel = np.ones(3) / 3
            inner = np.stack([np.convolve(points[:, k], kernel, "valid") for k in (0, 1)], 1)
            points = np.vstack([points[:1], inner, points[-1:]])
        pixels = np.round(points * DOTS * 16).astype(np.int32)
        low = np.floor(points.min(0) * DOTS - self.width * DOTS - 4).astype(int).clip(0)
        high = np.ceil(points.max(0) * DOTS + self.width * DOTS + 4).astype(int)
        part = self.sheet[low[1]:high[1], low[0]:high[0]]
        if not part.size:
            return
        ink = np.zeros(part.shape, np.uint8)
        thick = max(1, round(self.width * DOTS))
        cv2.polylines(ink, [pixels - (low * 16).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 4)
        cover = ink.astype(np.float32) / 255
        if self.kind == "pencil":  # the grain of the paper shows
            cover *= self.rng.uniform(0.55, 1.0, cover.shape).astype(np.float32)
        part[:] = (part * (1 - cover) + np.minimum(part, self.shade) * cover).astype(np.uint8)


def tick(pen, box, over=0.0):
    x, y, side = box
    r = pen.rng
    pen.line([(x + r.uniform(0.4, 1.5), y + side * r.uniform(0.4, 0.65)), (x + side * r.uniform(0.3, 0.5), y + side * r.uniform(0.8, 0.95)),
              (x + side * r.uniform(0.8, 0.95) + over * r.uniform(0.6, 1), y + side * r.uniform(0.05, 0.25) - over * r.uniform(0.4, 1))])


def cross(pen, box, over=0.0):
    x, y, side = box
    r = pen.rng
    edge = lambda: r.uniform(0.3, 1.0) - over * r.uniform(0.3, 1)
    pen.line([(x + edge(), y + edge()), (x + side - edge(), y + side - edge())])
    pen.line([(x + side - edge(), y + edge()), (x + edge(), y + side - edge())])


def fill(pen, box, sloppy=False):
    x, y, side = box
    gap = pen.width * (1.6 if sloppy else 0.8)
    out = 0.25 if sloppy else 0.0
    rows = np.arange(y + 0.4, y + side - 0.3, gap)
    points = []
    for at, row in enumerate(rows):
        ends = (x + 0.4 - out, x + side - 0.4 + out)
        points.append((ends[at % 2], row))
        points.append((ends[1 - at % 2], row))
    pen.line(points, 0.1)


def scribble(pen, box):
    x, y, side = box
    r = pen.rng
    for _ in range(r.integers(2, 4)):
        around = lambda: (x + side / 2 + r.normal(0, side * 0.42), y + side / 2 + r.normal(0, side * 0.36))
        pen.line([around() for _ in range(r.integers(9, 15))])


def handwriting(pen, place, share=None):
    """Waves that look like writing, from the left of a field."""
    x0, y0, x1, y1 = place
    r = pen.rng
    middle, tall = (y0 + y1) / 2, min(y1 - y0, 9) * 0.3
    x, end = x0 + 2, x0 + 2 + (x1 - x0 - 4) * (share or r.uniform(0.3, 0.8))
    points = []
    while x < end:
        points.append((x, middle + r.normal(0, tall)))
        x += r.uniform(0.5, 1.4)
        if r.random() < 0.12 and len(points) > 2:
            pen.line(points, 0.1)
            points, x = [], x + 1.5
    if len(points) > 1:
        pen.line(points, 0.1)


def write_out(pen, text, at):
    """Words in a plotter's script , as they go into the sheet."""
    x, y = at
    for number, line in enumerate(text.split("\n")):
        where = (round(x * DOTS), round((y + 4 + number * 7) * DOTS))
        cv2.putText(pen.sheet, line, where, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.55, pen.shade, 3, cv2.LINE_AA)


MARKS = {"tick": tick, "cross": cross, "fill": fill}


class Maker:
    """Makes cases. `sheets[renderer][code]` is a page as grey pixels, `places` where its boxes and fields are."""

    def __init__(self, sheets, places, seed=1):
        self.sheets, self.places, self.seed = sheets, places, seed
        noise = np.random.default_rng(99).normal(0, 1, (1024, 1024)).astype(np.float32)
        self.noise = np.tile(noise, (5, 4))

    def make(self, number):
        """A case, its file name and its bytes."""
        rng = np.random.default_rng([self.seed, number])
        renderer = list(self.sheets)[number % len(self.sheets)]
        recipient = list(self.sheets[renderer])[rng.integers(len(self.sheets[renderer]))]
        sheet = self.sheets[renderer][recipient].copy()
        mark = pick(rng, ORDINARY if rng.random() < 0.6 else ODD)
        case = Case(number, recipient, mark, pick(rng, EFFECTS), "")
        self.write(sheet, rng, case)
        name, data = self.bring_back(sheet, rng, case)
        return case, f"{number:05}-{name}", data

    def fill_in(self, recipient, choice, mark, effect, texts, number):
        """A form with real words, for the shipped inbox: its bytes."""
        rng = np.random.default_rng([self.seed, number])
        sheet = next(iter(self.sheets.values()))[recipient].copy()
        pen = Pen(sheet, rng, "ball")
        MARKS[mark](pen, self.places["boxes"][choice])
        for name, text in texts.items():
            x0, y0, x1, y1 = self.places["fields"][name]
            write_out(pen, text, (x0 + 2, y0 + 3 if y1 - y0 > 12 else (y0 + y1) / 2 - 2.2))
        handwriting(pen, self.places["fields"][self.places["signature"]], 0.45)
        return self.bring_back(sheet, rng, Case(number, recipient, mark, effect, choice))

    def write(self, sheet, rng, case):
        boxes = self.places["boxes"]
        ours = ["ja", "nej"][rng.integers(2)]
        other = "nej" if ours == "ja" else "ja"
        box, beside = boxes[ours], boxes[other]
        mark = case.mark
        kind = "pencil" if mark.startswith("pencil") else "thin" if mark == "thin tick" else pick(rng, {"ball": 3, "felt": 1})
        pen = Pen(sheet, rng, kind)
        case.truth, case.may = {"ja": "yes", "nej": "no"}[ours], {ours}
        if mark in ("tick", "thin tick", "pencil tick"):
            tick(pen, box)
        elif mark in ("cross", "pencil cross"):
            cross(pen, box)
        elif mark == "tick over the edge":
            tick(pen, box, rng.uniform(1, 4))
        elif mark == "cross over the edge":
            cross(pen, box, rng.uniform(0.8, 1.8))
        elif mark in ("fill", "sloppy fill"):
            fill(pen, box, mark == "sloppy fill")
        elif mark == "highlighter":
            pen = Pen(sheet, rng, "highlighter")
            pen.line([(box[0], box[1] + box[2] / 2), (box[0] + box[2], box[1] + box[2] / 2)])
        elif mark == "none":
            case.truth, case.may = "none", set()
        elif mark == "both":
            tick(pen, box), (cross if rng.random() < 0.5 else tick)(pen, beside)
            case.truth, case.may = "both", set()
        elif mark == "beside":
            off = rng.uniform(box[2] + 0.8, box[2] + 3)
            tick(pen, (box[0] - off if rng.random() < 0.7 else box[0], box[1], box[2]))
        elif mark == "circled":
            x, y, r = box[0] + box[2] / 2, box[1] + box[2] / 2, box[2] * rng.uniform(0.85, 1.3)
            pen.line([(x + r * np.cos(a) * 1.2, y + r * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 14)])
        elif mark == "scribble":
            scribble(pen, box)
            case.truth, case.may = "none", set()
        elif mark == "changed":
            (tick if rng.random() < 0.5 else cross)(pen, beside)
            scribble(pen, beside)
            (tick if rng.random() < 0.5 else cross)(pen, box)
        elif mark == "stray dot":
            at = (box[0] + rng.uniform(1, 4), box[1] + rng.uniform(1, 4))
            pen.line([at, (at[0] + 0.3, at[1] + 0.2)])
            case.truth, case.may = "none", set()
        elif mark == "struck through":
            y = box[1] + box[2] / 2
            pen.line([(box[0] - 2, y), (box[0] + 60, y + 0.5)])
            case.truth, case.may = "none", set()
        elif mark == "dot in the other":
            (tick if rng.random() < 0.5 else cross)(pen, box)
            at = (beside[0] + rng.uniform(1, 4), beside[1] + rng.uniform(1, 4))
            pen.line([at, (at[0] + 0.2, at[1] + 0.2)])
        writer = Pen(sheet, rng, pick(rng, {"ball": 4, "felt": 1}))
        for name, place in self.places["fields"].items():
            share = 0.95 if name == self.places["signature"] else 0.8
            if name not in self.places["comments"].values() and rng.random() < share:
                handwriting(writer, place)
                case.signed |= name == self.places["signature"]
        # Comments have a sequence of their own, so that they change no other case.
        own = np.random.default_rng([self.seed, case.number, 1])
        writer = Pen(sheet, own, "ball")
        for option, name in self.places["comments"].items():
            if own.random() < (0.15 if option == ours else 0.05):
                x0, y0, x1, _ = self.places["fields"][name]
                handwriting(writer, (x0, y0 + 2, x1, y0 + 12))
                if option != ours and case.may:
                    case.contradicted, case.may = True, set()
        # So have words outside the fields: in the margin, beside the date, under the last line.
        own = np.random.default_rng([self.seed, case.number, 2])
        if own.random() < 0.05:
            x0, y0 = [(110, 250), (30, 10), (110, 150), (60, 272)][own.integers(4)]
            handwriting(Pen(sheet, own, "ball"), (x0, y0, x0 + own.uniform(25, 70), y0 + 6), 0.95)
            case.noted = True

    def bring_back(self, sheet, rng, case):
        """What a scanner, a fax or a camera makes of the sheet."""
        effect = case.effect
        dpi = {CAMERA: rng.uniform(130, 230), FAX: 204, OFFICE: rng.choice([200, 240, 300]), BITS: rng.choice([200, 300]),
               HARD: rng.choice([150, 200, 300])}[effect]
        height, width = sheet.shape
        out = (round(width / 300 * dpi), round(height / 300 * dpi))
        # Toner spreads, and thin lines fill in or break.
        if effect == HARD and rng.random() < 0.5:
            sheet = (cv2.erode if rng.random() < 0.6 else cv2.dilate)(sheet, np.ones((2, 2), np.uint8))
        shrunk = dpi / 300
        sheet = cv2.GaussianBlur(sheet, (0, 0), max(0.35 / shrunk, 0.3) + (rng.uniform(0, 0.8) if effect in (HARD, CAMERA) else 0))
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        middle = np.array(out, np.float32) / 2
        angle = {OFFICE: rng.uniform(-2, 2), BITS: rng.uniform(-2, 2), FAX: rng.uniform(-1, 1), HARD: rng.uniform(-4, 4),
                 CAMERA: rng.uniform(-6, 6)}[effect]
        scale = shrunk * {OFFICE: rng.uniform(0.96, 1.0), CAMERA: rng.uniform(0.8, 0.95)}.get(effect, rng.uniform(0.93, 1.03))
        turn = np.radians(angle + (180 if rng.random() < 0.08 else 0))
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
        there = (corners - corners[2] / 2) * scale @ spin.T + middle + rng.normal(0, 0.006 * out[0], 2)
        if effect == CAMERA:
            there += rng.uniform(-0.045, 0.045, (4, 2)) * out[0]
        table = int(rng.uniform(30, 200)) if effect == CAMERA else int(rng.uniform(225, 255))
        page = cv2.warpPerspective(sheet, cv2.getPerspectiveTransform(corners, there.astype(np.float32)), out,
                                   flags=cv2.INTER_LINEAR, borderValue=table)
        shades = page.astype(np.float32)
        black, white = rng.uniform(0, 35), rng.uniform(225, 255)
        shades = black + shades * ((white - black) / 255)
        if effect == CAMERA:
            y, x = np.mgrid[0:out[1]:32, 0:out[0]:32].astype(np.float32)
            way = rng.uniform(0, 2 * np.pi)
            light = 1 - rng.uniform(0.05, 0.4) * ((x / out[0] - 0.5) * np.cos(way) + (y / out[1] - 0.5) * np.sin(way) + 0.5)
            shades *= cv2.resize(light, out, interpolation=cv2.INTER_LINEAR)
        if effect == HARD and rng.random() < 0.4:
            for _ in range(rng.integers(1, 3)):
                at, wide = rng.integers(out[0]), rng.integers(1, 4)
                shades[:, at:at + wide] -= rng.uniform(30, 150)
        strength = {OFFICE: rng.uniform(1, 5), CAMERA: rng.uniform(2, 8)}.get(effect, rng.uniform(1, 9))
        shades += strength * self.noise[:out[1], :out[0]]
        if effect in (BITS, FAX):
            if effect == FAX and rng.random() < 0.5:
                shades = (shades[0:out[1] // 2 * 2:2] + shades[1::2][:out[1] // 2]) / 2
            level = rng.uniform(0.45, 0.75) * white
            bits = shades > level
            if effect == FAX:
                bits ^= self.noise[-bits.shape[0]:, -bits.shape[1]:] > 3.6
            return self.tiff(bits, effect, dpi, out)
        pixels = shades.clip(0, 255).astype(np.uint8)
        quality = int(rng.uniform(35, 88))
        colour = effect == CAMERA or rng.random() < 0.3
        if colour:
            tint = np.array([rng.uniform(0.9, 1), 1, rng.uniform(0.95, 1)], np.float32)
            pixels = (pixels[..., None] * tint).astype(np.uint8)
        jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if effect == CAMERA or rng.random() < 0.2:
            return "foto.jpg", jpeg
        return "skannad.pdf", pdf_of(jpeg, out, dpi, "DeviceRGB" if colour else "DeviceGray")

    def tiff(self, bits, effect, dpi, out):
        target = io.BytesIO()
        down = dpi * bits.shape[0] / out[1]
        packed = "group3" if effect == FAX else "group4"
        Image.fromarray(bits).save(target, "TIFF", compression=packed, dpi=(float(dpi), float(down)))
        return ("fax.tif" if effect == FAX else "skannad.tif"), target.getvalue()


def pdf_of(jpeg, size, dpi, colours):
    """A PDF of one page that is one picture, as scanners write it."""
    width, height = size
    w, h = width * 72 / dpi, height * 72 / dpi
    content = b"q %.3f 0 0 %.3f 0 0 cm /I Do Q" % (w, h)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>" % (w, h),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8/Filter/DCTDecode/Length %d>>stream\n"
        % (width, height, colours.encode(), len(jpeg)) + jpeg + b"\nendstream",
    ]
    out, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))
