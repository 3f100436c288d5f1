// The queue by keyboard, clocks that tick, and what was typed kept until it is sent. Every key presses a plain button.
(() => {
  "use strict";
  const $ = (query) => document.querySelector(query);
  const all = (query) => [...document.querySelectorAll(query)];
  const form = $("#decide");

  // Clocks: by the server's time, as the page was made with it.
  const stamp = $("[data-now]");
  const ahead = stamp ? Date.parse(stamp.dataset.now) - Date.now() : 0;
  const length = (minutes) =>
    minutes < 60 ? `${minutes} min`
      : minutes < 1440 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
        : `${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24} h`;
  const tick = () => {
    for (const clock of all("[data-due]")) {
      const minutes = Math.floor((Date.parse(clock.dataset.due) - Date.now() - ahead) / 60000);
      const status = clock.querySelector(".status");
      const words = minutes >= 0 ? `due in ${length(minutes)}` : `late by ${length(-minutes)}`;
      const tone = minutes < 0 ? "failed" : minutes < 60 ? "inconclusive" : "neutral";
      const sign = { failed: "✗", inconclusive: "?", neutral: "•" }[tone];
      if (!status || status.dataset.said === words) continue;
      status.dataset.said = words;
      status.dataset.tone = tone;
      status.querySelector(".sign").textContent = sign;
      status.lastChild.textContent = ` ${words}`;
    }
  };
  tick();
  setInterval(tick, 5000);

  // What was typed stays in this tab until the decision is on record, also where the session ended or the server did.
  const stored = "interlock-review:";
  const sent = $("[data-done]");
  try {
    if (sent) sessionStorage.removeItem(stored + sent.dataset.done);
    if (form) {
      const name = stored + form.dataset.draft;
      const kept = JSON.parse(sessionStorage.getItem(name) || "{}");
      for (const field of ["note", "other", "reason"]) {
        const input = form.elements[field];
        if (input && !input.value && kept[field]) input.value = kept[field];
      }
      if (kept.other) form.elements.other.closest("details").open = true;
      if (kept.label && !form.querySelector("[name=label]:checked")) {
        for (const choice of all("#decide [name=label]")) choice.checked = choice.value === kept.label;
      }
      form.addEventListener("input", () => {
        const chosen = form.querySelector("[name=label]:checked");
        const value = (field) => (form.elements[field] ? form.elements[field].value : "");
        sessionStorage.setItem(name, JSON.stringify({
          label: chosen ? chosen.value : "", note: value("note"), other: value("other"), reason: value("reason"),
        }));
      });
    }
  } catch { /* a browser that keeps nothing still decides */ }

  // Keys. None works while something is being written, and none with a modifier.
  const links = () => all("[data-rows] tbody th a");
  const move = (step) => {
    const rows = links();
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (next) next.focus();
  };
  const press = (key) => {
    const found = all(`[data-key="${key}"]`)[0];
    if (!found) return false;
    found.click();
    if (found.type === "radio") found.focus();
    return true;
  };
  const go = (query) => {
    const found = $(query);
    if (!found) return false;
    const folded = found.closest("details");
    if (folded) folded.open = true;
    found.focus();
    return true;
  };
  const act = (key) => {
    if (/^[1-9a-z]$/.test(key) && press(key)) return true;
    if (key === "j" || key === "k") return move(key === "j" ? 1 : -1), true;
    if (key === "c") return go("#f-reason");
    if (key === "w") return go("#f-note");
    if (key === "/") return go(".filters select, .filters input");
    if (key === "?") {
      const help = $("#keys");
      help.open = !help.open;
      if (help.open) help.scrollIntoView({ block: "nearest" });
      return true;
    }
    if (key === "Enter" && form && form.querySelector("[name=label]:checked")) {
      form.requestSubmit(form.querySelector("button[value=decide]"));
      return true;
    }
    return false;
  };
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const writes = target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    if (event.key === "Escape" && writes) return target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || writes) return;
    if (event.key === "Enter" && target.matches("a, button, summary")) return;
    if (act(event.key)) event.preventDefault();
  });
  // One decision, however often its button is pressed.
  for (const one of all("form[method=post]")) {
    one.addEventListener("submit", (event) => {
      if (one.dataset.sent) event.preventDefault();
      one.dataset.sent = "1";
    });
  }
  addEventListener("pageshow", () => all("form[method=post]").forEach((one) => delete one.dataset.sent));
})();
