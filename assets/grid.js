// Where the parts of a figure stand in the room of a slide: rows and columns of parts, each with its
// words, its title and its colour bar beside it, in px from the left and the top.
window.headlineAttention.grid = (() => {
  const { axes, type: { LINE, plain, widthOf } } = window.headlineAttention;
  const COLUMNS = 4; // of small multiples
  const FEW = 2; // parts that have words of their own; of more, the outer edges have them
  const SIDE = 0.3; // of the width, at most for the words down a side
  const ENTRY = 60; // px of a slide, of an entry of the legend beside its name

  const axisOf = (letter, id) => `${letter}axis${(id ?? letter).slice(1)}`;

  // The parts of a figure that have axes of their own, in their order, each with the number of its first
  // trace and with its matrix, if it has one. Numbers are unpacked in `_fullData` alone.
  const panelsOf = ({ data, layout, _fullData: unpacked }) => {
    const panels = new Map();
    for (const [index, { xaxis, yaxis }] of data.entries()) {
      const [x, y] = [axisOf("x", xaxis), axisOf("y", yaxis)];
      const panel = { x: layout[x] ?? {}, y: layout[y] ?? {}, names: { x, y }, trace: index, part: panels.size };
      if (unpacked[index].z) panel.matrix = unpacked[index];
      if (!panels.has(x + y)) panels.set(x + y, panel);
    }
    return [...panels.values()];
  };

  // How many parts stand beside each other.
  const columnsOf = (panels, wide) => {
    const flat = panels.every(({ matrix }) => matrix?.z.length === 1); // a single row each
    if (flat || (!wide && panels.length <= FEW)) return 1;
    return panels.length <= 3 ? panels.length : wide ? COLUMNS : 2;
  };

  // What is written: over each part, over or under all of them, and at places of their axes.
  const writtenOf = ({ annotations = [] }, size, width) => {
    const onPaper = ({ xref, yref }) => xref === "paper" && yref === "paper";
    const joined = (one) => {
      const text = one.text.replaceAll("<br>", "&nbsp;".repeat(6));
      return widthOf(plain(text), size.type) < (1 - one.x) * width ? { ...one, text } : one;
    };
    return {
      titles: annotations.filter((one) => onPaper(one) && one.xanchor === "center"),
      banners: annotations.filter((one) => onPaper(one) && one.xanchor !== "center").map(joined),
      others: annotations.filter((one) => !onPaper(one)),
    };
  };

  // The colour bar of a matrix: its title, whether that stands above it, and the room that it takes.
  const barOf = ({ colorbar = {}, zmin }, size) => {
    const numbers = colorbar.ticktext ?? [zmin < 0 ? "−0.00" : colorbar.tickformat ? axes.NUMBER : "0.00"];
    const bar = size.bar + 1.5 * size.gap + Math.max(...numbers.map((number) => widthOf(number, size.type)));
    const title = colorbar.title?.text ?? "", wide = widthOf(title, size.type);
    const above = wide <= 2 * bar;
    return { title, above, bar, room: 1.5 * size.gap + (above ? Math.max(bar, wide) : bar + size.type * LINE) };
  };
  // One for all parts, or one for each where their colours differ.
  const barsOf = ({ data }, panels, size) => {
    const kinds = new Set(panels.filter(({ matrix }) => matrix).map(({ matrix }) => JSON.stringify(matrix.colorscale)));
    const each = panels.map(({ matrix, trace }) => matrix && barOf(data[trace], size));
    const room = kinds.size ? Math.max(...each.map((bar) => bar?.room ?? 0)) : 0;
    return { each, room, shared: kinds.size === 1, own: kinds.size > 1 };
  };

  const legendRows = ({ data, layout }, size, width) => {
    const names = data.filter(({ name, showlegend }) => name && showlegend !== false).map(({ name }) => name);
    if (layout.showlegend === false || names.length < 2 || data.some(({ z }) => z)) return 0;
    const entry = Math.max(...names.map((name) => widthOf(plain(name), size.type))) + ENTRY * size.unit;
    return Math.ceil(names.length / Math.max(Math.floor(width / entry), 1));
  };

  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

  // Across: the name of the side, then for each column its words, its part and its colour bar. `room` is
  // that of a part with what stands beside it on its paper: a lone part may take but a share of that.
  const across = (plan, worded) => {
    const { bars, columns, many, named, panels, share, sides, size, width } = plan;
    const left = named.y ? size.type * LINE : 0;
    const words = Array.from({ length: columns }, (_, column) => {
      const own = panels.map((panel, index) => (index % columns === column && !(many && column > 0) ? sides[index].room : 0));
      return worded ? Math.max(...own) : 0;
    });
    const ownBar = bars.own ? bars.room : 0, between = 2 * size.gap;
    const used = left + sum(words) + columns * ownBar + (columns - 1) * between + (bars.shared ? bars.room : 0);
    const room = (width - used) / columns, wide = room * (share[1] - share[0]);
    const starts = words.map((_, column) =>
      left + room * share[0] + sum(words.slice(0, column + 1)) + column * (wide + ownBar + between));
    return { room, starts, wide };
  };

  // Down: the legend, and for each row its title, its part and its words, in `foot` px; of many parts
  // the last row alone has words.
  const down = (plan, foot) => {
    const { bannerLines, height, legend, many, named, onTop, rows, size, titles } = plan;
    const line = size.type * LINE, half = size.word / 2; // of a word that stands at the very edge
    const above = titles.length ? size.word * LINE : onTop ? 0 : bannerLines * line;
    const head = above + (titles.length || bannerLines ? size.gap / 2 : 0);
    const top = legend + (onTop ? (named.x ? line : 0) : head ? 0 : half);
    const bottom = onTop ? bannerLines * line || half : named.x ? line + size.gap / 2 : 0;
    const each = many ? 0 : foot;
    const high = (height - top - bottom - rows * head - (many ? foot : rows * foot) - (rows - 1) * size.gap) / rows;
    const tops = Array.from({ length: rows }, (_, row) => {
      const words = onTop ? (many ? foot : (row + 1) * each) : 0;
      return top + (row + 1) * head + row * (high + each + size.gap) + words;
    });
    return { high, tops };
  };

  // Everything that is to be known to lay out the figure of a plot.
  const planOf = (plot, width, height, size) => {
    const { layout } = plot, { meta } = layout;
    const panels = panelsOf(plot), columns = columnsOf(panels, width > height);
    const name = (letter) => meta.axes?.[letter] ?? panels[0][letter].title?.text ?? "";
    const written = writtenOf(layout, size, width);
    const plan = {
      ...written, columns, height, meta, panels, size, width,
      bannerLines: Math.max(0, ...written.banners.map(({ text }) => text.split("<br>").length)),
      bars: barsOf(plot, panels, size),
      legend: legendRows(plot, size, width) * size.type * LINE * 1.2,
      many: panels.length > FEW,
      named: { x: name("x"), y: name("y") },
      onTop: panels[0].x.side === "top",
      rows: Math.ceil(panels.length / columns),
      share: panels.length === 1 ? panels[0].x.domain ?? [0, 1] : [0, 1],
      sides: panels.map((panel) => axes.down(panel, meta, size, SIDE * width)),
    };
    const footOf = (wide) => panels.map((panel) => axes.along(panel, meta, size, wide));
    const most = (feet, what) => Math.max(...feet.map((foot) => foot[what]));

    let grid = across(plan, true), feet = footOf(grid.wide);
    const tried = down(plan, most(feet, "room"));
    const worded = !plan.many || (plan.sides[0].fits(tried.high) && feet[0].fits);
    if (!worded) grid = across(plan, false);
    // A slanted word over the last column ends beyond it, and a number is centred on the edge.
    const beyond = worded && (plan.onTop || !panels[0].matrix) ? most(feet, "beyond") : 0;
    if (beyond > plan.bars.room) {
      grid = across({ ...plan, width: width - (beyond - plan.bars.room) }, true);
      feet = footOf(grid.wide);
    }
    return { ...plan, ...grid, ...down(plan, worded ? most(feet, "room") : 0), feet, worded };
  };

  return { planOf };
})();
