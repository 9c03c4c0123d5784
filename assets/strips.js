// Numbers as strips of colour, one cell a number. Which number a cell is, it says under the pointer or
// finger, and to the arrow keys where a strip can be reached by keyboard.
window.headlineAttention.strips = (() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say } = bridge;
  const DIGITS = 5; // of a number that is saved: what is sent has no more
  const EDGE = 4; // px between the number and what it is about, and the screen's edge

  const known = new Map(); // what each strip shows, {what, values}, by its name

  const signed = (value, digits = 2) => value.toFixed(digits).replace("-", "−");
  const rounded = (value) => Number(value.toPrecision(DIGITS));
  const percent = (share) => say("strips.percent", { share: (100 * share).toFixed(share < 0.0995 ? 1 : 0) });

  // Rows of numbers, or one row where the array has one axis: 16-bit numbers in base64, times a step.
  const unpacked = ({ shape, step, bytes }) => {
    const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    const whole = new Int16Array(raw.buffer);
    const width = shape.at(-1);
    const row = (index) => Array.from(whole.subarray(index * width, (index + 1) * width), (one) => one * step);
    return shape.length === 1 ? row(0) : Array.from({ length: shape[0] }, (_, index) => row(index));
  };
  // What Python sent with a piece of HTML: {data, arrays}, the arrays unpacked.
  const opened = (root) => {
    const data = JSON.parse(root.dataset.numbers);
    const arrays = Object.fromEntries(Object.entries(data.arrays).map(([name, one]) => [name, unpacked(one)]));
    return { data, arrays };
  };
  const largest = (rows) => rows.flat().reduce((top, value) => Math.max(top, Math.abs(value)), 1e-9);

  // The colour of a number from -1 to 1 on the theme's diverging scale, as the page is now.
  const colour = (share) => {
    const stops = bridge.theme.diverging[Number(document.body.classList.contains("dark"))];
    const place = ((Math.max(-1, Math.min(1, share)) + 1) / 2) * (stops.length - 1);
    const left = Math.min(Math.floor(place), stops.length - 2);
    const part = (stop, start) => parseInt(stops[stop].slice(start, start + 2), 16);
    const mix = [1, 3, 5].map((start) => part(left, start) + (part(left + 1, start) - part(left, start)) * (place - left));
    return `rgb(${mix.map(Math.round).join(",")})`;
  };
  const cell = (share, title = "") =>
    `<i style="background:${colour(share)}"${title && ` title="${escaped(title)}" data-share="${share}"`}></i>`;

  // HTML of a strip, colours up to `top`; `what` says whose numbers they are. One that is `reached` by
  // the keyboard says its numbers to the arrow keys.
  const strip = (name, what, values, top, reached = false) => {
    known.set(name, { what, values, top });
    const focus = reached ? ` tabindex="0" role="img" aria-label="${escaped(what)}"` : "";
    return `<span class="strip" data-strip="${name}"${focus}>${values.map((value) => cell(value / top)).join("")}</span>`;
  };

  // Strips that are there take the colours of another theme.
  document.addEventListener("themed", () => {
    const paint = (one, share) => (one.style.background = colour(share));
    for (const one of document.querySelectorAll("i[data-share]")) paint(one, Number(one.dataset.share));
    for (const element of document.querySelectorAll("[data-strip]")) {
      const { values, top } = known.get(element.dataset.strip);
      [...element.children].forEach((one, place) => paint(one, values[place] / top));
    }
  });

  // A bar of `share` percent: from the middle where it is "above" or "below" 0, else from the left.
  const bar = (share, kind) => {
    const half = kind === "above" || kind === "below";
    const left = half ? 50 - (kind === "below" ? share / 2 : 0) : 0;
    const style = `left:${left}%;width:${half ? share / 2 : share}%`;
    return `<span class="bar"><span class="${kind}" style="${style}"></span></span>`;
  };
  const number = (value) => `<span class="number">${value}</span>`;

  const readout = document.createElement("div");
  readout.className = "strip-number";
  readout.setAttribute("role", "status");
  const tell = (target) => {
    const element = target.closest?.("[data-strip]"), shown = element && known.get(element.dataset.strip);
    if (!shown || target === element) return readout.remove();
    const place = [...element.children].indexOf(target);
    const { what, values } = shown;
    readout.textContent = say("strips.number", { what, place: place + 1, count: values.length, value: signed(values[place], 3) });
    (element.closest("dialog") ?? document.body).append(readout);
    const box = target.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(box.left, innerWidth - readout.offsetWidth - EDGE));
    const above = box.top - readout.offsetHeight - EDGE;
    Object.assign(readout.style, { left: `${left}px`, top: `${above > 0 ? above : box.bottom + EDGE}px` });
  };
  for (const type of ["pointerover", "pointerdown"]) document.addEventListener(type, ({ target }) => tell(target));

  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !event.target.matches?.("[data-strip]")) return;
    event.preventDefault();
    event.stopPropagation();
    const cells = [...event.target.children];
    const at = cells.findIndex((one) => one.classList.contains("at"));
    const next = cells[Math.min(Math.max(at + step, 0), cells.length - 1)];
    cells[at]?.classList.remove("at");
    next.classList.add("at");
    tell(next);
  });
  document.addEventListener("focusout", ({ target }) => {
    if (!target.matches?.("[data-strip]")) return;
    target.querySelector(".at")?.classList.remove("at");
    readout.remove();
  });

  // Has `open(root)` draw every piece of HTML that a selector finds, as it comes to the page, and
  // again where Gradio has given it other numbers, which takes `data-drawn` and what was drawn away.
  // `tables(root)` are the numbers of it that can be saved.
  const draw = (selector, open, tables) => {
    const saved = (root) =>
      tables(root).map(({ values, ...table }) => ({ ...table, values: values.map((row) => row.map(rounded)) }));
    bridge.tables.drawn.push([selector, saved]);
    new MutationObserver(() => {
      for (const root of document.querySelectorAll(`${selector}:not([data-drawn])`)) {
        root.dataset.drawn = "";
        open(root);
      }
    }).observe(document.documentElement, { childList: true, subtree: true });
  };

  return { bar, cell, draw, largest, number, opened, percent, signed, strip };
})();
