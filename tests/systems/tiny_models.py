"""Makes two tiny, randomly initialised language models; runs in the environment with torch.

Both know single bytes. `mumbling` says nothing else, so that it answers garbage. `fluent` has also a thousand tokens
each of which is a whole answer, and says one of these: whichever its random weights choose, it is valid.
"""

import json
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CHAT = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def make(folder: Path, answers: list[str]) -> None:
    bytes_alone = Tokenizer(models.BPE())
    bytes_alone.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_alone.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bytes_alone.train_from_iterator([], trainers.BpeTrainer(special_tokens=["<s>", "</s>"], initial_alphabet=alphabet))
    bytes_alone.add_tokens(answers)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytes_alone, bos_token="<s>", eos_token="</s>")
    tokenizer.chat_template = CHAT
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=65536, bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    if answers:
        with torch.no_grad():
            model.lm_head.weight[: -len(answers)] = 0  # of a thousand random scores the highest is above 0
    ends = list(range(len(tokenizer) - len(answers), len(tokenizer))) if answers else list(range(1, 258, 2))
    model.generation_config = GenerationConfig(do_sample=False, bos_token_id=0, eos_token_id=ends, pad_token_id=1)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    out = Path(sys.argv[1])
    found = {"entities": [{"text": "بوتين", "label": "PERS"}], "numbers": [], "quotes": [], "disputes": []}
    make(out / "mumbling", [])
    make(out / "fluent", [json.dumps({**found, "n": at}, ensure_ascii=False) for at in range(1000)])
