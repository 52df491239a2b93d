"""`openai:MODEL`: a language model behind any endpoint that speaks OpenAI's chat completions."""

from khabar.systems.endpoint.system import Endpoint

__all__ = ["Endpoint"]
