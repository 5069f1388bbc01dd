"""The three journeys in a real browser, in both languages, at desk and at phone width."""

from __future__ import annotations

import base64
import itertools
import re
import time

import openpyxl
import pytest

from dashboards.http import words_script
from tests.browser.conftest import ANOTHER, Served

CHINESE = re.compile(r"[\u3400-\u9fff]")
PAGES = ("manager", "staffing", "inspector", "planner", "believe", "jobs")
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
"""One pixel."""
ENGLISH_OF_STREAMLIT = ("Download as CSV", "Fullscreen", "Search", "Show/hide columns", "Choose an option", "Running...")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_in_its_language(visit, name, language):
    visit.open(name, language)
    page = visit.page

    assert page.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert "Streamlit" not in page.title()
    assert bool(CHINESE.search(page.title())) == (language == "zh")
    if language == "zh":
        names = page.eval_on_selector_all(
            "[aria-label],[title],[placeholder]", "all => all.map(e => e.ariaLabel || e.title || e.placeholder)"
        )
        assert not set(ENGLISH_OF_STREAMLIT) & set(names)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(visit, name):
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.open(name)

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert visit.page.locator(".answer").bounding_box()["y"] < 300, "the answer stands on the first screen"


def test_long_work_outlives_a_reload_and_opens_by_its_link(visit):
    visit.open("manager", "en", "&n=6400")
    link = visit.page.locator("a[href*='job=']").first
    address = link.get_attribute("href")
    visit.page.reload()
    visit.settle()
    visit.open("inspector", "en")
    visit.page.goto(visit.address + address)
    visit.settle()
    visit.page.get_by_text("6400 replications · unit of an interval").wait_for()

    assert "page=manager" in visit.page.url
    assert "job=" not in visit.page.url


@pytest.mark.parametrize(("language", "opens"), [("zh", "这个方案有效"), ("en", "This plan works")])
def test_a_manager_opens_windows_at_ten_and_sees_the_wait_fall(visit, language, opens):
    visit.open("manager", language)
    before = visit.answer()
    more = visit.page.locator(".st-key-more input")
    begun = time.monotonic()
    more.fill("3")
    more.press("Enter")
    visit.page.wait_for_function(ANOTHER, arg=before)
    took = time.monotonic() - begun
    after = visit.wait_for_another_answer(before)

    assert after.startswith(opens)
    assert re.search(r"95% (区间|interval)", after)
    assert "change=windows.real-estate-window" in visit.page.url
    print(f"plan against base on the page: {took:.2f} s")


def test_the_language_is_switched_in_the_midst_and_the_plan_and_colours_stay(visit):
    visit.open("manager", "zh", "&change=windows.comprehensive%3D%2B3%4010:00-12:00&change=demand%3D110%25")
    chinese, colours = visit.answer(), _colours(visit.page)
    visit.page.locator(".st-key-language_switch button").click()
    english = visit.wait_for_another_answer(chinese)
    visit.settle()

    assert not CHINESE.search(english)
    assert visit.page.evaluate("document.documentElement.lang") == "en"
    assert visit.page.locator(".st-key-more input").input_value() == "3"
    assert "demand%3D110" in visit.page.url
    assert re.findall(r"\d+\.\d", english) == re.findall(r"\d+\.\d", chinese), "the same figures"
    assert all(colours)
    assert _colours(visit.page) == colours


@pytest.mark.parametrize(("language", "width", "said"), [("zh", 390, "午间"), ("en", 1440, "Lunch")])
def test_a_link_opens_a_plan_whose_effect_stays_in_sight_and_whose_changes_are_undone_one_by_one(visit, language, width, said):
    visit.page.set_viewport_size({"width": width, "height": 844})
    visit.open("manager", language, "&change=windows.comprehensive%3D%2B3%4010:00-12:00&change=lunch%3Dab")
    page = visit.page
    both = visit.answer()
    page.locator(".st-key-topic_demand").scroll_into_view_if_needed()

    strip = page.locator(".strip").bounding_box()
    assert strip["y"] + strip["height"] <= 845, "the effect stands at the foot of the window while a lever is moved"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said in page.locator(".st-key-undo_1").inner_text()
    page.locator(".st-key-undo_0 button:visible").first.click()
    visit.wait_for_another_answer(both)
    assert said in page.locator(".st-key-undo_0").inner_text()
    assert "windows.comprehensive" not in page.url
    assert "lunch%3Dab" in page.url


def test_a_plan_is_saved_and_stands_beside_the_base(visit, tmp_path):
    visit.open("manager", "en", "&change=lunch%3Dab")
    page = visit.page
    page.locator(".st-key-plan_save button").first.click()
    name = page.locator(".st-key-plan_name input")
    name.fill("Lunch cover")
    name.press("Enter")
    page.locator(".st-key-plan_save_do button:not([disabled]):visible").first.click()
    page.locator(".st-key-download_beside").wait_for()
    visit.settle()
    with page.expect_download() as waiting:
        page.locator(".st-key-download_beside button").click()
    waiting.value.save_as(tmp_path / "beside.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "beside.xlsx")["Table"].iter_rows(min_row=3, max_col=2, values_only=True))

    assert rows[0][0] == "base"
    assert rows[1][0] == "Lunch cover"
    assert "covered in two halves" in rows[1][1]


def _colours(page):
    """Colours that the first chart's lines and areas are drawn in, in order."""
    page.locator('[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg').first.wait_for()
    return page.evaluate(
        """() => {
            const chart = document.querySelector('[data-testid="stVegaLiteChart"]');
            const svg = chart.querySelector('svg');
            const drawn = e => [e.getAttribute('stroke'), e.getAttribute('fill')];
            if (svg) return [...svg.querySelectorAll('path[stroke],path[fill]')].map(drawn);
            const canvas = chart.querySelector('canvas');
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            const counts = {};
            for (let i = 0; i < pixels.length; i += 4)
                if (pixels[i + 3] === 255) {
                    const name = [pixels[i], pixels[i + 1], pixels[i + 2]].join();
                    counts[name] = (counts[name] || 0) + 1;
                }
            const wanted = ['122,135,151', '31,90,150'];
            return wanted.map(name => (counts[name] || 0) > 20);
        }"""
    )


def test_more_replications_show_their_progress_and_narrow_the_interval(visit):
    visit.open("manager", "en")
    before = visit.answer()
    visit.page.locator(".st-key-more_replications button").click()
    after = visit.wait_for_another_answer(before)

    assert "n=400" in visit.page.url
    assert visit.page.get_by_text("400 replications", exact=False).first.is_visible()
    assert _width(after) < _width(before)


def _width(sentence: str) -> float:
    low, high = re.findall(r"interval ([\d.]+) to ([\d.]+)", sentence)[-1]
    return float(high) - float(low)


def test_a_table_comes_as_a_workbook_with_numbers_units_and_definitions(visit, tmp_path):
    visit.open("manager", "zh", "&change=windows.comprehensive%3D%2B3%4010:00-12:00")
    with visit.page.expect_download() as waiting:
        visit.page.locator(".st-key-download_measures button").click()
    path = tmp_path / "measures.xlsx"
    waiting.value.save_as(path)
    book = openpyxl.load_workbook(path)

    assert book.sheetnames == ["数据", "定义", "说明"]
    rows = list(book["数据"].iter_rows(min_row=3, values_only=True))
    assert rows[0][0] == "平均等候（分钟）"
    assert all(isinstance(cell, float | int) for cell in rows[0][2:5])
    assert dict(row[:2] for row in book["说明"].iter_rows(values_only=True))["随机种子"] == 1


@pytest.mark.parametrize(("language", "sheet", "evidence"), [("zh", "考核表", "的证据"), ("en", "Sheet of", "Evidence of")])
def test_an_inspector_goes_from_the_table_to_a_sheet_to_its_evidence(visit, language, sheet, evidence):
    visit.open("inspector", language)
    page = visit.page
    first = page.locator("h3", has_text=sheet).first.inner_text()
    _pick_row(page, 0, 2)
    _wait_for_heading(page, sheet, first)
    visit.settle()
    assert "window=" in page.url

    opened = page.locator("h3", has_text=evidence).first.inner_text()
    _pick_row(page, 1, 6)
    _wait_for_heading(page, evidence, opened)
    visit.settle()
    assert "line=" in page.url


def _pick_row(page, which: int, row: int) -> None:
    """Tick a row of a table; it is drawn on a canvas, so the mouse goes where the row is."""
    table = page.locator("[data-testid=stDataFrame]").nth(which)
    table.scroll_into_view_if_needed()
    table.locator("canvas").first.wait_for()
    page.wait_for_timeout(500)
    box = table.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + 36 + 35 * row + 17)


def _wait_for_heading(page, part: str, but: str) -> None:
    """Wait until a heading holds the part and is not the one that stood there."""
    page.wait_for_function(
        "([part, but]) => [...document.querySelectorAll('h3')].some(e => e.innerText.includes(part) && e.innerText !== but)",
        arg=[part, but],
    )


def test_an_inspector_opens_the_record_of_an_overdue_case(visit):
    visit.open("inspector", "zh", "&line=timeliness")
    page = visit.page
    page.get_by_text("打开 办件", exact=False).first.wait_for()

    assert page.get_by_text("演示数据", exact=False).first.is_visible()
    assert page.get_by_text("日志", exact=False).last.is_visible()


@pytest.mark.parametrize(("language", "windows"), [("zh", r"设 (\d+) 个窗口"), ("en", r"Build (\d+) windows")])
def test_a_planner_gives_a_demand_and_gets_windows_and_seats(visit, language, windows):
    visit.open("planner", language)
    before = visit.answer()
    cases = visit.page.locator(".st-key-cases_year input")
    cases.fill("150000")
    cases.press("Enter")
    after = visit.wait_for_another_answer(before)

    assert int(re.search(windows, after)[1]) > int(re.search(windows, before)[1])
    assert "cases_year=150000" in visit.page.url


def test_data_that_equal_a_word_of_streamlits_stay_as_they_are(visit):
    page = visit.page
    page.goto(visit.address)
    page.set_content(
        """<div data-testid="stMarkdownContainer"><p id="data">Search</p></div>
        <div data-testid="stElementToolbar"><button id="own" aria-label="Search">Search</button></div>
        <div data-testid="stFullScreenFrame"><div data-testid="stMarkdownContainer" id="inside">Print</div></div>
        <div data-testid="stSelectboxVirtualDropdown"><div role="listbox"><div role="option" id="option">Search</div></div></div>"""
    )
    page.evaluate(words_script())
    page.evaluate("for (const id of ['own', 'data', 'option']) document.getElementById(id).firstChild.data = 'Fullscreen'")
    page.evaluate("document.getElementById('own').setAttribute('aria-label', 'Search')")
    page.wait_for_timeout(100)

    assert page.locator("#own").inner_text() == "全屏"
    assert page.locator("#own").get_attribute("aria-label") == "搜索"
    assert page.locator("#data").inner_text() == "Fullscreen"
    assert page.locator("#inside").inner_text() == "Print"
    assert page.locator("#option").inner_text() == "Fullscreen"


def test_ctrl_c_ends_the_program_with_a_page_open(browser, chromium, tmp_path):
    running = Served(tmp_path)
    page = browser.new_page()
    page.goto(running.address + "?page=planner")
    page.locator(".answer").first.wait_for(timeout=60_000)
    code = running.stop()
    page.close()

    assert code == 0


def test_a_request_for_the_page_is_protected(served):
    import urllib.request

    with urllib.request.urlopen(served.address) as answer:
        headers = answer.headers
        page = answer.read().decode()

    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert 'lang="zh-CN"' in page


PARTS = ("plan", "form", "findings", "severity")
SECTIONS = ("orders", "overdue", "appeals", "signals", "period", *(f"checks&part={part}" for part in PARTS))


@pytest.mark.parametrize("view", SECTIONS)
def test_the_inspectors_sections_fit_a_phone(visit, view):
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.open("inspector", more=f"&view={view}")

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert visit.page.locator(".answer").bounding_box()["y"] < 300


def test_an_inspector_takes_a_month_from_opening_to_circulating_and_is_told_why_it_cannot_be_locked_yet(visit):
    visit.open("inspector")
    page = visit.page
    step, name = page.locator(".st-key-next_step button"), page.locator(".st-key-person input")
    step.click()
    page.get_by_text("请先填写").wait_for()
    name.fill("督查甲")
    name.press("Enter")
    visit.settle()
    for label, after in itertools.pairwise(("开启本月考核", "归集证据", "计分")):
        assert step.inner_text().endswith(label)
        step.click()
        page.locator(".st-key-next_step button", has_text=after).wait_for()
        visit.settle()
    step.click()
    for act in ("circulate", "lock"):
        page.locator(f".st-key-ask_step_{act} button").first.wait_for()
        visit.settle()
        page.locator(f".st-key-ask_step_{act} button").first.click()
        page.locator(f".st-key-step_{act} button").click()
    page.get_by_text("没有办成").wait_for()

    assert "督查甲" not in page.url


def test_an_inspector_records_a_visit_on_a_phone_with_a_picture_and_a_refusal_loses_nothing(visit):
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.open("inspector", more="&view=checks&part=form")
    page, record = visit.page, visit.page.get_by_role("button", name="登记这次检查")
    name = page.locator(".st-key-person input")
    name.fill("督查乙")
    name.press("Enter")
    visit.settle()
    page.locator(".st-key-form_codes").get_by_text("未统一着装").click()
    page.locator(".st-key-form_minutes input").fill("12")
    page.locator(".st-key-form_waiting input").fill("5")
    record.click()
    page.get_by_text("须附照片").wait_for()
    visit.settle()
    assert page.locator(".st-key-form_minutes input").input_value() == "12"
    assert page.locator(".st-key-form_waiting input").input_value() == "5"
    picture = {"name": "现场.png", "mimeType": "image/png", "buffer": PICTURE}
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files([picture])
    page.get_by_text("现场.png").wait_for()
    visit.settle()
    record.click()
    page.get_by_text("已登记检查").wait_for()
    assert "问题 1 个，新存文件 1 份" in page.locator("[data-testid=stAlertContentSuccess]").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
