// A figure laid out for the room that a slide or a filled screen gives it, from its own numbers: it is
// not the page's picture grown. No type is smaller than TYPE, no word smaller than WORD; of words that
// do not fit, every second, third ... is written. Margins are reckoned here, and Plotly adds none.
window.headlineAttention.layout = (() => {
  const { letters: { escaped, shortened } } = window.headlineAttention;
  const TYPE = 24, WORD = 28; // px of a slide 1080 px high
  const LINE = 1.35; // lines of type from one to the next
  const INK = 1.05; // sizes of type that two rows of words need from one to the next
  const SLANT = -50; // degrees, of words along an axis that do not fit side by side; or else upright
  const GAP = 14, BAR = 22; // px of a slide: between parts of a figure, and of a colour bar's width
  const MARK = 1.6; // times the page's size, of marks and lines
  const SIDE = 0.3; // of the width, at most for the words down a side
  const NAME = 15; // px on the page: what is written so large, or larger, is a word on a slide
  const NUMBER = "100 %"; // as wide as any number on an axis
  const COLUMNS = 4; // of small multiples

  const page = () => getComputedStyle(document.body);
  const pen = document.createElement("canvas").getContext("2d");
  const widthOf = (text, size, weight = 400) => {
    pen.font = `${weight} ${size}px ${page().getPropertyValue("--font")}`;
    return pen.measureText(text).width;
  };
  // What stands on a label that Plotly takes as HTML, on one line.
  const plain = (html) => {
    const template = document.createElement("template");
    template.innerHTML = `${html}`.replaceAll("<br>", " ");
    return template.content.textContent;
  };
  const bold = (html) => html.startsWith("<b>");
  // The label cut to `room` px, and again as Plotly takes it.
  const fitted = (html, size, room) => {
    const text = plain(html), weight = bold(html) ? 700 : 400;
    let most = [...text].length, cut = text;
    while (most > 1 && widthOf(cut, size, weight) > room) cut = shortened(text, (most -= 1));
    return bold(html) ? `<b>${escaped(cut)}</b>` : escaped(cut);
  };

  const sine = Math.sin((-SLANT * Math.PI) / 180), cosine = Math.cos((-SLANT * Math.PI) / 180);
  const axisOf = (letter, id) => `${letter}axis${(id ?? letter).slice(1)}`;

  // The parts of a figure that have axes of their own, in their order, each with the number of the
  // trace that is its matrix, if it has one. Numbers are unpacked in `_fullData` alone.
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
    if (flat || (!wide && panels.length <= 2)) return 1;
    return panels.length <= 3 ? panels.length : wide ? COLUMNS : 2;
  };

  // All words of an axis, {tickvals, ticktext}, of which the page may show a part; without words, none.
  const wordsOf = (letter, { [letter]: axis, part }, meta) => {
    const { tickvals, ticktext } = (meta.words?.[part] ?? meta.words?.[0])?.[letter] ?? axis;
    return ticktext ? { places: [...tickvals], words: [...ticktext] } : undefined;
  };
  // The least way between two neighbours of places, in parts of the axis.
  const pitchOf = (letter, places, matrix) => {
    if (places.length < 2) return 1;
    if (typeof places[0] === "string") return 1 / places.length;
    const ends = matrix?.[letter]; // of cells, where they are of unequal size
    const cells = letter === "x" ? matrix?.z[0].length : matrix?.z.length;
    const extent = ends ? ends[ends.length - 1] - ends[0] : cells ?? places.length + 1;
    return Math.min(...places.slice(1).map((place, index) => Math.abs(place - places[index]))) / extent;
  };
  const every = (step, { places, words }) => {
    const kept = (_, index) => index % step === 0;
    return { tickmode: "array", tickvals: places.filter(kept), ticktext: words.filter(kept) };
  };

  // The words down a side, in at most `most` px: how wide they are, and the axis in a height.
  const downSide = (panel, meta, size, most) => {
    const found = panel.y.visible === false ? null : wordsOf("y", panel, meta);
    const type = found ? size.word : size.type;
    if (!found) return { room: panel.y.visible === false ? 0 : widthOf(NUMBER, type) + size.gap, fits: () => true, axis: () => ({}) };
    const words = found.words.map((word) => fitted(word, type, most));
    const room = Math.max(...words.map((word) => widthOf(plain(word), type, bold(word) ? 700 : 400)));
    const pitch = pitchOf("y", found.places, panel.matrix);
    const step = (height) => Math.ceil((type * INK) / (pitch * height));
    return {
      room: room + size.gap,
      fits: (height) => step(height) <= 1,
      axis: (height) => every(Math.max(step(height), 1), { ...found, words }),
    };
  };

  // The words along the top or the bottom of a part so many px wide.
  const along = (panel, meta, size, width) => {
    if (panel.x.visible === false) return { room: 0, beyond: 0, fits: true, axis: {} };
    const found = wordsOf("x", panel, meta);
    if (!found) return { room: size.type * LINE + size.gap / 2, beyond: widthOf(NUMBER, size.type) / 2, fits: true, axis: { tickangle: 0 } };
    const longest = Math.max(...found.words.map((word) => widthOf(plain(word), size.word)));
    const pitch = pitchOf("x", found.places, panel.matrix) * width;
    if (longest + size.gap <= pitch) {
      return { room: size.word * LINE + size.gap / 2, beyond: 0, fits: true, axis: { ...every(1, found), tickangle: 0 } };
    }
    if (size.word * INK <= pitch && pitch < (size.word * INK) / sine) { // upright, all of them fit
      return { room: longest + size.gap, beyond: 0, fits: true, axis: { ...every(1, found), tickangle: -90 } };
    }
    const step = Math.max(Math.ceil((size.word * INK) / sine / pitch), 1);
    return {
      room: longest * sine + size.word * cosine + size.gap,
      beyond: Math.max(longest * cosine - pitch / 2, 0),
      fits: step <= 1,
      axis: { ...every(step, found), tickangle: SLANT },
    };
  };

  // Colour bars: one for all parts, or one for each where their colours differ.
  const scalesOf = (panels) => {
    const matrices = panels.map(({ matrix }) => matrix).filter(Boolean);
    const kinds = new Set(matrices.map(({ colorscale }) => JSON.stringify(colorscale)));
    return { shared: kinds.size === 1, each: kinds.size > 1 };
  };
  const barOf = ({ colorbar = {}, zmin }, size) => {
    const numbers = colorbar.ticktext ?? [zmin < 0 ? "−0.00" : colorbar.tickformat ? NUMBER : "0.00"];
    const ticks = Math.max(...numbers.map((number) => widthOf(number, size.type))) + 1.5 * size.gap;
    const title = colorbar.title?.text ?? "";
    const bar = size.bar + ticks, titleWidth = widthOf(title, size.type);
    const above = titleWidth <= 2 * bar;
    return { title, above, room: above ? Math.max(bar, titleWidth) : bar + size.type * LINE, bar };
  };

  const annotation = (text, size, place) => ({
    text, font: { size }, showarrow: false, xref: "paper", yref: "paper", borderpad: 0, ...place,
  });

  const legendRows = ({ data, layout }, size, width) => {
    const names = data.filter(({ name, showlegend }) => name && showlegend !== false).map(({ name }) => name);
    if (layout.showlegend === false || names.length < 2 || data.some(({ z }) => z)) return 0;
    const entry = Math.max(...names.map((name) => widthOf(plain(name), size.type))) + 60 * size.unit;
    return Math.ceil(names.length / Math.max(Math.floor(width / entry), 1));
  };

  // A trace with its marks, lines and type for a slide; `panel` is its part, (width, height) px.
  const traceFor = (trace, unpacked, size, panel) => {
    const grown = (value) =>
      ArrayBuffer.isView(value) || Array.isArray(value) ? Array.from(value, grown) : value && value * MARK * size.unit;
    const made = { ...trace };
    for (const gap of ["xgap", "ygap"]) if (trace[gap]) made[gap] = grown(trace[gap]);
    if (trace.marker?.size) made.marker = { ...trace.marker, size: grown(unpacked.marker.size) };
    if (trace.line) made.line = { ...trace.line, width: grown(trace.line.width ?? 2) };
    if (unpacked.z) {
      const texts = (unpacked.text ?? []).flatMap((row) => Array.from(row, String));
      const longest = Math.max(0, ...texts.map((text) => widthOf(text, size.word)));
      const [cellWidth, cellHeight] = [panel.width / unpacked.z[0].length, panel.height / unpacked.z.length];
      const fits = longest + size.gap < cellWidth && size.word * LINE < cellHeight;
      if (trace.texttemplate && !fits) made.texttemplate = "";
      made.textfont = { ...trace.textfont, size: size.word };
    } else if (trace.textfont || trace.text) {
      made.textfont = { ...trace.textfont, size: Math.max(size.type, (trace.textfont?.size ?? 0) * MARK * size.unit) };
    }
    return made;
  };

  // The figure of a plot for a room of (width, height) px, where `unit` px stand for one of a slide.
  const figure = (plot, width, height, unit) => {
    const { data, layout } = plot, { meta } = layout;
    const size = { unit, type: TYPE * unit, word: WORD * unit, gap: GAP * unit, bar: BAR * unit };
    const panels = panelsOf(plot);
    const many = panels.length > 2; // words stand on their outer edges alone, where all fit
    const columns = columnsOf(panels, width > height), rows = Math.ceil(panels.length / columns);
    // What is written over each part, over or under all of it, and at places of its axes.
    const all = layout.annotations ?? [];
    const onPaper = ({ xref, yref }) => xref === "paper" && yref === "paper";
    const titles = all.filter((one) => onPaper(one) && one.xanchor === "center");
    const banners = all.filter((one) => onPaper(one) && one.xanchor !== "center").map((one) => {
      const joined = one.text.replaceAll("<br>", "&nbsp;".repeat(6));
      return widthOf(plain(joined), size.type) < (1 - one.x) * width ? { ...one, text: joined } : one;
    });
    const bannerLines = Math.max(0, ...banners.map(({ text }) => text.split("<br>").length));
    const others = all.filter((one) => !onPaper(one));
    // A part may leave room beside it, in shares of the paper: what stands there keeps its share.
    const [least, most] = panels.length === 1 ? panels[0].x.domain ?? [0, 1] : [0, 1];
    const named = (letter) => meta.axes?.[letter] ?? panels[0][letter].title?.text ?? "";
    const line = size.type * LINE;
    const onTop = panels[0].x.side === "top";

    // Across: the name of the side, then for each column its words, its part and its colour bar.
    const scales = scalesOf(panels);
    const bars = panels.map(({ matrix, trace }) => matrix && barOf(data[trace], size));
    const barRoom = scales.shared || scales.each ? Math.max(...bars.map((bar) => bar?.room ?? 0)) + 1.5 * size.gap : 0;
    const sides = panels.map((panel) => downSide(panel, meta, size, SIDE * width));
    const across = (withWords) => {
      const left = named("y") ? line : 0;
      const words = panels.map((_, index) => (withWords && (!many || index % columns === 0) ? sides[index].room : 0));
      const ownBar = scales.each ? barRoom : 0;
      const gaps = (columns - 1) * 2 * size.gap + (scales.shared ? barRoom : 0);
      const wordsOfColumn = Array.from({ length: columns }, (_, column) =>
        Math.max(...words.filter((word, place) => place % columns === column)));
      const used = left + gaps + columns * ownBar + wordsOfColumn.reduce((sum, one) => sum + one, 0);
      const room = (width - used) / columns, wide = room * (most - least);
      const starts = wordsOfColumn.map((_, column) =>
        left + room * least + wordsOfColumn.slice(0, column + 1).reduce((sum, one) => sum + one, 0) + column * (wide + ownBar + 2 * size.gap));
      return { wide, starts, room };
    };
    // Down: legend, and for each row its title, its part and the words along it.
    const legend = legendRows(plot, size, width) * line * 1.2;
    const down = (lower) => {
      const head = (titles.length ? size.word * LINE : onTop ? 0 : bannerLines * line) + (titles.length || bannerLines ? size.gap / 2 : 0);
      const half = size.word / 2; // of a word that stands at the very edge
      const top = legend + (onTop ? (named("x") ? line : 0) : head ? 0 : half);
      const bottom = onTop ? (bannerLines ? bannerLines * line : half) : named("x") ? line + size.gap / 2 : 0;
      const each = many ? 0 : lower; // of every row; of many, only the last row has words
      const words = many ? lower : rows * lower;
      const high = (height - top - bottom - rows * head - words - (rows - 1) * size.gap) / rows;
      const tops = Array.from({ length: rows }, (_, row) =>
        top + (row + 1) * head + row * (high + each + size.gap) + (onTop ? (many ? lower : (row + 1) * each) : 0));
      return { high, tops };
    };

    let grid = across(true);
    let feet = panels.map((panel) => along(panel, meta, size, grid.wide));
    const lower = () => Math.max(...feet.map(({ room }) => room));
    let shelves = down(lower());
    const worded = !many || (sides[0].fits(shelves.high) && feet[0].fits);
    if (!worded) {
      grid = across(false);
      shelves = down(0);
    }
    // The last slanted word may end beyond its column, and a number is centred on the edge.
    const beyond = worded && (onTop || !panels[0].matrix) ? Math.max(...feet.map((foot) => foot.beyond)) : 0;
    const lacking = beyond - (barRoom || 0);
    if (lacking > 0) {
      grid.room -= lacking / columns;
      grid.wide = grid.room * (most - least);
      grid.starts = grid.starts.map((start, column) => start - (column * lacking) / columns);
      feet = panels.map((panel) => along(panel, meta, size, grid.wide));
    }

    const made = {}, notes = [];
    const traces = data.map((trace, index) => traceFor(trace, plot._fullData[index], size, { width: grid.wide, height: shelves.high }));
    panels.forEach((panel, index) => {
      const column = index % columns, row = Math.floor(index / columns);
      const [left, top] = [grid.starts[column], shelves.tops[row]];
      const lowest = !many || row === rows - 1, first = !many || column === 0;
      const common = {
        automargin: false, title: { text: "" }, constrain: undefined,
        ticks: "outside", ticklen: size.gap / 3, tickcolor: "rgba(0,0,0,0)", // words keep off their part
      };
      made[panel.names.x] = {
        ...panel.x, ...common, tickfont: { size: wordsOf("x", panel, meta) ? size.word : size.type },
        ...feet[index].axis, domain: [left / width, (left + grid.wide) / width],
        showticklabels: worded && lowest,
      };
      made[panel.names.y] = {
        ...panel.y, ...common, tickfont: { size: wordsOf("y", panel, meta) ? size.word : size.type },
        ...sides[index].axis(shelves.high), domain: [1 - (top + shelves.high) / height, 1 - top / height],
        showticklabels: worded && first,
      };
      if (titles[index]) {
        const middle = (left + grid.wide / 2) / width, above = 1 - (top - size.gap / 2) / height;
        notes.push(annotation(titles[index].text, size.word, { x: middle, y: above, xanchor: "center", yanchor: "bottom" }));
      }
      const trace = traces[panel.trace];
      if (!panel.matrix || (scales.shared && index > 0)) return;
      const bar = bars[index];
      const from = scales.shared ? width - barRoom + 1.5 * size.gap : left + grid.wide + 1.5 * size.gap;
      const [upper, end] = [shelves.tops[scales.shared ? 0 : row], shelves.tops[scales.shared ? rows - 1 : row] + shelves.high];
      const head = bar.title && bar.above ? line + size.gap : size.type / 2;
      trace.showscale = true;
      trace.colorbar = {
        ...trace.colorbar, orientation: "v", title: { text: "" }, tickfont: { size: size.type }, thickness: size.bar,
        outlinewidth: 0, ticks: "", ticklabelposition: "outside", nticks: 5, xpad: 0, ypad: 0, x: from / width, xanchor: "left",
        y: 1 - (end - size.type / 2) / height, yanchor: "bottom", len: end - upper - head - size.type / 2, lenmode: "pixels",
      };
      if (bar.title && bar.above) {
        notes.push(annotation(bar.title, size.type, { x: from / width, y: 1 - upper / height, xanchor: "left", yanchor: "top" }));
      } else if (bar.title) {
        const beside = { x: (from + bar.bar) / width, y: 1 - (upper + end) / 2 / height, xanchor: "left", yanchor: "middle" };
        notes.push(annotation(bar.title, size.type, { ...beside, textangle: 90 }));
      }
    });

    const [left, right] = [grid.starts[0], grid.starts[columns - 1] + grid.wide];
    const [top, bottom] = [shelves.tops[0], shelves.tops[rows - 1] + shelves.high];
    if (named("x")) {
      const edge = onTop ? { y: 1 - legend / height, yanchor: "top" } : { y: 0, yanchor: "bottom" };
      notes.push(annotation(named("x"), size.type, { x: (left + right) / 2 / width, xanchor: "center", ...edge }));
    }
    if (named("y")) {
      const middle = 1 - (top + bottom) / 2 / height;
      notes.push(annotation(named("y"), size.type, { x: 0, xanchor: "left", y: middle, yanchor: "middle", textangle: -90 }));
    }
    // A place across the paper, and the room from there to where the next thing begins, px.
    const placed = (x) => left + (x - least) * grid.room;
    const roomFrom = (x) => placed(x < least ? least : x >= most ? 1 : most) - placed(x) - size.gap / 2;
    for (const one of banners) {
      const place = onTop ? { y: 1 - bottom / height, yanchor: "top" } : { y: 1 - (top - size.gap / 2) / height, yanchor: "bottom" };
      notes.push({ ...one, font: { ...one.font, size: size.type }, yshift: 0, x: placed(one.x) / width, ...place });
    }
    for (const one of others) {
      const type = (one.font?.size ?? 0) >= NAME ? size.word : size.type, beside = one.xref === "paper";
      const text = fitted(one.text, type, beside ? roomFrom(one.x) : grid.wide);
      notes.push({ ...one, text, font: { ...one.font, size: type }, ...(beside && { x: placed(one.x) / width }) });
    }
    const shapes = (layout.shapes ?? []).map((shape) => ({
      ...shape, line: { ...shape.line, width: (shape.line?.width ?? 1) * MARK * unit },
      ...(shape.xref === "paper" && { x0: placed(shape.x0) / width, x1: placed(shape.x1) / width }),
    }));
    const { meta: _, ...rest } = layout;
    return {
      data: traces,
      layout: {
        ...rest, ...made, width, height, autosize: false, annotations: notes, shapes,
        font: { ...layout.font, size: size.type }, margin: { l: 0, r: 0, t: 0, b: 0, autoexpand: false },
        legend: { ...layout.legend, orientation: "h", x: 0, xref: "paper", xanchor: "left", y: 1, yanchor: "top", font: { size: size.type } },
      },
    };
  };

  // Gives the piece of a page that stands in `sheet` the largest type with which it fits (width, height).
  const LARGEST = 72, SMALLEST = 12; // px of a slide; below WORD only where a text is long
  const fit = (sheet, width, height, unit) => {
    sheet.style.width = `${width}px`;
    const set = (type) => {
      sheet.style.setProperty("--type", `${type * unit}px`);
      sheet.style.setProperty("--small", `${Math.max(0.6 * type, TYPE) * unit}px`);
    };
    let [least, most] = [SMALLEST, LARGEST];
    while (most - least > 0.5) {
      const tried = (least + most) / 2;
      set(tried);
      if (sheet.scrollHeight > height || sheet.scrollWidth > width) most = tried;
      else least = tried;
    }
    set(least);
  };
  // A copy of a piece of the page, to be laid out on a slide or in a filled screen.
  const sheetOf = (picture) => {
    const sheet = document.createElement("div");
    sheet.className = "sheet";
    const inner = picture.querySelector(".prose") ?? picture;
    sheet.append(...[...inner.childNodes].map((node) => node.cloneNode(true)));
    for (const one of sheet.querySelectorAll("[id], [tabindex]")) {
      one.removeAttribute("id");
      one.removeAttribute("tabindex");
    }
    return sheet;
  };

  return { figure, fit, sheetOf, widthOf, TYPE, WORD };
})();
