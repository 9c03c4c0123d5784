// Inside: the arithmetic of one row of attention, or of two readers' side by side, drawn from numbers
// that are sent once: picking a word, opening a product and moving the scale ask the server for
// nothing. Each `.inside` carries its numbers as JSON; demo/figures/inside.py says what they are.
(() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say, walk } = bridge;
  const { STEPS, computed, opened, ranks, sentence, softmax, strongest, times } = bridge.arithmetic;
  const SAME = ["x", "project"]; // steps whose rows are the same for every query
  const PICTURE = "inside"; // the id of the picture

  const states = new WeakMap(); // what each reader's part of the picture shows, by its element
  // The parts of the picture itself, not of its copy in a presentation.
  const roots = () => [...document.querySelectorAll("#inside .inside")].filter((root) => states.has(root));

  // Draws the steps, or some of them; what had the focus has it again. Rows that are the same for
  // every query are drawn once, and marked anew.
  const render = (root, state = states.get(root), steps = Object.keys(STEPS)) => {
    const found = computed(state), places = ranks(state, found.weights);
    const focused = root.contains(document.activeElement) && selector(document.activeElement);
    for (const step of steps) {
      const [above, below] = STEPS[step](state, found);
      const element = root.querySelector(`[data-step=${step}]`), rows = element.querySelector(".rows");
      element.querySelector(".focus").innerHTML = above;
      if (!SAME.includes(step) || !rows.firstChild) rows.innerHTML = below();
    }
    const asks = state.data.additive ? undefined : state.query; // an output asks from no row
    for (const rows of root.querySelectorAll(".rows")) {
      rows.childNodes.forEach((row, index) => mark(row, index === state.key, index === asks, places[index]));
    }
    root.querySelector(".reads").textContent = sentence(state, found.weights);
    if (focused) root.querySelector(focused)?.focus();
    return found;
  };
  const mark = (row, open, asks, rank) => {
    row.classList.toggle("open", open);
    row.classList.toggle("asks", asks);
    row.firstChild.setAttribute("aria-pressed", `${open}`);
    row.dataset.rank = rank;
  };
  const selector = (element) => {
    if (element.dataset.strip) return `[data-strip="${element.dataset.strip}"]`;
    const step = element.closest("[data-step]")?.dataset.step, row = element.closest("[data-key]");
    return row && `[data-step="${step}"] [data-key="${row.dataset.key}"] .name`;
  };

  // The words that can ask, of which one does.
  const renderAsking = (root) => {
    const { data, query } = states.get(root);
    const button = (word, index) =>
      `<button data-query="${index}" aria-pressed="${index === query}">${escaped(word)}</button>`;
    root.querySelector(".asking").innerHTML =
      `<span class="label">${escaped(data.additive ? say("inside.writes") : say("inside.asks"))}</span>${data.asking.map(button).join("")}`;
  };
  const press = (root) => {
    const { query } = states.get(root);
    for (const button of root.querySelectorAll("[data-query]")) {
      button.setAttribute("aria-pressed", `${Number(button.dataset.query) === query}`);
    }
  };

  // What follows from the scale is drawn anew, not the slider itself, which a hand may be on.
  const rescale = (root, state) => {
    const found = render(root, state, ["softmax", "mix"]);
    const scale = root.querySelector("[data-step=scale]"), slider = scale.querySelector("input");
    const [, rows] = STEPS.scale(state, found);
    scale.querySelector(".rows").innerHTML = rows();
    scale.querySelector("output").textContent = times(state.factor);
    slider.setAttribute("aria-valuetext", times(state.factor));
    if (document.activeElement !== slider) slider.value = Math.log10(state.factor);
  };

  const open = (root) => {
    const factor = Number(document.querySelector(".what-if")?.dataset.factor ?? 1);
    const part = Number(root.dataset.part);
    states.set(root, opened(part ? `${PICTURE}-${part}` : PICTURE, bridge.strips.opened(root), factor));
    renderAsking(root);
    render(root);
    if (!part) walk.open(PICTURE, { count: Object.keys(STEPS).length, show, tell, root });
  };

  // Walking through the steps: up to one of them they are shown, those behind it are faint.
  const show = (at) => {
    for (const root of roots()) {
      root.classList.toggle("walked", at !== walk.WHOLE);
      root.classList.toggle("moving", walk.moving());
      root.querySelectorAll(".step").forEach((step, index) => {
        step.classList.toggle("shown", index <= at);
        step.classList.toggle("now", index === at);
      });
    }
  };
  const tell = (at) =>
    roots()
      .map((root) => {
        const step = root.querySelectorAll(".step")[at];
        const [title, text] = ["h3 span", ".said .text"].map((part) => step.querySelector(part).textContent);
        return say("inside.step", { title, text });
      })
      .join(" ");

  // In a presentation stands a copy: what is done to it is done to the picture itself.
  const pictureOf = (element) => {
    const root = element.closest(".inside");
    return root && (states.has(root) ? root : roots()[Number(root.dataset.part)]);
  };
  // The same word as key of the reader beside it, if that reads it as one.
  const openSame = (root) => {
    const { data, key } = states.get(root);
    const [start, end] = data.spans?.[key] ?? [0, 0];
    for (const other of roots()) {
      const state = states.get(other);
      const same = state.data.spans?.findIndex(([from, to]) => from < end && start < to) ?? -1;
      if (other !== root && same >= 0) state.key = same;
    }
  };
  const keep = () => {
    const [first, second] = roots().map((root) => states.get(root));
    const picked = { word: `${first.query + 1}`, key: `${first.key + 1}` };
    bridge.keep(second ? { ...picked, output: `${second.query + 1}` } : picked);
  };

  document.addEventListener("click", ({ target }) => {
    const picked = target.closest?.("[data-query], [data-key]"), root = picked && pictureOf(picked);
    if (!root) return;
    const state = states.get(root);
    if (picked.dataset.query) {
      state.query = Number(picked.dataset.query);
      state.key = strongest(state.arrays.scaled[state.query]);
    } else state.key = Number(picked.dataset.key);
    openSame(root);
    keep();
    press(root);
    for (const one of roots()) render(one);
    if (picked.dataset.query) document.dispatchEvent(new CustomEvent("asking", { detail: state.query }));
  });

  const isScale = (target) => target.matches?.(".inside input[type=range]");
  document.addEventListener("input", ({ target }) => {
    if (!isScale(target)) return;
    const factor = Math.round(100 * 10 ** Number(target.value)) / 100;
    for (const drawn of target.closest(".arithmetic").querySelectorAll(".inside")) {
      const state = states.get(pictureOf(drawn));
      state.factor = factor;
      rescale(drawn, state);
    }
  });
  document.addEventListener("change", ({ target }) => {
    if (!isScale(target)) return;
    const { factor } = states.get(pictureOf(target));
    bridge.set({ factor: factor === 1 ? "" : `${factor}` });
  });

  // The picture itself follows as a presentation ends: at once, it would be copied anew under the hand.
  document.addEventListener("close", () => roots().forEach((root) => render(root)), true);

  // Tables of a part of the picture, as assets/save.js writes them.
  const tables = (root) => {
    const { data, arrays, factor } = states.get(root);
    const weights = arrays.scaled.map((row) => softmax(row.map((value) => factor * value)));
    const places = (rows) => rows[0].map((_, index) => `${index + 1}`);
    const table = (key, rows, columns, values = arrays[key]) => {
      const name = say(`inside.tables.${key}`);
      return { name: data.of ? say("inside.table_of", { reader: data.of, name }) : name, rows, columns, values };
    };
    return [
      table("weights", data.asking, data.tokens, weights),
      table("scores", data.asking, data.tokens),
      table("scaled", data.asking, data.tokens),
      table("queries", data.asking, places(arrays.queries)),
      table("keys", data.tokens, places(arrays.keys)),
      table("values", data.tokens, places(arrays.values)),
    ];
  };
  bridge.strips.draw(".inside", open, tables);
})();
