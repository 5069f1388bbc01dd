"""Checks as visits: severity found again where it was put, pictures without what the camera wrote, files that are what they were."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from supervision.checks import desk
from supervision.checks.desk import keep_file, list_files, measure_severity, open_file, read_visits
from supervision.checks.orientation import read_orientation
from supervision.checks.pictures import NoPicture, media_type, strip
from supervision.checks.severity import Visit, estimate
from supervision.faults import BadInput
from supervision.inspection import checklist, checklists

from .halls_at_hand import HALL, bring, codes, new_store

SEVERE = {"mild": 0.5, "usual": 1.0, "strict": 2.0}


def visits(seed: int, windows: int = 30, each: int = 40) -> list[Visit]:
    """Visits drawn at random over windows of different faultiness, by inspectors of known severity."""
    rng = np.random.default_rng(seed)
    faulty = rng.gamma(4, 1 / 4, windows)
    made = []
    for name, factor in SEVERE.items():
        for _ in range(each):
            window, minutes = int(rng.integers(windows)), int(rng.integers(10, 60))
            made.append(Visit(name, f"W{window}", int(rng.poisson(minutes / 35 * faulty[window] * factor)), minutes))
    return made


def test_severities_are_found_again_where_they_were_put():
    """Sixty draws: the ratio of strict to mild, which no common scale moves, comes out near 4, and the order always stands."""
    ratios = []
    for seed in range(60):
        found = {each.inspector: each for each in estimate(visits(seed))}
        assert found["mild"].factor < found["strict"].factor
        ratios.append(found["strict"].factor / found["mild"].factor)
    assert 3.2 < float(np.median(ratios)) < 4.4, "drawn a little towards 1 by the prior"


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Of inspectors who are all alike, about 5 % seem different; far more or far fewer would show a wrong interval."""
    differ = 0
    for seed in range(100):
        rng = np.random.default_rng(1000 + seed)
        alike = [Visit(f"i{n % 5}", f"W{int(rng.integers(20))}", int(rng.poisson(1.0)), 30) for n in range(150)]
        differ += sum(each.differs for each in estimate(alike))
    assert 2 <= differ <= 45, f"{differ} of 500"


def test_who_looked_little_is_not_called_severe():
    made = [Visit("new", "W0", 2, 30)] + [Visit("old", f"W{n % 10}", 1, 30) for n in range(100)]
    new = next(each for each in estimate(made) if each.inspector == "new")
    assert not new.differs
    assert new.factor < 1.5
    assert estimate([]) == ()
    assert [each.factor for each in estimate([Visit("a", "W", 0, 0)])] == [1.0]


def test_who_was_sent_to_the_worse_windows_is_not_the_severer_inspector():
    """A and B find alike at the windows they share; A is also sent to windows where everybody finds much."""
    made = []
    for n in range(60):
        made += [Visit("A", f"bad{n % 3}", 3, 30), Visit("C", f"bad{n % 3}", 3, 30)]
        made += [Visit("B", f"good{n % 6}", 1, 30), Visit("A", f"good{n % 6}", 1, 30), Visit("C", f"good{n % 6}", 1, 30)]
    found = {each.inspector: each for each in estimate(made)}
    assert abs(found["A"].factor / found["B"].factor - 1) < 0.1, "though A found three times as much a visit at the bad windows"


def picture(kind: str) -> tuple[bytes, np.ndarray]:
    """A picture with GPS, device and a name in it, and its pixels."""
    image = Image.fromarray((np.indices((24, 31)).sum(0) * 4 % 256).astype("uint8")).convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "PhoneModel"
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0)}
    if kind == "png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "Zhang San")
        image.save(out, "PNG", pnginfo=text, exif=exif)
    else:
        image.save(out, "JPEG", exif=exif, comment=b"Zhang San", progressive=kind == "progressive", quality=90)
    return out.getvalue(), np.asarray(Image.open(io.BytesIO(out.getvalue())))


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "png"])
def test_a_picture_loses_what_the_camera_wrote_and_not_one_pixel(kind):
    given, pixels = picture(kind)
    assert b"PhoneModel" in given
    assert b"Zhang San" in given
    kept = strip(given + b"a hidden film after the end")
    for word in (b"PhoneModel", b"Zhang San", b"Exif", b"hidden film"):
        assert word not in kept
    shown = Image.open(io.BytesIO(kept))
    assert np.array_equal(np.asarray(shown), pixels)
    assert dict(shown.getexif()) == {}
    assert strip(kept) == kept, "nothing is left to take out"


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_picture_taken_upright_is_still_shown_upright_and_says_nothing_else(kind, orientation, order):
    exif = Image.Exif()
    exif.endian = "<" if order == "little" else ">"
    exif[0x010F], exif[0x0112] = "PhoneMaker", orientation
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0)}
    out = io.BytesIO()
    Image.new("RGB", (31, 24), (90, 120, 30)).save(out, kind, exif=exif)
    kept = strip(out.getvalue())
    shown = Image.open(io.BytesIO(kept))

    assert b"PhoneMaker" not in kept
    assert dict(shown.getexif()) == ({} if orientation == 1 else {0x0112: orientation})
    assert ImageOps.exif_transpose(shown).size == ((31, 24) if orientation in (1, 3) else (24, 31))
    assert strip(kept) == kept, "nothing is left to take out"


@pytest.mark.parametrize(
    "tiff",
    [
        b"", b"II*\x00", b"MM\x00*\xff\xff\xff\xff", b"II*\x00\x08\x00\x00\x00\xff\xff", b"Exif" * 9,
        b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x09\x00\x00\x00\x00\x00\x00",
    ],
)  # fmt: skip
def test_exif_that_cannot_be_read_is_upright(tiff):
    assert read_orientation(tiff) == 1


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "png"])
def test_a_picture_that_breaks_off_anywhere_is_refused(kind):
    given, _ = picture(kind)
    for end in range(3 if kind != "png" else 8, len(given) - 1, 7):
        with pytest.raises(NoPicture):
            strip(given[:end])


def test_a_type_is_what_the_bytes_say_and_never_the_name():
    assert media_type(b"MZ\x90") == ""
    assert media_type(b"%PDF-1.7") == "application/pdf"
    assert media_type(b"<svg") == ""


@pytest.fixture
def store(tmp_path: Path):
    with new_store(tmp_path, datetime(2024, 6, 1, 12, tzinfo=UTC)) as opened:
        bring(opened, tmp_path, "checks", "finding_number,code,observed,window,source\nF-1,dress,2024-05-06 10:00,W1,in_house\n")
        yield opened


def test_a_file_is_kept_once_stripped_and_known_by_its_digest(store, tmp_path):
    given, _ = picture("jpeg")
    (tmp_path / "13812345678.exe").write_bytes(given)
    row = keep_file(store, HALL, "finding:F-1", tmp_path / "13812345678.exe", "Li")
    assert (row.media_type, row.stripped, row.file_name) == ("image/jpeg", True, "138****5678.exe")
    assert row.digest != row.given_digest
    before = store.head()
    assert keep_file(store, HALL, "finding:F-1", tmp_path / "13812345678.exe", "Li") == row
    assert store.head() == before, "the same file again is no act"
    assert open_file(store, row) == strip(given)
    place = next(path for path in (store.home / "evidence").rglob("*") if path.is_file())
    assert place.name == row.digest
    place.write_bytes(b"another picture")
    with pytest.raises(BadInput) as caught:
        open_file(store, row)
    assert caught.value.faults[0].code == "file_changed"
    place.unlink()
    with pytest.raises(BadInput) as caught:
        open_file(store, row)
    assert caught.value.faults[0].code == "file_gone"


@pytest.mark.parametrize(
    ("content", "evidence", "code"),
    [
        (b"MZ program", "finding:F-1", "file_type"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "finding:F-1", "file_damaged"),
        (b"%PDF-1.7", "finding:F-9", "evidence_unknown"),
    ],
)
def test_files_that_cannot_be_evidence_are_refused(store, tmp_path, content, evidence, code):
    (tmp_path / "f").write_bytes(content)
    before = store.head()
    with pytest.raises(BadInput) as caught:
        keep_file(store, HALL, evidence, tmp_path / "f", "Li")
    assert caught.value.faults[0].code == code
    assert store.head() == before
    assert not (store.home / "evidence").exists()


def test_size_and_number_of_files_have_limits(store, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "MOST_BYTES", 9)
    monkeypatch.setattr(desk, "MOST_FILES", 2)
    given = ((b"%PDF-1", ""), (b"%PDF-2", ""), (b"%PDF-3", "files_too_many"), (b"%PDF-too-big", "file_too_big"))
    for number, (content, code) in enumerate(given):
        (tmp_path / f"{number}").write_bytes(content)
        if not code:
            assert not keep_file(store, HALL, "finding:F-1", tmp_path / f"{number}", "Li").stripped
            continue
        with pytest.raises(BadInput) as caught:
            keep_file(store, HALL, "finding:F-1", tmp_path / f"{number}", "Li")
        assert caught.value.faults[0].code == code
    assert len(list_files(store, HALL, "finding:F-1")) == 2


VISITS = """check_number,check_kind,window,inspector,began,minutes,people_waiting
V-1,暗访,W1,Li,2024-05-06 10:00,10,3
V-2,第三方,W1,Agency,2024-05-07 10:00,30,
V-3,视频巡查,综窗1,Li,2024-05-08 10:00,5,0
"""


def test_visits_bind_findings_and_third_parties_stay_apart(store, tmp_path):
    bring(store, tmp_path, "visits", VISITS)
    rows = "finding_number,code,observed,window,source,check_number\nF-2,phone_on_duty,2024-05-06 10:04,W1,in_house,V-1\n"
    bring(store, tmp_path, "checks", rows + "F-3,none,2024-05-07 10:20,W1,third_party,V-2\n")
    found = {each.check_number: each for each in read_visits(store, HALL, "2024-05")}
    assert {name: [code for _, code in each.findings] for name, each in found.items()} == {"V-1": ["phone_on_duty"], "V-2": [], "V-3": []}
    assert (found["V-1"].checklist, found["V-1"].people_waiting) == ("open-hall/3", 3)
    assert [each.inspector for each in measure_severity(store, HALL, "2024-05", "2024-05")] == ["Li"]
    assert [each.inspector for each in measure_severity(store, HALL, "2024-05", "2024-05", third_party=True)] == ["Agency"]
    assert bring(store, tmp_path, "visits", VISITS).duplicate == 3
    assert codes(bring(store, tmp_path, "visits", VISITS.replace("V-3,视频巡查", "V-3,自查"))) == ["conflict"]


def test_versions_of_the_checklist_grow_and_keep_what_they_had():
    first, second, third = (checklists()[f"open-hall/{version}"] for version in (1, 2, 3))
    assert first < second < third == frozenset(checklist())
    assert {"never_accepted", "file_incomplete", "absent"} <= second - first
    assert {"station_not_settled", "staffing"} <= third - second
