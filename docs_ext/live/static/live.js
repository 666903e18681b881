/* What the live guide adds to its pages: they load again when they change, and the page of a step or
 * lesson has a panel with what the checks say about work/, marks at the sections that a ✗ names, and
 * goals that tick themselves. The first page has a panel with the whole way.
 *
 * Published pages don't have this script. A hidden tab lets its connection go, because a browser
 * opens six at most to one server; shown again, it asks anew, and so does a page whose guide was
 * started again. The panel lies over the lower edge of the window: nothing on the page moves.
 */
(() => {
  const SILENT_MS = 12_000; // the guide says every 5 s that it is there
  const shown = document.currentScript.dataset.digest;
  const address = `/-/events?page=${encodeURIComponent(location.pathname)}`;
  const told = { opens: false, checks: null, way: null, watch: null };
  let source = null;
  let token = "";
  let heard = 0;
  let panel = null;
  let isCutOff = false;

  // The connection

  function listen() {
    source = new EventSource(address);
    heard = Date.now();
    const on = (name, act) =>
      source.addEventListener(name, ({ data }) => {
        heard = Date.now();
        isCutOff = false;
        act(JSON.parse(data));
        panel?.show();
      });
    on("hello", (hello) => {
      token = hello.token;
      told.opens = hello.opens;
    });
    on("page", ({ digest }) => {
      // A page that is gone stays as it is.
      if (digest && digest !== shown) location.reload();
    });
    on("checks", (checks) => {
      told.checks = checks;
      if (!checks) return;
      panel ??= makePanel();
      tickGoals(checks);
      markSections(checks);
    });
    on("way", (way) => {
      told.way = way;
      if (way) panel ??= makeWay();
    });
    on("watch", (watch) => (told.watch = watch));
    on("alive", () => {});
    // The browser asks again by itself where the guide was there and is not.
    source.addEventListener("error", () => {
      isCutOff = true;
      panel?.show();
    });
  }

  function follow() {
    source?.close();
    source = null;
    if (!document.hidden) listen();
  }

  /** Say that the guide is not there, and ask again: a laptop that slept keeps a dead connection. */
  function lookWhetherCutOff() {
    if (document.hidden || Date.now() - heard < SILENT_MS) return;
    isCutOff = true;
    panel?.show();
    follow();
  }

  /** Ask the guide to do something; return its answer, with a `problem` where it did not do it. */
  async function act(path) {
    const url = `${path}?label=${encodeURIComponent(told.checks.label)}`;
    try {
      const answer = await fetch(url, { method: "POST", headers: { "X-Workbook-Token": token } });
      const said = await answer.text();
      if (answer.status < 500) return answer.ok ? JSON.parse(said) : { problem: sentenceIn(said) };
    } catch {
      // Nobody is there.
    }
    return { problem: NO_ANSWER };
  }

  /** What a refusal says: as JSON, or plainly where the guide's door refused it. */
  function sentenceIn(said) {
    try {
      return JSON.parse(said).problem;
    } catch {
      return said.trim();
    }
  }

  // The panel

  function make(tag, name, ...children) {
    const made = document.createElement(tag);
    made.className = name;
    made.append(...children);
    return made;
  }

  /** The run that goes on, null for none. */
  const going = () => (told.watch?.goes_on ? told.watch : null);

  /** The first ✗: of the run that goes on, as soon as it tells one, else of the last one. */
  const firstCross = () => going()?.cross ?? told.checks.cross;

  /** Give an element these children. Those that are the same stay: they may have the focus. */
  function fill(element, children) {
    const former = [...element.children];
    children.forEach((child, place) => {
      const old = former[place];
      if (!old) element.append(child);
      else if (old.outerHTML !== child.outerHTML) old.replaceWith(child);
    });
    for (const old of former.slice(children.length)) old.remove();
  }

  /** A button that can't be pressed now keeps the focus. */
  function allow(button, isAllowed) {
    button.ariaDisabled = isAllowed ? null : "true";
  }

  /** The closed line: what is so, in a few words. */
  function line() {
    const { checks, watch } = told;
    if (isCutOff) return CUT_OFF;
    if (!checks.has_work) return ["–", `There is no work/ yet. Begin: start ${checks.label}`];
    if (going()) return lineOfRun(watch);
    if (watch?.problem) return ["–", watch.problem];
    if (!checks.is_checked) return ["–", `${capital(checks.title)}: not checked yet. Save a file in work/`];
    const saved = checks.is_current ? "" : ", before your last save";
    const old = checks.outdated.length ? " · a process of yours runs old code" : "";
    const count = `${checks.holds} of ${checks.count} hold${saved}${old}`;
    if (checks.cross) return ["✗", `${count} · ${checks.cross.title}`];
    return [checks.is_done ? "✓" : "–", `${capital(checks.title)}: ${count}`];
  }

  function lineOfRun({ cross, count, told: number, is_second }) {
    const asked = count ? `${number} of ${count}` : "…";
    if (cross) return ["✗", `${cross.title} · checked so far: ${asked}`];
    if (is_second) return ["…", `Every check holds. All once more, from a cold start: ${asked}`];
    return ["…", `Checking ${told.checks.title}: ${asked}`];
  }

  const CUT_OFF = ["–", "Cut off from the guide. Does it still run?"];
  const NO_ANSWER = "The guide did not answer. Does it still run? Load this page again.";
  const NAMES = { "✓": "Done", "✗": "Not yet", "–": "", "…": "" };
  const capital = (text) => text[0].toUpperCase() + text.slice(1);

  function field(name, ...value) {
    return [make("dt", "", name), make("dd", "", ...value)];
  }

  function details() {
    const cross = firstCross();
    const outdated = told.checks.outdated.map((text) => make("p", "", text));
    if (!cross) return outdated;
    const place = cross.href ? make("a", "", cross.guide) : cross.guide;
    if (cross.href) place.href = cross.href;
    // Hidden and not left out: what follows stays at its place, and keeps the focus.
    const former = make("p", "", "The last check found:");
    former.hidden = !going() || Boolean(going().cross);
    const title = make("p", "live-title", `✗ ${cross.title}`);
    const broke = make("p", "live-broke", "It held before.");
    const fields = make(
      "dl",
      "",
      ...(cross.seen ? field("Seen", cross.seen) : []),
      ...(cross.expected ? field("Expected", cross.expected) : []),
      ...(cross.look_at ? field("Look at", cross.look_at) : []),
      ...(cross.guide ? field("Guide", place) : []),
    );
    const broken = told.checks.held_before ? [broke] : [];
    return [former, ...broken, title, fields, ...otherCrosses(), ...outdated];
  }

  /** The ✗ after the first, each a link to its section. */
  function otherCrosses() {
    const { others } = told.checks;
    if (going() || !others.length) return [];
    const items = others.map(({ title, href }) => {
      const link = make(href ? "a" : "span", "", `✗ ${title}`);
      if (href) link.href = href;
      return make("li", "", link);
    });
    return [make("ul", "live-others", ...items)];
  }

  /** The panel's frame: a closed line, and `body` below it. */
  function makeFrame(label, ...body) {
    const mark = make("span", "live-mark");
    mark.setAttribute("role", "img");
    const words = make("span", "live-words");
    const stars = make("span", "live-stars");
    const summary = make("summary", "", mark, words, stars);
    const aside = make("aside", "live-panel", make("details", "", summary, ...body));
    aside.setAttribute("aria-label", label);
    document.documentElement.classList.add("has-live-panel");
    document.body.append(aside);
    let drawn = "";

    /** Show the closed line; tell whether anything differs from what is shown. */
    function show([sign, text], count) {
      const now = JSON.stringify([told, isCutOff]);
      if (now === drawn) return false;
      drawn = now;
      aside.dataset.mark = sign;
      showSign(mark, sign);
      words.textContent = text;
      showStars(stars, count);
      return true;
    }
    return { aside, show };
  }

  function showSign(element, sign) {
    element.textContent = sign;
    element.setAttribute("aria-label", NAMES[sign]);
    element.ariaHidden = NAMES[sign] ? null : "true";
  }

  function showStars(element, count) {
    element.textContent = "★".repeat(count);
    element.hidden = !count;
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", count === 1 ? "one exercise done" : `${count} exercises done`);
  }

  function makePanel() {
    const about = make("div", "");
    const news = makeNews();
    const answer = makeAnswer(news.say);
    const buttons = makeButtons(answer.tell);
    const body = make("div", "live-body", about, buttons.element, answer.element);
    const frame = makeFrame("What the checks say about your project", body);
    frame.aside.append(news.element);

    function show() {
      const { checks } = told;
      if (!frame.show(line(), checks.stars)) return;
      // Cut off, it stays as it was: what is read keeps its place and the focus.
      fill(about, details());
      buttons.show();
      if (news.tellCross(checks.cross?.title ?? "")) answer.hide(); // it was on another one
    }
    return { show };
  }

  /** What a screen reader says: another first ✗, what a button came to, and nothing else. */
  function makeNews() {
    const element = make("p", "live-news");
    element.setAttribute("aria-live", "polite");
    const say = (text) => (element.textContent = text);
    let cross = null;

    /** Say a first ✗ that is another than the one before; tell whether it is. */
    function tellCross(title) {
      if (going() || isCutOff || title === cross) return false;
      const isFirst = cross === null;
      cross = title;
      if (!isFirst) say(title ? `Not yet: ${title}` : "No check is ✗.");
      return !isFirst;
    }
    return { element, say, tellCross };
  }

  /** What a button came to; `say` tells a screen reader of it. */
  function makeAnswer(say) {
    const element = make("pre", "live-said");
    element.tabIndex = 0;
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", "Hint");
    const hide = () => (element.hidden = true);
    hide();

    function tell(text, spoken = text) {
      element.textContent = text;
      element.hidden = false;
      say(spoken);
    }
    return { element, tell, hide };
  }

  /** The buttons; `tell` shows what they come to. */
  function makeButtons(tell) {
    const check = make("button", "", "Check now");
    const hint = make("button", "", "Hint");
    const open = make("button", "", "Open");

    function show() {
      const { checks } = told;
      allow(check, !isCutOff && checks.has_work && !going());
      allow(hint, !isCutOff && checks.has_work);
      open.textContent = `Open ${checks.cross?.file ?? ""}`;
      open.hidden = !told.opens || !checks.cross?.file;
      allow(open, !isCutOff);
    }

    async function ask(button, path) {
      // One answer at a time: each hint may be a run of the checks.
      if (button.ariaDisabled || button.ariaBusy) return;
      button.ariaBusy = "true";
      if (button === hint) tell("Looking for a hint …");
      const { problem, text } = await act(path);
      if (problem) tell(problem);
      else if (text) tell(text, "The hint is below the buttons.");
      button.ariaBusy = null;
    }

    check.addEventListener("click", () => ask(check, "/-/check"));
    hint.addEventListener("click", () => ask(hint, "/-/hint"));
    open.addEventListener("click", () => ask(open, "/-/open"));
    return { element: make("p", "live-buttons", check, hint, open), show };
  }

  // The text

  /** Tick a goal whose checks hold, unless they held before; say which ones no check can see. */
  function tickGoals({ has_work, held, proven }) {
    if (!has_work) return;
    for (const item of document.querySelectorAll(".task-list-item:not([data-checks])")) {
      if (!item.querySelector(".live-own")) item.append(make("span", "live-own", "yours to tick"));
    }
    for (const item of document.querySelectorAll(".task-list-item[data-checks]")) {
      const box = item.querySelector("input");
      const names = item.dataset.checks.split(" ");
      const isReached = names.every((name) => held.includes(name));
      if (box.checked || !isReached || !names.some((name) => proven.includes(name))) continue;
      box.checked = true;
      box.dispatchEvent(new Event("change")); // which keeps it
    }
  }

  /** Mark the sections of this page that a ✗ names, beside their headings. */
  function markSections({ cross, others }) {
    for (const mark of document.querySelectorAll(".live-place")) mark.remove();
    for (const one of [cross, ...others]) {
      const place = one?.href ? new URL(one.href, location) : null;
      if (place?.pathname !== location.pathname) continue;
      const heading = document.getElementById(decodeURIComponent(place.hash.slice(1)));
      if (!heading || heading.querySelector(".live-place")) continue;
      const mark = make("span", "live-place", "✗");
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", `Not yet: ${one.title}`);
      mark.title = one.title;
      heading.append(mark);
    }
  }

  // The whole way

  function makeWay() {
    const list = make("ol", "live-way");
    const next = make("p", "");
    const body = make("div", "live-body", list, next);
    const frame = makeFrame("How far you are", body);

    function show() {
      const { steps, next: following } = told.way;
      const numbered = steps.filter(({ label }) => /^\d/.test(label)); // not the further lessons
      const done = numbered.filter(({ was_done }) => was_done).length;
      const stars = steps.reduce((sum, step) => sum + step.stars, 0);
      const text = `${done} of ${numbered.length} steps done · next: ${following}`;
      const sign = done === numbered.length ? "✓" : "–";
      if (!frame.show(isCutOff ? CUT_OFF : [sign, text], stars)) return;
      fill(list, steps.map(lineOfStep));
      next.textContent = `Next: ${following}`;
    }
    return { show };
  }

  function lineOfStep(step) {
    const mark = make("span", "live-mark");
    mark.setAttribute("role", "img");
    showSign(mark, step.held_before ? "✗" : step.was_done ? "✓" : "–");
    const link = make("a", "", titleOf(step));
    link.href = step.page;
    const stars = make("span", "live-stars");
    showStars(stars, step.stars);
    const item = make("li", "", mark, " ", link, standOf(step), " ", stars);
    item.dataset.mark = mark.textContent;
    return item;
  }

  /** How far a step is in this project, behind its title. */
  function standOf({ held_before, is_checked, is_done, was_done, holds, count, cross }) {
    if (held_before) return `: it held before. ✗ ${cross.title}`;
    if (is_done || !is_checked) return was_done ? "" : ": not checked yet";
    return `: ${holds} of ${count} hold`;
  }

  /** A page's title in the navigation. */
  function titleOf({ page, title }) {
    const links = [...document.querySelectorAll(".md-nav--primary a.md-nav__link[href]")];
    const link = links.find(({ hash, pathname }) => !hash && pathname === page);
    return link?.querySelector(".md-ellipsis")?.textContent.trim() || capital(title);
  }

  document.addEventListener("visibilitychange", follow);
  setInterval(lookWhetherCutOff, SILENT_MS / 4);
  // The page's own scripts have made its goals by then.
  document.addEventListener("DOMContentLoaded", follow);
})();
