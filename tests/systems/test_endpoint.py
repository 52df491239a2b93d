"""`openai:MODEL`: whatever an endpoint answers, the run ends in a score, and what is missing is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.reading.incidents import InputError
from khabar.records import Document
from khabar.records.labels import LAYERS, Layer
from khabar.systems.endpoint import Endpoint, prompts
from khabar.systems.endpoint.answers import items_in, read_answer
from khabar.systems.protocol import Options
from khabar.systems.runner import run_system
from tests.cli.conftest import Khabar
from tests.systems.scripted_server import Answer, Question, Server, serving

PUTIN = '{"text": "بوتين", "label": "PERS"}'
RIGHT = f'{{"entities": [{PUTIN}], "numbers": [], "quotes": [], "disputes": []}}'
ONE = {"a": "10", "b": "11", "c": "12", "d": "13"}
"""Document → what only its text holds."""


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)


Ask = Callable[..., tuple[Endpoint, list[str], Server]]


@pytest.fixture
def ask(story: list[Document], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run an endpoint with a script over the story; gives it, the documents where Putin was found, and the server."""

    def run(script: Callable[[Question], Answer], layers: tuple[Layer, ...] = ("entities",), **terms: object) -> object:
        with serving(script) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", server.address)
            endpoint = Endpoint("tiny", Options(**terms))  # type: ignore[arg-type]
            said, _ = run_system(endpoint, story, layers=layers)
        assert [each.doc_id for each in said] == [each.doc_id for each in story]
        return endpoint, [each.doc_id for each in said if each.entities], server

    return run  # type: ignore[return-value]


def on(document: str, answer: Answer) -> Callable[[Question], Answer]:
    """Answer rightly, but for one document."""
    return lambda question: answer if f" {ONE[document]} " in question.article else Answer(RIGHT)


# -- what comes back ----------------------------------------------------------------------------------------------------


def test_right_answers(ask: Ask) -> None:
    endpoint, found, server = ask(lambda _: Answer(RIGHT), LAYERS)
    assert found == list("abcd")
    assert endpoint.failures == []
    assert sorted(question.layer for question in server.asked) == ["disputes"] + 4 * ["entities"] + 4 * [
        "numbers"
    ] + 4 * ["quotes"]
    [story] = [question.article for question in server.asked if question.layer == "disputes"]
    assert [f"Article {label}, published 2025-04-28" in story for label in "ABCD"] == 4 * [True]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer("Sure! Here you go."), "no list of entities in the answer: 'Sure! Here you go.'"),
        (Answer(""), "an empty answer"),
        (Answer(None), "an empty answer"),
        (Answer(None, refusal="I cannot help with that."), "refused: I cannot help with that."),
        (Answer(None, finish="content_filter"), "refused: the content filter"),
        (Answer('{"error": "overloaded"}'), "no list of entities"),
        (Answer('{"entities": "none"}'), "no list of entities"),
        (Answer("[" * 100_000), "broken JSON, 0 whole item(s)"),
        (Answer(body=b"<html>Bad gateway</html>"), "no completion in the answer"),
        (Answer(body=b""), "no completion in the answer"),
        (Answer(body=b"\xff\xfe"), "no completion in the answer"),
        (Answer(body=b'{"choices": null}'), "no completion in the answer"),
        (Answer(body=b'{"choices": [{"message": {"content": 7}}]}'), "no completion in the answer"),
        (Answer("content management policy", status=400), "content management policy"),
        (Answer("no such page", status=404), "status 404"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used(answer: Answer, says: str, ask: Ask) -> None:
    endpoint, found, _ = ask(on("c", answer), jobs=1)
    assert found == list("abd")
    [failure] = endpoint.failures
    assert (failure.where, failure.layer) == ("c", "entities")
    assert says in failure.what


@pytest.mark.parametrize(
    "content",
    [
        f'{{"entities": [{PUTIN}, {{"text": "موس',
        f'{{"entities": [{PUTIN}, {{"text": "موسكو"}}]}}',
        f'{{"entities": [{PUTIN}, {{"text": "موسكو", "label": "CITY"}}]}}',
        f'{{"entities": [{PUTIN}, {{"start": 5, "end": 900, "label": "GPE"}}]}}',
        f'{{"entities": [{PUTIN}, {{"text": 7, "label": "GPE"}}, "موسكو"]}}',
    ],
    ids=["cut off", "key missing", "unknown label", "outside the text", "wrong types"],
)
def test_what_is_whole_of_an_answer_counts(content: str, ask: Ask) -> None:
    endpoint, found, _ = ask(on("c", Answer(content)))
    assert found == list("abcd")
    assert [(each.where, each.answered) for each in endpoint.failures] == [("c", True)]


@pytest.mark.parametrize(
    "content",
    [
        f"```json\n{RIGHT}\n```",
        f"Here is what I found:\n\n{RIGHT}\n\nLet me know!",
        f'<think>Maybe {{"entities": []}}?</think>{RIGHT}',
        f"[{PUTIN}]",
        f'The form is {{"entities": [{{"line", "text"}}]}}. So:\n{RIGHT}',
        '{"entities": [{"text": "بوتين", "label": "PERS", "entity_id": 7, "occurrence": null}]}',
    ],
    ids=["fenced", "talkative", "thoughtful", "bare list", "its form first", "an id that is a number"],
)
def test_what_surrounds_an_answer_is_overlooked(content: str, ask: Ask) -> None:
    endpoint, found, _ = ask(lambda _: Answer(content))
    assert (found, endpoint.failures) == (list("abcd"), [])


def test_a_key_that_is_not_read_is_warned_of(khabar: Khabar, here: Path) -> None:
    """The item counts without it."""
    written = json.loads(PUTIN) | {"entityid": "putin"}
    with serving(lambda _: Answer(json.dumps({"entities": [written]}))) as server:
        environment = {"OPENAI_BASE_URL": server.address}
        answer = khabar("run", "openai:tiny", "--gold", "gold.jsonl", "--layers", "entities", **environment)
    assert answer.code == 0
    assert "warning[key-unknown] document a: unknown key 'entities[0].entityid'. Fix: write entity_id" in answer.err


def test_quotes_written_as_strings(story: list[Document]) -> None:
    """A speaker written as a string is a name; as a prediction it would be a cluster's key."""
    written = {"content": "10 جندي", "cue": ["قال"], "speaker": "بوتين", "relayed_by": ["الكرملين", "بوتين"]}
    reading = read_answer(json.dumps({"quotes": [written]}), "quotes", story[:1])
    [quote] = reading.annotations[0].quotes
    assert reading.wrong is None
    assert (quote.content[0].text, quote.speaker.name) == ("10 جندي", "بوتين")  # type: ignore[union-attr]
    chain = [source.name for source in quote.source_chain]  # type: ignore[union-attr]
    assert chain == ["الكرملين", "بوتين"], "the speaker is the last link, once"


def test_disputes(story: list[Document], monkeypatch: pytest.MonkeyPatch) -> None:
    sides = [{"spans": [{"article": name, "line": 1, "text": text}]} for name, text in (("A", "10"), ("B", "11"))]
    wrong = [{"spans": [{"article": "Z", "line": 1, "text": "10"}]}]
    right = {"question": "How many?", "type": "numeric", "sides": sides}
    content = json.dumps({"disputes": [right, {"sides": wrong}, 7]})
    with serving(lambda _: Answer(content)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.address)
        endpoint = Endpoint("tiny", Options())
        _, disputes = run_system(endpoint, story, layers=("conflicts",))
    assert [(each.story, each.question, each.type) for each in disputes] == [("s", "How many?", "numeric")]
    assert [span.doc_id for side in disputes[0].sides for span in side.spans] == ["a", "b"]
    assert len(server.asked) == 1
    assert "2 item(s) left out" in endpoint.failures[0].what


@given(st.text(max_size=60) | st.text('{}[]":,. \\ueE-1' + "entities", max_size=60), st.integers(0, 200))
def test_no_answer_breaks_the_reader(noise: str, cut: int) -> None:
    """Whatever a model writes: without a list there is a reason, and items before a break are kept."""
    alone = items_in(noise, "entities")
    assert alone.wrong or "[" in noise or "{" in noise
    whole = f'{{"entities": [{PUTIN}, {PUTIN}]}}'
    broken = items_in(whole[:cut] + noise, "entities")
    complete = min(whole[:cut].count("}"), 2)
    assert broken.items[:complete] == (json.loads(PUTIN),) * complete
    assert broken.wrong is None or cut < len(whole) - 1


def test_what_is_lost_to_form_and_what_to_ability(khabar: Khabar, here: Path) -> None:
    """Of four rows: one was not answered, one item is malformed, one string is not in the text, one is missed."""
    answers = {
        "a": "I'd rather not.",
        "b": json.dumps({"entities": [{"line": 1, "text": "بوتين", "label": "BOSS"}]}),
        "c": json.dumps({"entities": [{"line": 1, "text": "بوتن", "label": "PERS"}]}),
        "d": json.dumps({"entities": []}),
    }

    def script(question: Question) -> Answer:
        return Answer(answers[next(name for name, only in ONE.items() if f" {only} " in question.article)])

    run = ("run", "openai:tiny", "--gold", "gold.jsonl", "--layers", "entities", "--errors", "errors.jsonl")
    with serving(script) as server:
        shown = khabar(*run, OPENAI_BASE_URL=server.address)
        answer = khabar(*run, "--json", OPENAI_BASE_URL=server.address)
    assert answer.code == 0, answer.err
    lost = {cause: each for cause, each in json.loads(answer.out)["losses"]["entities"].items() if each["lost"]}
    assert lost == {
        "no_answer": {"missed": 1, "false": 0, "lost": 0.2},
        "malformed": {"missed": 1, "false": 0, "lost": 0.2},
        "not_in_text": {"missed": 1, "false": 1, "lost": 0.4},
        "missed": {"missed": 1, "false": 0, "lost": 0.2},
    }
    assert re.search(r"form: string not in the text +1 +1 +0\.400", shown.out)
    errors = [json.loads(line) for line in (here / "errors.jsonl").read_text("utf-8").splitlines()]
    [said] = [error["predicted"] for error in errors if error["predicted"]]
    assert (said["ungrounded"], said["nearest"]) == ("text", {"start": 4, "end": 9, "text": "بوتين"})


# -- an endpoint that is busy, slow, or away ----------------------------------------------------------------------------


def test_a_busy_server_is_asked_again(ask: Ask) -> None:
    def script(question: Question) -> Answer:
        if question.before == 0:
            return Answer("slow down", status=429, headers={"Retry-After": "0.1"})
        return Answer("oops", status=503, headers={"Retry-After": "0.1"}) if question.before == 1 else Answer(RIGHT)

    endpoint, found, server = ask(script)
    assert (found, endpoint.failures) == (list("abcd"), [])
    assert [question.before for question in server.asked].count(2) == 4


def test_a_server_that_stays_busy(ask: Ask) -> None:
    endpoint, found, _ = ask(on("c", Answer("slow down", status=429, headers={"Retry-After": "2"})), time_limit=5)
    assert found == list("abd")
    assert [each.what for each in endpoint.failures] == ["no answer in 5 s; the last status was 429"]


@pytest.mark.parametrize("how", ["silent", "drips"])
def test_a_server_that_hangs(how: str, ask: Ask) -> None:
    endpoint, found, _ = ask(on("c", Answer(hangs=how)), time_limit=5)
    assert found == list("abd")
    assert "no answer in 5 s" in endpoint.failures[0].what


def test_a_server_that_takes_no_schema(ask: Ask) -> None:
    """First a schema is asked for, then any JSON object, then text; what it refused once it is not asked for again."""

    def script(question: Question) -> Answer:
        if "temperature" in question.request:
            return Answer("temperature is not supported", status=400)
        form = question.request.get("response_format", {}).get("type")
        return Answer(RIGHT) if form is None else Answer(f"{form} is not supported", status=422)

    endpoint, found, server = ask(script, jobs=1)
    assert (found, endpoint.failures) == (list("abcd"), [])
    forms = [question.request.get("response_format", {}).get("type") for question in server.asked]
    assert forms == ["json_schema", "json_schema", "json_object", None, None, None, None]


def test_no_more_than_so_many_at_once(ask: Ask) -> None:
    now, most = [], []

    def script(question: Question) -> Answer:
        now.append(question)
        most.append(len(now))
        time.sleep(0.1)
        now.remove(question)
        return Answer(RIGHT)

    assert ask(script, jobs=2)[1] == list("abcd")
    assert max(most) == 2


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_endpoint_that_takes_nothing(status: int, ask: Ask) -> None:
    with pytest.raises(InputError) as caught:
        ask(lambda _: Answer("Incorrect API key provided", status=status), jobs=1)
    assert [each.id for each in caught.value.incidents] == ["endpoint-unusable"]
    assert str(status) in str(caught.value)


def test_no_key_and_no_address(khabar: Khabar) -> None:
    answer = khabar("run", "openai:tiny", "--gold", "gold.jsonl", OPENAI_API_KEY="", OPENAI_BASE_URL="")
    assert (answer.code, answer.out) == (2, "")
    assert "error[endpoint-unusable]" in answer.err


# -- stopped and gone on ------------------------------------------------------------------------------------------------


def test_only_what_has_no_whole_answer_is_asked_again(khabar: Khabar, here: Path) -> None:
    """Answers are kept under what was asked: model, address, prompt. The tokens of kept ones count, too."""
    run = ("run", "openai:tiny", "--gold", "gold.jsonl", "--layers", "entities", "--out", "out.jsonl", "--json")
    down = True

    def script(question: Question) -> Answer:
        return Answer("I'd rather not.") if down and " 12 " in question.article else Answer(RIGHT)

    with serving(script) as server:
        first = khabar(*run, OPENAI_BASE_URL=server.address, OPENAI_API_KEY="k")
        assert first.code == 0
        assert json.loads(first.out)["headline"]["entities"] == pytest.approx(6 / 7)
        assert "not answered, or only in part: 1 (entities 1)\n  c  entities  no list of entities" in first.err
        down = False
        server.asked.clear()
        second = khabar(*run, "--price", "0.15/0.60", OPENAI_BASE_URL=server.address)
    assert len(server.asked) == 1
    assert json.loads(second.out)["headline"]["entities"] == 1.0
    assert second.err.splitlines() == [
        "3 answer(s) taken from out.jsonl.partial; remove it to ask for all again",
        "openai:tiny: 4 answers, 400 tokens in, 40 out, cost 0.0001 (at 0.15/0.6 a million)",
    ]
    assert sorted(path.name for path in here.iterdir()) == ["gold.jsonl", "out.jsonl"]


@pytest.mark.slow
def test_the_commands_of_the_documentation(tmp_path: Path) -> None:
    """The block of docs/systems.md that needs an endpoint runs as it stands there, but for the address."""
    page = (Path(__file__).parents[2] / "docs" / "systems.md").read_text("utf-8")
    [block] = re.findall(r"^```bash\n(export .*?)^```", page, re.DOTALL | re.MULTILINE)
    export, *commands = block.splitlines()
    assert export.startswith("export OPENAI_BASE_URL=")
    (tmp_path / "khabar").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m khabar "$@"\n')
    (tmp_path / "khabar").chmod(0o755)
    with serving(lambda _: Answer(RIGHT)) as server:
        environment = {"OPENAI_BASE_URL": server.address, "PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
        environment["PYTHONPATH"] = str(Path(prompts.__file__).parents[3])
        for command in commands:
            done = subprocess.run(
                ["bash", "-euc", command], cwd=tmp_path, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
    assert len(server.asked) == 16
    assert (tmp_path / "model-errors.jsonl").stat().st_size > 0


# -- recorded and read again ---------------------------------------------------------------------------------------------


def test_a_recording_is_read_and_scored_again_offline(khabar: Khabar, here: Path) -> None:
    """It holds every answer, those that cannot be read too; predictions, score and failures are the same again."""
    keys = {"a": "بوتين", "b": "بوتن", "c": "بوتن", "d": "بوتين"}

    def script(question: Question) -> Answer:
        if question.layer == "same":
            return Answer('{"same": [["بوتين", "بوتن"]]}')
        document = next(name for name, only in ONE.items() if f" {only} " in question.article)
        mention = {"line": 1, "text": "بوتين", "label": "PERS", "entity_id": keys[document]}
        return Answer("I'd rather not." if document == "d" else json.dumps({"entities": [mention]}))

    run = ("run", "--gold", "gold.jsonl", "--layers", "entities", "--json")
    with serving(script) as server:
        live = khabar(
            *run, "openai:tiny", "--out", "live.jsonl", "--record", "rec.jsonl", OPENAI_BASE_URL=server.address
        )
    assert live.code == 0, live.err
    lines = [json.loads(line) for line in (here / "rec.jsonl").read_text("utf-8").splitlines()]
    assert [line["question"] for line in lines] == [*(f"entities/{name}" for name in "abcd"), "names/s"]
    assert {(line["model"], line["tokens_in"], line["tokens_out"], line["prompts"]) for line in lines} == {
        ("tiny", 100, 10, "en")
    }
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", line["time"]) for line in lines)
    again = khabar(*run, "openai-recording:rec.jsonl", "--out", "again.jsonl", "--record", "twice.jsonl")
    assert again.code == 0, again.err
    assert again.out == live.out
    assert again.err.replace("openai-recording:rec.jsonl", "openai:tiny").splitlines()[:3] == live.err.splitlines()[:3]
    assert "prompts that have changed" not in again.err
    assert (here / "again.jsonl").read_bytes() == (here / "live.jsonl").read_bytes()
    assert (here / "twice.jsonl").read_bytes() == (here / "rec.jsonl").read_bytes()
    assert '"entity_id":"بوتين"' in (here / "live.jsonl").read_text("utf-8").splitlines()[1], "the two names are one"


def test_a_recording_says_which_prompts_have_changed(khabar: Khabar, here: Path) -> None:
    """Of another text the prompt is another; what was never asked has no answer."""
    run = ("run", "--gold", "gold.jsonl", "--layers", "entities", "--json")
    with serving(lambda _: Answer(RIGHT)) as server:
        khabar(*run, "openai:tiny", "--record", "rec.jsonl", "--prompts", "ar", OPENAI_BASE_URL=server.address)
    kept = [line for line in (here / "rec.jsonl").read_text("utf-8").splitlines() if "entities/d" not in line]
    (here / "rec.jsonl").write_text("\n".join(kept), "utf-8")
    gold = (here / "gold.jsonl").read_text("utf-8").splitlines()
    (here / "gold.jsonl").write_text("\n".join([gold[0].replace(" 10 ", " 19 "), *gold[1:]]), "utf-8")
    answer = khabar(*run, "openai-recording:rec.jsonl")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["headline"]["entities"] == pytest.approx(6 / 7)
    assert "prompts that have changed since: 1 (entities/a)" in answer.err
    assert "d  entities  not in the recording" in answer.err


def test_tokens_that_an_endpoint_does_not_say_are_null(khabar: Khabar, here: Path) -> None:
    body = json.dumps({"choices": [{"message": {"content": RIGHT}}]}).encode()
    run = ("run", "openai:tiny", "--gold", "gold.jsonl", "--layers", "entities", "--record", "rec.jsonl")
    with serving(lambda _: Answer(body=body)) as server:
        answer = khabar(*run, OPENAI_BASE_URL=server.address)
    assert "4 answers, 0 tokens in, 0 out (not said of 4)" in answer.err
    lines = [json.loads(line) for line in (here / "rec.jsonl").read_text("utf-8").splitlines()]
    assert {(line["tokens_in"], line["tokens_out"], line["model"]) for line in lines} == {(None, None, None)}


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        (['{"question', "7", '{"question": "entities/a"}'], ["json-broken", "json-not-object", *6 * ["key-missing"]]),
        (2 * ['{"question": "entities/a", "prompt": "x", "prompts": "en", "model": null, "time": null, '
              '"tokens_in": null, "tokens_out": null, "refusal": null, "answer": ""}'], ["id-repeated"]),
        (None, ["file-missing"]),
    ],
)  # fmt: skip
def test_a_recording_that_cannot_be_used(
    lines: list[str] | None, problems: list[str], khabar: Khabar, here: Path
) -> None:
    if lines is not None:
        (here / "rec.jsonl").write_text("\n".join(lines), "utf-8")
    answer = khabar("run", "openai-recording:rec.jsonl", "--gold", "gold.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert re.findall(r"error\[(.*?)\]", answer.err)[: len(problems)] == problems


def test_only_a_language_model_is_recorded(khabar: Khabar, here: Path) -> None:
    answer = khabar("run", "empty", "--gold", "gold.jsonl", "--record", "rec.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert "--record keeps the answers of a language model, and empty is none" in answer.err
    assert not (here / "rec.jsonl").exists()
