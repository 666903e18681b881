/* What Material leaves without a name, for those who listen to the page. */
(() => {
  const name = (element) => {
    if (element.matches(".md-search")) element.setAttribute("aria-label", "Search");
    // A copy button needs no landmark of its own around it.
    if (element.matches(".md-code__nav")) element.setAttribute("role", "presentation");
  };
  const LACKING = ".md-search, .md-code__nav";

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(LACKING).forEach(name);
    // The buttons come when their block does.
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) if (node instanceof Element && node.matches(LACKING)) name(node);
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
