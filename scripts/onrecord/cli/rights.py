"""Verbs for licensed articles: join them to copies of your own, or take their text out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import (
    Corpus,
    Json,
    Texts,
    app,
    corpus_or_ours,
    finish,
    private_texts,
    put,
    reporting,
)
from onrecord.issues import MisuseError

if TYPE_CHECKING:
    from onrecord.hydration import Hydrated


@app.command()
def hydrate(
    corpus: Corpus = None,
    texts: Texts = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the corpus with your copies there.")
    ] = None,
    json: Json = False,
) -> None:
    """Join licensed gold to your own copies of the texts, and say what was found."""
    from onrecord.hydration import hydrate as join

    with reporting(json) as issues:
        if texts is None:
            raise MisuseError("name the folder of your copies with --texts DIR")
        results = join(corpus_or_ours(corpus), private_texts(texts, issues) or {}, out)
        if not json:
            put(None, json, "\n".join(map(_line, results)))
            if out is not None and not any(each.joined for each in results):
                put(None, json, f"{out}: nothing to write")
        issues += [issue for each in results for issue in each.issues]
        finish(issues, json, {"articles": results} if json else {})


def _line(each: "Hydrated") -> str:
    found = "the annotated text" if each.exact else f"{each.share:.1%} of its spans found"
    return f"{each.article_id}: {found}, {each.quotes} of {each.of_quotes} quotes"


@app.command()
def seal(
    article: Annotated[str, typer.Argument(help="An article id.")],
    corpus: Annotated[Path, typer.Option(help="The corpus folder, which is changed in place.")],
    texts: Texts = None,
    json: Json = False,
) -> None:
    """Take an article's text out of a corpus; its gold stays."""
    from onrecord.hydration import seal as take_out

    with reporting(json) as issues:
        done = take_out(corpus, article, private_texts(texts, issues))
        what = f"removed texts/{article}.txt" if done.removed else "sealed with your copy"
        if not json:
            put(None, json, f"{what}; give the article a title of your own")
        counts = {"fingerprints": done.fingerprints, "blind spans": len(done.blind)}
        finish([*issues, *done.issues], json, counts)
