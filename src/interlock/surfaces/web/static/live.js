// What is stopped, as it happens: the server sends the same words that a page shows when it is loaded.
"use strict";
(() => {
  const place = document.getElementById("live");
  if (!place || !("seen" in place.dataset)) return;
  const AGAIN_MS = 5000;
  let source = null, silent = 0, again = 0;

  // A page that cannot hear must not look as if nothing had happened.
  const deaf = () => {
    const words = document.createElement("p");
    words.className = "said";
    words.dataset.tone = "inconclusive";
    words.textContent = `This page has not heard from the server since ${new Date().toLocaleTimeString()}: load it again to see what is stopped.`;
    place.append(words);
    place.dataset.seen = "";
  };
  const heard = () => { clearTimeout(silent); silent = 0; };
  const close = () => {
    clearTimeout(again);
    heard();
    if (source) source.close();
    source = null;
  };
  const open = () => {
    close();
    source = new EventSource("/live");
    source.addEventListener("open", heard);
    source.addEventListener("stopped", (event) => {
      heard();
      if (event.lastEventId === place.dataset.seen) return;
      place.innerHTML = event.data;
      place.dataset.seen = event.lastEventId;
    });
    source.addEventListener("ended", close);
    source.addEventListener("error", () => {
      if (!silent) silent = setTimeout(deaf, AGAIN_MS);
      if (source && source.readyState === EventSource.CLOSED) again = setTimeout(reopen, AGAIN_MS);
    });
  };
  const reopen = () => { const since = silent; silent = 0; open(); silent = since; };

  // A browser holds few connections to one server: only pages that somebody can see listen.
  const look = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  look();
})();
