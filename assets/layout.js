// A figure laid out for the room that a slide or a filled screen gives it, from its own numbers: it is
// not the page's picture grown. Margins are reckoned here, and Plotly adds none.
window.headlineAttention.layout = (() => {
  const { axes, grid, type: { INK, LINE, TYPE, WORD, cutLabel, widthOf } } = window.headlineAttention;
  const GAP = 14, BAR = 22; // px of a slide: between parts of a figure, and of a colour bar's width
  const MARK = 1.6; // times the page's size, of marks and lines
  const NAME = 15; // px on the page: what is written so large, or larger, is a word on a slide

  // A trace with its marks, lines and type for a slide; its part is `wide` and `high` px.
  const traceOf = (trace, unpacked, { high, size, wide }) => {
    const grown = (value) => Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value, grown) : value * MARK * size.unit;
    const made = { ...trace };
    for (const gap of ["xgap", "ygap"]) if (trace[gap]) made[gap] = grown(trace[gap]);
    if (trace.marker?.size) made.marker = { ...trace.marker, size: grown(unpacked.marker.size) };
    if (trace.line) made.line = { ...trace.line, width: grown(trace.line.width ?? 2) };
    if (unpacked.z) {
      const texts = (unpacked.text ?? []).flatMap((row) => Array.from(row, (text) => widthOf(`${text}`, size.word)));
      const [cellWide, cellHigh] = [wide / unpacked.z[0].length, high / unpacked.z.length];
      const fits = Math.max(0, ...texts) + size.gap < cellWide && size.word * LINE < cellHigh;
      if (trace.texttemplate && !fits) made.texttemplate = "";
      made.textfont = { ...trace.textfont, size: size.word };
    } else if (trace.type === "bar" && trace.base) { // numbers at the ends of bars, where all of them fit
      const numbers = Array.from(unpacked.text ?? [], (text) => widthOf(`${text}`, size.type));
      const lying = trace.orientation === "h", each = (lying ? high : wide) / numbers.length;
      const fits = lying ? size.type * INK < each : Math.max(...numbers) < each;
      made.text = fits ? trace.text : undefined;
      made.textfont = { ...trace.textfont, size: size.type };
    } else if (trace.textfont || trace.text) {
      made.textfont = { ...trace.textfont, size: Math.max(size.type, grown(trace.textfont?.size ?? 0)) };
    }
    return made;
  };

  // The axes of every part, by their names in a layout.
  const axesOf = (plan) => {
    const { columns, feet, height, high, many, meta, panels, rows, sides, size, starts, tops, wide, width, worded } = plan;
    const made = {};
    panels.forEach((panel, index) => {
      const column = index % columns, row = Math.floor(index / columns);
      const [left, top] = [starts[column], tops[row]];
      const common = (letter) => ({
        ...panel[letter], automargin: false, title: { text: "" }, constrain: undefined,
        ticks: "outside", ticklen: size.gap / 3, tickcolor: "rgba(0,0,0,0)", // words keep off their part
        tickfont: { size: axes.wordsOf(letter, panel, meta) ? size.word : size.type },
      });
      made[panel.names.x] = {
        ...common("x"), ...feet[index].axis, domain: [left / width, (left + wide) / width],
        showticklabels: worded && (!many || row === rows - 1),
      };
      made[panel.names.y] = {
        ...common("y"), ...sides[index].axis(high), domain: [1 - (top + high) / height, 1 - top / height],
        showticklabels: worded && (!many || column === 0),
      };
    });
    return made;
  };

  // Something written at px from the left and the top.
  const note = ({ width, height }, text, size, { x, y, ...place }) => ({
    text, font: { size }, showarrow: false, borderpad: 0,
    xref: "paper", x: x / width, yref: "paper", y: 1 - y / height, ...place,
  });

  // The colour bars, by the number of their traces, and what is written beside them.
  const barsOf = (plan, data) => {
    const { bars, columns, high, panels, rows, size, starts, tops, wide, width, height } = plan;
    const made = {}, notes = [];
    panels.forEach(({ matrix, trace }, index) => {
      if (!matrix || (bars.shared && index > 0)) return;
      const row = Math.floor(index / columns), { title, above, bar } = bars.each[index];
      const x = 1.5 * size.gap + (bars.shared ? width - bars.room : starts[index % columns] + wide);
      const [top, bottom] = bars.shared ? [tops[0], tops[rows - 1] + high] : [tops[row], tops[row] + high];
      const half = size.type / 2; // of the numbers at its ends
      const head = title && above ? size.type * LINE + size.gap : half;
      made[trace] = {
        ...data[trace].colorbar, orientation: "v", title: { text: "" }, tickfont: { size: size.type }, thickness: size.bar,
        outlinewidth: 0, ticks: "", ticklabelposition: "outside", nticks: 5, xpad: 0, ypad: 0, x: x / width, xanchor: "left",
        y: 1 - (bottom - half) / height, yanchor: "bottom", len: bottom - top - head - half, lenmode: "pixels",
      };
      if (!title) return;
      const place = above
        ? { x, y: top, xanchor: "left", yanchor: "top" }
        : { x: x + bar, y: (top + bottom) / 2, xanchor: "left", yanchor: "middle", textangle: 90 };
      notes.push(note(plan, title, size.type, place));
    });
    return { made, notes };
  };

  // The titles of the parts, and what the axes are called.
  const titlesOf = (plan) => {
    const { columns, height, high, legend, named, onTop, rows, size, starts, titles, tops, wide } = plan;
    const notes = titles.map(({ text }, index) => {
      const x = starts[index % columns] + wide / 2, y = tops[Math.floor(index / columns)] - size.gap / 2;
      const above = onTop ? plan.feet[index].room : 0; // words stand between a part and its title
      return note(plan, text, size.word, { x, y: y - above, xanchor: "center", yanchor: "bottom" });
    });
    if (named.x) {
      const x = (starts[0] + starts[columns - 1] + wide) / 2;
      const edge = onTop ? { y: legend, yanchor: "top" } : { y: height, yanchor: "bottom" };
      notes.push(note(plan, named.x, size.type, { x, xanchor: "center", ...edge }));
    }
    if (named.y) {
      const y = (tops[0] + tops[rows - 1] + high) / 2;
      notes.push(note(plan, named.y, size.type, { x: 0, xanchor: "left", y, yanchor: "middle", textangle: -90 }));
    }
    return notes;
  };

  // Where a share of the paper stands, px: a lone part keeps the shares of what stands beside it.
  const placeOf = ({ room, share, starts }) => (x) => starts[0] + (x - share[0]) * room;

  // What the figure itself writes over its parts or at places of their axes.
  const writtenOf = (plan) => {
    const { banners, high, onTop, others, rows, share: [least, most], size, tops, wide, width, height } = plan;
    const place = placeOf(plan);
    const ofBanner = onTop
      ? { y: 1 - (tops[rows - 1] + high) / height, yanchor: "top" }
      : { y: 1 - (tops[0] - size.gap / 2) / height, yanchor: "bottom" };
    const over = banners.map((one) => ({
      ...one, font: { ...one.font, size: size.type }, yshift: 0, x: place(one.x) / width, ...ofBanner,
    }));
    const roomFrom = (x) => place(x < least ? least : x >= most ? 1 : most) - place(x) - size.gap / 2;
    const within = others.map((one) => {
      const type = one.font?.size >= NAME ? size.word : size.type, beside = one.xref === "paper";
      const text = cutLabel(one.text, type, beside ? roomFrom(one.x) : wide);
      return { ...one, text, font: { ...one.font, size: type }, ...(beside && { x: place(one.x) / width }) };
    });
    return [...over, ...within];
  };

  const shapesOf = ({ shapes = [] }, plan) => {
    const place = placeOf(plan), { size, width } = plan;
    return shapes.map((shape) => ({
      ...shape, line: { ...shape.line, width: (shape.line?.width ?? 1) * MARK * size.unit },
      ...(shape.xref === "paper" && { x0: place(shape.x0) / width, x1: place(shape.x1) / width }),
    }));
  };

  // The figure of a plot for a room of (width, height) px, where `unit` px stand for one of a slide.
  const figure = (plot, width, height, unit) => {
    const size = { unit, type: TYPE * unit, word: WORD * unit, gap: GAP * unit, bar: BAR * unit };
    const { data, layout: { meta: _, ...layout }, _fullData: unpacked } = plot;
    const plan = grid.planOf(plot, width, height, size);
    const bars = barsOf(plan, data);
    const traces = data.map((trace, index) => {
      const made = traceOf(trace, unpacked[index], plan);
      return bars.made[index] ? { ...made, showscale: true, colorbar: bars.made[index] } : made;
    });
    const notes = [...titlesOf(plan), ...bars.notes, ...writtenOf(plan)];
    return {
      data: traces,
      layout: {
        ...layout, ...axesOf(plan), width, height, autosize: false, annotations: notes, shapes: shapesOf(layout, plan),
        font: { ...layout.font, size: size.type }, margin: { l: 0, r: 0, t: 0, b: 0, autoexpand: false },
        legend: { ...layout.legend, orientation: "h", x: 0, xref: "paper", xanchor: "left", y: 1, yanchor: "top", font: { size: size.type } },
      },
    };
  };

  return { figure };
})();
