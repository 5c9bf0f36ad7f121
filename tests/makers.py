"""Small invented corpora in the forms in which others ship theirs, each with that form's traps."""

import json
from collections.abc import Callable
from pathlib import Path

PIER = (
    "Pier Closes After Leak\n"
    "\n"
    '🌊 The pier is "unsafe," Orla Venn said, "and it\x83leaks." The\xa0mayor agrees.\n'
    "\n"
    "“We waited.\n"
    "\n"
    "“Then it fell,” Tobin Harke added. Venn hopes the town pays and fears\u200b delay.\n"
    "\n"
    "Harke called the repair “a joke” and said he would leave. Sign up here."
)
"""A text with an astral character, a control character and several kinds of quotation marks."""


def place(text: str, words: str, nth: int = 1) -> tuple[int, int]:
    """Where `words` stand in `text` for the `nth` time."""
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    return start, start + len(words)


class Ann:
    """Lines of an .ann file about a text."""

    def __init__(self, text: str) -> None:
        self.text, self.lines, self.last = text, "", 0

    def span(self, kind: str, *pieces: str | tuple[int, int]) -> str:
        """A span of pieces, in the order given; its id."""
        self.last += 1
        places = [place(self.text, each) if isinstance(each, str) else each for each in pieces]
        offsets = ";".join(f"{start} {end}" for start, end in places)
        words = " ".join(self.text[start:end] for start, end in places)
        self.lines += f"T{self.last}\t{kind} {offsets}\t{words}\n"
        return f"T{self.last}"

    def event(self, number: int, kind: str = "Attribution", **roles: str) -> None:
        """An event; its trigger copies the cue."""
        self.last += 1
        cue = next(
            (each for each in self.lines.splitlines() if each.startswith(f"{roles.get('Cue')}\t")),
            "",
        )
        rest = cue.split("\t", 1)[1].split(" ", 1)[1] if cue else "0 4\tPier"
        self.lines += f"T{self.last}\t{kind} {rest}\n"
        listed = " ".join(f"{role}:{id}" for role, id in roles.items())
        self.lines += f"E{number}\t{kind}:T{self.last} {listed}\n"


def pier_ann() -> str:
    """Every trap of the makers' files on one text, in one annotator's file."""
    ann = Ann(PIER)
    harke = place(PIER, "Harke", 2)
    content = ann.span("Content", '"and it\x83leaks."', '"unsafe,"')  # out of order
    source, cue = ann.span("Source", "Orla Venn"), ann.span("Cue", "said")
    ann.event(1, Source=source, Content=content, Cue=cue)
    content = ann.span("Content", "“We waited.", "“Then it fell,”")  # only white space between
    ann.event(
        2, Content=content, Cue=ann.span("Cue", "added"), Source=ann.span("Source", "Tobin Harke")
    )
    shared = ann.span("Source", place(PIER, "Venn", 2))
    first, second = ann.span("Content", "the town pays and"), ann.span("Content", "delay")
    ann.event(4, Source=shared, Content=first, Cue=ann.span("Cue", "hopes"))
    ann.event(
        3,
        Source=shared,
        Content=second,
        Content2=ann.span("Content", "the town"),
        Cue=ann.span("Cue", "fears"),
    )
    ann.event(
        5, Source=ann.span("Source", harke), Content=ann.span("Content", "the repair “a joke”")
    )  # no cue
    ann.event(
        6,
        "Attribution-no-source",
        Content=ann.span("Content", " he would lea"),
        Cue=ann.span("Cue", place(PIER, "said", 2)),
    )
    ann.event(
        7, Cue=ann.span("Cue", "agrees"), Source=ann.span("Source", "The\xa0mayor")
    )  # no content
    ann.event(8)  # nothing at all, and a space at the end
    ann.span("Discard", "Sign up here.")
    ann.span("Discuss", "Pier Closes After Leak")
    ann.span("Cue", "Closes")  # of no event
    ann.lines += f"#1\tAnnotatorNotes {shared}\tIs she meant?\n"
    # A span over a line end, with the line end in its words.
    start, end = place(PIER, 'leaks." The\xa0mayor agrees.\n\n“We waited')
    ann.lines += f"T90\tDiscuss {start} {end}\t{PIER[start:end]}\n"
    return ann.lines.removesuffix("\n")  # no line end at the end


METADATA = (
    "compartment\tfilename\tlevel\tannotators\tpublisher\tpublication_date\tauthor\ttitle"
    "\ttrump_count\tclinton_count\tcredit\twire\n"
    'annotator-training\techo_2031-01-01_gulls\tNone\t4b22\techo\t2031-01-01\tNone\tGulls "Back\t0\t0\tNone\tNone\n'
    "train\techo_2031-01-02_the-pier-\t3\t4b22|d473|ef2d\techo\t2031-01-02\tA. Marsh\tPier Closes\t0\t0\tNone\tNA\n"
    "dev\tskerry-post_2031-02-30_ferry\t4\t4b22\tskerry-post\t2031-02-30\tNone\tNone\t0\t0\tNone\tNone\n"
)


def polnear(root: Path) -> Path:
    """PolNeAR: three annotators of one text, an empty file, a day that is none."""
    annotated = {
        "train/echo_2031-01-02_the-pier-": {
            "4b22": pier_ann(),
            "d473": "",
            "ef2d": pier_ann().split("T7\t")[0],
        },
        "dev/skerry-post_2031-02-30_ferry": {"4b22": "\n"},
        "annotator-training/echo_2031-01-01_gulls": {"4b22": ""},
    }
    texts = {"train": PIER, "dev": "\ufeffFares Rise\n", "annotator-training": "Gulls\n"}
    for name, files in annotated.items():
        split, _, base = name.partition("/")
        _write(root / f"data/{split}/text/{base}.txt", texts[split])
        for annotator, content in files.items():
            _write(root / f"data/{split}/attributions/{base}_{annotator}.ann", content)
    _write(root / "data/metadata.tsv", METADATA)
    return root


ANGLER = (
    "Der Angler Bodo Krampe/Moorsee sagte\tam Montag: „Der See ist tot.“  Er hoffe, „die Stadt“"
    " handle.\n\nMan brauche Geld. Krampe sagte, Venn habe gesagt, der Damm sei alt."
)


def _role(tokens: list[tuple[int, int]], text: str, *pieces: str) -> dict:
    spans = []
    for piece in pieces:
        start, end = place(text, piece)
        covered = [n for n, (a, b) in enumerate(tokens) if start <= a and b <= end]
        spans.append(
            {"begin": covered[0], "charBegin": start, "charEnd": end, "end": covered[-1] + 1}
        )
    ids = [id for each in spans for id in range(each["begin"], each["end"])]
    return {"spans": spans, "text": " ".join(pieces), "tokenIds": ids}


def german_file(name: str = "7 - Angler klagt (2031-05-02)") -> str:
    """A file with nested, cue-less and free quotes, a tab, slashes and odd white space."""
    import re

    sentences, flat = [], []
    for number, match in enumerate(re.finditer(r"[^.]+\.“?\s*", ANGLER)):
        words = list(re.finditer(r"\w+|[^\w\s]", match[0]))
        begin = len(flat)
        for word, found in enumerate(words, 1):
            start = match.start() + found.start()
            flat.append(
                {
                    "charBegin": start,
                    "charEnd": start + len(found[0]),
                    "id": len(flat),
                    "sentence": number + 1,
                    "text": found[0],
                    "word": word,
                }
            )
        start = flat[begin]["charBegin"]
        sentences.append(
            {
                "begin": begin,
                "charBegin": start,
                "charEnd": flat[-1]["charEnd"],
                "end": len(flat),
                "id": number,
                "text": ANGLER[start : match.end()],
                "tokenIds": list(range(begin, len(flat))),
                "tokens": [each["text"] for each in flat[begin:]],
            }
        )
    tokens = [(each["charBegin"], each["charEnd"]) for each in flat]

    def quote(type: str, nested: bool = False, **roles: tuple[str, ...]) -> dict:
        made = {
            name: _role(tokens, ANGLER, *roles.get(name, ()))
            for name in ("addressee", "cue", "frame")
        }
        made |= {"hasNested": False, "id": len(annotations), "isNested": nested, "medium": "SW"}
        made |= {name: _role(tokens, ANGLER, *roles.get(name, ())) for name in ("quote", "speaker")}
        return made | {"type": type}

    annotations: list[dict] = []
    annotations.append(
        quote(
            "Direct",
            quote=("„Der See ist tot.“",),
            cue=("sagte",),
            speaker=("Der Angler Bodo Krampe/Moorsee",),
            frame=("Der Angler Bodo Krampe/Moorsee sagte\tam Montag",),
        )
    )
    annotations.append(quote("IndirectFreeIndirect", quote=("Er hoffe, „die Stadt“ handle.",)))
    annotations.append(quote("Reported", quote=("Man brauche Geld.",)))
    annotations.append(
        quote(
            "Indirect",
            quote=("Venn habe gesagt, der Damm sei alt.",),
            cue=("sagte",),
            speaker=("Krampe",),
        )
    )
    annotations.append(
        quote(
            "Indirect", True, quote=("der Damm sei alt",), cue=("habe gesagt",), speaker=("Venn",)
        )
    )
    annotations.append(quote("FreeIndirect", True, quote=("Man brauche", "alt")))
    whole = {
        "annotations": annotations,
        "documentName": name,
        "originalText": ANGLER,
        "sentences": sentences,
        "tokens": flat,
    }
    return json.dumps(whole, indent=4, ensure_ascii=False).replace("/", "\\/")


def german_wikinews(root: Path) -> Path:
    """German Wikinews: names with umlauts, quotes and colons."""
    for split, name in (
        ("train", "7 - Angler klagt (2031-05-02)"),
        ("dev", "8 - „Über: alles“ (2031-13-02)"),
    ):
        _write(root / f"data/{split}/{name}.pretty.json", german_file(name))
    return root


NOVEL = (
    "THE PIER\n"
    "\n"
    'Zoë Venn rose. "We shall not," she said,\n'
    '"sell the\npier, Tobin."\n'
    "\n"
    '"Nor I," said Harke. "You and I agree; \'twas ever so."\n'
    "\n"
    "'Who asks?' cried somebody.\n"
)


def novel_tables() -> tuple[str, str]:
    """Quotations (CRLF, cells over several lines) and characters of the novel."""
    header = (
        "quoteID,quoteText,subQuotationList,quoteByteSpans,speaker,addressees,quoteType,"
        "referringExpression,mentionTextsList,mentionSpansList,mentionEntitiesList"
    )
    rows = [
        (
            ["We shall not,", "sell the\npier, Tobin."],
            "Zoe Venn",
            "Explicit",
            [["We"], ["Tobin"]],
            [[["Zoe Venn"]], [["Harke"]]],
        ),
        (
            ["Nor I,", "You and I agree; 'twas ever so."],
            "Harke",
            "nan",
            [["I"], ["You", "I"]],
            [[["Tobin Harke"]], [["Zoe Venn", "Tobin Harke"], ["Tobin Harke"]]],
        ),
        (["Who asks?"], "_unknowable", "Implicit", [[]], [[]]),
    ]
    lines = [",".join(f'"{name}"' for name in header.split(","))]
    for number, (parts, speaker, kind, texts, entities) in enumerate(rows):
        spans = [list(place(NOVEL, part)) for part in parts]
        mentions = [
            [[start + part.index(word), start + part.index(word) + len(word)] for word in words]
            for part, (start, _), words in zip(parts, spans, texts, strict=True)
        ]
        cells = [
            f"Q{number}",
            " ".join(parts),
            str(parts),
            str(spans),
            speaker,
            "[]",
            kind,
            "she said",
            str(texts),
            str(mentions),
            str(entities),
        ]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    characters = (
        "Character ID,Main Name,Aliases,Gender,Category\n"
        "0,Zoe Venn,\"{'Zoe', 'Zoe Venn', '_narr'}\",F,major\n"
        "1,Tobin Harke,\"['Harke']\",M,minor\n"
        "2,_group,{'_group'},U,minor\n"
    )
    return "".join(f"{line}\r\n" for line in lines), characters


def pdnc(root: Path) -> Path:
    """PDNC: one wrapped novel, whose name stands in the index."""
    quotes, characters = novel_tables()
    _write(root / "data/ThePier/novel_text.txt", NOVEL)
    _write(root / "data/ThePier/quotation_info.csv", quotes)
    _write(root / "data/ThePier/character_info.csv", characters)
    index = 'Novel Code,Novel Title,Genre,Folder Name\nPIER,"The Pier, a Tale",literary,ThePier\n'
    _write(root / "PDNC-Novel-Index.csv", index)
    return root


PARAGRAPHS = [
    ["Venn spoke. ", "“The toll is theft,” she said."],
    ["", "“We’d lose,” Harke’s aide said."],
]


def basil(root: Path) -> Path:
    """BASIL: a title span, an empty sentence, an unnamed speaker, a key twice, several layouts."""
    article = {
        "source": "NYT",
        "main-entities": ["Orla Venn"],
        "title": "Toll “Theft”",
        "date": "2031-03-04",
        "uuid": "u1",
        "triplet-uuid": "0a1b",
        "body-paragraphs": PARAGRAPHS,
    }
    common = {"aim": "dir", "bias": "lex", "notes": "", "indirect-ally-opponent-sentiment": ""}
    spans = [
        ("title", "Toll “Theft”", "Theft", "no", "", "Orla_Venn", "neg"),
        ("p1", PARAGRAPHS[0][1], "“The toll is theft,”", "yes", "Orla_Venn", "Toll_bill", "neg"),
        ("p3", PARAGRAPHS[1][1], "“We’d lose,”", "yes", "other_pro", "toll_Bill", "pos"),
    ]
    records = [
        common
        | {"id": id, "start": place(text, words)[0], "end": place(text, words)[1], "txt": words}
        | {"quote": quote, "speaker": speaker, "target": target, "polarity": polarity}
        for id, text, words, quote, speaker, target, polarity in spans
    ]
    annotation = {
        "article-level-annotations": {"relative_stance": "center"},
        "pair-uuid": "0a1b",
        "phrase-level-annotations": records,
        "uuid": "u1",
    }
    written = json.dumps(annotation, indent=4)
    twice = written.replace('"notes": "",', '"notes": "see p1",\n            "notes": "",', 1)
    _write(root / "articles/2031/0a1b_1.json", json.dumps(article, ensure_ascii=False) + "\n")
    _write(root / "annotations/2031/0a1b_1_ann.json", twice)
    _write(root / "articles/2031/0a1b_2.json", json.dumps(article | {"source": "fox"}, indent=1))
    _write(root / "annotations/2031/0a1b_2_ann.json", written + "\n")
    return root


def seesaw(root: Path) -> Path:
    """SEESAW: nameless ends, names in two spellings, two annotators, a contradiction."""
    sentences = [
        "Orla Venn blamed the Port Board.",
        "",
        "The\nboard “won’t” answer.",
        "Venn is praised and blamed.",
    ]
    article = {
        "title": "Board Blamed",
        "text": [{"id": n, "text": each} for n, each in enumerate(sentences)],
    }

    def triple(id: int, subject: str, sentiment: str, object: str, *annotators: str) -> dict:
        ends = {"id": id, "subject": subject, "sentiment": sentiment, "object": object}
        return ends | {"annotators": list(annotators)}

    stances = {
        "3": [
            triple(0, "None", "POS", "Orla Venn", "A"),
            triple(1, "None", "NEG", "Orla Venn", "B"),
        ],
        "0": [triple(0, "Orla Venn", "NEG", "Port Board", "A", "B")],
        "2": [
            triple(0, "port board", "NEG", "Not in the list", "B"),
            triple(1, "Not in the list", "POS", "Port_Board", "B"),
        ],
    }
    annotation = {
        "title": "Board Blamed",
        "entity lists": [
            [name, ["People"], ["Main"], ["A"]]
            for name in ("Orla Venn", "Port Board", "port board", "Port_Board")
        ],
        "sentence-level stances": stances,
        "article ideology": [],
    }
    meta = {"story_time": "2031-04-05", "Split": "valid", "triplet_id": "007"}
    meta |= {
        f"Meta info for article {n}": {"source": "Fenmoor Echo (Online)", "bias_label": 2}
        for n in range(2)
    }
    _write(root / "articles/TRIPLET_007_DOCUMENT_0.json", json.dumps(article, indent=4))
    _write(root / "annotations/TRIPLET_007_DOCUMENT_0.json", json.dumps(annotation, indent=4))
    _write(
        root / "articles/TRIPLET_007_DOCUMENT_1.json",
        json.dumps(article, indent=4, ensure_ascii=False),
    )
    empty = json.dumps(annotation | {"sentence-level stances": {}}, indent=4)
    _write(root / "annotations/TRIPLET_007_DOCUMENT_1.json", empty)
    _write(root / "meta/TRIPLET_007.json", json.dumps(meta, indent=4))
    return root


def brat(root: Path) -> Path:
    """A brat folder: a text with events, one in a folder below without any."""
    _write(root / "pier.txt", PIER)
    _write(root / "pier.ann", pier_ann())
    _write(root / "more/crlf.txt", "Line one\r\n“Two,” Venn said.\r\n")
    ann = Ann("Line one\r\n“Two,” Venn said.\r\n")
    ann.event(
        1,
        Content=ann.span("Content", "“Two,”"),
        Cue=ann.span("Cue", "said"),
        Source=ann.span("Source", "Venn"),
    )
    ann.lines += "A1\tStatus E1 negated\nN1\tReference E1 speakers:1\tOrla Venn\nA2\tMood E1 dark\n"
    _write(root / "more/crlf.ann", ann.lines.replace("\n", "\r\n"))
    return root


def citron(root: Path) -> Path:
    """Citron's JSON as its tools write it, and by others: in ASCII, cue-less, with coreferences."""
    text = '🌊 “It leaks,” Orla Venn said. She said it fell. "Who pays?"'

    def spans(*words: str) -> list[dict]:
        return [
            {"start": place(text, each)[0], "end": place(text, each)[1], "text": each}
            for each in words
        ]

    quotes = [
        {
            "sources": spans("Orla Venn"),
            "coreferences": [],
            "cue": spans("said")[0],
            "contents": spans("“It leaks,”"),
            "confidence": "0.9000",
        },
        {"cue": None, "sources": [], "contents": spans('"Who pays?"'), "id": "last"},
        {"cue": spans("said")[0], "sources": spans("She"), "contents": []},
    ]
    whole = {"text": text, "quotes": quotes, "coreference_groups": [spans("Orla Venn", "She")]}
    _write(root / "a.json", json.dumps(whole, indent=4, ensure_ascii=False) + "\n")
    _write(root / "sub/b.json", json.dumps({"quotes": quotes[:1], "text": text}))
    return root


TAGGED = (
    "# made by hand\n"
    "-DOCSTART- O\n"
    "\n"
    "The B-source\n"
    "pier I-source\n"
    "leaks O\n"
    "\n"
    "# O\n"
    "It I-content\n"
    "fell I-content\n"
    "Venn B-source\n"
    "said B-cue\n"
    ". O\n"
    "\n"
    "\n"
    "-DOCSTART- O\n"
    "Who B-content\n"
    "pays I-content\n"
    "now B-content\n"
    "asked B-cue\n"
    "-DOCSTART- O\n"
)


def bio(root: Path) -> Path:
    """BIO tags: IOB1, several documents a file, CRLF and tabs."""
    _write(root / "a.conll", TAGGED)
    _write(root / "b.bio", "# newdoc id = pier\r\nNo\tO\r\nleak\u2028s\tB-CONTENT\r\n")
    return root


MAKERS: dict[str, Callable[[Path], Path]] = {
    "polnear": polnear,
    "german-wikinews": german_wikinews,
    "pdnc": pdnc,
    "basil": basil,
    "seesaw": seesaw,
    "brat": brat,
    "citron": citron,
    "bio": bio,
}


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
