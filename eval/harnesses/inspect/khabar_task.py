"""The khabar task of Inspect: inspect eval eval/harnesses/inspect/khabar_task.py --model … -T split=test"""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import TaskState, generate

from khabar import harnesses
from khabar.records.labels import LAYERS

MESSAGES = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}


@metric
def headline() -> Metric:
    """The headline of each layer and their mean, from the samples' counts; standard errors, clustered by story."""

    def compute(scores: list[SampleScore]) -> dict[str, float]:
        samples = [(each.sample_metadata, harnesses.SampleCounts(**each.score.value)) for each in scores]
        layers = {layer: [(told["story"], n) for told, n in samples if told["layer"] == layer] for layer in LAYERS}
        figures = {layer: harnesses.f1(n for _, n in mine) for layer, mine in layers.items()}
        figures["overall"] = harnesses.overall((told["layer"], n) for told, n in samples)
        return figures | {f"{layer}_stderr": harnesses.stderr(mine) for layer, mine in layers.items()}

    return compute


@scorer(metrics=[headline()])
def scored_by_khabar(split: str) -> Scorer:
    """The counts of each sample: right, false and missed."""

    async def score(state: TaskState, target: Target) -> Score:
        answer = state.output.completion
        return Score(value=harnesses.counts(str(state.sample_id), answer, split)._asdict(), answer=answer)

    return score


@task
def khabar_task(split: str = "test") -> Task:
    """One question a layer and document, and one a story for its disputes."""
    samples = [
        Sample(
            id=key,
            input=[MESSAGES[each["role"]](content=each["content"]) for each in question.messages],
            metadata={"layer": question.asked, "story": question.documents[0].story},
        )
        for key, question in harnesses.questions(split).items()
    ]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=scored_by_khabar(split))
