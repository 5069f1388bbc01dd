"""Every measure once: its formula, who is counted, its unit, its words in both languages, and where it is given.

The pages' help, the definitions sheet of an export and the documentation all read this table. A measure is either one total over another
(see totals.py) or a quantile of the waits of the served.

Loads neither numba nor numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from simulation.measures.totals import TOTALS

Better = Literal["lower", "higher"]
Place = Literal["overall", "by_service", "by_half_hour", "by_window"]
Text = Mapping[str, str]

EVERYWHERE_BUT_WINDOWS: tuple[Place, ...] = ("overall", "by_service", "by_half_hour")

UNITS: Mapping[str, Text] = {
    "min": {"en": "minutes", "zh": "分钟"},
    "share": {"en": "share, 0 to 1", "zh": "占比（0 到 1）"},
    "people": {"en": "people", "zh": "人"},
    "tickets": {"en": "tickets a day", "zh": "号/天"},
    "windows": {"en": "windows", "zh": "个窗口"},
}
"""What the unit's code stands for."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure's definition."""

    name: str
    unit: str
    """a key of UNITS"""
    better: Better | None
    """the better direction; None where neither is"""
    places: tuple[Place, ...]
    """where it is given"""
    numerator: int
    """row of the totals, -1 for a quantile"""
    denominator: int
    """row of the totals, -1 for a quantile"""
    share: float
    """the quantile's share, 0 for a ratio"""
    label: Text
    definition: Text
    counted: Text
    """who is counted"""
    formula: Text

    @property
    def is_quantile(self) -> bool:
        return self.numerator < 0


def _pair(en: str, zh: str) -> Text:
    return MappingProxyType({"en": en, "zh": zh})


def _measure(
    name: str,
    unit: str,
    better: Better | None,
    source: tuple[str, str] | float,
    label: tuple[str, str],
    definition: tuple[str, str],
    counted: tuple[str, str],
    formula: tuple[str, str],
    places: tuple[Place, ...] = EVERYWHERE_BUT_WINDOWS,
) -> Measure:
    if isinstance(source, float):
        numerator, denominator, share = -1, -1, source
    else:
        numerator, denominator, share = TOTALS.index(source[0]), TOTALS.index(source[1]), 0.0
    return Measure(name, unit, better, places, numerator, denominator, share, _pair(*label), _pair(*definition), _pair(*counted), _pair(*formula))


_QUEUED = (
    "every ticket that queued: served, reneged, sent home, interrupted, and those still waiting at the end with their wait so far",
    "所有排过队的号：已办、中途离开、被劝返、被中断的，以及结束时仍在等的（按已等时间计）",
)
_SERVED = ("the served only; see left_share for those who left", "只计已办结的号；离开的人见“离开占比”")
_ALL = ("every ticket, whatever became of it", "所有的号，不论结果")
_TIME = ("everyone inside, at every moment", "任一时刻在厅内的所有人")
_DAY_EN = "the hall's day: from the first opening (or the first arrival, if earlier) to the last closing (or the last leaving, if later)"
_DAY_ZH = "大厅的一天：从首次开门（或更早的首位到达）到最后关门（或更晚的末位离开）"


def _quantile(percent: int) -> Measure:
    return _measure(
        f"p{percent}_wait", "min", "lower", percent / 100,
        (f"{percent} % waited at most", f"等候时间 {percent} 分位"),
        (f"The shortest time within which {percent} % of the served were called.", f"{percent}% 的已办者在此时间内被叫到。"),
        _SERVED,
        (f"smallest w with (served called within w) ÷ served ≥ {percent / 100:g}", f"满足“w 内被叫到的已办数 ÷ 已办数 ≥ {percent / 100:g}”的最小 w"),
    )  # fmt: skip


def _became(name: str, total: str, label: tuple[str, str], definition: tuple[str, str]) -> Measure:
    return _measure(name, "share", "lower", (total, "arrivals"), label, definition, _ALL, (f"{total.replace('_', ' ')} ÷ arrivals", f"{label[1].removesuffix('占比')}数 ÷ 到达数"))


_TABLE = (
    _measure(
        "mean_wait", "min", "lower", ("wait", "queued"),
        ("mean wait", "平均等候"),
        ("Minutes from arrival until called or gone.", "从到达到被叫号或离开的分钟数。"),
        _QUEUED, ("Σ wait ÷ tickets that queued", "等候时间之和 ÷ 排队号数"),
    ),
    _measure(
        "mean_wait_served", "min", "lower", ("served_wait", "served"),
        ("mean wait of the served", "已办者平均等候"),
        ("Minutes from arrival until called.", "从到达到被叫号的分钟数。"),
        _SERVED, ("Σ wait of the served ÷ served", "已办者等候时间之和 ÷ 已办数"),
        places=("overall", "by_service", "by_half_hour", "by_window"),
    ),
    _measure(
        "mean_wait_from_doors", "min", "lower", ("wait_from_doors", "queued"),
        ("mean wait from the doors", "开门后平均等候"),
        ("As mean wait, but time spent before the doors opened is left out.", "同平均等候，但不计开门前的排队时间。"),
        _QUEUED, ("Σ (called or gone − later of arrival and doors) ÷ tickets that queued", "Σ（叫号或离开 − 到达与开门的较晚者）÷ 排队号数"),
    ),
    _quantile(50),
    _quantile(90),
    _quantile(95),
    _measure(
        "longest_wait", "min", "lower", ("longest", "longest_days"),
        ("longest wait", "最长等候"),
        ("The longest wait of a day; over many days, its mean.", "一天中最长的等候；多天取平均。"),
        _QUEUED, ("mean over days of max wait", "每日最长等候的平均"),
    ),
    _measure(
        "delayed_share", "share", "lower", ("delayed", "queued"),
        ("had to wait", "需要等候的占比"),
        ("Share that was not called at once.", "没有立即被叫到的占比。"),
        _QUEUED, ("tickets with wait > 0 ÷ tickets that queued", "等候大于 0 的号数 ÷ 排队号数"),
    ),
    _measure(
        "share_within_target", "share", "higher", ("within_target", "due"),
        ("called within target", "目标内叫号占比"),
        ("Share called within the target of their own service; who left before being called counts as missed.", "在本事项目标时间内被叫到的占比；未叫到就离开的算未达标。"),
        ("tickets of services with a target, without those turned away, diverted or not shown up", "有目标的事项的号，不含被拒、分流和未到的"),
        ("called within target ÷ (arrivals − turned away − diverted − no-shows)", "目标内叫号数 ÷（到达 − 被拒 − 分流 − 未到）"),
    ),
    _became("reneged_share", "reneged", ("left while waiting", "中途离开占比"), ("Share that gave up while waiting.", "等候中放弃的占比。")),
    _became("balked_share", "balked", ("did not join", "见队离开占比"), ("Share that saw the queue and did not take a place.", "看到队伍就走的占比。")),
    _became("sent_home_share", "sent_home", ("sent home", "被劝返占比"), ("Share that waited and was sent home at closing.", "等到关门被劝返的占比。")),
    _became("turned_away_share", "turned_away", ("turned away", "被拒占比"), ("Share that got no ticket: closed, full or quota used up.", "没有取到号的占比：已关门、已满或号源用完。")),
    _became("unfinished_share", "unfinished", ("unfinished", "未办完占比"), ("Share still inside when the record ends.", "记录结束时仍在厅内的占比。")),
    _measure(
        "left_share", "share", "lower", ("left", "arrivals"),
        ("left without service", "离开占比"),
        ("Share that reneged, balked or was sent home; read it beside every quantile of the served.", "中途离开、见队离开或被劝返的占比；看已办者分位数时须一并看。"),
        _ALL, ("(reneged + balked + sent home) ÷ arrivals", "（中途离开 + 见队离开 + 被劝返）÷ 到达数"),
    ),
    _measure(
        "utilisation", "share", None, ("busy", "available"),
        ("utilisation", "窗口利用率"),
        ("Share of the windows' working time spent serving.", "窗口工作时间中用于办理的占比。"),
        ("windows: time rostered, and time serving beyond it", "窗口：排班时间，以及超出排班的办理时间"),
        ("busy ÷ (rostered ∪ busy) time", "办理时间 ÷（排班 ∪ 办理）时间"),
        places=("overall", "by_half_hour", "by_window"),
    ),
    _measure(
        "open_windows", "windows", None, ("available", "span"),
        ("windows open", "开放窗口数"),
        ("Windows on duty or still serving, on average over the time.", "在岗或仍在办理的窗口数（按时间平均）。"),
        ("windows: time rostered, and time serving beyond it", "窗口：排班时间，以及超出排班的办理时间"),
        ("∫ windows open dt ÷ time", "开放窗口数对时间的平均"),
        places=("overall", "by_half_hour"),
    ),
    _measure(
        "mean_queue", "people", "lower", ("queue_time", "span"),
        ("people waiting", "平均排队人数"),
        (f"Time average of the number waiting, over {_DAY_EN}; by half-hour, over the half-hour.", f"等候人数的时间平均，时间为{_DAY_ZH}；分时段则为该时段。"),
        _TIME, ("∫ queue dt ÷ time", "排队人数对时间的平均"),
    ),
    _measure(
        "mean_in_hall", "people", "lower", ("hall_time", "span"),
        ("people in the hall", "平均在厅人数"),
        (f"Time average of those waiting or being served, over {_DAY_EN}; by half-hour, over the half-hour.", f"等候和办理人数的时间平均，时间为{_DAY_ZH}；分时段则为该时段。"),
        _TIME, ("∫ people inside dt ÷ time", "在厅人数对时间的平均"),
    ),
    _measure(
        "peak_in_hall", "people", "lower", ("peak", "days"),
        ("most people in the hall", "最多在厅人数"),
        ("Most people inside at one time (seats and standing room needed); over many days, its mean.", "同一时刻在厅的最多人数（所需座位和空间）；多天取平均。"),
        _TIME, ("mean over days of max people inside", "每日最多在厅人数的平均"),
        places=("overall",),
    ),
    _measure(
        "mean_time_in_hall", "min", "lower", ("stay", "queued"),
        ("mean time in hall", "平均在厅时间"),
        ("Minutes from arrival until gone, service included.", "从到达到离开的分钟数，含办理。"),
        _QUEUED, ("Σ (gone − arrival) ÷ tickets that queued", "Σ（离开 − 到达）÷ 排队号数"),
    ),
    _measure(
        "mean_service_time", "min", None, ("service", "served"),
        ("mean service time", "平均办理时间"),
        ("Minutes from called until done.", "从叫号到办完的分钟数。"),
        ("the served only", "只计已办结的号"),
        ("Σ (ended − called) of the served ÷ served", "已办者（办完 − 叫号）之和 ÷ 已办数"),
        places=("overall", "by_service", "by_half_hour", "by_window"),
    ),
    _measure(
        "overtime", "min", "lower", ("overtime", "overtime_days"),
        ("overtime", "延时"),
        (
            "Minutes from the last closing until the last citizen is gone; for a window, from the end of its last shift until its last service ends. Over many days, the mean.",
            "从最后关门到末位办事人离开的分钟数；单个窗口则从末班结束到最后一笔办完。多天取平均。",
        ),
        ("days with opening hours (a textbook horizon has no closing)", "有开放时段的日子（教科书式时段无关门）"),
        ("mean over days of max(0, last ended − last closing)", "每日 max(0, 最后结束 − 最后关门) 的平均"),
        places=("overall", "by_window"),
    ),
    _measure(
        "arrivals", "tickets", None, ("arrivals", "days"),
        ("arrivals", "到达数"),
        ("Tickets a day, whatever became of them.", "每天的号数，不论结果。"),
        _ALL, ("tickets ÷ days", "号数 ÷ 天数"),
    ),
    _measure(
        "served", "tickets", "higher", ("served", "days"),
        ("served", "已办数"),
        ("Tickets served a day; by half-hour, of those that arrived in it.", "每天办结的号数；分时段则按到达时段计。"),
        ("the served only", "只计已办结的号"),
        ("served ÷ days", "已办数 ÷ 天数"),
        places=("overall", "by_service", "by_half_hour", "by_window"),
    ),
)  # fmt: skip

MEASURES: Mapping[str, Measure] = MappingProxyType({each.name: each for each in _TABLE})
"""name -> definition, in the order in which they are shown"""
RATIOS: tuple[Measure, ...] = tuple(each for each in _TABLE if not each.is_quantile)
QUANTILES: tuple[Measure, ...] = tuple(each for each in _TABLE if each.is_quantile)
