"""Makes tiny models of named entities from random weights; runs in the environment with torch.

`bert` has the labels of Wojood and is shown one sentence until it knows it, `nameless` has labels that mean nothing,
`base` is a model with no classifier, `gliner` is as random as it was made.
"""

import sys
from pathlib import Path

import torch
from gliner import GLiNER, GLiNERConfig
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForTokenClassification, BertModel, PreTrainedTokenizerFast

SENTENCE = "قال بوتين إن 10 جندي وصلوا إلى موسكو ."
TAGS = "O B-PERS O B-CARDINAL B-UNIT O O B-GPE O"
LABELS = ["O", *(f"{edge}-{label}" for label in ("PERS", "GPE", "CARDINAL", "UNIT") for edge in "BI")]


def tokenizer(longest: int) -> PreTrainedTokenizerFast:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *SENTENCE.split(), "بو", "##تين", "##كو"]
    vocabulary = {word: at for at, word in enumerate(dict.fromkeys(words))}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    edges = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=edges)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=longest,
    )  # fmt: skip


def config(size: int, **more: object) -> BertConfig:
    return BertConfig(
        vocab_size=size, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=34, **more,
    )  # fmt: skip


def bert(folder: Path) -> None:
    words = tokenizer(longest=10**30)  # as of tokenizers that do not know
    model = BertForTokenClassification(config(len(words), id2label=dict(enumerate(LABELS))))
    given = words(SENTENCE.split(), is_split_into_words=True, return_tensors="pt")
    wanted = torch.tensor([[-100, *map(LABELS.index, TAGS.split()), -100]])
    steps = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        model(**given, labels=wanted).loss.backward()
        steps.step()
        steps.zero_grad()
    model.save_pretrained(folder)
    words.save_pretrained(folder)


def nameless(folder: Path) -> None:
    words = tokenizer(longest=32)
    BertForTokenClassification(config(len(words), num_labels=3)).save_pretrained(folder)
    words.save_pretrained(folder)


def base(folder: Path) -> None:
    words = tokenizer(longest=32)
    BertModel(config(len(words))).save_pretrained(folder)
    words.save_pretrained(folder)


def gliner(folder: Path, encoder: Path) -> None:
    GLiNER.from_config(
        GLiNERConfig(model_name=str(encoder), hidden_size=32, max_width=4, max_len=24, dropout=0.0)
    ).save_pretrained(folder)


if __name__ == "__main__":
    out = Path(sys.argv[1])
    torch.manual_seed(0)
    bert(out / "bert")
    nameless(out / "nameless")
    base(out / "base")
    gliner(out / "gliner", out / "base")
