"""With a real Label Studio of the pinned version: nothing lost, nothing doubled, clear errors."""

import json
import socket
import subprocess
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from conftest import CASES, ROOT
from killing import ENVIRONMENT
from onrecord.issues import MisuseError
from onrecord.json_input import decode
from onrecord.labelstudio.client import Studio
from onrecord.labelstudio.projects import existing_project
from onrecord.labelstudio.pulling import pull, standings
from onrecord.labelstudio.pushing import Pushed, push
from onrecord.labelstudio.server import VERSION, Server, start_server, stop_server
from onrecord.model import Gold
from onrecord.validation import validate
from page import wait
from studio import (
    accept_suggestions,
    between,
    invite,
    kill,
    run,
    running,
    sign_in,
    small_corpus,
)

pytestmark = pytest.mark.slow
FENMOOR = CASES / "valid" / "fenmoor"
OPEN = sorted(path.stem for path in (FENMOOR / "texts").iterdir())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("studio")) as server:
        yield server


@pytest.fixture(scope="module")
def studio(server: Server) -> Studio:
    return sign_in(server)


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """A title of at most 50 characters, as Label Studio wants it, for every test."""
    return f"{request.node.name[:40]} {zlib.crc32(request.node.name.encode()):08x}"


def project_id(pushed: Pushed) -> int:
    return int(pushed.project.rsplit("/", 1)[1])


def articles_in(studio: Studio, title: str) -> Counter[str]:
    tasks = existing_project(studio, title).tasks()
    return Counter(task.meta.article_id for task in tasks if task.meta)


def gold_of(path: Path) -> Gold:
    return decode(path.read_bytes(), Gold, path.name)


def listening(port: int) -> list[str]:
    """The addresses, in hexadecimal, on which something listens at a port."""
    rows = [
        line.split()
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
    ]
    places = [row[1].split(":") for row in rows if row[3] == "0A"]
    return [address for address, at in places if int(at, 16) == port]


def test_the_server_is_of_the_pinned_version_and_on_this_machine_only(server: Server) -> None:
    studio = sign_in(server)
    assert studio.sdk.versions.get().release == VERSION
    assert listening(server.port) == ["0100007F"]
    for path in (server.token_file, server.password_file, Path(server.folder, "secret_key")):
        assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert oct(Path(server.folder).stat().st_mode & 0o777) == "0o700"


def test_a_second_start_finds_the_server_and_stop_ends_it(tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        assert start_server(tmp_path / "home") == server
        assert server.token_file.read_text() not in Path(server.folder, "server.log").read_text()
        assert stop_server(tmp_path / "home")
        assert not stop_server(tmp_path / "home")
        wait(lambda: listening(server.port) == [], seconds=5)


def test_two_servers_that_want_one_port_both_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The port is free for both when they choose it; the one that comes late takes another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        wanted = probe.getsockname()[1]
    monkeypatch.setattr("onrecord.labelstudio.server._PORT", wanted)
    folders = [tmp_path / "one", tmp_path / "other"]
    try:
        with ThreadPoolExecutor() as pool:
            servers = list(pool.map(start_server, folders))
        assert wanted in {server.port for server in servers}
        assert len({sign_in(server).url for server in servers}) == 2
    finally:
        assert [stop_server(folder) for folder in folders] == [True, True]


def test_start_and_stop_by_the_command(tmp_path: Path) -> None:
    done = run(
        "start",
        tmp_path / "home",
        "--json",
        ONRECORD_LABEL_STUDIO=str(ROOT / ".venv-label-studio/bin/label-studio"),
    )
    try:
        assert done.returncode == 0, done.stderr
        shown = json.loads(done.stdout)
        assert (tmp_path / "home" / "token").read_text() not in done.stdout + done.stderr
        assert shown["url"].startswith("http://127.0.0.1:")
    finally:
        assert run("stop", tmp_path / "home").stdout == "stopped\n"


@pytest.mark.parametrize("corpus", [FENMOOR, ROOT / "corpus"], ids=["fenmoor", "corpus"])
def test_gold_comes_back_as_it_was(
    corpus: Path, studio: Studio, title: str, tmp_path: Path
) -> None:
    """Gold, tasks, server, prediction, annotation, export, layer: equal, field by field."""
    pushed = push(studio, corpus, ["*"], title, "gold")
    assert {issue.code for issue in pushed.issues} <= {"text-missing"}
    sent = accept_suggestions(studio, project_id(pushed))
    assert len(sent) == pushed.added == len(list((corpus / "texts").iterdir()))
    written = pull(studio, title, corpus, tmp_path / "out")
    assert written.issues == ()
    assert len(written.paths) == len(sent)
    for path in written.paths:
        layer, gold = gold_of(path), gold_of(corpus / "gold" / path.name)
        assert layer.layer.annotator == "annotator" and layer.layer.kind == "mixed"
        assert replace(layer, layer=gold.layer) == gold
    assert all(row.edits == 0 for row in standings(studio, title, corpus)[0])


def test_a_second_push_adds_only_what_is_new(studio: Studio, title: str, fenmoor: Path) -> None:
    first = push(studio, fenmoor, [OPEN[0]], title, "gold")
    second = push(studio, fenmoor, ["fenmoor*"], title, "gold")
    third = push(studio, fenmoor, ["fenmoor*"], title, "gold")
    assert [(each.added, each.present) for each in (first, second, third)] == [
        (1, 0),
        (1, 1),
        (0, 2),
    ]
    assert articles_in(studio, title) == Counter(OPEN)


def test_a_changed_text_is_refused_with_both_hashes(
    studio: Studio, title: str, fenmoor: Path
) -> None:
    import hashlib

    push(studio, fenmoor, ["fenmoor*"], title, "gold")
    path = fenmoor / "articles" / f"{OPEN[0]}.json"
    article = json.loads(path.read_text())
    old = article["text_sha256"]
    text = (fenmoor / "texts" / f"{OPEN[0]}.txt").read_text("utf-8").replace("Fenmoor", "Fenmuir")
    (fenmoor / "texts" / f"{OPEN[0]}.txt").write_text(text, "utf-8")
    article["text_sha256"] = new = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(article))
    pushed = push(studio, fenmoor, ["fenmoor*"], title, "gold")
    (issue,) = pushed.issues
    assert issue.code == "task-text" and old in issue.message and new in issue.message
    assert issue.file.startswith(studio.url) and "?task=" in issue.file
    assert (pushed.added, pushed.present) == (0, 1)
    accept_suggestions(studio, project_id(pushed))
    written = pull(studio, title, fenmoor, fenmoor / "annotators")
    assert [issue.code for issue in written.issues] == ["task-text"]
    assert [path.stem for path in written.paths] == [OPEN[1]]


def test_unsound_articles_are_findings_and_the_others_are_sent(
    studio: Studio, title: str, fenmoor: Path
) -> None:
    path = fenmoor / "gold" / f"{OPEN[0]}.json"
    gold = json.loads(path.read_text())
    gold["quotes"][0]["content"][0]["end"] = 99999
    path.write_text(json.dumps(gold))
    pushed = push(studio, fenmoor, [*OPEN, "no-such-article"], title, "gold")
    assert [issue.code for issue in pushed.issues] == ["span-outside", "article-unknown"]
    assert articles_in(studio, title) == Counter(OPEN[1:])


def test_several_annotators_skips_empty_ones_and_drafts(
    server: Server, studio: Studio, title: str, fenmoor: Path
) -> None:
    ann = invite(server, "ann.marsh@example.com")
    pushed = push(studio, fenmoor, ["fenmoor*"], title, "gold")
    one, two = accept_suggestions(ann, project_id(pushed))
    studio.sdk.annotations.create(id=one, result=[], was_cancelled=True)
    studio.sdk.annotations.create(id=two, result=[], lead_time=30.0)
    rows = {row.annotator: row for row in standings(studio, title, fenmoor)[0]}
    assert (rows["ann-marsh"].done, rows["ann-marsh"].left, rows["ann-marsh"].minutes) == (
        2,
        0,
        3.0,
    )
    mine = rows["annotator"]
    assert (mine.done, mine.empty, mine.skipped, mine.left) == (1, 1, 1, 0)
    assert mine.edits > 10
    written = pull(studio, title, fenmoor, fenmoor / "annotators")
    assert written.counts() == {"layers": 2, "held back": 1, "empty": 1, "skipped": 1}
    assert {issue.code for issue in written.issues} == {"mark-missing"}
    assert {path.parent.name for path in written.paths} == {"ann-marsh"}
    assert validate(fenmoor).issues == ()
    named = pull(studio, title, fenmoor, fenmoor / "annotators", annotators=["ann-marsh=a7"])
    assert {path.parent.name for path in named.paths} == {"a7"}
    with pytest.raises(MisuseError, match=r"'bob' is nobody of: .*ann.marsh@example.com"):
        pull(studio, title, fenmoor, fenmoor / "annotators", annotators=["bob"])


def test_a_draft_is_not_taken_for_finished(
    server: Server, studio: Studio, title: str, fenmoor: Path
) -> None:
    import httpx

    pushed = push(studio, fenmoor, ["fenmoor*"], title, "gold")
    shown = run("status", "--project", title, "--corpus", fenmoor, server=server)
    assert shown.stdout == "nobody has begun\n"
    task = existing_project(studio, title).tasks()[0].id
    done = httpx.post(
        f"{server.url}/api/tasks/{task}/drafts",
        headers={"Authorization": f"Token {server.token_file.read_text()}"},
        json={"result": [], "lead_time": 4},
        trust_env=False,
    )
    assert done.status_code == 201 and pushed.added == 2
    assert pull(studio, title, fenmoor, fenmoor / "out").collected == ()
    (row,) = standings(studio, title, fenmoor)[0]
    assert (row.done, row.drafts, row.left) == (0, 1, 2)


def test_what_was_edited_by_hand_is_found_and_stops_nothing_else(
    studio: Studio, title: str, fenmoor: Path
) -> None:
    """The server takes anything; the findings lead to the task, the rest of it comes through."""
    pushed = push(studio, fenmoor, ["fenmoor*"], title, "gold")
    for id in accept_suggestions(studio, project_id(pushed))[:1]:
        (annotation,) = studio.sdk.annotations.list(id=id)
        result = [*annotation.result, *broken_items()]
        studio.sdk.annotations.update(id=annotation.id, result=result)
    written = pull(studio, title, fenmoor, fenmoor / "out")
    assert Counter(issue.code for issue in written.issues) == {
        "region-offsets": 2,
        "region-repeated": 1,
        "relation-dangling": 1,
    }
    assert all(f"?task={id}" in issue.file for issue in written.issues)
    assert len(written.paths) == 2
    for path in written.paths:
        gold = gold_of(fenmoor / "gold" / path.name)
        assert replace(gold_of(path), layer=gold.layer) == gold


def broken_items() -> list[dict[str, Any]]:
    def region(id: str, start: float, end: float) -> dict[str, Any]:
        value = {"start": start, "end": end, "text": "x", "labels": ["cue"]}
        return {"id": id, "from_name": "span", "to_name": "text", "type": "labels", "value": value}

    relation = {"type": "relation", "from_id": "quote__q1", "to_id": "gone", "direction": "right"}
    return [region("r1", 20, 10), region("r2", 1.5, 9.5), region("quote__q1", 0, 7), relation]


def test_two_pushes_at_once_leave_one_task_an_article(
    server: Server, title: str, tmp_path: Path
) -> None:
    corpus = small_corpus(FENMOOR, tmp_path / "corpus", 60)
    signed = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token_file.read_text()}
    words = ["push", "copy*", "--project", title, "--suggest", "gold", "--corpus", str(corpus)]
    commands = [
        subprocess.Popen(
            [sys.executable, "-m", "onrecord", "annotate", *words],
            env=ENVIRONMENT | signed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    outputs = [command.communicate()[0] for command in commands]
    assert [command.returncode for command in commands] == [0, 0, 0], outputs
    assert set(articles_in(sign_in(server), title).values()) == {1}
    assert len(articles_in(sign_in(server), title)) == 60


@pytest.mark.parametrize("how", ["lost", "500", "refused"])
def test_an_import_whose_answer_is_lost_doubles_nothing(
    how: str, server: Server, title: str, fenmoor: Path
) -> None:
    """The server did its work and the answer never came, or came as an error; twice."""
    left = [how, how]

    def fault(method: str, path: str) -> str:
        return left.pop() if left and method == "POST" and "/import" in path else ""

    with between(server, fault) as url:
        pushed = push(
            Studio(url, server.token_file.read_text()), fenmoor, ["fenmoor*"], title, "gold"
        )
    assert (pushed.added, pushed.issues) == (2, [])
    assert articles_in(sign_in(server), title) == Counter(OPEN)
    assert len(left) == (0 if how == "refused" else 1)


@pytest.mark.parametrize("how", ["lost", "500"])
def test_a_project_that_was_made_without_an_answer_is_used(
    how: str, server: Server, title: str, fenmoor: Path
) -> None:
    def fault(method: str, path: str) -> str:
        return how if (method, path) == ("POST", "/api/projects/") else ""

    with between(server, fault) as url:
        pushed = push(
            Studio(url, server.token_file.read_text()), fenmoor, ["fenmoor*"], title, "gold"
        )
    assert (pushed.added, pushed.issues) == (2, [])
    assert articles_in(sign_in(server), title) == Counter(OPEN)


def test_what_the_server_does_twice_is_there_once(
    server: Server, title: str, fenmoor: Path
) -> None:
    """As it does by itself when its database was locked in the middle of a request."""
    with between(server, lambda method, path: "twice" if method == "POST" else "") as url:
        pushed = push(
            Studio(url, server.token_file.read_text()), fenmoor, ["fenmoor*"], title, "gold"
        )
    assert (pushed.added, pushed.issues) == (2, [])
    assert articles_in(sign_in(server), title) == Counter(OPEN)


def test_a_server_that_dies_during_push_and_pull(title: str, tmp_path: Path) -> None:
    """Killed in the middle; after a new start the same commands finish the work."""
    corpus = small_corpus(FENMOOR, tmp_path / "corpus", 120)
    home = tmp_path / "home"
    words = ("push", "copy*", "--project", title, "--suggest", "gold", "--corpus", corpus)
    with running(home) as server:
        done = killed_once_busy(server, words, "/import", 2)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "push again to go on" in done.stderr and done.stderr.count("\n") == 1
        server = start_server(home)
        again = run(*words, server=server)
        assert again.returncode == 0, again.stderr
        studio = sign_in(server)
        assert set(articles_in(studio, title).values()) == {1}
        assert len(articles_in(studio, title)) == 120
        accept_suggestions(studio, existing_project(studio, title).id)
        out = tmp_path / "out"
        words = ("pull", "--project", title, "--corpus", corpus, "--out", out)
        done = killed_once_busy(server, words, "/export", 1)
        assert done.returncode == 2 and "is it running?" in done.stderr, done.stdout + done.stderr
        assert not out.exists()
        server = start_server(home)
        again = run(*words, server=server)
        assert (again.returncode, len(list(out.rglob("*.json")))) == (0, 120), again.stdout


def killed_once_busy(server: Server, words: tuple[Any, ...], path: str, nth: int) -> Any:
    """Run a command against a server that is killed when it gets its nth such request."""
    seen: list[str] = []

    def fault(method: str, at: str) -> str:
        seen.extend([at] if path in at else [])
        if path in at and len(seen) == nth:
            kill(server)
            return "refused"
        return ""

    with between(server, fault) as url:
        return run(*words, LABEL_STUDIO_URL=url, LABEL_STUDIO_API_KEY=server.token_file.read_text())


def test_a_wrong_token_is_one_line_without_the_token(server: Server, tmp_path: Path) -> None:
    wrong = tmp_path / "token"
    wrong.write_text("f" * 40)
    done = run("status", "--project", "x", "--url", server.url, "--token-file", wrong)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "token is wrong or has expired" in done.stderr
    assert "f" * 40 not in done.stdout + done.stderr
    done = run("status", "--project", "x", "--url", server.url)
    assert done.returncode == 2 and "no token for" in done.stderr


def test_a_personal_access_token_works_until_it_is_revoked(
    server: Server, fenmoor: Path, title: str
) -> None:
    import httpx

    headers = {"Authorization": f"Token {server.token_file.read_text()}"}
    with httpx.Client(base_url=server.url, trust_env=False, headers=headers) as client:
        token = client.post("/api/token/").json()["token"]
        assert push(Studio(server.url, token), fenmoor, ["fenmoor*"], title, "none").added == 2
        client.post("/api/token/blacklist/", json={"refresh": token})
    with pytest.raises(MisuseError, match="wrong or has expired"):
        Studio(server.url, token)


def test_a_deleted_project_is_named(
    studio: Studio, server: Server, title: str, fenmoor: Path
) -> None:
    pushed = push(studio, fenmoor, ["fenmoor*"], title, "gold")
    studio.sdk.projects.delete(id=project_id(pushed))
    with pytest.raises(MisuseError, match="has no project"):
        pull(studio, title, fenmoor, fenmoor / "out")
    left = [True]

    def delete_first(method: str, path: str) -> str:
        if left and "/import" in path:
            left.clear()
            studio.sdk.projects.delete(id=int(path.split("/")[3]))
        return ""

    with (
        between(server, delete_first) as url,
        pytest.raises(MisuseError, match="not there any more"),
    ):
        push(Studio(url, server.token_file.read_text()), fenmoor, ["fenmoor*"], title, "gold")


def test_a_full_disk_stops_a_pull_in_one_line(
    server: Server, studio: Studio, title: str, small_disk: Path, tmp_path: Path
) -> None:
    corpus = small_corpus(FENMOOR, tmp_path / "corpus", 20)
    pushed = push(studio, corpus, ["copy*"], title, "gold")
    accept_suggestions(studio, project_id(pushed))
    words = ("pull", "--project", title, "--corpus", corpus, "--out")
    done = run(*words, small_disk / "out", server=server)
    assert done.returncode == 2 and "No space left" in done.stderr, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    for path in small_disk.rglob("*.json"):
        gold_of(path)
    again = run(*words, tmp_path / "out", server=server)
    assert (again.returncode, len(list((tmp_path / "out").rglob("*.json")))) == (0, 20)


def test_predictions_are_suggested(
    studio: Studio, title: str, fenmoor: Path, tmp_path: Path
) -> None:
    predictions = tmp_path / "rules.jsonl"
    quotes = [
        {"content": "“Ask the auditors.”", "speaker": ["Venn"], "confidence": 0.5},
        {"content": [{"start": 219, "end": 282}], "cue": "told", "source": "Tobin Harke"}
        | {"speaker": [[{"start": 191, "end": 202}]]}
        | {"stances": [{"target": "toll-harbour", "label": "favor"}]},
        {"content": "words that are not there"},
    ]
    predictions.write_text(json.dumps({"article_id": OPEN[0], "quotes": quotes}) + "\n")
    pushed = push(studio, fenmoor, ["fenmoor*"], title, str(predictions))
    assert [issue.code for issue in pushed.issues] == ["prediction-missing", "suggestion-missing"]
    (task,) = studio.sdk.tasks.list(project=project_id(pushed), fields="all")
    ids = {item["id"]: item for item in task.predictions[0].result if "id" in item}
    assert {"quote__q1", "quote__q2", "cue__q2", "source__q2"} == set(ids)


def test_the_guidelines_are_the_instructions(studio: Studio, title: str, fenmoor: Path) -> None:
    pushed = push(studio, fenmoor, ["fenmoor*"], title, "none")
    project = studio.sdk.projects.get(id=project_id(pushed))
    assert "<h1>Annotation guidelines</h1>" in project.expert_instruction
    assert "<table>" in project.expert_instruction


def test_a_project_gets_room_for_more_issues(studio: Studio, title: str, fenmoor: Path) -> None:
    push(studio, fenmoor, [OPEN[0]], title, "gold")
    assert existing_project(studio, title).issues == 1
    more = push(studio, ROOT / "corpus", ["20311016*"], title, "gold")
    assert more.added == 1
    assert existing_project(studio, title).issues >= 2


def test_pushes_into_two_projects_at_once_stay_apart(
    studio: Studio, title: str, fenmoor: Path, server: Server
) -> None:
    done = [
        threading.Thread(
            target=push, args=(sign_in(server), fenmoor, [id], f"{title[:30]} {id[:19]}", "gold")
        )
        for id in OPEN
    ]
    for thread in done:
        thread.start()
    for thread in done:
        thread.join()
    for id in OPEN:
        assert articles_in(studio, f"{title[:30]} {id[:19]}") == Counter([id])
