/* Sets apart what is shown and not copied, so that the stylesheet can leave it out: the sign of each
   line of a diff, and Python's prompt where a console shows a shell that Python was started in. */
(() => {
  const DIFFS = ".language-diff code";
  const CONSOLES = ".language-console code";

  const textOf = (line) => document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();

  const spanOf = (className, text) => {
    const span = document.createElement("span");
    span.className = className;
    span.textContent = text;
    return span;
  };

  const setSignApart = (line) => {
    // Added and deleted lines are in a span of their own; what is around them begins with a space.
    const text = textOf(line);
    if (!text || !/^[-+ ]/.test(text.data)) return;
    text.before(spanOf("diff-sign", text.data[0]));
    text.data = text.data.slice(1);
  };

  const setPromptApart = (line) => {
    // The highlighter knows the shell's prompt alone: it takes Python's line for output.
    const output = line.querySelector(":scope > .go:first-child");
    const prompt = output && output.textContent.match(/^(>>>|\.\.\.) /);
    if (!prompt) return;
    const command = output.textContent.slice(prompt[0].length);
    output.replaceWith(spanOf("gp", prompt[0]), command);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const [blocks, setApart] of [[DIFFS, setSignApart], [CONSOLES, setPromptApart]]) {
      for (const code of document.querySelectorAll(blocks)) {
        code.querySelectorAll("[id^=__span]").forEach(setApart);
      }
    }
  });
})();
