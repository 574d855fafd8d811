// Small comforts. The desk does all its work without this file.
"use strict";

const all = (selector) => [...document.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const box = one("[data-text]");

// How long the reply is, as people count letters. The server counts again, in the platform's own way, and decides.
const letters = (text) =>
  "Segmenter" in Intl ? [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].length : [...text].length;

function countAsTyped() {
  const line = one("[data-limit]");
  if (!box || !line) return;
  const shown = line.querySelector("[data-length]");
  const count = () => {
    const length = line.dataset.unit === "characters" ? [...box.value].length : letters(box.value);
    shown.textContent = length;
    line.classList.toggle("over", length > Number(line.dataset.limit));
  };
  box.addEventListener("input", count);
}

// Words that were typed and not saved are not lost by a stray click.
function keepUnsaved() {
  if (!box) return;
  let leaving = false;
  one("[data-answer]").addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && box.value !== box.defaultValue) event.preventDefault();
  });
}

function countDown() {
  for (const place of all("[data-left]")) {
    const until = performance.now() + Number(place.dataset.left) * 1000;
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      place.textContent = left > 0 ? `It goes out in ${left} s.` : "It is on its way.";
      if (left > 0) setTimeout(tick, 250);
    };
    tick();
  }
}

function offerCopy() {
  const source = one("[data-copy]");
  if (!source || !navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value);
    button.textContent = "Copied";
  });
  source.after(button);
}

// New people are announced, never pushed in under the cursor.
function watchQueue() {
  const place = one("[data-pulse]");
  if (!place || "off" in place.dataset) return;
  const known = new Set(all("[data-mention]").map((card) => Number(card.dataset.mention)));
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(place.dataset.pulse, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const first = (await answer.json()).first;
    // On a full page, the last ones may only have moved up from the next page.
    while (place.dataset.full === "1" && first.length && !known.has(first[first.length - 1])) first.pop();
    const fresh = first.filter((mention) => !known.has(mention)).length;
    if (!fresh || place.dataset.told === String(fresh)) return;
    place.dataset.told = String(fresh);
    const link = document.createElement("a");
    link.href = location.pathname + (place.dataset.pulse.split("/pulse")[1] || "");
    link.textContent = `${fresh} new, show`;
    place.replaceChildren(link);
  };
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
}

const KEPT = "warmline.letters";
const lettersOn = () => { try { return localStorage.getItem(KEPT) !== "off"; } catch { return true; } };

function offerLetters() {
  const place = one("[data-letters]");
  if (!place) return;
  const tick = place.querySelector("input");
  tick.checked = lettersOn();
  tick.addEventListener("change", () => localStorage.setItem(KEPT, tick.checked ? "on" : "off"));
  place.hidden = false;
}

function step(by) {
  const cards = all(".card .open");
  const at = cards.indexOf(document.activeElement);
  const next = cards[at < 0 ? (by > 0 ? 0 : -1) : at + by];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.closest(".card").scrollIntoView({ block: "nearest" });
}

function follow(selector) {
  const link = one(selector);
  if (link) link.click();
  return Boolean(link);
}

function listenForKeys() {
  const keys = {
    j: () => follow("[data-next]") || step(1),
    k: () => follow("[data-previous]") || step(-1),
    u: () => follow("[data-back]"),
    e: () => box && box.focus(),
    y: () => follow("[data-confirm]"),
    a: () => follow("[data-add]"),
    "/": () => one("#find") && one("#find").focus(),
    "?": () => follow("[data-keys]"),
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target === box && !event.repeat) {
      event.preventDefault();
      one("[data-answer]").requestSubmit(one("[data-approve]"));
      return;
    }
    const typing = event.target.closest("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !lettersOn()) return;
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });
}

countAsTyped();
keepUnsaved();
countDown();
offerCopy();
watchQueue();
offerLetters();
listenForKeys();
