"""Each incident id has a tiny failing fixture: a folder of its name, with the files and a `case.json`.

A case: {"about", "check", "expect": {"id", "level", "file", "line", "doc_id", "offset", "says"?}}, and by `check`

- `validate`     `file` against `gold` (default: shared/gold.jsonl; "corpus": what shared/ builds)
- `gold`         `file` as gold
- `annotations`  rows.jsonl against the texts of shared/seeds
- `seeds`        `command` "verify" on seeds/, or "add" of the files in `add` to seeds/
- `corpus`       corpus/ (what shared/ builds) against shared/seeds and `gold` (default: shared/gold)
- `leaderboard`  eval/ as a leaderboard of corpus/
- `pages`        server.json: what a server has of a pass, as it is pulled
- `checks`       server.json as it is checked at any time
- `practice`     server.json beside the gold of shared/gold
- `project`      the project of the documents, `without` a label
- `start`        `file` as a finished pass to be pushed
- `shrinks`      `file` as a pass that is pulled anew, nothing being submitted
- `convert`      the conversion of `source` in `args` to predictions
- `edits`        changes.jsonl made in the story of shared/, or (`variants`) in its variants
- `fetch`        one file of NTREX from the folder `from`
- `cli`          the command line with `args`; textless/ is corpus/ built without text
- `server`       a question to the server that `environment` names (needs the extra `annotate`, and is left out of a short run)
- `environment`  making Label Studio's environment with `environment` (variables for pip)

`make` names files that are made when the test runs, as they are binary or huge: {"text", "encoding"?}, {"text", "then",
"times", "last"?} or {"parquet": rows}, where the string "INF" stands for an infinity; {"submission": system, "layers"?} makes an eval folder with one
submission, `mine`; {"replace": [old, new]} edits what is there.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

import khabar
from khabar import load
from khabar.annotations.label_studio.checks import check_pass
from khabar.annotations.label_studio.configuration import edited, kinds_of, read_configuration
from khabar.annotations.label_studio.projects import Answer, Task
from khabar.annotations.label_studio.pull import read_pass, shrinks
from khabar.annotations.label_studio.start import start_of_file
from khabar.annotations.practice import beside_gold
from khabar.annotations.rounds import Articles, read_articles
from khabar.annotations.server.connection import asking, connection
from khabar.annotations.server.environment import environment
from khabar.cli.app import app
from khabar.corpus.build import build, write
from khabar.corpus.build import check as check_corpus
from khabar.corpus.gold import load_gold
from khabar.edits import apply, read_changes, story_of, variants
from khabar.formats.context import Conversion
from khabar.formats.conversion import convert
from khabar.leaderboard.board_gold import read_board_gold
from khabar.leaderboard.build import check as check_leaderboard
from khabar.reading.catalog import CATALOG
from khabar.reading.incidents import Incident, Incidents, InputError, errors
from khabar.reading.rows import check as check_rows
from khabar.reading.rows import read_gold, read_rows
from khabar.seeds import ntrex
from khabar.seeds.store import add, read_manifest, read_texts, verify

HERE = Path(__file__).parent
SHARED = HERE / "shared"
CASES = {path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*/case.json"))}


def test_every_id_has_a_fixture() -> None:
    assert set(CASES) == set(CATALOG)


def test_ids_levels_and_words() -> None:
    """An id is lower-case words; meaning and fix are phrases that stand in a sentence."""
    for name, kind in CATALOG.items():
        assert name.replace("-", "").isalpha(), name
        assert name == name.lower(), name
        assert kind.meaning, name
        assert kind.fix, name
        assert not kind.meaning.endswith("."), name
        assert not kind.fix.endswith("."), name


def test_a_wrong_option_says_how_to_mend_it() -> None:
    """What its fix is the catalogue cannot know."""
    vague = []
    for path in sorted(Path(khabar.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            ids = [value.value for value in call.args if isinstance(value, ast.Constant)]
            if name == "wrong_option" or (name != "Kind" and {"option-wrong", "system-unknown"} & set(ids)):
                vague += [] if "fix" in [each.arg for each in call.keywords] else [f"{path.name}:{call.lineno}"]
    assert vague == []


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each fixture is laid over: shared/, and the corpora that it builds."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(SHARED, folder / "shared")
    write(build(SHARED / "seeds", SHARED / "gold"), folder / "corpus")
    write(build(SHARED / "seeds", SHARED / "gold", "none"), folder / "textless")
    return folder


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if CASES[name]["check"] == "server" else name
        for name in sorted(CASES)
    ],
)
def test_incident(name: str, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixture raises the expected incident at the expected place, and no other error."""
    case = CASES[name]
    expect = case["expect"]
    assert expect["id"] == name
    assert expect["level"] == CATALOG[name].level
    for folder in (tree, HERE / name):
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for path, recipe in case.get("make", {}).items():
        _make(tmp_path / path, recipe)
    for module in case.get("hide", ()):
        monkeypatch.setitem(sys.modules, module, None)
    for variable in case.get("unset", ()):
        monkeypatch.delenv(variable, raising=False)
    before = _files(tmp_path)

    found = CHECKS[case["check"]](case)

    of_level = errors(found) if expect["level"] == "error" else found
    assert [incident.id for incident in of_level] == [name], "\n".join(map(str, found))
    [incident] = of_level
    place = {key: expect[key] for key in ("file", "line", "doc_id", "offset")}
    assert {key: getattr(incident, key) for key in place} == place
    _assert_readable(incident, expect.get("says", ()))
    assert _files(tmp_path) == before, "bad input, and something was written"


def _assert_readable(incident: Incident, says: Sequence[str]) -> None:
    """What is printed names the place and the fix, on one line."""
    printed = str(incident)
    assert printed.count("\n") == 0
    assert f"{incident.level}[{incident.id}]" in printed
    if incident.line is not None:
        assert printed.startswith(f"{incident.file}:{incident.line}: ")
    elif incident.file is not None:
        assert printed.startswith(f"{incident.file}: ")
    if incident.doc_id is not None:
        assert f"document {incident.doc_id}" in printed
    if incident.offset is not None:
        assert f"offset {incident.offset}" in printed
    assert f"Fix: {incident.fix or CATALOG[incident.id].fix}." in printed
    for words in says:
        assert words in printed


def _validate(case: dict[str, Any]) -> list[Incident]:
    gold = case.get("gold", "shared/gold.jsonl")
    result = CliRunner().invoke(app, ["validate", case["file"], "--gold", gold, "--json"])
    answer = json.loads(result.stdout)
    found = [Incident(**{k: v for k, v in each.items() if k != "level"}) for each in answer["incidents"]]
    assert answer["valid"] == (not errors(found))
    assert result.exit_code == (0 if answer["valid"] else 2)
    return found


def _gold(case: dict[str, Any]) -> list[Incident]:
    return _refused(lambda: load_gold(Path(case["file"])))


def _annotations(case: dict[str, Any]) -> list[Incident]:
    folder = Path("shared/seeds")
    seeds = read_manifest(folder)
    texts = read_texts(folder, seeds)
    incidents = Incidents()
    rows = read_gold(Path(), incidents)
    return [*incidents, *check_rows(rows, texts, {seed.doc_id: seed.story for seed in seeds})]


def _seeds(case: dict[str, Any]) -> list[Incident]:
    if case["command"] == "verify":
        return verify(Path("seeds"))
    return _refused(lambda: add(Path("seeds"), [Path(name) for name in case["add"]], story="kursk", split="test"))


def _build(case: dict[str, Any]) -> list[Incident]:
    return _refused(lambda: build(Path("seeds"), Path("shared/gold")))


def _corpus(case: dict[str, Any]) -> list[Incident]:
    return check_corpus(Path("corpus"), (Path("shared/seeds"), Path(case.get("gold", "shared/gold"))))


def _leaderboard(case: dict[str, Any]) -> list[Incident]:
    return list(check_leaderboard(Path("eval"), read_board_gold(Path("corpus"))).incidents)


def _cli(case: dict[str, Any]) -> list[Incident]:
    result = CliRunner().invoke(app, case["args"], env=case.get("environment"))
    assert isinstance(result.exception, InputError), result.output
    return list(result.exception.incidents)


_LIMITED = """
import resource, sys
import numpy, msgspec
from khabar import api
from khabar.cli import main
there = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (there + (int(sys.argv.pop(1)) << 20),) * 2)
main()
"""


def _memory(case: dict[str, Any]) -> list[Incident]:
    """A command in a process of its own that may take little more memory than it has when it starts."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("nothing says how much memory a process has")
    command = [sys.executable, "-c", _LIMITED, str(case["mebibytes"]), *case["args"]]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    level, incident, message = re.fullmatch(r"(\w+)\[([\w-]+)\] (.*)\. Fix: .*\n", done.stderr.decode()).groups()
    assert level == "error"
    return [Incident(incident, message)]


def _fetch(case: dict[str, Any]) -> list[Incident]:
    with patch.object(ntrex, "FILES", ntrex.FILES[:1]), patch.dict(os.environ, {"KHABAR_CACHE": "cache"}):
        return _refused(lambda: ntrex.fetch(case["from"]))


def _server(case: dict[str, Any]) -> list[Incident]:
    def ask() -> None:
        server = connection()
        with asking(server):
            server.client().users.whoami()

    with patch.dict(os.environ, case["environment"]):
        return _refused(ask)


def _environment(case: dict[str, Any]) -> list[Incident]:
    with TemporaryDirectory() as cache, patch.dict(os.environ, {"KHABAR_CACHE": cache, **case["environment"]}):
        return _refused(lambda: environment(lambda words, done, total: None))


def _articles() -> Articles:
    return read_articles(Path("shared/seeds"))


def _pages(case: dict[str, Any]) -> list[Incident]:
    articles, incidents = _articles(), Incidents()
    read_pass(_tasks(articles), articles, (), incidents)
    return list(incidents)


def _checks(case: dict[str, Any]) -> list[Incident]:
    articles = _articles()
    return check_pass(_tasks(articles), articles)


def _practice(case: dict[str, Any]) -> list[Incident]:
    articles = _articles()
    tasks = _tasks(articles)
    gold = [located.row for located in read_rows(Path("shared/gold/rows.jsonl"), Incidents())]
    return list(beside_gold(read_pass(tasks, articles, (), Incidents()), gold, tasks, articles).notes)


def _tasks(articles: Articles) -> dict[str, list[Task]]:
    """server.json: what a server has of a pass, {kind of project: [{id, key, story?, annotations: [results], begun?}]}."""
    server = json.loads(Path("server.json").read_text("utf-8"))

    def task(given: dict[str, Any]) -> Task:
        key = given["key"]
        of_article = {"text": articles.texts[key], "story": articles.stories[key]} if key in articles.texts else {}
        answers = tuple(Answer(at, tuple(results), "amal") for at, results in enumerate(given["annotations"]))
        address = f"http://127.0.0.1/projects/1/data?task={given['id']}"
        return Task(
            given["id"],
            {"key": key, "story": given.get("story"), **of_article},
            address,
            answers,
            begun=given.get("begun", False),
        )

    return {kind: list(map(task, tasks)) for kind, tasks in server.items()}


def _project(case: dict[str, Any]) -> list[Incident]:
    configuration = read_configuration("entities")
    config = configuration.label_config.replace(f'value="{case["without"]}"', 'value="OTHER"')
    return edited(config, "http://127.0.0.1/projects/1", configuration)


def _start(case: dict[str, Any]) -> list[Incident]:
    return _refused(lambda: start_of_file(Path(case["file"]), _articles(), finished=True))


def _shrinks(case: dict[str, Any]) -> list[Incident]:
    rows = [located.row for located in read_rows(Path(case["file"]), Incidents())]
    return shrinks(Path(case["file"]), rows, {kind: [] for kind in kinds_of()})


def _convert(case: dict[str, Any]) -> list[Incident]:
    work = Conversion({document.doc_id: document for document in load(case.get("gold", "shared/gold.jsonl"))})
    source = Path(case["args"]["source"])
    try:
        return convert(source, Path("out.jsonl"), work).warnings
    except InputError as error:
        return list(error.incidents)


def _edits(case: dict[str, Any]) -> list[Incident]:
    articles = _articles()
    rows = [located.row for located in read_gold(Path("shared/gold"), Incidents())]
    story = story_of(read_manifest(Path("shared/seeds")), articles.texts, rows, "kursk")
    changes = read_changes(Path("changes.jsonl"))
    return _refused(lambda: variants(story, changes) if case.get("variants") else apply(story, changes))


CHECKS: dict[str, Callable[[dict[str, Any]], list[Incident]]] = {
    "validate": _validate,
    "gold": _gold,
    "annotations": _annotations,
    "seeds": _seeds,
    "build": _build,
    "corpus": _corpus,
    "leaderboard": _leaderboard,
    "cli": _cli,
    "fetch": _fetch,
    "edits": _edits,
    "memory": _memory,
    "convert": _convert,
    "pages": _pages,
    "checks": _checks,
    "practice": _practice,
    "project": _project,
    "start": _start,
    "shrinks": _shrinks,
    "server": _server,
    "environment": _environment,
}


def _refused(work: Callable[[], object]) -> list[Incident]:
    with pytest.raises(InputError) as caught:
        work()
    return list(caught.value.incidents)


def _make(path: Path, recipe: dict[str, Any]) -> None:
    if "parquet" in recipe:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = json.loads(json.dumps(recipe["parquet"]).replace('"INF"', "Infinity"))
        pq.write_table(pa.Table.from_pylist(rows), path)
        return
    if "submission" in recipe:
        _submit(path, recipe)
        return
    if "replace" in recipe:
        old, new = recipe["replace"]
        there = path.read_text("utf-8")
        assert there.count(old) == 1, f"{old!r} stands {there.count(old)} times in {path.name}"
        path.write_text(there.replace(old, new), "utf-8")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    text = recipe["text"] + recipe.get("then", "") * recipe.get("times", 0) + recipe.get("last", "")
    path.write_bytes(text.encode(recipe.get("encoding", "utf-8")))


def _submit(folder: Path, recipe: dict[str, Any]) -> None:
    card = folder.parent / "shared" / "card.toml"
    if "layers" in recipe:
        card.write_text(card.read_text("utf-8") + f"layers = {json.dumps(recipe['layers'])}\n", "utf-8")
    there = ["--eval", str(folder), "--gold", str(folder.parent / "corpus")]
    for args in (["add", "mine", "--run", recipe["submission"], "--card", str(card)], ["build"]):
        made = CliRunner().invoke(app, ["leaderboard", *args, *there])
        assert made.exit_code == 0, made.output


def _files(folder: Path) -> dict[str, int]:
    """All files of a folder and their sizes, but for the bytecode of an imported system."""
    return {
        str(Path(root, name).relative_to(folder)): Path(root, name).stat().st_size
        for root, _, names in os.walk(folder)
        for name in names
        if not name.endswith(".pyc")
    }
