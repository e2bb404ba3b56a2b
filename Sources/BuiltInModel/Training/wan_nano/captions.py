"""Captions of specs: in English or Chinese, any wording, any order, slots missing.

`caption` returns the text and the slots it speaks about, so that the text encoder can be
taught what was said, and only that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import lexicon_en as en
from . import lexicon_zh as zh
from .world import ACTIONS, CAMERAS, COLOURS, SCENES, SHAPES, SIZES, STYLES, Spec

SLOTS = {
    "colour": tuple(COLOURS), "shape": SHAPES, "action": ACTIONS, "scene": SCENES,
    "style": STYLES, "camera": CAMERAS, "size": tuple(SIZES),
}
DEFAULTS = {"style": "flat", "camera": "static"}
USUAL_SIZE = "big"  # of a subject whose size is left open: what is small, a caption calls small
MENTIONED = {"colour": 0.94, "shape": 0.97, "action": 0.93, "scene": 0.92, "style": 0.12, "camera": 0.12, "size": 0.45}
DOUBLED = {"drop", "spin", "hop", "get", "sit", "run", "bob"}


class Caption(NamedTuple):
    text: str
    said: dict[str, str]


def caption(spec: Spec, rng: np.random.Generator, chinese: bool | None = None, brief: bool = False) -> Caption:
    """A random wording of the spec. What is not the default of style, camera and size is always said.

    A brief caption speaks of shape and action only.
    """
    said = {}
    for slot in SLOTS:
        value = getattr(spec, slot)
        odd = value != (USUAL_SIZE if slot == "size" else DEFAULTS.get(slot, value))
        if slot in ("shape", "action") if brief else odd or rng.random() < MENTIONED[slot]:
            said[slot] = value
    if not {"colour", "shape"} & set(said):
        said["shape"] = spec.shape
    chinese = rng.random() < 0.5 if chinese is None else chinese
    words = _Words(zh if chinese else en, said, rng)
    return Caption((_chinese if chinese else _english)(words), said)


def plain_caption(spec: Spec, chinese: bool) -> str:
    """The canonical wording in the canonical order, for evaluation and examples."""
    first = {slot: getattr(zh if chinese else en, slot.upper() + "S")[getattr(spec, slot)][0] for slot in SLOTS}
    extras = [first[slot] for slot, usual in DEFAULTS.items() if getattr(spec, slot) != usual]
    if chinese:
        return "，".join([f"{first['colour']}的{first['shape']}{first['scene']}{first['action']}", *extras])
    subject = f"{_article(first['colour'])} {first['colour']} {first['shape']}"
    return ", ".join([f"{subject} {first['scene']} {_present(first['action'])}", *extras])


class _Words:
    """Random words for what is said; '' for what is not."""

    def __init__(self, lexicon, said: dict[str, str], rng: np.random.Generator):
        self.lexicon, self.said, self.rng = lexicon, said, rng

    def pick(self, options):
        return options[int(self.rng.integers(len(options)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def slot(self, name: str) -> str:
        return self.pick(getattr(self.lexicon, name.upper() + "S")[self.said[name]]) if name in self.said else ""

    def filler(self) -> str:
        return self.pick(self.lexicon.FILLERS) if self.chance(0.08) else ""

    def adverb(self) -> str:
        return self.pick(self.lexicon.ADVERBS) if self.chance(0.1) else ""


def _spaced(*parts: str) -> str:
    return " ".join(p for p in parts if p)


def _article(noun_phrase: str) -> str:
    return "an" if noun_phrase[0].lower() in "aeiou" else "a"


def _present(phrase: str) -> str:
    """'move left' as 'moves left'."""
    verb, _, rest = phrase.partition(" ")
    if verb == "not":
        return _spaced("does not", rest)
    if verb.endswith("y") and verb[-2] not in "aeiou":
        verb = verb[:-1] + "ies"
    else:
        verb += "es" if verb.endswith(("o", "s", "sh", "ch")) else "s"
    return _spaced(verb, rest)


def _participle(phrase: str) -> str:
    """'move left' as 'moving left'."""
    verb, _, rest = phrase.partition(" ")
    if verb == "not":
        return _spaced("not", _participle(rest))
    if verb in DOUBLED:
        verb += verb[-1]
    elif verb.endswith("e") and not verb.endswith("ee"):
        verb = verb[:-1]
    return _spaced(verb + "ing", rest)


def _english(words: _Words) -> str:
    subject, action, scene = _english_subject(words), _english_action(words), words.slot("scene")
    style, camera = words.slot("style"), words.slot("camera")
    order = words.rng.random()
    if order < 0.4:
        main = _spaced(subject, scene, action)
    elif order < 0.75:
        main = _spaced(subject, action, scene)
    elif order < 0.9 and scene:
        main = _spaced(f"{scene},", subject, action)
    else:
        main = ", ".join(p for p in (subject, scene, action) if p)
    extras = [p for p in (style, camera) if p]
    if words.chance(0.2):
        extras.reverse()
    if style and words.chance(0.12):
        extras.remove(style)
        main = f"{style}, {main}" if words.chance(0.6) else f"{style} of {main}"
    text = words.pick((", ", ", ", ", ", ". ")).join([main, *extras])
    return _typed(text, words)


def _english_subject(words: _Words) -> str:
    size, colour, shape = words.slot("size"), words.slot("colour"), words.slot("shape")
    shape = shape or words.pick(("shape", "thing", "object"))
    if colour and words.chance(0.07):
        phrase = _spaced(size, words.filler(), shape)
        return f"{words.pick(('the ', 'a '))}{phrase}" + words.pick((f", {colour},", f" that is {colour}"))
    phrase = _spaced(size, words.filler(), colour, shape)
    article = words.pick((_article(phrase),) * 5 + ("the", "one", "", ""))
    return _spaced(article, phrase)


def _english_action(words: _Words) -> str:
    phrase = words.slot("action")
    if not phrase:
        return ""
    form = words.rng.random()
    text = _present(phrase) if form < 0.6 else _participle(phrase)
    if form > 0.85:
        text = f"is {text}"
    adverb = words.adverb()
    return _spaced(adverb, text) if words.chance(0.4) else _spaced(text, adverb)


def _typed(text: str, words: _Words) -> str:
    """Capitals and full stops as people type them."""
    if words.chance(0.4):
        text = text[0].upper() + text[1:]
    if words.chance(0.04):
        text = text.upper() if words.chance(0.3) else text.title()
    return text + ("." if words.chance(0.3) else "")


def _chinese(words: _Words) -> str:
    subject, scene = _chinese_subject(words), words.slot("scene")
    action = words.slot("action")
    if action:
        action = words.adverb() + action + words.pick(("",) * 14 + ("着",))
        action = words.pick(("", "", "", "正在")) + action
    order = words.rng.random()
    if order < 0.55:
        main = subject + scene + action
    elif order < 0.8 and scene:
        main = scene + words.pick(("，", "", ",")) + subject + action
    elif order < 0.9 and action and scene:
        main = subject + action + words.pick(("，", "")) + scene
    else:
        main = "，".join(p for p in (subject, scene, action) if p)
    extras = [p for p in (words.slot("style"), words.slot("camera")) if p]
    if words.chance(0.2):
        extras.reverse()
    parts = [main, *extras]
    if extras and words.chance(0.12):
        parts = parts[1:] + parts[:1]
    comma = words.pick(("，", "，", "，", ",", "、", "。", ", ", " "))
    return comma.join(parts) + words.pick(("", "", "", "。", "."))


def _chinese_subject(words: _Words) -> str:
    size, colour, shape = words.slot("size"), words.slot("colour"), words.slot("shape")
    shape = shape or words.pick(("东西", "物体", "图形"))
    measure = words.pick(words.lexicon.MEASURES)
    long = colour.endswith("色") or words.chance(0.3)
    of = "的" if colour and (long and words.chance(0.8)) else ""
    if words.chance(0.5):
        return measure + words.filler() + size + colour + of + shape
    return measure + words.filler() + colour + of + size + shape
