"""Long work as jobs: asked once, followed, cancelled in time, kept, and told of when it was cut off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dashboards import jobs
from dashboards.jobs import Job
from dashboards.jobs import line as lines
from dashboards.jobs.kinds import KINDS
from dashboards.texts import Words, sentences
from dashboards.views import job as page_of_job
from simulation.faults import BadInput
from tests.dashboards import long_work

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    """A data folder of the test's own, and the tests' kinds of work."""
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path))
    for name in ("count", "deaf", "refuse", "break_down", "die"):
        monkeypatch.setitem(KINDS, name, f"tests.dashboards.long_work:{name}")


def until(holds, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came to that")


def over(id):
    return until(lambda: jobs.look(id).is_over and jobs.look(id))


def has_ended(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2][:3]


def test_a_job_tells_its_progress_and_time_left_and_keeps_its_result(tmp_path):
    id = jobs.start("count", {"to": 12}, who="李", address={"page": "manager"})
    seen = until(lambda: (job := jobs.look(id)).left is not None and job)

    assert 0 < seen.progress < 1
    assert 0 < seen.left < 5
    assert (seen.note, seen.state, seen.who) == ("job_sizes_tried", "running", ("李",))
    done = over(id)
    assert (done.state, done.progress, done.left) == ("done", 1.0, None)
    assert jobs.result(id) == {"counted": 12}
    assert jobs.Job.from_dict(json.loads((tmp_path / "jobs" / id / "job.json").read_text(encoding="utf-8"))) == done


def test_the_same_work_is_one_job_with_one_link():
    first = jobs.start("count", {"to": 3, "pid": "/dev/null"}, who="李")
    again = jobs.start("count", {"pid": "/dev/null", "to": 3}, who="王")

    assert first == again
    assert jobs.start("count", {"to": 4}) != first
    before = over(first)
    assert before.who == ("李", "王")
    assert jobs.start("count", {"to": 3, "pid": "/dev/null"}) == first
    assert jobs.look(first) == before, "what is done is not done again"
    assert [each.id for each in jobs.listed("王")] == [first]


def test_as_many_run_as_there_are_cores_and_the_others_see_their_place(monkeypatch):
    monkeypatch.setattr(jobs._line(), "cores", 1)
    first, second, third = (jobs.start("count", {"to": 8, "n": n}) for n in range(3))

    assert [jobs.look(each).place for each in (first, second, third)] == [None, 1, 2]
    jobs.cancel(second)
    assert jobs.look(second).state == "cancelled"
    assert jobs.look(third).place == 1
    assert over(first).state == "done"
    assert over(third).state == "done"


@pytest.mark.parametrize("kind", ["count", "deaf"])
def test_a_cancelled_job_ends_long_before_its_work_would_even_if_it_never_listens(kind):
    id = jobs.start(kind, {"to": 600})
    until(lambda: jobs.look(id).progress)
    process = jobs._line()._running[id].pid
    jobs.cancel(id)

    assert jobs.look(id).state == "cancelled"
    until(lambda: has_ended(process))
    assert jobs.result(id) is None
    until(lambda: not jobs._line()._ending)


def test_a_cancelled_job_can_be_started_again():
    id = jobs.start("count", {"to": 5})
    jobs.cancel(id)
    jobs.restart(id)

    assert over(id).state == "done"


def test_a_job_that_is_refused_says_why_in_both_languages():
    job = over(jobs.start("refuse", {}))

    assert job.state == "failed"
    assert "ask for it again" in job.reason["en"]
    assert "重新计算" in job.reason["zh"]


def test_a_job_that_breaks_down_gives_a_reference_and_leaves_its_log(tmp_path):
    id = jobs.start("break_down", {})
    job = over(id)
    log = (tmp_path / "jobs" / id / "log.txt").read_text(encoding="utf-8")

    assert job.state == "failed"
    assert "ZeroDivisionError" in log
    assert log.split()[1] in job.reason["en"]
    assert "ZeroDivision" not in job.reason["en"]


def test_a_job_whose_process_dies_has_failed():
    assert over(jobs.start("die", {})).state == "failed"


def test_after_its_server_is_killed_a_job_is_gone_says_so_and_can_be_started_again(tmp_path, monkeypatch):
    pid = tmp_path / "pid"
    script = (
        "import sys, time; from dashboards import jobs\n"
        "jobs.KINDS['count'] = 'tests.dashboards.long_work:count'\n"
        f"print(jobs.start('count', {{'to': 20, 'pid': {str(pid)!r}}}), flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    id = server.stdout.readline().strip()
    until(lambda: pid.exists() and pid.read_text(encoding="utf-8"))
    assert jobs.look(id).state == "running", "another server of the same folder has it"
    server.send_signal(signal.SIGKILL)
    server.wait()

    until(lambda: has_ended(int(pid.read_text(encoding="utf-8"))), 3)
    monkeypatch.setattr(lines, "SILENCE", 0.1)
    assert until(lambda: (job := jobs.look(id)).state == "interrupted" and job).left is None
    jobs.restart(id)
    assert over(id).state == "done"
    assert jobs.result(id) == {"counted": 20}


@pytest.mark.parametrize("id", ["", "../../etc", "x" * 20, "0" * 20])
def test_an_id_that_is_none_finds_nothing(id):
    assert jobs.look(id) is None
    assert jobs.result(id) is None
    jobs.cancel(id)
    jobs.restart(id)


def test_a_damaged_file_is_as_good_as_none(tmp_path):
    id = jobs.start("count", {"to": 1})
    over(id)
    (tmp_path / "jobs" / id / "job.json").write_text("{", encoding="utf-8")

    assert jobs.look(id) is None
    assert jobs.listed() == []


def test_unknown_kinds_and_arguments_that_are_no_data_are_refused():
    with pytest.raises(KeyError):
        jobs.start("nothing", {})
    with pytest.raises(TypeError):
        jobs.start("count", {"to": object()})
    with pytest.raises(ValueError):
        jobs.start("count", {"to": float("nan")})


def test_only_the_latest_are_kept(monkeypatch):
    monkeypatch.setattr("dashboards.jobs.shelf.MOST", 2)
    ids = []
    for n in range(4):
        ids.append(jobs.start("count", {"to": 1, "n": n}))
        over(ids[-1])

    assert [each.id for each in jobs.listed()] == ids[:1:-1]


@pytest.mark.parametrize("kind", [each for each in KINDS if not hasattr(long_work, each)])
def test_every_kind_is_there_and_has_a_sentence(kind):
    from importlib import import_module

    module, _, name = KINDS[kind].partition(":")
    assert callable(getattr(import_module(module), name))
    assert f"job_{kind}" in sentences()


def test_a_search_for_windows_is_a_job_that_gives_what_the_command_gives(openhall, tmp_path, monkeypatch):
    from dashboards.data import halls
    from dashboards.jobs.staffed import staffing

    hall = tmp_path / "small.toml"
    hall.write_text(
        """schema = 1
name = "small"
title = { en = "small", zh = "小厅" }

[[opening]]
from = 09:00:00
to = 10:00:00
at_end = "serve_all"

[[services]]
id = "s"
name = { en = "s", zh = "事" }
service_min = { family = "exponential", mean = 6.0 }
arrivals_per_hour = [10.0, 20.0]
target = { wait_min = 10.0, share = 0.9 }

[[windows]]
id = "w"
name = { en = "w", zh = "窗" }
count = 3
serves = ["*"]
""",
        encoding="utf-8",
    )
    monkeypatch.setattr("dashboards.shipped.SCENARIOS", tmp_path)
    scenario = halls.hall("small")
    found = staffed(staffing(scenario, (), ["mean_wait <= 5"]))
    answered = json.loads(openhall("staff", hall, "--target", "mean_wait <= 5", "--json", "-").out)

    assert answered.pop("sentence").startswith("Yes: "), "a page says it in its reader's language"
    assert {**found, "seconds": 0, "plan": ""} == {**answered, "seconds": 0, "plan": ""}
    assert 'name = "small"' in found["plan"]
    with pytest.raises(BadInput):
        staffed({**staffing(scenario, (), ["mean_wait <= 5"]), "digest": "another"})


def staffed(arguments):
    """The function of the job, in this process."""
    from dashboards.jobs.staffed import staff

    return staff(arguments, long_work.unheard)


def test_a_job_of_another_server_is_cancelled_from_here(tmp_path):
    from dashboards.jobs.line import Line

    there, here = Line(tmp_path / "jobs"), Line(tmp_path / "jobs")
    id = there.start("deaf", {}, "", {})
    until(lambda: here.look(id).state == "running")
    here.cancel(id)
    assert until(lambda: here.look(id).is_over and here.look(id), 2 * lines.BEAT + 1).state == "cancelled"
    assert until(lambda: not there._ending)


def test_the_time_of_a_job_that_was_cut_off_is_not_told():
    from dashboards.jobs import Job
    from dashboards.texts import Words
    from dashboards.views.jobs import _took

    assert _took(Words("en"), Job("0" * 20, "count", {}, state="interrupted", started=1.0)) == "—"
    assert _took(Words("en"), Job("0" * 20, "count", {}, state="cancelled", started=1.0, ended=4.0)) == "3 s"


# ---- a folder that cannot be written to -----------------------------------------------------------------------------------------------


def full_disk(monkeypatch, *names):
    """From now on these files find no room."""
    from dashboards.jobs.shelf import Shelf

    write = Shelf._replace

    def refuse(self, id, name, text):
        if name in names:
            raise OSError(28, "No space left on device")
        write(self, id, name, text)

    monkeypatch.setattr(Shelf, "_replace", refuse)


def test_a_job_that_cannot_be_kept_says_so_and_runs_once_there_is_room(monkeypatch):
    with monkeypatch.context() as full:
        full_disk(full, "job.json", "result.json")
        id = jobs.start("count", {"to": 2})
        refused = jobs.look(id)
        assert refused.state == "failed"
        assert "No space left on device" in refused.reason["en"]
        assert refused.reason["zh"].startswith("文件夹 ")
        assert [each.id for each in jobs.listed()] == [id]

    assert jobs.restart(id) == id
    assert over(id).state == "done"
    assert [each.state for each in jobs.listed()] == ["done"]


def test_a_result_that_cannot_be_kept_fails_its_job_and_the_next_in_line_runs(monkeypatch):
    monkeypatch.setattr(jobs._line(), "cores", 1)
    with monkeypatch.context() as full:
        full_disk(full, "result.json")
        first = jobs.start("count", {"to": 2})
        assert over(first).state == "failed"
        full_disk(full, "job.json")
        assert jobs.look(first).state == "failed"
    second = jobs.start("count", {"to": 3})
    assert over(second).state == "done"


def test_a_disk_that_fills_while_a_job_runs_does_not_stop_the_line(monkeypatch):
    monkeypatch.setattr(jobs._line(), "cores", 1)
    monkeypatch.setattr(lines, "WRITE_EVERY", 0.0)
    first, second = jobs.start("count", {"to": 6}), jobs.start("count", {"to": 2})
    until(lambda: jobs.look(first).progress)
    with monkeypatch.context() as full:
        full_disk(full, "job.json", "result.json")
        assert over(first).state == "failed"
        assert over(second).state == "failed"
        assert jobs.cancel(second) is None
    assert jobs.restart(first) == first
    assert over(first).state == "done"


def test_a_job_of_another_version_is_listed_by_its_kind_and_not_started_again():
    from dashboards.jobs import Job
    from dashboards.texts import Words
    from dashboards.views.job import title

    assert title(Words("en"), Job("0" * 20, "compare", {"hall": "x"})) == "compare"
    assert title(Words("en"), Job("0" * 20, "gone", {})) == "gone"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_title_says_halls_measures_and_moves_in_the_readers_words(language: str) -> None:
    """No id, no name of a measure and no way of writing a move is left in it; what is not known any more stays as it was asked for."""
    from dashboards.data import district, halls, sizing
    from dashboards.views.job import title

    words = Words(language)
    layout = title(words, Job("0" * 20, "layout", {"scenario": "potou-2022", "objective": "mean_wait"}))
    assert halls.hall("potou-2022").title[language] in layout
    assert "mean_wait" not in layout
    work = {"district": "potou-2022", "plan": "tax:main>township=30%", "moves": ["tax:main>township=30%"]}
    told = title(words, Job("0" * 20, "district", work))
    assert f"tax: {district.kind(words, 'main')} → {district.kind(words, 'township')} 30%" in told
    assert ">" not in told
    sheet = sizing.sheet_by_name("shuangqiao-new-hall")
    assert sheet is not None
    assert sheet.title[language] in title(words, Job("0" * 20, "size", {"sheet": "shuangqiao-new-hall"}))
    gone = {"district": "gone", "plan": "here>there=1%", "moves": ["here>there=1%"]}
    assert "gone" in title(words, Job("0" * 20, "district", gone))
    assert "here>there=1%" in title(words, Job("0" * 20, "district", gone))
    jobs._line().shelf.write(Job("0" * 20, "gone", {}))
    assert jobs.look("0" * 20).state == "interrupted"
    assert jobs.restart("0" * 20) is None


def test_the_faults_of_a_refused_input_are_a_list():
    told = "\n".join(f"line {n}: *not* a time" for n in range(1, 31))
    refused = Job("0" * 20, "believe", {"name": "log.csv"}, state="failed", reason={"zh": told, "en": told})
    shown = page_of_job.ended(Words("en"), refused).splitlines()
    listed = [each for each in shown if each.startswith("- ")]
    assert listed[0] == r"- line 1: \*not\* a time"
    assert len(listed) == page_of_job.MOST_FAULTS
    assert "30" in shown[0]
    assert "log.csv" in shown[0]
    assert "10" in shown[-1]
    one = replace(refused, reason={"zh": "一行", "en": "one line"})
    assert page_of_job.ended(Words("en"), one) == page_of_job.sentence(Words("en"), one)
