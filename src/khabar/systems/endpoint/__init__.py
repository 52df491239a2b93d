"""`openai:MODEL`: a language model behind any endpoint that speaks OpenAI's chat completions; `openai-recording:FILE`:
what one answered before."""

from khabar.systems.endpoint.language_model import Endpoint, LanguageModel, Recording

__all__ = ["Endpoint", "LanguageModel", "Recording"]
