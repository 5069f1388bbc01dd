"""Column types and table options that make SQLite and PostgreSQL hold exactly the same values.

SQLite keeps `'abc'` and `99.9` in an INTEGER column unless the table is STRICT, so every table is STRICT there, and STRICT knows
only INTEGER, REAL, TEXT and BLOB. Hence: moments are integer microseconds, days are text, points are canonical decimal text.
No REAL column exists: a float in a score would not re-score to the same bytes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Integer, MetaData, SmallInteger, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

STRICT: dict[str, Any] = {"sqlite_strict": True}


def microseconds(moment: datetime) -> int:
    """Whole microseconds from 1970-01-01T00:00Z to an aware moment; exact. ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError(f"moment {moment.isoformat()} has no time zone; give an aware datetime")
    return (moment - EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC datetime of a count of microseconds."""
    return EPOCH + timedelta(microseconds=value)


def canonical_decimal(value: Decimal) -> str:
    """One text for one number: no exponent, no trailing zeros, no minus zero (`Decimal("1E+1")` -> "10", `Decimal("-0.0")` -> "0")."""
    if not isinstance(value, Decimal):
        raise TypeError(f"points and weights are Decimal, not {type(value).__name__}; write Decimal({str(value)!r})")
    if not value.is_finite():
        raise ValueError(f"points and weights are finite, not {value}")
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class Moment(TypeDecorator[datetime]):
    """A moment: aware datetime in Python, integer microseconds since 1970 UTC in the database.

    Differences and comparisons are plain integers in SQL on both databases: `seconds(later, earlier)` in this module builds them.
    """

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment(value)


class LocalDay(TypeDecorator[date]):
    """A date in the hall's own zone, as text YYYY-MM-DD; its first seven characters are the month."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        if isinstance(value, datetime):
            raise TypeError("a local day is a date, not a datetime; say in which zone by taking .date() of the local moment")
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Points(TypeDecorator[Decimal]):
    """A Decimal of points, weight or rate, as canonical decimal text. A float is refused."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else canonical_decimal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Flag(TypeDecorator[bool]):
    """Yes or no, as 1 or 0 (STRICT tables know no BOOLEAN). Asked for with `== 1` or `== 0`: PostgreSQL takes no number for a truth."""

    impl = SmallInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The record's tables. Every one is append-only: db/appendonly.py puts the triggers on all of them."""

    metadata = MetaData(naming_convention=NAMES)


Whole = BigInteger().with_variant(Integer(), "sqlite")
Small = SmallInteger().with_variant(Integer(), "sqlite")
RowId = Annotated[int, mapped_column(Whole, primary_key=True, autoincrement=True, comment="order of recording; only ever grows")]
Hall = Annotated[str, mapped_column(Text, comment="the hall that owns the row")]
Sequence = Annotated[int, mapped_column(Whole, index=False, comment="journal sequence of the act that recorded the row")]


def one_of(column: str, *values: str) -> CheckConstraint:
    """CHECK that a text column holds one of the given words (NULL passes where the column allows it)."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def flag(column: str) -> CheckConstraint:
    """CHECK that a Flag column is 0 or 1."""
    return CheckConstraint(f"{column} IN (0, 1)", name=column)


def not_blank(*columns: str) -> CheckConstraint:
    """CHECK that key columns are not empty text."""
    return CheckConstraint(" AND ".join(f"length({column}) > 0" for column in columns), name="not_blank")


def day(column: str) -> CheckConstraint:
    """CHECK the shape of a LocalDay: ten characters with dashes; good enough to keep a stray number out on both databases."""
    return CheckConstraint(f"{column} LIKE '____-__-__'", name=f"{column}_is_a_day")
