"""The khabar task of Inspect: inspect eval eval/harnesses/inspect/khabar_task.py --model …"""

from __future__ import annotations

import math

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import TaskState, generate

from khabar import harnesses

MESSAGES = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}


@metric
def headline() -> Metric:
    """The headline of each layer, from all answers together."""

    def compute(scores: list[SampleScore]) -> dict[str, float]:
        answers = {str(each.sample_id): each.score.answer or "" for each in scores}
        figures = harnesses.score(answers).headline
        return {layer: math.nan if value is None else value for layer, value in figures.items()}

    return compute


@scorer(metrics=[headline()])
def scored_by_khabar() -> Scorer:
    """Keep each answer for the metric: figures are of the whole corpus, not of one answer."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=len(state.output.completion), answer=state.output.completion)

    return score


@task
def khabar_task() -> Task:
    """One question a layer and document, and one a story for its disputes."""
    samples = [
        Sample(id=key, input=[MESSAGES[each["role"]](content=each["content"]) for each in question.messages])
        for key, question in harnesses.questions().items()
    ]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=scored_by_khabar())
