"""Adapters that talk to a server: a real one on loopback, whose answers are written by hand."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsonschema
import msgspec
import pytest

from onrecord.extractors import PlainArticle
from onrecord.extractors.chat import KEY, Chat
from onrecord.extractors.citron import Citron
from onrecord.issues import MisuseError
from onrecord.model import Target
from onrecord.text import words_of
from test_cli import run

TEXT = "“We owe nobody a bridge,” she said on Tuesday. The mayor, Orla Venn, hopes to win."
ARTICLE = PlainArticle(
    id="bridge",
    title="Bridge",
    language="en",
    text=TEXT,
    issues=(Target(id="toll", kind="issue", text="The toll should go."),),
)
QUOTE = {
    "content": "“We owe nobody a bridge,”",
    "cue": "said",
    "source": "she",
    "speaker": "Orla Venn",
    "form": "clause",
    "act": "say",
    "status": "actual",
    "stances": [{"target": "toll", "label": "none"}],
}
Reply = tuple[int, bytes, dict[str, str]]


class Server:
    """Answers requests in order, the last reply for all that follow, and keeps what was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, dict(self.headers.items()), body))
                status, answer, headers = outer.replies[
                    min(len(outer.asked), len(outer.replies)) - 1
                ]
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}"
        # The default looks for the end twice a second; each test would wait for it.
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def reply(self, body: Any, status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.replies.append((status, raw, headers))

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv(KEY, raising=False)
    found = Server()
    yield found
    found.stop()


def completion(content: Any, reason: str = "stop", **message: Any) -> dict[str, Any]:
    words = content if isinstance(content, str | None) else json.dumps(content)
    return {
        "id": "c1",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": reason,
                "message": {"role": "assistant", "content": words, **message},
            }
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
    }


def chat(server: Server, **options: Any) -> Chat:
    return Chat(model="some-model", server=f"{server.address}/v1", **options)


def test_chat_asks_by_the_protocol_and_reads_the_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "secret-key")
    lost = {**QUOTE, "content": "Words that nobody said", "cue": None, "source": None}
    changed = {**QUOTE, "content": "to WIN", "cue": "hopes", "source": "The mayor, Orla Ven"}
    empty = {**QUOTE, "content": "", "cue": None, "source": None}
    server.reply(completion({"quotes": [QUOTE, lost, changed, empty]}))
    extractor = chat(server, temperature=0.5, input_price=3.0, output_price=15.0)
    first, second, third = extractor.extract(ARTICLE)
    assert (first.content, first.cue, first.source) == ("“We owe nobody a bridge,”", "said", "she")
    assert first.speaker == ("Orla Venn",) and first.stances[0].label == "none"
    assert second.cue is None and third.content == "to WIN"
    assert extractor.counts == {
        "requests": 1,
        "prompt tokens": 1000,
        "completion tokens": 200,
        "cost": pytest.approx(0.006),
        "strings exact": 4,
        "strings normalised": 1,
        "strings lost": 2,
        "quotes without content": 1,
    }
    ((path, headers, raw),) = server.asked
    body = json.loads(raw)
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer secret-key"
    assert (body["model"], body["temperature"], body["seed"]) == ("some-model", 0.5, 12345)
    told = json.loads(body["messages"][1]["content"])
    assert told["text"] == TEXT and told["issues"] == [
        {"id": "toll", "text": "The toll should go."}
    ]
    assert "no quote" in body["messages"][0]["content"]


def test_the_schema_is_strict_and_fits_a_good_answer(server: Server) -> None:
    server.reply(completion({"quotes": []}))
    assert chat(server).extract(ARTICLE) == []
    wanted = json.loads(server.asked[0][2])["response_format"]
    assert wanted["type"] == "json_schema" and wanted["json_schema"]["strict"] is True
    schema = wanted["json_schema"]["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"quotes": [QUOTE]}, schema)
    for record in schema["$defs"].values():
        assert record["additionalProperties"] is False
        assert set(record["required"]) == set(record["properties"])
    assert "Authorization" not in server.asked[0][1]


def test_a_fenced_answer_is_read(server: Server) -> None:
    server.reply(completion("Here it is:\n```json\n" + json.dumps({"quotes": [QUOTE]}) + "\n```"))
    assert len(chat(server).extract(ARTICLE)) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (completion("I found three quotes."), "the model answered 'I found three quotes.'"),
        (completion({"quotes": [{"content": "x"}]}), "missing required field"),
        (completion({"quotes": [{**QUOTE, "status": "certain"}]}), "certain"),
        (completion({"quotes": [{**QUOTE, "more": 1}]}), "unknown field"),
        (completion('{"quotes": [{"content": "', "length"), "cut off"),
        (completion(None, refusal="I would rather not."), "refused: I would rather not."),
        (completion(None), "the model answered ''"),
        ({"choices": []}, "length >= 1"),
        ({"error": "?"}, "choices"),
        (b"<html>gateway</html>", "malformed"),
        (b"", "truncated"),
        (b'{"choices": "\xff"}', ""),
    ],
)
def test_malformed_answers_are_failures_of_one_article(
    server: Server, body: Any, said: str
) -> None:
    server.reply(body)
    with pytest.raises(ValueError) as caught:
        chat(server).extract(ARTICLE)
    assert said in str(caught.value)


def test_a_busy_server_is_asked_again_and_a_broken_one_reported(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "secret-key")
    server.reply({"error": "slow down"}, 429, **{"Retry-After": "0"})
    server.reply({"error": "starting"}, 503, **{"Retry-After": "0"})
    server.reply(completion({"quotes": [QUOTE]}))
    extractor = chat(server)
    assert len(extractor.extract(ARTICLE)) == 1 and extractor.counts["requests"] == 3
    server.replies = [(401, b"wrong key: secret-key", {})]
    with pytest.raises(ValueError, match="the server answered 401: wrong key: …"):
        extractor.extract(ARTICLE)
    assert extractor.counts["requests"] == 4


def test_chat_on_the_command_line(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "secret-key")
    server.reply(completion({"quotes": [QUOTE]}))
    server.reply(completion("no"))
    file, out = tmp_path / "a.jsonl", tmp_path / "chat.jsonl"
    lines = [msgspec.structs.replace(ARTICLE, id=id) for id in ("a1", "a2")]
    file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    words = ("--option", "model=some-model", "--option", f"server={server.address}/v1")
    prices = ("--option", "input-price=3", "--option", "output-price=15")
    done = run("extract", file, "--with", "chat", *words, *prices, "--out", out, "--json")
    assert done.exit_code == 1 and "secret-key" not in done.output + out.read_text()
    record = json.loads((tmp_path / "chat.run.json").read_text("utf-8"))
    assert "secret-key" not in json.dumps(record)
    assert record["options"]["temperature"] == 0.0 and record["options"]["max_tokens"] == 8192
    assert record["version"].startswith("some-model, prompt quotes-1 (")
    assert record["counts"]["completion tokens"] == 400
    assert record["counts"]["cost"] == pytest.approx(0.012)
    assert (record["failures"], record["failed"][0]["article_id"]) == (1, "a2")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"server": "localhost:8000"}, "http"),
        ({"server": "http://user:pass@localhost/v1"}, "the key goes into OPENAI_API_KEY"),
        ({"server": "http://localhost/v1", "prompt": "quotes-0"}, "no prompt of ours"),
    ],
)
def test_chat_misuse(options: dict[str, str], said: str) -> None:
    with pytest.raises(MisuseError, match=said):
        Chat(model="m", **options)


@pytest.mark.parametrize("key", ["secret\nkey", "secret key", "secrët"])
def test_a_key_that_is_none_is_not_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(KEY, key)
    with pytest.raises(MisuseError, match="holds characters that no key has") as caught:
        Chat(model="m", server="http://127.0.0.1/v1")
    assert key[:4] not in str(caught.value)


def citron_span(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def citron_quotes() -> list[dict[str, Any]]:
    """As Citron writes them: resolved speakers in `sources`, the words beside in `coreferences`."""
    return [
        {
            "sources": [citron_span("Orla Venn")],
            "coreferences": [citron_span("she")],
            "cue": citron_span("said"),
            "contents": [citron_span("“We owe nobody"), citron_span("bridge,”")],
            "confidence": "0.8125",
        },
        {
            "sources": [citron_span("The mayor, Orla Venn,")],
            "coreferences": [],
            "cue": citron_span("hopes"),
            "contents": [citron_span("to win")],
        },
    ]


def in_words(quotes: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (
            words_of(TEXT, quote.content),
            words_of(TEXT, quote.cue),
            words_of(TEXT, quote.source),
            [words_of(TEXT, speaker) for speaker in quote.speaker],
            quote.confidence,
        )
        for quote in quotes
    ]


CITRON = [
    ("“We owe nobody bridge,”", "said", "she", ["Orla Venn"], 0.8125),
    ("to win", "hopes", "The mayor, Orla Venn,", [], None),
]


def test_citron_server(server: Server) -> None:
    server.reply({"quotes": citron_quotes(), "source": {"application": "citron-extractor"}})
    assert in_words(Citron(server.address).extract(ARTICLE)) == CITRON
    path, _, body = server.asked[0]
    assert path == "/quotes" and parse_qs(body.decode()) == {"text": [TEXT]}


def test_citron_files(tmp_path: Path) -> None:
    file = {"text": TEXT, "quotes": citron_quotes()}
    (tmp_path / "bridge.json").write_text(json.dumps(file), "utf-8")
    citron = Citron(str(tmp_path))
    assert in_words(citron.extract(ARTICLE)) == CITRON
    with pytest.raises(FileNotFoundError):
        citron.extract(msgspec.structs.replace(ARTICLE, id="other"))
    with pytest.raises(MisuseError, match="neither"):
        Citron(str(tmp_path / "nowhere"))


def _shifted(quotes: list[dict[str, Any]]) -> None:
    quotes[0]["cue"]["start"] += 1


def _outside(quotes: list[dict[str, Any]]) -> None:
    quotes[0]["cue"]["end"] = 10_000


def _bare(quotes: list[dict[str, Any]]) -> None:
    del quotes[0]["contents"]


@pytest.mark.parametrize("damage", [_shifted, _outside, _bare])
def test_citron_answers_that_do_not_fit(
    server: Server, damage: Callable[[list[dict[str, Any]]], None]
) -> None:
    quotes = citron_quotes()
    damage(quotes)
    server.reply({"quotes": quotes})
    with pytest.raises(ValueError):
        Citron(server.address).extract(ARTICLE)


@pytest.mark.parametrize(
    "reply", [(500, b'{"error": "?"}', {}), (200, b"oops", {}), (200, b"{}", {})]
)
def test_citron_failures_are_those_of_an_article(
    server: Server, reply: Reply, tmp_path: Path
) -> None:
    server.replies = [reply]
    file = tmp_path / "a.jsonl"
    file.write_bytes(msgspec.json.encode(ARTICLE))
    done = run("extract", file, "--with", "citron", "--option", f"at={server.address}")
    assert done.exit_code == 1 and "extract-failed" in done.output
    assert "1 article, 0 quotes, 1 failure" in done.output
