"""Adapters to spaCy, textacy and transformers, on small models made here at run time.

They know a few sentences by heart: what is tested is the adapter, with the real libraries.
"""

import random
from pathlib import Path
from typing import Any

import pytest

from onrecord.extractors import PlainArticle
from onrecord.extractors.span_categorizer import SpanCategorizer
from onrecord.extractors.textacy_quotes import DirectQuotations
from onrecord.extractors.token_classification import TokenClassification
from onrecord.issues import MisuseError
from onrecord.text import words_of
from test_cli import run

pytestmark = pytest.mark.slow

TEXT = (
    "🌊 “We owe nobody a bridge,” Orla Venn said on Tuesday.\n\n"
    "The mayor disagrees. “It is old” and “so is he.\n\n"
    "“Nobody owes us a road,” Orla Venn said on Friday."
)


def article(text: str) -> PlainArticle:
    return PlainArticle(id="a", title="T", language="en", text=text)


def shown(text: str, quotes: list[Any]) -> list[tuple[str, ...]]:
    return [
        tuple(
            words_of(text, span) if span else "" for span in (each.content, each.cue, each.source)
        )
        for each in quotes
    ]


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that tags, parses and lemmatises sentences of one pattern."""
    import spacy
    from spacy.training import Example

    random.seed(0)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("parser", config={"min_action_freq": 1})
    ruler = pipeline.add_pipe("attribute_ruler")
    examples = []
    for day in ("Tuesday", "Friday"):
        for what in ("We owe nobody a bridge", "Nobody owes us a road"):
            words = f"“ {what} , ” Orla Venn said on {day} .".split()
            said = words.index("said")
            heads, deps = [said] * len(words), ["dep"] * len(words)
            heads[said - 2], deps[said - 2] = said - 1, "compound"
            deps[said - 1], deps[said] = "nsubj", "ROOT"
            doc = spacy.tokens.Doc(pipeline.vocab, words=words)
            examples.append(Example.from_dict(doc, {"heads": heads, "deps": deps}))
    pipeline.initialize(lambda: examples)
    ruler.add([[{"LOWER": "said"}]], {"POS": "VERB", "LEMMA": "say"})
    ruler.add([[{"LOWER": {"NOT_IN": ["said"]}}]], {"POS": "NOUN", "LEMMA": "other"})
    for _ in range(40):
        pipeline.update(examples)
    folder = tmp_path_factory.mktemp("parser")
    pipeline.to_disk(folder)
    return folder


def test_textacy_by_paragraph_and_whole(parser: Path) -> None:
    extractor = DirectQuotations(str(parser))
    assert shown(TEXT, extractor.extract(article(TEXT))) == [
        ("“We owe nobody a bridge,”", "said", "Orla Venn"),
        ("“Nobody owes us a road,”", "said", "Orla Venn"),
    ]
    assert extractor.counts == {"paragraphs refused": 1}
    assert extractor.version.startswith("textacy 0.13.0, spacy 3")
    whole = DirectQuotations(str(parser), whole=True)
    with pytest.raises(ValueError, match="quotation marks found"):
        whole.extract(article(TEXT))


def test_textacy_needs_a_parser_and_its_language(tmp_path: Path) -> None:
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(MisuseError, match="does not set POS, DEP, LEMMA"):
        DirectQuotations(str(tmp_path / "blank"))
    for name in ("no_such_pipeline", str(tmp_path)):
        with pytest.raises(MisuseError, match="is no spaCy pipeline"):
            DirectQuotations(name)


@pytest.fixture(scope="module")
def categorizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny SpanCategorizer that has learnt the pattern of the sentences above."""
    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed

    fix_random_seed(0)
    pipeline = spacy.blank("en")
    suggester = {"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": 9}
    pipeline.add_pipe("spancat", config={"suggester": suggester})
    examples = []
    for what in ("We owe nobody a bridge", "Nobody owes us a road", "It is a tax on fog"):
        for who in ("Orla Venn", "Bram Ostley", "Tobin Harke"):
            for day in ("Tuesday", "Friday"):
                doc = pipeline.make_doc(f"“{what},” {who} said on {day}.")
                end = doc.text.index("”") + 1
                spans = [
                    doc.char_span(0, end, "content"),
                    doc.char_span(end + 1, end + 1 + len(who), "source"),
                    doc.char_span(end + 2 + len(who), end + 6 + len(who), "cue"),
                ]
                gold = doc.copy()
                gold.spans["sc"] = [gold[each.start : each.end] for each in spans]
                for each, span in zip(spans, gold.spans["sc"], strict=True):
                    span.label_ = each.label_
                gold.spans["sc"] = [
                    spacy.tokens.Span(gold, each.start, each.end, each.label_) for each in spans
                ]
                examples.append(Example(doc, gold))
    pipeline.initialize(lambda: examples)
    for _ in range(60):
        pipeline.update(examples)
    folder = tmp_path_factory.mktemp("spancat")
    pipeline.to_disk(folder)
    return folder


def test_span_categorizer(categorizer: Path) -> None:
    text = "“We owe nobody a bridge,” Orla Venn said on Tuesday.\n\n“It is a tax on fog,” Bram Ostley said on Friday."
    extractor = SpanCategorizer(str(categorizer))
    assert shown(text, extractor.extract(article(text))) == [
        ("“We owe nobody a bridge,”", "said", "Orla Venn"),
        ("“It is a tax on fog,”", "said", "Bram Ostley"),
    ]
    with pytest.raises(MisuseError, match="its labels are: content, cue, source"):
        SpanCategorizer(str(categorizer), content="CONTENT")
    with pytest.raises(KeyError):
        SpanCategorizer(str(categorizer), key="other").extract(article(text))


def test_adapters_on_the_command_line(categorizer: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("“We owe nobody a bridge,” Orla Venn said on Tuesday.", "utf-8")
    option = f"pipeline={categorizer}"
    done = run("extract", tmp_path / "a.txt", "--with", "spancat", "--option", option)
    assert done.exit_code == 0, done.output
    assert "Orla Venn | said | “We owe nobody a bridge,”" in done.output


LABELS = ["O", "B-content", "I-content", "B-cue", "I-cue", "B-source", "I-source"]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer that learns, in a moment, which label a word has."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    torch.manual_seed(0)
    labelled = {
        "“": 1,
        "We": 2,
        "owe": 2,
        "nobody": 2,
        "a": 2,
        "bridge": 2,
        ",”": 2,
        "said": 3,
        "Orla": 5,
        "Venn": 6,
    }
    vocabulary = {
        word: number
        for number, word in enumerate(["[PAD]", "[UNK]", *labelled, "on", "Tuesday", "."])
    }
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split("“", "isolated")]
        + [pre_tokenizers.Split(mark, "isolated") for mark in (",”", ".")]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=16
    )
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=16,
        id2label=dict(enumerate(LABELS)),
        label2id={label: number for number, label in enumerate(LABELS)},
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = BertForTokenClassification(config)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    ids = torch.arange(len(vocabulary))
    labels = torch.tensor([labelled.get(word, 0) for word in vocabulary])
    for _ in range(150):
        order = torch.stack([torch.randperm(len(vocabulary))[:16] for _ in range(8)])
        loss = model(input_ids=ids[order], labels=labels[order]).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    folder = tmp_path_factory.mktemp("bert")
    model.eval().save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def test_token_classification(classifier: Path) -> None:
    quote = "“We owe nobody a bridge,” Orla Venn said on Tuesday."
    long = " ".join(["on Tuesday ."] * 12)
    text = f"🌊 🌊 {quote}\n \n{long} {quote}\n\nOn Friday."
    extractor = TokenClassification(str(classifier), stride=4)
    assert (
        shown(text, extractor.extract(article(text)))
        == [("“We owe nobody a bridge,”", "said", "Orla Venn")] * 2
    )
    assert extractor.version.endswith(", bert")
    assert extractor.extract(article("\n")) == []


def test_token_classification_misuse(classifier: Path, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="no folder of a model"):
        TokenClassification("some/model-on-a-hub")
    with pytest.raises(MisuseError, match="its labels are: O, content, cue, source"):
        TokenClassification(str(classifier), content="quote", stride=4)
    with pytest.raises(MisuseError, match="stride"):
        TokenClassification(str(classifier))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(MisuseError):
        TokenClassification(str(tmp_path))
