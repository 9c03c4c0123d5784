// Replay of an alignment: the decoder writes word by word. The rows of the matrix appear one after
// another, and beside each stands what the decoder had to go by: its state, where it looked, whether
// the word is copied, and what else it might have written. demo/figures/replay.py sends the numbers.
(() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say, walk } = bridge;
  const { bar, largest, numberCell, percent, strip } = bridge.strips;
  const PICTURE = "alignment"; // the id of the picture
  const REMEMBERED = 4; // words that are named of those written before
  const WIDE = "\u2007"; // in place of a letter to come: as wide as a digit, so that nothing jumps
  const HALF = 0.5; // of a row

  let data, arrays; // of the alignment that is shown
  let at = walk.WHOLE; // the output that is being written
  let whole, shown; // what Plotly was given, and the rows that it draws in its place

  const quoted = (word) => (word ? say("replay.quoted", { word }) : say("replay.end"));
  // What was written before an output, the topic first; the last words of it.
  const before = (place) => data.outputs.slice(0, place);
  const after = (place) => {
    if (!place) return say("replay.nothing_written");
    const words = before(place).slice(-REMEMBERED).join(" ");
    return say("replay.after", { words: place > REMEMBERED ? `… ${words}` : words });
  };
  // The candidates of an output with what became of each; what was written stands among them.
  const candidates = (place) => {
    const written = data.outputs[place], probability = data.probabilities[place];
    const found = data.candidates[place].map(([word, share]) => ({
      word, share, written: word === written, again: place > 0 && before(place).slice(1).includes(word),
    }));
    return found.some((one) => one.written) ? found : [...found, { word: written, share: probability, written: true }];
  };
  const fate = ({ written, again }) =>
    written ? (data.given ? say("replay.given") : say("replay.chosen")) : again ? say("replay.again") : "";
  const looks = (place) => bridge.listed(data.most[place].map(([word, share]) => say("replay.at", { word, share: percent(share) })));

  const tell = (place) => {
    const word = data.outputs[place], share = percent(data.probabilities[place]);
    const others = candidates(place).filter((one) => !one.written).slice(0, 3);
    const told = [
      say("replay.wrote", { word, share, most: looks(place) }),
      place ? say("replay.copied", { share: percent(data.copied[place]) }) : "",
      say("replay.others", { words: bridge.listed(others.map((one) => `${quoted(one.word)} ${percent(one.share)}`)) }),
    ];
    return told.filter(Boolean).join(" ");
  };

  const section = (title, content) => `<section><h3>${escaped(title)}</h3>${content}</section>`;
  const line = (text) => `<p>${escaped(text)}</p>`;
  const panel = (place) => {
    const state = strip("replay-state", say("replay.state"), arrays.states[place], largest(arrays.states), true);
    const share = data.copied[place];
    const source = place
      ? `${bar(100 * share, "weight")}<p class="ends"><span>${escaped(say("replay.copies", { share: percent(share) }))}</span>` +
        `<span>${escaped(say("replay.generates", { share: percent(1 - share) }))}</span></p>`
      : line(say("replay.topic"));
    const rows = candidates(place).map(
      (one) =>
        `<div class="candidate${one.written ? " written" : ""}"><span>${escaped(one.word || say("replay.end"))}</span>` +
        `${bar(100 * one.share, "weight")}${numberCell(percent(one.share))}<span class="label">${escaped(fate(one))}</span></div>`,
    );
    return [
      section(say("replay.state"), state + line(after(place))),
      section(say("replay.where"), line(looks(place))),
      section(say("replay.source"), source),
      section(data.given ? say("replay.would_write") : say("replay.might_write"), rows.join("")),
    ].join("");
  };

  const plot = () => document.querySelector("#alignment .js-plotly-plot");
  // The matrix with the rows up to an output, and no word or number of those to come.
  const upTo = (place, { rows, layout: { annotations, meta, shapes, yaxis } }) => {
    const names = meta.words[0].y;
    const last = names.tickvals[place] + HALF;
    const places = meta.rows.flatMap((name, index) => (name === null ? [] : [index]));
    const blank = ({ tickvals, ticktext }) =>
      Array.from(ticktext, (text, index) => (tickvals[index] < last ? text : WIDE.repeat([...text].length)));
    return [
      rows.map((row, index) => (index <= places[place] ? row : Array.from(row, () => null))),
      {
        "yaxis.ticktext": blank(yaxis),
        annotations: annotations.filter(({ y, yref }) => yref === "paper" || y < last),
        shapes: shapes.filter(({ y0 }) => y0 < last),
        meta: { ...meta, words: [{ ...meta.words[0], y: { ...names, ticktext: blank(names) } }] },
      },
    ];
  };
  const drawMatrix = () => {
    const element = plot();
    if (!element?.data) return;
    if (element.data[0].z !== shown) {
      if (at === walk.WHOLE) return;
      const { annotations = [], meta, shapes = [], yaxis } = element.layout;
      const ticks = { tickvals: yaxis.tickvals, ticktext: yaxis.ticktext };
      whole = { z: element.data[0].z, rows: Array.from(element._fullData[0].z), layout: { annotations, meta, shapes, yaxis: ticks } };
    } else if (element.dataset.replayed === `${at}`) return;
    const { annotations, meta, shapes, yaxis } = whole.layout;
    const [rows, changes] = at === walk.WHOLE
      ? [whole.z, { annotations, meta, shapes, "yaxis.ticktext": yaxis.ticktext }]
      : upTo(at, whole);
    shown = at === walk.WHOLE ? undefined : rows;
    element.dataset.replayed = `${at}`;
    Plotly.update(element, { z: [rows] }, changes, [0]);
  };

  document.addEventListener("answered", () => requestAnimationFrame(drawMatrix)); // in another theme

  const open = (root) => {
    ({ data, arrays } = bridge.strips.opened(root));
    at = walk.WHOLE;
    const show = (place) => {
      at = place;
      root.querySelector(".writing").innerHTML = place === walk.WHOLE ? "" : panel(place);
      drawMatrix();
    };
    walk.open(PICTURE, { count: data.outputs.length, show, tell, root, label: say("replay.label") });
  };
  const tables = (root) => {
    const { data: { outputs, candidates: told } } = bridge.strips.opened(root);
    return told.map((several, place) => ({
      name: say("replay.table", { place: place + 1, output: outputs[place] }),
      rows: several.map(([word]) => word || say("replay.end")),
      columns: [say("replay.probability")],
      values: several.map(([, share]) => [share]),
    }));
  };
  bridge.strips.draw(".replay", open, tables);
})();
