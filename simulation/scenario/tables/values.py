"""What one value of a scenario file may be: ids, texts, shares, rates, efficiencies; and the table that all tables are."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

LONGEST_ID = 64
LONGEST_TEXT = 20_000
MOST_OF_A_KIND = 10_000
"""windows of one group, tables of one kind, values of one list"""
MOST_CLASSES = 50
MOST_STATIONS = 200
DAY = 1440
TAGS = frozenset({"the number", "the list", "the table", "the text"})
"""what pydantic puts into the place of a value that may be one of two things; no key has such a name"""
_ID = re.compile(r"\w[\w-]*", re.UNICODE)


def clean_id(given: Any) -> Any:
    """An id as it is compared: NFKC, without zero-width and other format characters, without spaces around it."""
    if not isinstance(given, str):
        return given
    text = "".join(each for each in unicodedata.normalize("NFKC", given) if unicodedata.category(each) != "Cf").strip()
    if not text:
        raise PydanticCustomError("empty_text", "empty")
    if text == "*":
        return text
    if len(text) > LONGEST_ID or _ID.fullmatch(text) is None:
        raise PydanticCustomError("bad_id", "bad id")
    return text


def clean_line(given: Any) -> Any:
    """What a window serves: a service, or one class of it as ``service:class``."""
    if not isinstance(given, str):
        return given
    service, colon, klass = unicodedata.normalize("NFKC", given).partition(":")
    return f"{clean_id(service)}:{clean_id(klass)}" if colon else clean_id(given)


def _own_id(given: str) -> str:
    if given in ("*", "default"):
        raise PydanticCustomError("reserved_id", "reserved")
    return given


def _visible(text: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in text):
        raise PydanticCustomError("control_character", "control character")
    if not text.strip():
        raise PydanticCustomError("empty_text", "empty")
    return text


@cache
def _zones() -> frozenset[str]:
    """Reading them walks through folders, and a search reads hundreds of scenarios."""
    return frozenset(available_timezones())


def _known_zone(given: str) -> str:
    if given not in _zones():
        raise PydanticCustomError("unknown_timezone", "unknown zone")
    return given


def _number_or_list(given: Any) -> str:
    return "the list" if isinstance(given, list) else "the number"


def _number_or_table(given: Any) -> str:
    return "the table" if isinstance(given, dict) else "the number"


def _text_or_table(given: Any) -> str:
    return "the table" if isinstance(given, dict) else "the text"


Reference = Annotated[str, BeforeValidator(clean_id)]
LineReference = Annotated[str, BeforeValidator(clean_line)]
Id = Annotated[str, BeforeValidator(clean_id), AfterValidator(_own_id)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_visible)]
Free = Annotated[str, Field(max_length=LONGEST_TEXT)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1e9)]
Minutes = Annotated[float, Field(ge=0, le=1e9)]
Efficiency = Annotated[float, Field(ge=0.01, le=100)]
Price = Annotated[float, Field(ge=0, le=1e9)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class NameTable(Table):
    zh: Text | None = None
    en: Text | None = None


AnyName = Annotated[Annotated[Text, Tag("the text")] | Annotated[NameTable, Tag("the table")], Discriminator(_text_or_table)]
Profile = Annotated[
    Annotated[Rate, Tag("the number")] | Annotated[list[Rate], Field(min_length=1, max_length=MOST_OF_A_KIND), Tag("the list")],
    Discriminator(_number_or_list),
]
Skill = Annotated[
    Annotated[Efficiency, Tag("the number")] | Annotated[dict[LineReference, Efficiency], Tag("the table")], Discriminator(_number_or_table)
]
ShareOfEach = Annotated[
    Annotated[Share, Tag("the number")] | Annotated[dict[Reference, Share], Tag("the table")], Discriminator(_number_or_table)
]
"""one share for every service, or a table by service, with ``default`` for the others"""
MinutesOrLaw = Annotated[
    Annotated[float, Field(ge=0, le=DAY), Tag("the number")] | Annotated[dict[str, Any], Tag("the table")], Discriminator(_number_or_table)
]
"""so many minutes always, or the table of a law"""
Factor = Annotated[float, Field(ge=0.01, le=100)]
