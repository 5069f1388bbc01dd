"""Pages drawn without a browser, and what stands on them."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboards import app as application

CHINESE = re.compile(r"[\u3400-\u9fff]")


def open_page(name: str, language: str = "zh", person: str = "", **asked: str | list[str]) -> AppTest:
    """A page as a link opens it, on behalf of a person where one is named; no page may break."""
    test = AppTest.from_file(str(Path(application.__file__)), default_timeout=240)
    test.query_params.update({"page": name, "lang": language, **asked})
    if person:
        test.session_state["acting"] = person
    test.run()
    assert not test.exception
    return test


def click(test: AppTest, label: str) -> AppTest:
    """The page after its button of that label."""
    next(each for each in test.button if each.label == label).click().run()
    assert not test.exception
    return test


def answers(test: AppTest) -> list[str]:
    """The sentences that answer what to do."""
    return [re.sub(r"<[^>]+>", "", each.proto.body) for each in test.get("html") if 'class="answer' in each.proto.body]


def answer(test: AppTest) -> str:
    """The first of them."""
    return answers(test)[0]


def table_with(test: AppTest, column: str) -> pd.DataFrame:
    """The first table that has a column of that name."""
    return next(each.value for each in test.dataframe if column in each.value.columns)


def written(test: AppTest) -> str:
    """What is said in running text, after acts and about faults."""
    return " ".join(each.value for kind in (test.markdown, test.caption, test.success, test.error, test.code) for each in kind)
