/* What the live guide adds to its pages: they load again when they change.
 *
 * Published pages don't have this script. A hidden tab lets its connection go, because a browser
 * opens six at most to one server; shown again, it asks anew, and so does a page whose guide was
 * started again.
 */
(() => {
  const shown = document.currentScript.dataset.digest;
  const address = `/-/events?page=${encodeURIComponent(location.pathname)}`;
  let source = null;

  function listen() {
    source = new EventSource(address);
    source.addEventListener("page", ({ data }) => {
      const { digest } = JSON.parse(data);
      // A page that is gone stays as it is.
      if (digest && digest !== shown) location.reload();
    });
  }

  function follow() {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      listen();
    }
  }

  document.addEventListener("visibilitychange", follow);
  follow();
})();
