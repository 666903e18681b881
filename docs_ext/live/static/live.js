/* What the live guide adds to its pages: they load again when they change, and the page of a step or
 * lesson has a panel with what the checks say about work/.
 *
 * Published pages don't have this script. A hidden tab lets its connection go, because a browser
 * opens six at most to one server; shown again, it asks anew, and so does a page whose guide was
 * started again. The panel lies over the lower edge of the window: nothing on the page moves.
 */
(() => {
  const SILENT_MS = 12_000; // the guide says every 5 s that it is there
  const shown = document.currentScript.dataset.digest;
  const address = `/-/events?page=${encodeURIComponent(location.pathname)}`;
  const told = { checks: null, watch: null };
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
    on("hello", (hello) => (token = hello.token));
    on("page", ({ digest }) => {
      // A page that is gone stays as it is.
      if (digest && digest !== shown) location.reload();
    });
    on("checks", (checks) => {
      told.checks = checks;
      if (checks && !panel) panel = makePanel();
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

  async function act(path) {
    const answer = await fetch(`${path}?label=${encodeURIComponent(told.checks.label)}`, {
      method: "POST",
      headers: { "X-Workbook-Token": token },
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
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

  /** The closed line: what is so, in a few words. */
  function line() {
    const { checks, watch } = told;
    if (isCutOff) return ["–", "Cut off from the guide. Does it still run?"];
    if (!checks.has_work) return ["–", `There is no work/ yet. Begin: start ${checks.label}`];
    if (going()) return lineOfRun(watch);
    if (watch?.problem) return ["–", watch.problem];
    if (!checks.is_checked) return ["–", `${capital(checks.title)}: not checked yet. Save a file in work/`];
    const saved = checks.is_current ? "" : ", before your last save";
    const count = `${checks.holds} of ${checks.count} hold${saved}`;
    if (checks.cross) return ["✗", `${count} · ${checks.cross.title}`];
    return [checks.is_done ? "✓" : "–", `${capital(checks.title)}: ${count}`];
  }

  function lineOfRun({ cross, count, told: number, is_second }) {
    const asked = count ? `${number} of ${count}` : "…";
    if (cross) return ["✗", `${cross.title} · checking the others: ${asked}`];
    if (is_second) return ["…", `Every check holds. All once more, from a cold start: ${asked}`];
    return ["…", `Checking ${told.checks.title}: ${asked}`];
  }

  const NAMES = { "✓": "Done", "✗": "Not yet", "–": "", "…": "" };
  const capital = (text) => text[0].toUpperCase() + text.slice(1);

  function field(name, ...value) {
    return [make("dt", "", name), make("dd", "", ...value)];
  }

  function details() {
    const cross = firstCross();
    if (!cross || isCutOff) return [];
    const place = cross.href ? make("a", "", cross.guide) : cross.guide;
    if (cross.href) place.href = cross.href;
    const title = make("p", "live-title", `✗ ${cross.title}`);
    const broke = make("p", "live-broke", "It held before.");
    const fields = make(
      "dl",
      "",
      ...(cross.seen ? field("Seen", cross.seen) : []),
      ...(cross.look_at ? field("Look at", cross.look_at) : []),
      ...(cross.guide ? field("Guide", place) : []),
    );
    return [...(told.checks.held_before ? [broke] : []), title, fields];
  }

  function makePanel() {
    const mark = make("span", "live-mark");
    mark.setAttribute("role", "img");
    const words = make("span", "live-words");
    const stars = make("span", "live-stars");
    const summary = make("summary", "", mark, words, stars);
    const about = make("div", "");
    const check = make("button", "", "Check now");
    const hint = make("button", "", "Hint");
    const said = make("pre", "live-said");
    said.tabIndex = 0;
    said.setAttribute("role", "region");
    said.setAttribute("aria-label", "Hint");
    said.hidden = true;
    const body = make("div", "live-body", about, make("p", "live-buttons", check, hint), said);
    const folded = make("details", "", summary, body);
    const news = make("p", "live-news");
    news.setAttribute("aria-live", "polite");
    const aside = make("aside", "live-panel", folded, news);
    aside.setAttribute("aria-label", "What the checks say about your project");
    let cross = null;
    let isFirst = true;
    let drawn = "";

    function show() {
      const [sign, text] = line();
      const { checks } = told;
      const now = JSON.stringify([told, isCutOff]);
      if (now === drawn) return;
      drawn = now;
      mark.textContent = sign;
      mark.setAttribute("aria-label", NAMES[sign]);
      mark.ariaHidden = NAMES[sign] ? null : "true";
      words.textContent = text;
      stars.textContent = "★".repeat(checks.stars);
      stars.hidden = !checks.stars;
      aside.dataset.mark = sign;
      about.replaceChildren(...details());
      check.disabled = isCutOff || !checks.has_work || Boolean(going());
      hint.disabled = isCutOff || !checks.has_work;
      tellNews(checks.cross?.title ?? "");
    }

    /** Let a screen reader say another first ✗, and nothing else. */
    function tellNews(title) {
      if (going() || isCutOff || title === cross) return;
      if (!isFirst) {
        news.textContent = title ? `Not yet: ${title}` : "No check is ✗.";
        said.hidden = true; // it was on another one
      }
      cross = title;
      isFirst = false;
    }

    async function ask(button, path, then) {
      button.ariaBusy = "true";
      try {
        then(await act(path));
      } catch {
        tell("The guide did not answer. Does it still run? Load this page again.");
      } finally {
        button.ariaBusy = null;
      }
    }

    function tell(text) {
      said.textContent = text;
      said.hidden = false;
    }

    check.addEventListener("click", () => ask(check, "/-/check", () => {}));
    hint.addEventListener("click", () => {
      tell("Looking for a hint …");
      ask(hint, "/-/hint", ({ text }) => tell(text));
    });
    document.documentElement.classList.add("has-live-panel");
    document.body.append(aside);
    return { show };
  }

  document.addEventListener("visibilitychange", follow);
  setInterval(lookWhetherCutOff, SILENT_MS / 4);
  follow();
})();
