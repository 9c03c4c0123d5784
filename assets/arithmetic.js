// What stands in each of the six steps of a row of attention, as HTML, and the numbers of the chosen
// query and key from the third step on; assets/inside.js draws it.
window.headlineAttention.arithmetic = (() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped, shortened }, say } = bridge;
  const { bar, largest, numberCell, percent, signed, strip } = bridge.strips;
  const DECADES = 1; // the scale is multiplied by 10 to the power of -1 to 1
  const LETTERS = 14; // of a word in a row
  const REACHED = { reached: true }; // by the keyboard

  const short = (text) => escaped(shortened(text, LETTERS));
  const of = (what, word) => say("arithmetic.of", { what, word });
  const times = (factor) => say("arithmetic.factor", { factor: bridge.number(factor, factor < 1 ? 2 : 1) });

  const softmax = (row) => {
    const top = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - top));
    const total = powers.reduce((sum, value) => sum + value, 0);
    return powers.map((value) => value / total);
  };
  const strongest = (row) => row.indexOf(Math.max(...row));
  const mixture = (weights, rows) =>
    rows[0].map((_, place) => rows.reduce((sum, row, index) => sum + weights[index] * row[place], 0));
  const falling = (values) => values.map((_, index) => index).toSorted((one, other) => values[other] - values[one]);

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
  // The rank of each row, from 0: the key's comes first, then the others by their weights.
  const ranks = ({ key }, weights) => {
    const order = [key, ...falling(weights).filter((index) => index !== key)];
    return weights.map((_, index) => order.indexOf(index));
  };

  const line = (label, content) =>
    `<div class="line">${label && `<span class="label">${escaped(label)}</span>`}<div>${content}</div></div>`;
  const inTotal = (value) => `<b class="sum">${escaped(say("arithmetic.sum", { value }))}</b>`;
  const asker = ({ additive }) => (additive ? say("arithmetic.state") : say("arithmetic.query"));
  const heading = (text) => line("", `<b>${text}</b>`);
  const signedBars = (values) => {
    const top = largest([values]), both = values.some((value) => value < 0);
    const kind = (value) => (value < 0 ? "below" : both ? "above" : "alone");
    return (index) =>
      bar((100 * Math.abs(values[index])) / top, kind(values[index])) + numberCell(signed(values[index]));
  };
  const weightBars = (weights) => {
    const top = Math.max(...weights);
    return (index) => bar((100 * weights[index]) / top, "weight") + numberCell(percent(weights[index]));
  };

  // A row for each word, which opens it as the key.
  const rowsOf = ({ data, names, key }, content) =>
    data.tokens
      .map(
        (word, index) =>
          `<div class="row${index === key ? " open" : ""}" data-key="${index}">` +
          `<button class="name" aria-pressed="${index === key}" title="${escaped(word)}">${names[index]}</button>` +
          `${content(index)}</div>`,
      )
      .join("");

  // Above the rows, and in the rows. A strip's name begins with the picture's, so that no two on the
  // page are called the same.
  const STEPS = {
    x: ({ name, data, arrays, query, key, tops, ...state }) => {
      const place = data.additive ? key : query, word = data.tokens[place];
      const parts = data.parts.map((part) => {
        const what = of(say(`arithmetic.parts.${part}.name`), word);
        return line(say(`arithmetic.parts.${part}.label`), strip(`${name}-${part}`, what, arrays[part][place], tops.parts, REACHED));
      });
      const numbers = say("arithmetic.numbers"), total = data.summed ? say("arithmetic.sum_of_parts") : say("arithmetic.normed_sum");
      const top = data.summed ? tops.parts : tops.x;
      const x = line(parts.length ? total : numbers, strip(`${name}-x`, of(numbers, word), arrays.x[place], top, REACHED));
      const each = (index) =>
        strip(`${name}-x-${index}`, of(numbers, data.tokens[index]), arrays.x[index], tops.x);
      return [heading(short(word)) + parts.join("") + x, () => rowsOf({ data, key, ...state }, each)];
    },
    project: (state, { q }) => {
      const { name, data, arrays, query, tops } = state;
      const what = asker(data);
      const above = line(what, strip(`${name}-q`, of(what, data.asking[query]), q, tops.keys, REACHED));
      const each = (index) =>
        strip(`${name}-k-${index}`, of(say("arithmetic.key"), data.tokens[index]), arrays.keys[index], tops.keys);
      return [heading(short(data.asking[query])) + above, () => rowsOf(state, each)];
    },
    product: (state, { q, k, terms }) => {
      const { name, data, arrays, query, key, tops } = state;
      const what = asker(data), result = data.additive ? say("arithmetic.terms") : say("arithmetic.product");
      const offer = say("arithmetic.key");
      const [one, other] = [data.asking[query], data.tokens[key]];
      const above = [
        heading(`${short(one)} ${data.additive ? "+" : "·"} ${short(other)}`),
        line(what, strip(`${name}-pq`, of(what, one), q, tops.keys)),
        line(offer, strip(`${name}-pk`, of(offer, other), k, tops.keys)),
        line(result, strip(`${name}-terms`, result, terms, largest([terms]), REACHED)),
        line("", inTotal(signed(arrays.scores[query][key]))),
      ];
      return [above.join(""), () => rowsOf(state, signedBars(arrays.scores[query]))];
    },
    scale: (state, { scaled }) => {
      const { data, arrays, query, key, factor } = state;
      const [score, result] = [arrays.scores[query][key], arrays.scaled[query][key]].map((value) => signed(value));
      const root = bridge.number(Math.sqrt(arrays.keys[0].length), 2);
      const above = data.additive || data.relative ? "" : line("", escaped(say("arithmetic.divided", { above: score, below: root, value: result })));
      const slider =
        `<label class="line scale"><span class="label">${escaped(say("arithmetic.times"))}</span><input type="range" min="${-DECADES}" ` +
        `max="${DECADES}" step="0.02" value="${Math.log10(factor)}" aria-valuetext="${times(factor)}">` +
        `<output>${times(factor)}</output></label>`;
      return [heading(short(data.tokens[key])) + above + slider, () => rowsOf(state, signedBars(scaled))];
    },
    softmax: (state, { weights }) => {
      const total = bridge.number(weights.reduce((sum, one) => sum + one, 0), 2);
      return [line("", inTotal(total)), () => rowsOf(state, weightBars(weights))];
    },
    mix: (state, { weights, weighted, mixed }) => {
      const { name, data, arrays, query, factor, tops } = state;
      const result = data.additive ? say("arithmetic.context") : say("arithmetic.mixed"), word = data.asking[query];
      let above = heading(short(word));
      above += line(result, strip(`${name}-mixed`, of(result, word), mixed, tops.mixed, REACHED));
      if (arrays.output && factor === 1) {
        const what = say("arithmetic.output");
        const leaves = strip(`${name}-output`, of(what, word), arrays.output[query], tops.output, REACHED);
        above += line(what, leaves);
      }
      if (data.copied.length && query) above += line("", escaped(say("arithmetic.copied", { share: percent(data.copied[query]) })));
      const top = largest(weighted);
      const each = (index) => {
        const what = of(say("arithmetic.value", { share: percent(weights[index]) }), data.tokens[index]);
        return strip(`${name}-v-${index}`, what, weighted[index], top);
      };
      return [above, () => rowsOf(state, each)];
    },
  };

  const sentence = ({ data, query }, weights) => {
    const most = falling(weights).slice(0, 3).map((index) => say("arithmetic.at", { word: data.tokens[index], share: percent(weights[index]) }));
    const word = data.asking[query], all = bridge.listed(most);
    return data.additive ? say("arithmetic.wrote", { word, most: all }) : say("arithmetic.looks", { word, most: all });
  };

  // What a picture shows, from what was sent; `name` is the picture's.
  const opened = (name, { data, arrays }, factor) => {
    const parts = data.parts.flatMap((part) => arrays[part]);
    const tops = {
      x: largest(arrays.x),
      parts: largest(data.summed ? [...parts, ...arrays.x] : parts),
      keys: largest([...arrays.queries, ...arrays.keys]),
      mixed: largest(arrays.mixed),
      output: arrays.output && largest(arrays.output),
    };
    const names = data.tokens.map(short); // once: finding where a character ends takes time
    return { name, data, arrays, tops, names, query: data.query, key: data.key, factor };
  };

  return { STEPS, computed, opened, ranks, sentence, softmax, strongest, times };
})();
