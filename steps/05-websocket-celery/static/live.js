// After an error htmx connects again by itself. A proxy that reloads closes without an error.
const HTMX_CONNECTS_AGAIN = [1006, 1011, 1012, 1013];
const connection = document.getElementById('connection');

document.addEventListener('htmx:wsOpen', () => {
  connection.textContent = 'Connected.';
});

document.addEventListener('htmx:wsClose', ({ detail }) => {
  const code = detail.event.code;
  // From 4000 on a code is the application's own: it refuses this page for good.
  if (code >= 4000) {
    connection.textContent = `The server refused the connection (${code}).`;
    return;
  }
  connection.textContent = 'Connection lost. Connecting again …';
  if (!HTMX_CONNECTS_AGAIN.includes(code)) {
    // Not all pages at the same moment.
    setTimeout(detail.socketWrapper.reconnect, 1000 + 4000 * Math.random());
  }
});
