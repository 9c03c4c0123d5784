// Numbers as strips of colour, one cell a number. Which number a cell is, it says under the pointer or
// finger, and to the arrow keys where a strip can be reached by keyboard. A strip is one element, whose
// ground has a band for each number: thousands of cells as elements would take the browser long to lay out.
window.headlineAttention.strips = (() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say } = bridge;
  const DIGITS = 5; // of a number that is saved: what is sent has no more
  const EDGE = 4; // px between the number and what it is about, and the screen's edge

  const known = new Map(); // what each strip shows, {values, top, said}, by its name

  const signed = (value, digits = 2) => bridge.number(value, digits).replace("-", "−");
  const rounded = (value) => Number(value.toPrecision(DIGITS));
  const percent = (share) => say("strips.percent", { share: bridge.number(100 * share, share < 0.0995 ? 1 : 0) });

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

  // The colours of numbers from -1 to 1 on a diverging scale, of which each stop has six hexadecimal digits.
  const SHADES = 254; // one less than there are
  const shadesOf = (stops) => {
    const part = (stop, start) => parseInt(stops[stop].slice(start, start + 2), 16);
    return Array.from({ length: SHADES + 1 }, (_, shade) => {
      const place = (shade / SHADES) * (stops.length - 1), left = Math.min(Math.floor(place), stops.length - 2);
      const mix = (start) => part(left, start) + (part(left + 1, start) - part(left, start)) * (place - left);
      return `rgb(${[1, 3, 5].map((start) => Math.round(mix(start))).join(",")})`;
    });
  };
  let shades; // of the light theme and of the dark one
  // The colours of what a strip shows, in the theme that the page has now.
  const colours = ({ values, top }) => {
    shades ??= bridge.theme.diverging.map(shadesOf);
    const scale = shades[Number(document.body.classList.contains("dark"))];
    return values.map((value) => scale[Math.round(((Math.max(-1, Math.min(1, value / top)) + 1) / 2) * SHADES)]);
  };
  const bands = (shown) => {
    const found = colours(shown);
    const band = (colour, index) => `${colour} 0 ${((100 * (index + 1)) / found.length).toFixed(3)}%`;
    return `linear-gradient(90deg,${found.map(band).join(",")})`;
  };
  const cellsOf = (element) => colours(known.get(element.dataset.strip));

  // HTML of a strip, colours up to `top`; `what` says whose numbers they are. One that is `reached` by
  // the keyboard says its numbers to the arrow keys; `said(place)` is what it says of one.
  const strip = (name, what, values, top, { reached = false, said = numbered(what, values) } = {}) => {
    const shown = { values, top, said };
    known.set(name, shown);
    const focus = reached ? ` tabindex="0" role="img" aria-label="${escaped(what)}"` : "";
    return `<span class="strip" data-strip="${name}" style="background-image:${bands(shown)}"${focus}></span>`;
  };
  const numbered = (what, values) => (place) =>
    say("strips.number", { what, place: place + 1, count: values.length, value: signed(values[place], 3) });

  // Strips that are there take the colours of another theme.
  document.addEventListener("themed", () => {
    for (const element of document.querySelectorAll("[data-strip]")) {
      element.style.backgroundImage = bands(known.get(element.dataset.strip));
    }
  });

  // A bar of `share` percent: from the middle where it is "above" or "below" 0, else from the left.
  const bar = (share, kind) => {
    const half = kind === "above" || kind === "below";
    const left = half ? 50 - (kind === "below" ? share / 2 : 0) : 0;
    const style = `left:${left}%;width:${half ? share / 2 : share}%`;
    return `<span class="bar"><span class="${kind}" style="${style}"></span></span>`;
  };
  const numberCell = (value) => `<span class="number">${value}</span>`;

  const readout = document.createElement("div");
  readout.className = "strip-number";
  readout.setAttribute("role", "status");
  const cell = document.createElement("i"); // around the number that is told
  const tell = (element, place) => {
    const { values, said } = known.get(element.dataset.strip);
    Object.assign(cell.style, { left: `${(100 * place) / values.length}%`, width: `${100 / values.length}%` });
    element.append(cell);
    readout.textContent = said(place);
    (element.closest("dialog") ?? document.body).append(readout);
    const box = cell.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(box.left, innerWidth - readout.offsetWidth - EDGE));
    const above = box.top - readout.offsetHeight - EDGE;
    Object.assign(readout.style, { left: `${left}px`, top: `${above > 0 ? above : box.bottom + EDGE}px` });
  };
  const beSilent = () => [cell, readout].forEach((one) => one.remove());
  const count = (element) => known.get(element.dataset.strip).values.length;
  const within = (place, element) => Math.min(Math.max(place, 0), count(element) - 1);

  const point = ({ target, clientX }) => {
    const element = target.closest?.("[data-strip]");
    if (!element || !known.has(element.dataset.strip)) return readout.isConnected && beSilent();
    const { left, width } = element.getBoundingClientRect();
    tell(element, within(Math.floor((count(element) * (clientX - left)) / width), element));
  };
  for (const type of ["pointermove", "pointerdown"]) document.addEventListener(type, point);
  document.addEventListener("pointercancel", beSilent); // a finger moves the page

  const reached = new WeakMap(); // the number that the arrow keys are at, by the strip
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key], element = event.target;
    if (!step || !element.matches?.("[data-strip]")) return;
    event.preventDefault();
    event.stopPropagation();
    reached.set(element, within((reached.get(element) ?? -1) + step, element));
    tell(element, reached.get(element));
  });
  document.addEventListener("focusout", ({ target }) => {
    if (!target.matches?.("[data-strip]")) return;
    reached.delete(target);
    beSilent();
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

  return { bar, cellsOf, draw, largest, numberCell, opened, percent, signed, strip };
})();
