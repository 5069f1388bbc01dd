"""What all charts share: colours by meaning, fonts that have Chinese, and the locale of numbers and months."""

from __future__ import annotations

from typing import Any

import altair as alt

FONT = "Source Sans, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"

BASE = "#7a8797"
PLAN = "#1f5a96"
GOOD = "#2a7f62"
WARN = "#c8501e"
QUIET = "#c9d1da"

_TIME = {
    "zh": {
        "dateTime": "%Y年%-m月%-d日 %H:%M:%S",
        "date": "%Y年%-m月%-d日",
        "time": "%H:%M:%S",
        "periods": ["上午", "下午"],
        "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
        "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
        "months": [f"{month}月" for month in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")],
        "shortMonths": [f"{month}月" for month in range(1, 13)],
    },
    "en": {
        "dateTime": "%-d %B %Y %H:%M:%S",
        "date": "%-d %B %Y",
        "time": "%H:%M:%S",
        "periods": ["am", "pm"],
        "days": ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        "shortDays": ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
        "months": [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        "shortMonths": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    },
}
_NUMBER = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]}


def finish(chart: Any, language: str, height: Any = None) -> Any:
    """The chart with our fonts, locale and quiet frame; `chart` is any Altair chart, `height` in pixels, or as a step a row."""
    if height is not None:
        chart = chart.properties(height=height)
    return chart.configure(
        font=FONT,
        locale=alt.Locale(number=alt.NumberLocale(**_NUMBER), time=alt.TimeLocale(**_TIME[language])),
        background="transparent",
        aria=False,  # Vega describes axes and marks in English only; the page gives each chart one description in its own language
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor="#e6ebf0", domainColor=QUIET, tickColor=QUIET
        ),
        legend=alt.LegendConfig(orient="top", title=None, labelFontSize=13, labelLimit=320, symbolSize=120, symbolOpacity=1, offset=24),
        axisY=alt.AxisConfig(
            titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-12, titleX=-30, titleBaseline="bottom", titleLimit=320
        ),
    )
