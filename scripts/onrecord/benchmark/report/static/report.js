// Filters over all quotes, and stepping from one to the next across pages. quotes.js calls
// `onrecord` with: the facets by which quotes are grouped; [file, title] of every page; and a row a
// quote: page, number on it, kinds, names by facet, words, speaker in the gold, speaker predicted.
// What is chosen stands behind the # of the address, so that it travels from page to page.
"use strict";

const PAGE = 0, NUMBER = 1, KINDS = 2, GROUPS = 3, WORDS = 4, GOLD = 5, PREDICTED = 6;
const RIGHT = ["hit", "uncounted", "labels"];
const CHUNK = 100;
let facets, pages, rows, chosen, shown = CHUNK;
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function onrecord(facetNames, pageList, quoteRows) {
  [facets, pages, rows] = [facetNames, pageList, quoteRows];
  chosen = readAddress();
  const place = document.body.dataset.page;
  if (place) startArticle(pages.findIndex(page => page[0] === place));
  else startIndex();
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
}

// What is chosen: {kinds: Set or null for all errors, groups: {facet: name}, words, at}.

function readAddress() {
  const fields = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const kinds = fields.get("kinds");
  return {
    kinds: kinds === null ? null : new Set(kinds.split(",").filter(Boolean)),
    groups: Object.fromEntries(facets.filter(name => fields.get(name)).map(name => [name, fields.get(name)])),
    words: fields.get("words") || "",
    at: Number(fields.get("at")) || 0,
  };
}

function address(at) {
  const fields = new URLSearchParams();
  if (at) fields.set("at", at);
  if (chosen.kinds) fields.set("kinds", [...chosen.kinds].join(","));
  for (const [facet, name] of Object.entries(chosen.groups)) fields.set(facet, name);
  if (chosen.words) fields.set("words", chosen.words);
  return "#" + fields;
}

const wantsKind = kind => chosen.kinds ? chosen.kinds.has(kind) : !RIGHT.includes(kind);

function wants(row) {
  return row[KINDS].some(wantsKind)
    && facets.every((facet, place) => !chosen.groups[facet] || row[GROUPS][place].includes(chosen.groups[facet]))
    && (!chosen.words || [row[WORDS], row[GOLD], row[PREDICTED]].join("\n").toLowerCase().includes(chosen.words.toLowerCase()));
}

function changed() {
  history.replaceState(null, "", address(chosen.at));
  fillForm();
  if (document.body.dataset.page) showArticle();
  else { shown = CHUNK; showQuotes(); }
}

function fillForm() {
  for (const box of all("input[name=kind]")) box.checked = wantsKind(box.value);
  for (const select of all("select")) select.value = chosen.groups[select.name] || "";
  const words = find("input[name=words]");
  if (words && words !== document.activeElement) words.value = chosen.words;
  for (const link of all("a[data-keep]")) link.hash = address();
}

function readForm(event) {
  const field = event.target;
  if (field.name === "kind") {
    const kinds = new Set(chosen.kinds || all("input[name=kind]").map(box => box.value).filter(wantsKind));
    if (field.checked) kinds.add(field.value); else kinds.delete(field.value);
    chosen.kinds = kinds;
  } else if (field.name === "words") chosen.words = field.value;
  else if (field.value) chosen.groups[field.name] = field.value;
  else delete chosen.groups[field.name];
  changed();
}

function reset() {
  chosen = { kinds: null, groups: {}, words: "", at: chosen.at };
  changed();
}

// The first page.

function startIndex() {
  find("form.filters").addEventListener("input", readForm);
  for (const table of all("table.sortable")) makeSortable(table);
  fillForm();
  showQuotes();
}

function showQuotes() {
  const wanted = rows.filter(wants);
  find("#quotes .place").textContent = `${wanted.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} quotes`;
  find("ol.quotes").replaceChildren(...wanted.slice(0, shown).map(listed));
  find("[data-do=more]").hidden = wanted.length <= shown;
}

function listed(row) {
  const link = element("a", "quote", { href: href(row) });
  for (const kind of row[KINDS]) link.append(badge(kind));
  link.append(element("span", "words", { dir: "auto" }, row[WORDS]));
  const [gold, predicted] = [row[GOLD], row[PREDICTED]];
  const who = row[KINDS].includes("speaker") ? `${gold} ≠ ${predicted}` : gold || predicted;
  link.append(element("span", "who", { dir: "auto" }, who));
  link.append(element("span", "from", { dir: "auto" }, pages[row[PAGE]][1]));
  const item = element("li");
  item.append(link);
  return item;
}

function badge(kind) {
  const chip = find(`.chip.k-${kind}`);
  return element("span", `badge k-${kind}`, { title: chip.title }, find(".sign", chip).textContent);
}

function element(name, classes = "", attributes = {}, text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

const href = row => `${document.body.dataset.root}articles/${pages[row[PAGE]][0]}${address(row[NUMBER])}`;

function makeSortable(table) {
  all("thead th", table).forEach((head, column) => find("button", head).addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = line => line.cells[column].textContent.trim();
    const compare = (one, other) => column ? Number(value(one).replace("–", -1)) - Number(value(other).replace("–", -1)) : value(other).localeCompare(value(one));
    const lines = all("tbody tr", table).sort(compare);
    find("tbody", table).replaceChildren(...(down ? lines.reverse() : lines));
  }));
}

// A page of one article.

let here;

function startArticle(page) {
  here = page;
  document.body.classList.add("scripted");
  find("form.filters").addEventListener("input", readForm);
  const own = rows.filter(row => row[PAGE] === here);
  if (!chosen.at) chosen.at = (own.find(wants) || own[0] || [])[NUMBER] || 0;
  window.addEventListener("hashchange", () => { chosen = readAddress(); fillForm(); showArticle(); });
  fillForm();
  showArticle();
}

function showArticle() {
  const wanted = rows.filter(wants);
  for (const row of rows) if (row[PAGE] === here) markWanted(row[NUMBER], wants(row));
  for (const marked of all(".at, .own")) marked.classList.remove("at", "own");
  const order = wanted.findIndex(row => row[PAGE] === here && row[NUMBER] === chosen.at);
  const total = wanted.length.toLocaleString("en");
  find(".stepper .place").textContent = order < 0 ? `not among the ${total} chosen` : `${(order + 1).toLocaleString("en")} of ${total}`;
  const groups = [...Object.values(chosen.groups), chosen.words && `“${chosen.words}”`].filter(Boolean);
  const active = find(".active");
  active.hidden = !groups.length;
  active.replaceChildren(`only ${groups.join(", ").replaceAll("_", " ")} `, element("button", "quiet", { type: "button", "data-do": "reset" }, "all"));
  if (!chosen.at) return;
  for (const marked of all(`[data-at="${chosen.at}"], #quote-${chosen.at}`)) marked.classList.add("at");
  for (const part of all("[data-in]")) if (part.dataset.in.split(" ").includes(String(chosen.at))) part.classList.add("at");
  for (const part of all("[data-of]")) if (part.dataset.of.split(" ").includes(String(chosen.at))) part.classList.add("own");
  const target = all(".texts .badge.at").find(each => each.offsetParent);
  if (target) target.scrollIntoView({ block: "center" });
  find(`#quote-${chosen.at}`).scrollTop = 0;
}

function markWanted(number, wanted) {
  for (const marked of all(`[data-at="${number}"]`)) marked.classList.toggle("faint", !wanted);
}

function select(number) {
  chosen.at = number;
  changed();
}

function step(by) {
  const wanted = rows.filter(wants);
  const at = document.body.dataset.page ? here * 1e6 + chosen.at : -1;
  const key = row => row[PAGE] * 1e6 + row[NUMBER];
  const next = by > 0 ? wanted.find(row => key(row) > at) : wanted.findLast(row => key(row) < at);
  go(next, by);
}

function stepArticle(by) {
  const wanted = rows.filter(wants);
  const at = document.body.dataset.page ? here : -1;
  const other = by > 0 ? wanted.find(row => row[PAGE] > at) : wanted.findLast(row => row[PAGE] < at);
  go(other && wanted.find(row => row[PAGE] === other[PAGE]), by);
}

function go(row, by) {
  if (!row) {
    const place = find(".place");
    place.textContent = by > 0 ? "that was the last" : "that was the first";
  } else if (row[PAGE] === here && document.body.dataset.page) select(row[NUMBER]);
  else location.href = href(row);
}

// Keys and buttons.

const ACTIONS = {
  "next": () => step(1), "previous": () => step(-1),
  "next-article": () => stepArticle(1), "previous-article": () => stepArticle(-1),
  "report": () => { location.href = document.body.dataset.root + "index.html" + address(); },
  "words": () => { const words = find("input[name=words]"); if (words) { words.focus(); words.scrollIntoView({ block: "center" }); } },
  "keys": () => find("#keys").showModal(),
  "reset": reset,
  "more": () => { shown += CHUNK; showQuotes(); },
};
const KEYS = { n: "next", p: "previous", N: "next-article", P: "previous-article", i: "report", "/": "words", "?": "keys" };

function onKey(event) {
  const typing = event.target.closest("input[type=search], select, dialog[open]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  ACTIONS[KEYS[event.key]]();
}

function onClick(event) {
  const target = event.target.closest("[data-do], [data-at], [data-in], [data-facet], .side-switch [data-side]");
  if (!target) return;
  const { do: action, at, in: inside, facet, value, side } = target.dataset;
  if (action) ACTIONS[action]();
  else if (at) { event.preventDefault(); select(Number(at)); }
  else if (inside && !String(getSelection())) select(Number(inside.split(" ").at(-1)));
  else if (facet) {
    event.preventDefault();
    chosen.groups = { [facet]: value };
    changed();
    find("#quotes").scrollIntoView();
  } else if (side) find(".texts").dataset.side = side;
}
