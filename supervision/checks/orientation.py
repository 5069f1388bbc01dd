"""Which way up a picture is shown: the one entry of EXIF that is kept, because without it a picture taken upright lies on its side.

Read from a TIFF block of any length and written as one of 26 bytes that holds nothing else. Nothing is decoded and no pixel is turned: the
picture stays bit for bit as the camera gave it.

Sources: TIFF 6.0, section 2; EXIF 2.32, 4.6.4 (Orientation, tag 0x0112).
"""

from __future__ import annotations

import struct

UPRIGHT = 1
_TAG, _SHORT, _ENTRY = 0x0112, 3, 12


def read_orientation(tiff: bytes) -> int:
    """The orientation that a TIFF block states, 1 to 8; UPRIGHT for one that states none or cannot be read."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return UPRIGHT
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return UPRIGHT
    (entries,) = struct.unpack_from(f"{order}H", tiff, at)
    for each in range(at + 2, min(at + 2 + entries * _ENTRY, len(tiff) - _ENTRY + 1), _ENTRY):
        tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, each)
        if tag == _TAG:
            return int(value) if (kind, count) == (_SHORT, 1) and UPRIGHT <= value <= 8 else UPRIGHT
    return UPRIGHT


def write_orientation(orientation: int) -> bytes:
    """A TIFF block that states an orientation and nothing else."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, _TAG, _SHORT, 1, orientation, 0, 0)
