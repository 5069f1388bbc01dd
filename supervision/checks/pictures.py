"""What a picture is by its first bytes, and the same picture without what the camera wrote into it: place, device, time, owner.

Only whole segments are left out, so the picture itself stays bit for bit; nothing is decoded. Of EXIF one entry stays, which way up the
picture is shown (``orientation``). Other types (PDF) are kept as they are and marked so.

Sources: ITU-T T.81 (JPEG), annex B; JFIF 1.02; PNG specification, third edition, 11.3.
"""

from __future__ import annotations

import struct
import zlib

from .orientation import UPRIGHT, read_orientation, write_orientation

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
TYPES = (JPEG, PNG, PDF)
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"pHYs"})
"""Chunks that decide how the picture looks; texts, times, EXIF and private chunks go."""
_APP0, _APP14, _APP15, _COM = 0xE0, 0xEE, 0xEF, 0xFE
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP1, _EXIF = 0xE1, b"Exif\x00\x00"
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


class NoPicture(ValueError):
    """The bytes begin like a picture and are none."""


def media_type(content: bytes) -> str:
    """The type by the first bytes; empty for one that is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(_PNG_HEAD):
        return PNG
    return PDF if content.startswith(b"%PDF-") else ""


def strip(content: bytes) -> bytes:
    """A JPEG or PNG without metadata. Raises NoPicture for bytes that break off or are no such file."""
    kind = media_type(content)
    if kind == JPEG:
        return _strip_jpeg(content)
    if kind == PNG:
        return _strip_png(content)
    raise NoPicture(kind)


def _strip_jpeg(content: bytes) -> bytes:
    """JFIF and Adobe segments stay (they decide colours); every other application segment and comment goes, and all after the end.

    Of EXIF the orientation stays, unless it is upright.
    """
    kept = bytearray(content[:2])
    at = 2
    while True:
        if at + 2 > len(content) or content[at] != 0xFF:
            raise NoPicture("a segment does not begin where it should")
        marker = content[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == _EOI:
            return bytes(kept + b"\xff\xd9")
        if marker in _ALONE:
            kept += content[at : at + 2]
            at += 2
            continue
        if at + 4 > len(content):
            raise NoPicture("a segment breaks off")
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise NoPicture("a segment breaks off")
        if marker not in (*range(_APP0 + 1, _APP14), _APP15, _COM):
            kept += content[at:end]
        elif marker == _APP1 and content[at + 4 : at + 10] == _EXIF:
            orientation = read_orientation(content[at + 10 : end])
            if orientation != UPRIGHT:
                only = _EXIF + write_orientation(orientation)
                kept += b"\xff\xe1" + struct.pack(">H", len(only) + 2) + only
        at = end
        if marker == _SOS:
            end = _end_of_scan(content, at)
            kept += content[at:end]
            at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Where entropy-coded data ends: at a marker that is neither a stuffed zero nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise NoPicture("the picture breaks off")
        if content[at + 1] != 0x00 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


def _strip_png(content: bytes) -> bytes:
    kept = bytearray(_PNG_HEAD)
    at = len(_PNG_HEAD)
    while True:
        if at + 12 > len(content):
            raise NoPicture("a chunk breaks off")
        (length,) = struct.unpack(">I", content[at : at + 4])
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise NoPicture("a chunk breaks off")
        if zlib.crc32(content[at + 4 : end - 4]) != struct.unpack(">I", content[end - 4 : end])[0]:
            raise NoPicture("a chunk was damaged")
        if name in _PNG_KEPT:
            kept += content[at:end]
        elif name == b"eXIf" and (orientation := read_orientation(content[at + 8 : end - 4])) != UPRIGHT:
            only = name + write_orientation(orientation)
            kept += struct.pack(">I", len(only) - 4) + only + struct.pack(">I", zlib.crc32(only))
        at = end
        if name == b"IEND":
            return bytes(kept)
