/* What Material leaves without a name, or out of the keyboard's reach. */
(() => {
  // A table that is wider than the page scrolls, and only what has the focus scrolls by keys.
  const fits = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  const name = (element) => {
    if (element.matches(".md-search")) element.setAttribute("aria-label", "Search");
    // A copy button needs no landmark of its own around it.
    if (element.matches(".md-code__nav")) element.setAttribute("role", "presentation");
    if (element.matches(".md-typeset__scrollwrap")) {
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", "Table");
      fits.observe(element);
    }
  };
  const LACKING = ".md-search, .md-code__nav, .md-typeset__scrollwrap";

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
