"""Runs the Inspect task with Inspect's mock model, whose answers are in answers.json; writes found.json.

It runs in Inspect's own environment. Usage is given with each answer, as the mock would else fetch a tokenizer.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

from inspect_ai import eval as evaluate
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from khabar import harnesses

spec = importlib.util.spec_from_file_location("khabar_task", sys.argv[1])
assert spec is not None
assert spec.loader is not None
task = importlib.util.module_from_spec(spec)
spec.loader.exec_module(task)

answers = json.loads(Path("answers.json").read_text("utf-8"))
key_of = {str([each["content"] for each in asked.messages]): key for key, asked in harnesses.questions().items()}


def answer(messages, tools, tool_choice, config):  # type: ignore[no-untyped-def]
    output = ModelOutput.from_content("mockllm/model", answers[key_of[str([each.text for each in messages])]])
    output.usage = ModelUsage()
    return output


[log] = evaluate(task.khabar_task(), model=get_model("mockllm/model", custom_outputs=answer), log_dir="logs")
assert log.status == "success", log.error
figures = {name: metric.value for score in log.results.scores for name, metric in score.metrics.items()}
counts = {str(sample.id): sample.scores["scored_by_khabar"].value for sample in log.samples}
given = {str(sample.id): sample.output.completion for sample in log.samples}
Path("found.json").write_text(json.dumps({"figures": figures, "answers": given, "counts": counts}), "utf-8")
