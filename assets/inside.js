// The arithmetic of one row of attention, drawn from numbers that are sent once: picking a word,
// opening a product and moving the scale ask the server for nothing. A piece of HTML of the class
// `inside` carries its numbers as JSON; demo/figures/inside.py says what they are.
(() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say } = bridge;
  const { bar, largest, number, opened, percent, signed, strip } = bridge.strips;
  const DECADES = 1; // the scale is multiplied by 10 to the power of -1 to 1
  const LETTERS = 14; // of a word in a row
  const SAME = ["x", "project"]; // steps whose rows are the same for every query

  const states = new WeakMap(); // what each picture shows, by its element

  const shortened = new Map(); // words as rows name them: finding where a character ends takes time
  const short = (text) => {
    if (!shortened.has(text)) shortened.set(text, escaped(bridge.letters.shortened(text, LETTERS)));
    return shortened.get(text);
  };
  const of = (what, word) => say("inside.of", { what, word });
  const times = (factor) => say("inside.factor", { factor: factor.toFixed(factor < 1 ? 2 : 1) });

  const softmax = (row) => {
    const top = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - top));
    const total = powers.reduce((sum, value) => sum + value, 0);
    return powers.map((value) => value / total);
  };
  const strongest = (row) => row.indexOf(Math.max(...row));
  const mixture = (weights, rows) =>
    rows[0].map((_, place) => rows.reduce((sum, row, index) => sum + weights[index] * row[place], 0));

  // The numbers of the chosen query and key, from step three on.
  const computed = ({ data, arrays, query, key, factor }) => {
    const q = arrays.queries[query], k = arrays.keys[key];
    const terms = k.map((value, place) =>
      data.additive ? arrays.v[place] * Math.tanh(value + q[place]) : value * q[place],
    );
    const scaled = arrays.scaled[query].map((value) => factor * value);
    const weights = softmax(scaled);
    const weighted = arrays.values.map((row, index) => row.map((value) => weights[index] * value));
    return { q, k, terms, scaled, weights, weighted, mixed: mixture(weights, arrays.values) };
  };

  const line = (label, content) =>
    `<div class="line">${label && `<span class="label">${escaped(label)}</span>`}<div>${content}</div></div>`;
  const inTotal = (value) => `<b class="sum">${escaped(say("inside.sum", { value }))}</b>`;
  const asker = ({ additive }) => (additive ? say("inside.state") : say("inside.query"));
  const heading = (text) => line("", `<b>${text}</b>`);
  const signedBars = (values) => {
    const top = largest([values]), both = values.some((value) => value < 0);
    const kind = (value) => (value < 0 ? "below" : both ? "above" : "alone");
    return (index) =>
      bar((100 * Math.abs(values[index])) / top, kind(values[index])) + number(signed(values[index]));
  };
  const weightBars = (weights) => {
    const top = Math.max(...weights);
    return (index) => bar((100 * weights[index]) / top, "weight") + number(percent(weights[index]));
  };

  // A row for each word, which opens it as the key.
  const rowsOf = ({ data, key }, content) =>
    data.tokens
      .map(
        (word, index) =>
          `<div class="row${index === key ? " open" : ""}" data-key="${index}">` +
          `<button class="name" aria-pressed="${index === key}" title="${escaped(word)}">${short(word)}</button>` +
          `${content(index)}</div>`,
      )
      .join("");

  // What stands in each step: above the rows, and in the rows. A strip's name begins with the
  // picture's, so that no two on the page are called the same.
  const STEPS = {
    x: ({ name, data, arrays, query, key, tops, ...state }) => {
      const place = data.additive ? key : query, word = data.tokens[place];
      const parts = data.parts.map((part) => {
        const what = of(say(`inside.parts.${part}.name`), word);
        return line(say(`inside.parts.${part}.label`), strip(`${name}-${part}`, what, arrays[part][place], tops.parts, true));
      });
      const numbers = say("inside.numbers"), total = data.summed ? say("inside.sum_of_parts") : say("inside.normed_sum");
      const top = data.summed ? tops.parts : tops.x;
      const x = line(parts.length ? total : numbers, strip(`${name}-x`, of(numbers, word), arrays.x[place], top, true));
      const each = (index) =>
        strip(`${name}-x-${index}`, of(numbers, data.tokens[index]), arrays.x[index], tops.x);
      return [heading(short(word)) + parts.join("") + x, () => rowsOf({ data, key, ...state }, each)];
    },
    project: (state, { q }) => {
      const { name, data, arrays, query, tops } = state;
      const what = asker(data);
      const above = line(what, strip(`${name}-q`, of(what, data.asking[query]), q, tops.keys, true));
      const each = (index) =>
        strip(`${name}-k-${index}`, of(say("inside.key"), data.tokens[index]), arrays.keys[index], tops.keys);
      return [heading(short(data.asking[query])) + above, () => rowsOf(state, each)];
    },
    product: (state, { q, k, terms }) => {
      const { name, data, arrays, query, key, tops } = state;
      const what = asker(data), result = data.additive ? say("inside.terms") : say("inside.product");
      const offer = say("inside.key");
      const [one, other] = [data.asking[query], data.tokens[key]];
      const above = [
        heading(`${short(one)} ${data.additive ? "+" : "·"} ${short(other)}`),
        line(what, strip(`${name}-pq`, of(what, one), q, tops.keys)),
        line(offer, strip(`${name}-pk`, of(offer, other), k, tops.keys)),
        line(result, strip(`${name}-terms`, result, terms, largest([terms]), true)),
        line("", inTotal(signed(arrays.scores[query][key]))),
      ];
      return [above.join(""), () => rowsOf(state, signedBars(arrays.scores[query]))];
    },
    scale: (state, { scaled }) => {
      const { data, arrays, query, key, factor } = state;
      const [score, result] = [arrays.scores[query][key], arrays.scaled[query][key]].map((value) => signed(value));
      const root = Math.sqrt(arrays.keys[0].length).toFixed(2);
      const above = data.additive || data.relative ? "" : line("", escaped(say("inside.divided", { above: score, below: root, value: result })));
      const slider =
        `<label class="line scale"><span class="label">${escaped(say("inside.times"))}</span><input type="range" min="${-DECADES}" ` +
        `max="${DECADES}" step="0.02" value="${Math.log10(factor)}" aria-valuetext="${times(factor)}">` +
        `<output>${times(factor)}</output></label>`;
      return [heading(short(data.tokens[key])) + above + slider, () => rowsOf(state, signedBars(scaled))];
    },
    softmax: (state, { weights }) => {
      const total = weights.reduce((sum, one) => sum + one, 0).toFixed(2);
      return [line("", inTotal(total)), () => rowsOf(state, weightBars(weights))];
    },
    mix: (state, { weights, weighted, mixed }) => {
      const { name, data, arrays, query, factor, tops } = state;
      const result = data.additive ? say("inside.context") : say("inside.mixed"), word = data.asking[query];
      let above = heading(short(word));
      above += line(result, strip(`${name}-mixed`, of(result, word), mixed, tops.mixed, true));
      if (arrays.output && factor === 1) {
        const what = say("inside.output");
        const leaves = strip(`${name}-output`, of(what, word), arrays.output[query], tops.output, true);
        above += line(what, leaves);
      }
      if (data.copied.length && query) above += line("", escaped(say("inside.copied", { share: percent(data.copied[query]) })));
      const top = largest(weighted);
      const each = (index) => {
        const what = of(say("inside.value", { share: percent(weights[index]) }), data.tokens[index]);
        return strip(`${name}-v-${index}`, what, weighted[index], top);
      };
      return [above, () => rowsOf(state, each)];
    },
  };

  const sentence = ({ data, query }, weights) => {
    const order = weights.map((_, index) => index).toSorted((one, other) => weights[other] - weights[one]);
    const most = order.slice(0, 3).map((index) => say("inside.at", { word: data.tokens[index], share: percent(weights[index]) }));
    const word = data.asking[query], all = most.join(", ");
    return data.additive ? say("inside.wrote", { word, most: all }) : say("inside.looks", { word, most: all });
  };

  // Draws the steps, or some of them; what had the focus has it again. Rows that are the same for
  // every query are drawn once, and marked anew.
  const render = (root, state = states.get(root), steps = Object.keys(STEPS)) => {
    const found = computed(state);
    const focused = root.contains(document.activeElement) && selector(document.activeElement);
    for (const step of steps) {
      const [above, below] = STEPS[step](state, found);
      const element = root.querySelector(`[data-step=${step}]`), rows = element.querySelector(".rows");
      element.querySelector(".focus").innerHTML = above;
      if (!SAME.includes(step) || !rows.firstChild) rows.innerHTML = below();
      else rows.childNodes.forEach((row, index) => mark(row, index === state.key));
    }
    root.querySelector(".reads").textContent = sentence(state, found.weights);
    if (focused) root.querySelector(focused)?.focus();
    return found;
  };
  const mark = (row, open) => {
    row.classList.toggle("open", open);
    row.firstChild.setAttribute("aria-pressed", `${open}`);
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
    const { scaled } = render(root, state, ["softmax", "mix"]);
    const scale = root.querySelector("[data-step=scale]");
    scale.querySelector(".rows").innerHTML = rowsOf(state, signedBars(scaled));
    scale.querySelector("output").textContent = times(state.factor);
    scale.querySelector("input").setAttribute("aria-valuetext", times(state.factor));
  };

  const open = (root) => {
    const { data, arrays } = opened(root);
    shortened.clear();
    const parts = data.parts.flatMap((part) => arrays[part]);
    const tops = {
      x: largest(arrays.x),
      parts: largest(data.summed ? [...parts, ...arrays.x] : parts),
      keys: largest([...arrays.queries, ...arrays.keys]),
      mixed: largest(arrays.mixed),
      output: arrays.output && largest(arrays.output),
    };
    const factor = Number(document.querySelector(".what-if")?.dataset.factor ?? 1);
    states.set(root, { name: "inside", data, arrays, tops, query: data.query, key: data.key, factor });
    renderAsking(root);
    render(root);
  };

  // In a presentation stands a copy: what is done to it is done to the picture itself.
  const pictureOf = (element) => {
    const root = element.closest(".inside");
    return root && (states.has(root) ? root : document.querySelector(".inside"));
  };

  document.addEventListener("click", ({ target }) => {
    const picked = target.closest?.("[data-query], [data-key]"), root = picked && pictureOf(picked);
    if (!root) return;
    const state = states.get(root);
    if (picked.dataset.query) {
      state.query = Number(picked.dataset.query);
      state.key = strongest(state.arrays.scaled[state.query]);
    } else state.key = Number(picked.dataset.key);
    bridge.keep({ word: `${state.query + 1}`, key: `${state.key + 1}` });
    press(root);
    render(root);
    if (picked.dataset.query) document.dispatchEvent(new CustomEvent("asking", { detail: state.query }));
  });

  const isScale = (target) => target.matches?.(".inside input[type=range]");
  document.addEventListener("input", ({ target }) => {
    if (!isScale(target)) return;
    const state = states.get(pictureOf(target));
    state.factor = Math.round(100 * 10 ** Number(target.value)) / 100;
    rescale(target.closest(".inside"), state);
  });
  document.addEventListener("change", ({ target }) => {
    if (!isScale(target)) return;
    const { factor } = states.get(pictureOf(target));
    bridge.set({ factor: factor === 1 ? "" : `${factor}` });
  });

  // The picture itself follows as a presentation ends: at once, it would be copied anew under the hand.
  document.addEventListener("close", () => document.querySelectorAll(".inside").forEach((root) => states.has(root) && render(root)), true);

  // Tables of the picture, as assets/save.js writes them.
  const tables = (root) => {
    const { data, arrays, factor } = states.get(root);
    const weights = arrays.scaled.map((row) => softmax(row.map((value) => factor * value)));
    const places = (rows) => rows[0].map((_, index) => `${index + 1}`);
    const table = (name, rows, columns, values = arrays[name]) => ({ name: say(`inside.tables.${name}`), rows, columns, values });
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
