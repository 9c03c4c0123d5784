// What a person has filled in, kept by the browser until its tab is closed, so that a reload, or a
// connection that was lost for seconds, loses none of it. Gradio reloads the page after the latter.
(() => {
  const bridge = window.headlineAttention;
  const { say } = bridge;
  // {address, view, text, links, filled}: what was open, each view's link, and what stood in boxes.
  // Several frames of one page share what is kept: each has a name of its own.
  const KEPT = `headline-attention-kept${bridge.embedded === null ? "" : location.search}`;
  const LOST = "headline-attention-lost"; // what the page could not keep as it was left
  const SETTLED_MS = 300; // after a key, and until the page shows an answer
  const OPENED_MS = 2000; // until a busy page has given its boxes what they open with
  const SWITCHES = "#as-you-type, [data-testid=checkbox-group]"; // those that are no control of a view

  // A browser may forbid a page in a frame to keep anything.
  const stored = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const store = (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };

  const before = stored(KEPT);
  // A link that is followed is opened; after a reload the page is as it was left. To a frame every
  // visit looks like a link that is followed: there, only another address is one.
  const followed = () => {
    const [{ type }] = performance.getEntriesByType("navigation");
    return bridge.isLink() && (before.address !== location.search || (window === top && type === "navigate"));
  };
  const reopens = before !== null && !followed();
  if (before) {
    const link = `${before.links[before.view] ?? "?"}&${new URLSearchParams({ text: before.text })}`;
    bridge.reopen({ ...(reopens && { link }), views: before.links });
  }

  // What is filled in and no link spells, as it is on the page now: of views that were not opened yet,
  // nothing is. A control's line is among it, since it may not have been asked for.
  // Switches come first, since one of them says whether a line that is filled in is asked for.
  const boxes = () =>
    [`:is(${SWITCHES}) input[type=checkbox]`, ".block[id] :is(textarea, input[type=text])"]
      .flatMap((kind) => [...document.querySelectorAll(kind)])
      .map((input) => [nameOf(input), input]);
  const nameOf = (input) => {
    const block = input.closest(".block[id]");
    if (input.type !== "checkbox") return block.id;
    return `${block.id}/${[...block.querySelectorAll("input")].indexOf(input)}`; // labels have a language
  };
  const read = (input) => (input.type === "checkbox" ? input.checked : input.value);
  let writing = false;
  const write = (input, value) => {
    writing = true;
    if (input.type === "checkbox") {
      input.click();
    } else {
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true })); // as Gradio sees a key
    }
    writing = false;
  };

  const filled = { ...before?.filled }; // by name, what stands in every box that was ever seen
  const waiting = new Set(Object.keys(filled)); // names of boxes that are to be filled in
  const seen = new Set(); // those of them that are on the page by now
  let open = false; // until the page is as it was kept, there is nothing new to keep
  let warned = false;
  let first; // the text that the page opened with

  const fill = () => {
    for (const [name, input] of boxes()) {
      if (!waiting.has(name)) continue;
      if (!seen.has(name)) {
        setTimeout(fill, SETTLED_MS);
        setTimeout(settle, OPENED_MS, name);
      }
      seen.add(name);
      if (filled[name] !== read(input)) write(input, filled[name]);
    }
  };
  // Gradio gives a box that is on the page already the value that it opens with.
  const settle = (name) => {
    fill();
    waiting.delete(name);
    if (!waiting.size) watch.disconnect();
  };
  const watch = new MutationObserver(() => requestAnimationFrame(fill));

  const keep = () => {
    if (!open) return;
    for (const [name, input] of boxes()) if (!waiting.has(name)) filled[name] = read(input);
    const kept = {
      address: location.search,
      view: bridge.view(),
      text: bridge.shown(),
      links: { ...before?.links, ...bridge.links },
      filled,
    };
    if (store(KEPT, kept)) return;
    const sizes = Object.entries(filled).map(([name, value]) => [`${value}`.length, name]);
    const [, longest] = sizes.toSorted(([one], [other]) => other - one)[0];
    const tooMuch = store(KEPT, { ...kept, filled: { ...filled, [longest]: "" } });
    if (tooMuch && !warned) bridge.warn(say("keep.too_much"));
    warned ||= tooMuch;
  };
  let settling;
  const keepSoon = () => {
    clearTimeout(settling);
    settling = setTimeout(keep, SETTLED_MS);
  };

  // What is lost with the page, if anything: a name under "keep.gone".
  const unkept = () => {
    const has = (name, part) => Boolean(bridge.element(name)?.querySelector(part));
    if (has("batchRows", "tr") || has("batchProgress", "progress")) return "results";
    return bridge.element("batchClose") ? "file" : null;
  };

  const opened = () => {
    open = true;
    first = bridge.shown();
    if (!reopens) waiting.delete(nameOf(bridge.box())); // the link that was followed has a text
    watch.observe(document.body, { childList: true, subtree: true });
    requestAnimationFrame(fill);
    const lost = stored(LOST);
    if (lost) bridge.warn(say(`keep.gone.${lost}`));
    store(LOST, null);
  };
  document.addEventListener("answered", () => {
    if (!open) opened();
    else if (bridge.shown() !== first) waiting.delete(nameOf(bridge.box())); // another was asked for
    keepSoon();
  });
  document.addEventListener("input", (event) => {
    const { target } = event;
    const box = target.closest?.(".block[id]");
    if (box && !writing && !bridge.ofAnswer(event)) waiting.delete(nameOf(target)); // what a person fills in is newer
    keepSoon();
  });
  window.addEventListener("pagehide", () => {
    keep();
    if (open) store(LOST, unkept());
  });
})();
