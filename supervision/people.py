"""Personal numbers: a keyed hash to tell people apart, a mask to show, and the masking of free text.

Identity, telephone and staff numbers never enter evidence, tickets, rejects or the journal. The same number always gives the same
person_ref within one installation, and none outside it. Source of the masks: GB/T 35273 and the house rule 138****1234; identity
numbers keep the first 3 and the last 4.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from .faults import BadInput, fault

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))
_DOTS = dict.fromkeys(map(ord, "\u2022\u2027\u2219\u22c5\u30fb\uff65"), "\u00b7")
_BESIDE_HAN = re.compile("(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) | (?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_PERSONAL = re.compile(
    r"(?<!\d)[1-9]\d{5}[- ]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[- ]?\d{3}[\dXx](?!\d)"  # identity number, 18
    r"|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"  # mobile telephone
    r"|(?<![0-9A-Za-z])(?:"
    r"[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"  # identity number, 15
    r"|0\d{2,3}[- ]?\d{7,8}"  # landline
    r")(?![0-9A-Za-z])"
)
_IDENTITY = re.compile(r"[1-9]\d{5}(?:19\d{2}|200[01])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", re.ASCII)
_FACTORS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def normal_key(text: str) -> str:
    """A key as it is compared: NFKC (fullwidth becomes plain), no zero-width or direction marks, no blanks, upper case.

    `"Ａ１ 窗口\\u200b"` -> `"A1窗口"`.
    """
    if text.isascii():
        return text.upper() if text.isalnum() else "".join(text.split()).upper()
    return "".join(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).split()).upper()


def normal_text(text: str) -> str:
    """A value as it is read: NFKC, no invisible marks, no blanks at the ends."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


def normal_id(evidence_id: str) -> str:
    """An evidence id as the record has it: the kind in lower case, the number as keys are stored. `"Case: d-off"` -> `"case:D-OFF"`."""
    kind, colon, number = evidence_id.partition(":")
    kind = kind.strip().lower()
    if kind == "service":  # a service's id keeps its spelling
        return f"{kind}{colon}{number.strip()}"
    if kind == "paper":  # the case, a blank, and what the paper is called
        case, _, paper = number.strip().partition(" ")
        return f"{kind}{colon}{normal_key(case)} {normal_text(paper)}"
    return f"{kind}{colon}{normal_key(number)}"


def name_key(name: str) -> str:
    """A person's name as it is compared: `Li Ming`, `LI  MING` and `Ｌｉ Ｍｉｎｇ` are one person, and so are `李 明` and `李明`.

    NFKC, no invisible marks, letter case folded, one blank between words and none beside a Chinese character, one kind of middle dot. Shown
    is the name as it was written. Letters of other alphabets that only look alike stay apart.
    """
    plain = unicodedata.normalize("NFKC", name.translate(_INVISIBLE)).casefold().translate(_DOTS)
    return _BESIDE_HAN.sub("", " ".join(unicodedata.normalize("NFKC", plain).split()))


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's."""
    return name_key(one) == name_key(other)


def person_ref(key: bytes, kind: str, number: str) -> str:
    """The keyed hash (HMAC-SHA-256, 32 hexadecimal digits) of a number; `kind` is "citizen" or "staff", so that the two never meet."""
    return hmac.new(key, f"{kind}:{normal_key(number)}".encode(), hashlib.sha256).hexdigest()[:32]


def mask(number: str) -> str:
    """A number with its middle hidden: `110101199003071234` -> `110***********1234`, `13812341234` -> `138****1234`, `Wang` -> `W***`."""
    text = normal_key(number)
    if len(text) >= 9:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    return text[:1] + "*" * max(len(text) - 1, 1)


def is_identity(key: str) -> bool:
    """Whether a key is an identity number of somebody born before 2002: shape, date and check digit (GB 11643).

    A case number that begins with region and date has the shape too, but no register of cases is as old as that.
    """
    if _IDENTITY.fullmatch(key) is None:
        return False
    total = sum(factor * int(digit) for factor, digit in zip(_FACTORS, key, strict=False))
    return key[17] == "10X98765432"[total % 11]


def check_person(person: str) -> None:
    """Refuse who cannot act: nobody, a name with control characters, or a personal number, which the journal must not hold.

    Also a name that is only another spelling (blanks too many, fullwidth letters): whoever acts is told apart by the name alone.
    """
    if not person.strip() or not person.isprintable():
        raise BadInput([fault("act_without_person", "--as", person)])
    plain = " ".join(unicodedata.normalize("NFKC", person).split())
    if plain != person:
        raise BadInput([fault("act_person_spelling", "--as", person, plain=plain)])
    if mask_text(person) != person:
        raise BadInput([fault("act_person_number", "--as", mask_text(person))])


def mask_text(text: str) -> str:
    """Free text with every identity, mobile and landline number of China in it masked; other numbers stay as they are.

    Letters right before or after do not hide an identity or mobile number (`tel13812345678`).
    """
    return _PERSONAL.sub(lambda match: mask(re.sub(r"[ -]", "", match[0])), text)
