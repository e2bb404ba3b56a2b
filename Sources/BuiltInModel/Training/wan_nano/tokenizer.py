"""The SentencePiece model of the captions, and the same model as a tokenizer.json.

English pieces are learned; every Chinese character is a piece of its own, so that no piece crosses
two slots. The normaliser is nmt_nfkc_cf: full-width forms are folded, and so are capitals.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as protobuf

from . import lexicon_zh
from .captions import caption
from .world import sample_spec

VOCABULARY = 1536
PAD, EOS, UNKNOWN = 0, 1, 2
SPECIAL = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}


def train(folder: Path, captions: int = 40_000) -> Path:
    """Writes the tokenizer folder and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(10)
    texts = (caption(sample_spec(rng, full=True), rng, chinese=False).text for _ in range(captions))
    spm.SentencePieceTrainer.train(
        sentence_iterator=texts, model_prefix=str(folder / "spiece"), vocab_size=VOCABULARY, model_type="unigram",
        pad_id=PAD, eos_id=EOS, unk_id=UNKNOWN, bos_id=-1, pad_piece="<pad>", byte_fallback=True, hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc_cf", required_chars="".join(sorted(_characters())),
        character_coverage=1.0, num_threads=1, minloglevel=2,
    )
    (folder / "spiece.vocab").unlink()
    _write_companions(folder)
    return folder


def _characters() -> set[str]:
    """Every character of the Chinese lexicon, and the ones that people type around words."""
    lexicon = Path(lexicon_zh.__file__).read_text() + "正着的东西物体图形"
    return {c for c in lexicon if c > "\x7f"} | set("abcdefghijklmnopqrstuvwxyz0123456789-,.!;:?'")


def _write_companions(folder: Path) -> None:
    """tokenizer.json and the two small configurations that transformers reads."""
    model = protobuf.ModelProto()
    model.ParseFromString((folder / "spiece.model").read_bytes())
    special = [
        {"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        for i, token in ((PAD, "<pad>"), (EOS, "</s>"), (UNKNOWN, "<unk>"))
    ]
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    sequence = lambda name, kind: [{"Sequence": {"id": name, "type_id": kind}}, {"SpecialToken": {"id": "</s>", "type_id": kind}}]
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()},
            {"type": "Strip", "strip_left": True, "strip_right": True},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
        ]},
        "pre_tokenizer": metaspace,
        "post_processor": {
            "type": "TemplateProcessing", "single": sequence("A", 0), "pair": sequence("A", 0) + sequence("B", 1),
            "special_tokens": {"</s>": {"id": "</s>", "ids": [EOS], "tokens": ["</s>"]}},
        },
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": UNKNOWN, "byte_fallback": True,
                  "vocab": [[p.piece, p.score] for p in model.pieces]},
    }
    config = SPECIAL | {
        "tokenizer_class": "T5Tokenizer", "extra_ids": 0, "additional_special_tokens": [], "model_max_length": 512,
        "clean_up_tokenization_spaces": False,
        "added_tokens_decoder": {str(t["id"]): {k: v for k, v in t.items() if k != "id"} for t in special},
    }
    _write(folder / "tokenizer.json", tokenizer)
    _write(folder / "tokenizer_config.json", config)
    _write(folder / "special_tokens_map.json", SPECIAL)


def _write(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


class Tokenizer:
    """Ids with the end mark, straight from spiece.model."""

    def __init__(self, folder: Path):
        self.pieces = spm.SentencePieceProcessor(model_file=str(folder / "spiece.model"))

    @property
    def size(self) -> int:
        return self.pieces.get_piece_size()

    def ids(self, text: str) -> list[int]:
        return self.pieces.encode(text) + [EOS]

    def batch(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Ids padded to the longest, and their mask; both int64 [texts, length]."""
        rows = [self.ids(t) for t in texts]
        length = max(map(len, rows))
        ids = np.full((len(rows), length), PAD, np.int64)
        for row, values in zip(ids, rows):
            row[: len(values)] = values
        mask = np.arange(length)[None, :] < np.array([len(r) for r in rows])[:, None]
        return ids, mask.astype(np.int64)


def check(folder: Path, captions: int = 4000) -> int:
    """How many of so many captions get other ids from tokenizer.json or from transformers."""
    from tokenizers import Tokenizer as FastTokenizer
    from transformers import AutoTokenizer

    own, fast = Tokenizer(folder), FastTokenizer.from_file(str(folder / "tokenizer.json"))
    loaded = AutoTokenizer.from_pretrained(folder)
    rng = np.random.default_rng(11)
    differing = 0
    for _ in range(captions):
        text = caption(sample_spec(rng, full=True), rng).text
        ids = own.ids(text)
        differing += not (ids == fast.encode(text).ids == loaded(text).input_ids)
    return differing
