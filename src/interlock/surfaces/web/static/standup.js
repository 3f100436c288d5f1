// The stand-up's clock and its keys. Without this file the page shows the end in words and works the same.
(() => {
  "use strict";
  const clock = document.getElementById("countdown");
  if (clock) {
    // From what the server says is left: the clock of this machine may be wrong.
    const end = performance.now() + Number(clock.dataset.left) * 1000;
    const tick = () => {
      const left = Math.max(0, Math.round((end - performance.now()) / 1000));
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      clock.toggleAttribute("data-over", left === 0);
      if (left === 0) clearInterval(timer);
    };
    const timer = setInterval(tick, 500);
    tick();
  }
  const keys = document.getElementById("keys");
  if (keys) keys.hidden = false;
  const functions = [...document.querySelectorAll(".functions > article")];
  let at = -1;
  const go = (step) => {
    if (!functions.length) return;
    at = Math.min(Math.max(at + step, 0), functions.length - 1);
    functions[at].focus();
    functions[at].scrollIntoView({ block: "start" });
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const what = document.getElementById("f-what");
    if (event.key === "n") go(1);
    else if (event.key === "p") go(-1);
    else if (event.key === "a" && what) { event.preventDefault(); what.focus(); }
    else if (event.key === "f" && document.fullscreenEnabled) {
      if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
    }
  });
})();
