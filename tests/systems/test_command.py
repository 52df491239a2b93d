"""`cmd:COMMAND`: whatever a program does, what it answered is kept, and what it did not is said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from khabar import api
from khabar.reading.incidents import InputError
from khabar.records import Document
from khabar.systems.command import Command
from khabar.systems.journal import Journal
from khabar.systems.process import MOST_NOISE
from khabar.systems.protocol import Options
from khabar.systems.runner import run_system
from tests.cli.conftest import Khabar

HEAD = """
import json, os, sys, time
def say(doc_id, **more):
    print(json.dumps({"doc_id": doc_id, "entities": [{"text": "بوتين", "label": "PERS"}], **more}), flush=True)
documents = (json.loads(line) for line in sys.stdin)
"""
Program = Callable[[str], str]
LIMIT = 4
"""Seconds without an answer, where a test waits for the limit: enough for Python to start on a slow machine."""
PATIENCE = 120
"""Seconds that something may take on a slow machine with other work; no test waits for them to pass."""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Write a Python program and give the command that runs it."""

    def write(code: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(HEAD + code, "utf-8")
        return f"{sys.executable} {path}"

    return write


def answered(command: Command, story: list[Document]) -> str:
    """The documents that got an answer, as a string of their ids; all have a line."""
    said, _ = run_system(command, story)
    assert [each.doc_id for each in said] == [each.doc_id for each in story]
    return "".join(each.doc_id for each in said if each.entities)


def test_one_process_for_all_documents(program: Program, story: list[Document], tmp_path: Path) -> None:
    command = Command(
        program(f"open({str(tmp_path / 'starts')!r}, 'a').write('x')\nfor d in documents: say(d['doc_id'])"), Options()
    )
    assert answered(command, story) == "abcd"
    assert command.failures == []
    assert (tmp_path / "starts").read_text() == "x"


def test_it_is_given_the_columns_of_the_dataset(program: Program, story: list[Document], tmp_path: Path) -> None:
    command = Command(
        program(f"open({str(tmp_path / 'got')!r}, 'a').writelines(json.dumps(d) + '\\n' for d in documents)"), Options()
    )
    with pytest.raises(InputError):
        run_system(command, story)
    got = [json.loads(line) for line in (tmp_path / "got").read_text().splitlines()]
    assert got[0].keys() == set(Document.__struct_fields__)
    assert [(each["doc_id"], each["text"]) for each in got[:4]] == [(each.doc_id, each.text) for each in story]


@pytest.mark.parametrize(
    ("code", "kept", "says"),
    [
        ("for d in documents:\n  if d['doc_id'] == 'b': print('out of memory', file=sys.stderr); sys.exit(3)\n  say(d['doc_id'])",
         "acd", "exit code 3; its last words: out of memory"),
        ("for d in documents:\n  if d['doc_id'] == 'b': os.kill(os.getpid(), 9)\n  say(d['doc_id'])",
         "acd", "killed by signal 9"),
        ("for d in documents:\n  if d['doc_id'] == 'b': time.sleep(600)\n  say(d['doc_id'])",
         "acd", f"ended after {LIMIT} s without an answer"),
        ("for d in documents:\n  print('{\"doc_id\": \"b\", \"enti') if d['doc_id'] == 'b' else say(d['doc_id'])",
         "acd", "1 × line that is no JSON object ('{\"doc_id\": \"b\", \"enti')"),
        ("for d in documents:\n  if d['doc_id'] != 'b': say(d['doc_id'])",
         "acd", "exit code 0"),
        ("ids = [d['doc_id'] for d in documents]\nif 'b' in ids: sys.exit(3)\nfor i in ids: say(i)",
         "acd", "exit code 3"),  # it holds its answers back until it has read all
    ],
    ids=["crash", "killed", "hang", "half a line", "left out", "crash of one that holds back"],
)  # fmt: skip
def test_a_document_without_an_answer(code: str, kept: str, says: str, program: Program, story: list[Document]) -> None:
    """The others are kept, whatever their order; of this one is said what happened."""
    command = Command(program(code), Options(time_limit=LIMIT if "sleep" in code else PATIENCE))
    assert answered(command, story) == kept
    [failure] = [each for each in command.failures if each.layer is None]
    assert failure.where == "b"
    assert says in failure.what


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("for d in documents: say(d['doc_id'])\nprint('loading…')\nprint([1])", "2 × line that is no JSON object ('loading…')"),
        ("for d in documents: say(d['doc_id']); say(d['doc_id'], entities=[])", "4 × second answer to a document ('a')"),
        ("print('{\"doc_id\": \"a\", \"quotes\": [], \"quotes\": []}')\nfor d in documents: say(d['doc_id'])", "1 × line with a list twice ('{\"doc_id\": \"a\""),
        ("for d in documents: say(d['doc_id'])\nsay('z')", "1 × answer to a document it was not given ('z')"),
        ("for d in documents: say(d['doc_id'])\nsay(None)", "1 × object without a doc_id"),
        ("for d in documents: say(d['doc_id'])\nprint('{\"story\": \"t\", \"sides\": []}')", "1 × dispute of a story it was not given ('t')"),
        (f"for d in documents: say(d['doc_id'])\nprint('x' * {40 << 20})", "1 × line longer than a record may be"),
    ],
    ids=["noise", "twice", "a list twice", "unknown", "nameless", "unknown story", "a line of 40 MiB"],
)  # fmt: skip
def test_what_is_no_answer_is_ignored_and_said(code: str, says: str, program: Program, story: list[Document]) -> None:
    command = Command(program(code), Options())
    assert answered(command, story) == "abcd"
    assert command.failures == []
    assert says in "\n".join(command.report())


def test_a_flood_is_stopped(program: Program, story: list[Document]) -> None:
    code = "for d in documents: say(d['doc_id']); break\nwhile True: print('x' * (1 << 20))"
    command = Command(program(code), Options(time_limit=PATIENCE))
    assert answered(command, story) == "abcd"  # one in each process: the first, then the first of the rest …
    assert f"ended after {MOST_NOISE >> 20} MiB" in command.failures[0].what


def test_one_that_never_ends_is_ended_when_all_is_answered(program: Program, story: list[Document]) -> None:
    command = Command(program("for d in documents: say(d['doc_id'])\ntime.sleep(600)"), Options(time_limit=LIMIT))
    assert answered(command, story) == "abcd"


def test_what_it_started_is_ended_with_it(program: Program, story: list[Document], tmp_path: Path) -> None:
    code = (
        f"child = os.fork()\nif child == 0: time.sleep(600)\nopen({str(tmp_path / 'child')!r}, 'w').write(str(child))\n"
    )
    command = Command(program(code + "for d in documents: say(d['doc_id'])"), Options(time_limit=PATIENCE))
    assert answered(command, story) == "abcd"
    assert _gone(int((tmp_path / "child").read_text()))


@pytest.mark.parametrize("shell", ["nosuch --fast", "false", "exit 3", "true", "echo '{}'", "'"])
def test_one_that_answers_nothing_is_an_error(shell: str, story: list[Document]) -> None:
    with pytest.raises(InputError) as caught:
        run_system(Command(shell, Options(time_limit=PATIENCE)), story)
    assert {each.id for each in caught.value.incidents} == {"system-failed"}


def test_one_that_answers_nothing_is_not_tried_with_every_document(story: list[Document], tmp_path: Path) -> None:
    many = [Document(doc_id=str(at), story="s", text="x", sha256="") for at in range(1000)]
    with pytest.raises(InputError, match="1000 times"):
        run_system(Command(f"echo >> {tmp_path / 'starts'}; exit 3", Options()), many)
    assert (tmp_path / "starts").read_text().count("\n") == 4


def test_a_shell_one_liner(story: list[Document]) -> None:
    """Filters hold their output back until they have read all: that is no hang."""
    command = Command(
        'sed -E \'s/.*"doc_id":"([^"]*)".*/{"doc_id": "\\1", "entities": [{"text": "بوتين", "label": "PERS"}]}/\' | cat',
        Options(),
    )
    assert answered(command, story) == "abcd"


def test_an_answer_of_wrong_form_is_an_error(program: Program, story: list[Document], tmp_path: Path) -> None:
    """All of them at once; and they are not kept as answers."""
    code = "for d in documents: say(d['doc_id'], **({'entities': [{'text': 'x', 'label': 'PERSON'}]} if d['doc_id'] in 'bd' else {}))"
    journal = Journal(tmp_path / "out.partial")
    with pytest.raises(InputError) as caught:
        run_system(Command(program(code), Options(journal=journal)), story)
    assert [(each.id, each.doc_id) for each in caught.value.incidents] == [
        ("label-unknown", "b"),
        ("label-unknown", "d"),
    ]
    assert len((tmp_path / "out.partial").read_text().splitlines()) == 2


DISPUTE = '{"story": "s", "type": "numeric", "sides": [{"spans": [{"doc_id": "a", "text": "10"}]}, {"spans": [{"doc_id": "b", "text": "11"}]}]}'


def test_a_misspelt_key_is_warned_of(program: Program, khabar: Khabar, here: Path) -> None:
    """It would else score 0 without a word, beside sound keys too; the answer that holds it counts."""
    said = "for d in documents: say(d['doc_id'], ents=[], numbers=[{'text': '10', 'kind': 'count', 'strat': 1}])"
    answer = khabar("run", f"cmd:{program(said)}", "--gold", "gold.jsonl", "--json")
    assert json.loads(answer.out)["headline"]["entities"] == 1.0
    assert answer.err.count("warning[key-unknown]") == 8
    assert "unknown key 'ents'. Fix: write one of" in answer.err
    assert "unknown key 'numbers[0].strat'. Fix: write start, or remove it." in answer.err
    with pytest.warns(UserWarning, match="unknown key 'ents'"):
        api.run(f"cmd:{program(said)}", gold=here / "gold.jsonl")


def test_disputes(program: Program, story: list[Document]) -> None:
    command = Command(program(f"for d in documents: say(d['doc_id'])\nprint({DISPUTE!r})"), Options())
    _, disputes = run_system(command, story)
    assert [(each.story, each.type, len(each.sides)) for each in disputes] == [("s", "numeric", 2)]
    assert command.failures == []


def test_disputes_of_a_story_that_no_process_got_through(program: Program, story: list[Document]) -> None:
    """What was told is kept once, and it is said that there may be more."""
    code = (
        f"print({DISPUTE!r}, flush=True)\nfor d in documents:\n  if d['doc_id'] == 'b': sys.exit(3)\n  say(d['doc_id'])"
    )
    command = Command(program(code), Options())
    _, disputes = run_system(command, story)
    assert len(disputes) == 1
    assert [(each.where, each.layer) for each in command.failures] == [("s", "conflicts"), ("b", None)]


def test_a_dispute_that_does_not_fit(program: Program, story: list[Document]) -> None:
    wrong = DISPUTE.replace('"a"', '"z"')
    code = f"print({wrong!r})\nfor d in documents: say(d['doc_id'])"
    with pytest.raises(InputError) as caught:
        run_system(Command(program(code), Options()), story)
    assert [(each.id, each.doc_id) for each in caught.value.incidents] == [("document-unknown", "z")]


# -- stopped and gone on ------------------------------------------------------------------------------------------------


FAILS_ONCE = """
for d in documents:
    mark = os.path.join(os.path.dirname(sys.argv[0]), "tried")
    open(os.path.join(os.path.dirname(sys.argv[0]), "asked"), "a").write(d["doc_id"])
    if d["doc_id"] == "c" and not os.path.exists(mark):
        if len(sys.argv) > 1: open(mark, "w"); time.sleep(300)
        sys.exit(3)
    say(d["doc_id"])
"""


def test_what_failed_is_asked_again_and_nothing_else(program: Program, khabar: Khabar, here: Path) -> None:
    command = "cmd:" + program(FAILS_ONCE)
    asked = here / "asked"
    first = khabar("run", command, "--gold", "gold.jsonl", "--layers", "entities", "--out", "out.jsonl")
    assert first.code == 0
    assert "not answered, or only in part: 1 (all layers 1)\n  c  all layers  no answer: exit code 3" in first.err
    lines = [json.loads(line) for line in (here / "out.jsonl").read_text("utf-8").splitlines()]
    assert [bool(line.get("entities")) for line in lines] == [True, True, False, True]

    asked.unlink()
    (here / "tried").touch()
    second = khabar("run", command, "--gold", "gold.jsonl", "--layers", "entities", "--out", "out.jsonl", "--json")
    assert asked.read_text() == "c"
    assert second.err == "3 answer(s) taken from out.jsonl.partial; remove it to ask for all again\n"
    assert json.loads(second.out)["headline"]["entities"] == 1.0
    assert not (here / "out.jsonl.partial").exists()

    asked.unlink()  # the run is over: the next one is a new run
    assert khabar("run", command, "--gold", "gold.jsonl", "--layers", "entities", "--out", "out.jsonl").err == ""
    assert asked.read_text() == "abcd"


def test_after_an_edit_nothing_is_taken_over(program: Program, khabar: Khabar, here: Path) -> None:
    """Answers of two programs would be those of none."""
    khabar("run", "cmd:" + program(FAILS_ONCE), "--gold", "gold.jsonl", "--out", "out.jsonl")
    (here / "asked").unlink()
    khabar(
        "run", "cmd:" + program(FAILS_ONCE.replace("exit(3)", "exit(4)")), "--gold", "gold.jsonl", "--out", "out.jsonl"
    )
    assert set((here / "asked").read_text()) == set("abcd")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_goes_on(number: signal.Signals, program: Program, khabar: Khabar, here: Path) -> None:
    command = program(FAILS_ONCE) + " slowly"
    arguments = ["run", f"cmd:{command}", "--gold", "gold.jsonl", "--layers", "entities", "--out", "out.jsonl"]
    running = subprocess.Popen(
        [sys.executable, "-m", "khabar", *arguments],
        cwd=here,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite in the background ignores it
    )
    kept = here / "out.jsonl.partial"
    while not (here / "tried").exists() or not kept.exists() or kept.read_bytes().count(b"\n") < 2:
        assert running.poll() is None, running.communicate()[1].decode()
        time.sleep(0.05)
    running.send_signal(number)
    said = running.communicate(timeout=PATIENCE)[1].decode()
    assert "Traceback" not in said
    assert running.returncode != 0
    assert not (here / "out.jsonl").exists()
    if number is not signal.SIGKILL:
        assert "kept in out.jsonl.partial: the same command goes on from there" in said
        assert not _runs(command)
    with kept.open("ab") as file:
        file.write(b'{"asked": "cut o')  # as if it had been writing
    (here / "asked").unlink()
    answer = khabar(*arguments)
    assert answer.code == 0
    assert (here / "asked").read_text() == "cd"
    assert "2 answer(s) taken from" in answer.err


def test_the_journal_mends_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "x.partial"
    path.write_bytes(b'{"asked": "one", "answer": 1}\n{"asked": "tw')
    Journal(path).put("three", 3)
    again = Journal(path)
    assert [again.get(name, int) for name in ("one", "two", "three")] == [1, None, 3]


def _gone(pid: int) -> bool:
    """Whether a process ends in time (a dead one may wait for whoever reaps it)."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return True
        if state.rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def _runs(command: str) -> bool:
    """Whether any process has these last words on its command line."""
    wanted = command.split()[-2:]
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[-3:-1] == wanted and int(path.parent.name) != os.getpid() and _gone(int(path.parent.name)) is False:
            return True
    return False


def test_from_python(program: Program, here: Path) -> None:
    """Failures are a warning, with the table of the command line."""
    code = "for d in documents:\n  if d['doc_id'] == 'b': sys.exit(3)\n  say(d['doc_id'])"
    with pytest.warns(UserWarning, match="b  all layers  no answer: exit code 3"):
        score = api.run("cmd:" + program(code), gold=here / "gold.jsonl", layers=["entities"])
    assert score.headline["entities"] == pytest.approx(6 / 7)
