/* Sets the sign of each line of a diff apart, so that the stylesheet can leave it out when copying. */
(() => {
  const DIFFS = ".language-diff code";

  const setApart = (line) => {
    // Added and deleted lines are in a span of their own; what is around them begins with a space.
    const text = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
    if (!text || !/^[-+ ]/.test(text.data)) return;
    const sign = document.createElement("span");
    sign.className = "diff-sign";
    sign.textContent = text.data[0];
    text.data = text.data.slice(1);
    text.before(sign);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const code of document.querySelectorAll(DIFFS)) {
      code.querySelectorAll("[id^=__span]").forEach(setApart);
    }
  });
})();
