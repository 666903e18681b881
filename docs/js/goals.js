/* Goals that can be ticked, and ticks that stay: in this browser, under this copy of the guide.
 *
 * Kept in localStorage, one entry a page: {"ticked": [texts of goals], "of": how many there are,
 * "stars": [texts of exercises]}. An exercise begins with a star, and no page needs it to be done.
 * A goal is known by its text, so that a page that gains one keeps its ticks.
 * Without this script, or without a storage, the goals are a plain list.
 */
(() => {
  // This file lies in js/ below the site's root: that is the same from disk and from a server.
  const ROOT = new URL("..", document.currentScript.src);
  const STAR = "★";
  const STEP = /^0\d-[^/]*$/;

  /** A page's name below the site's root: "" for the first one, no ".html", no slash at the end. */
  function nameOf(url) {
    const path = new URL(url, location).pathname;
    if (!path.startsWith(ROOT.pathname)) return null;
    const below = path.slice(ROOT.pathname.length);
    return below.replace(/(^|\/)index\.html$/, "").replace(/\.html$|\/$/, "");
  }

  const keyOf = (page) => `${ROOT.pathname}goals:${page}`;

  /** What is kept of a page, or null: it was never opened, or the browser keeps nothing. */
  function kept(page) {
    try {
      return JSON.parse(localStorage.getItem(keyOf(page)));
    } catch (problem) {
      if (problem instanceof DOMException || problem instanceof SyntaxError) return null;
      throw problem;
    }
  }

  const isStar = (text) => text.startsWith(STAR);

  function keep(page, goals) {
    const all = goals.filter(({ box }) => box.checked).map(({ text }) => text);
    const ticked = all.filter((text) => !isStar(text));
    const stars = all.filter(isStar);
    const of = goals.filter(({ text }) => !isStar(text)).length;
    try {
      localStorage.setItem(keyOf(page), JSON.stringify({ ticked, of, stars }));
    } catch (problem) {
      if (!(problem instanceof DOMException)) throw problem;
    }
  }

  /** Let the text of each goal belong to its box, for the pointer and for a screen reader. */
  function goalsOfPage() {
    return [...document.querySelectorAll(".task-list-item")].map((item) => {
      const label = item.querySelector("label");
      const words = document.createElement("span");
      words.append(...[...item.childNodes].filter((node) => node !== label));
      label.append(words);
      const box = label.querySelector("input");
      box.disabled = false;
      return { box, text: words.textContent.trim() };
    });
  }

  function tickWhatIsKept(page, goals) {
    const found = kept(page);
    const ticked = [...(found?.ticked ?? []), ...starsOf(found)];
    for (const { box, text } of goals) box.checked = ticked.includes(text);
  }

  /** A sign, and what it says to who does not see it. */
  function sign(text, label) {
    const made = document.createElement("span");
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", label);
    made.textContent = text;
    return made;
  }

  /** Say behind each page of the navigation how many of its goals are reached, and its star. */
  function markNavigation() {
    for (const link of document.querySelectorAll(".md-nav--primary a.md-nav__link[href]")) {
      link.querySelector(".goals-mark")?.remove();
      const found = link.hash ? null : kept(nameOf(link.href));
      if (!found?.of || !(found.ticked.length || starsOf(found).length)) continue;
      const mark = document.createElement("span");
      mark.className = "goals-mark";
      mark.textContent = `${found.ticked.length} of ${found.of}`;
      if (isDone(found)) mark.replaceChildren(sign("✓", "all goals reached"));
      if (starsOf(found).length) mark.append(" ", sign(STAR, "exercise done"));
      link.append(mark);
    }
  }

  const starsOf = (found) => found?.stars ?? [];

  const isDone = (found) => found.of > 0 && found.ticked.length === found.of;

  /** The steps in the navigation, each once: their page's name, title and address. */
  function steps() {
    const found = new Map();
    for (const link of document.querySelectorAll(".md-nav--primary a.md-nav__link[href]")) {
      const page = nameOf(link.href);
      if (!link.hash && page !== null && STEP.test(page)) {
        const title = link.querySelector(".md-ellipsis")?.textContent.trim() ?? link.textContent;
        found.set(page, { page, title, href: link.href });
      }
    }
    return [...found.values()];
  }

  /** On the first page: how far you are, and where to go on. Nothing before the first tick. */
  function tellProgress() {
    const line = document.getElementById("progress");
    if (!line) return;
    const all = steps().map((step) => ({ ...step, kept: kept(step.page) }));
    const stars = all.filter((step) => starsOf(step.kept).length).length;
    const started = stars > 0 || all.some((step) => step.kept?.ticked.length);
    line.hidden = !started;
    if (!started) return;
    const done = all.filter((step) => step.kept && isDone(step.kept));
    const next = all.find((step) => !done.includes(step));
    line.textContent = `You have reached all goals of ${done.length} of ${all.length} steps. `;
    if (stars) line.append(`Your exercises: ${STAR} ${stars} of ${all.length}. `);
    if (!next) return;
    const link = document.createElement("a");
    link.href = next.href;
    link.textContent = next.title;
    const reached = next.kept?.ticked.length ?? 0;
    line.append("Go on with ", link, reached ? `: ${reached} of ${next.kept.of} goals so far.` : ".");
  }

  function show() {
    markNavigation();
    tellProgress();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const page = nameOf(location.href);
    const goals = goalsOfPage();
    tickWhatIsKept(page, goals);
    for (const { box } of goals) {
      box.addEventListener("change", () => {
        keep(page, goals);
        show();
      });
    }
    show();
    // Another tab of the guide ticked something.
    addEventListener("storage", () => {
      tickWhatIsKept(page, goals);
      show();
    });
  });
})();
