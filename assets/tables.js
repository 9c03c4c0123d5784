// The numbers behind a picture as tables, [{name, rows, columns, values}]: matrices with named rows
// and columns, which Python hands over in the figure's `meta` and the words' `data-value`.
window.headlineAttention.tables = (() => {
  const { letters: { escaped }, number, say } = window.headlineAttention;
  const SHOWN_DIGITS = 3; // after the point, in a table that is read; a file has them all

  // A number as its reader gave it: of a float32 the shortest that is the same float32, since its
  // further digits say nothing; null where there is none.
  const exact = (values, index) => {
    const value = values[index];
    if (Number.isNaN(value)) return null;
    if (!(values instanceof Float32Array)) return value;
    for (let digits = 6; digits < 9; digits += 1) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return short;
    }
    return Number(value.toPrecision(9));
  };

  const oneColumn = (name, rows, values) => ({
    name,
    rows,
    columns: [say("tables.value")],
    values: values.map((value) => [value]),
  });

  const ofPlot = (plot) => {
    if (plot.layout.meta.tables) return plot.layout.meta.tables; // where colours stand for no number
    const { blocks, names, of_rows: further = {}, matrices, ...all } = plot.layout.meta;
    const matrix = (name, cell, { rows = [], columns = [] } = all) => {
      const kept = rows.map((row, index) => [row, index]).filter(([row]) => row !== null);
      return {
        name,
        rows: kept.map(([row]) => row),
        columns: [...columns, ...Object.keys(further)],
        values: kept.map(([, row]) => [
          ...columns.map((_, column) => cell(row, column)),
          ...Object.values(further).map((said) => exact(said, row)),
        ]),
      };
    };
    return plot._fullData.flatMap((trace, index, traces) => {
      const name = plot.data[index].name ?? "";
      if (!trace.z) return [ofPoints(trace, name, names)];
      if (isBeside(traces[index - 1], trace)) return [];
      const beside = traces.slice(index + 1, index + 2).find((next) => isBeside(trace, next));
      const own = trace.z[0].length;
      const cell = (row, column) =>
        column < own ? exact(trace.z[row], column) : exact(beside.z[row], column - own);
      if (!blocks) return [matrix(name, cell, matrices?.[index])]; // each with words of its own
      return Array.from({ length: blocks.layers * blocks.heads }, (_, block) => {
        const [layer, head] = [Math.floor(block / blocks.heads), block % blocks.heads];
        const [top, left] = [layer * (blocks.rows + 1), head * (blocks.columns + 1)];
        const called = say("tables.head", { layer: layer + 1, head: head + 1 });
        return matrix(called, (row, column) =>
          beside && column === blocks.columns - 1
            ? exact(beside.z[top + row], 2 * head) // one column for each head, and a gap
            : exact(trace.z[top + row], left + column));
      });
    });
  };
  // Whether a matrix stands on the axes of the one before it: then it has further columns of its rows.
  const isBeside = (before, { z, xaxis, yaxis }) =>
    Boolean(z && before?.z) && before.xaxis === xaxis && before.yaxis === yaxis;
  const ofPoints = ({ x, y, orientation, customdata = [] }, name, names) => {
    const [places, values] = orientation === "h" ? [y, x] : [x, y];
    const said = typeof customdata[0] === "string" ? customdata : places;
    const labels = names ? Array.from(places, (place) => names[place]) : said;
    return oneColumn(name, Array.from(labels, String), Array.from(values));
  };

  // Of a piece of the page: of what a script has drawn it says the tables itself, [selector, tables].
  const drawn = [];
  const ofPiece = (piece) => {
    for (const [selector, tablesOf] of drawn) {
      const roots = [...piece.querySelectorAll(selector)];
      if (roots.length) return roots.flatMap(tablesOf);
    }
    return ofWords(piece);
  };
  // A table for each strip of words.
  const ofWords = (piece) =>
    [...piece.querySelectorAll(".strip")].map((strip) => {
      const words = [...strip.querySelectorAll("[data-value]")];
      return oneColumn(
        strip.previousElementSibling?.textContent ?? "",
        words.map((word) => word.textContent),
        words.map((word) => Number(word.dataset.value)),
      );
    });

  // One below the other, with an empty line between.
  const csv = (tables) => {
    const cell = (value) => {
      const written = `${value ?? ""}`;
      return /[",\n\r]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
    };
    const blocks = tables.map(({ name, rows, columns, values }) =>
      [[name, ...columns], ...rows.map((row, index) => [row, ...values[index]])]
        .map((line) => line.map(cell).join(","))
        .join("\r\n"),
    );
    return `\ufeff${blocks.join("\r\n\r\n")}\r\n`; // with the mark Excel knows it for UTF-8
  };

  const html = (tables) => {
    const shown = (value) => {
      if (typeof value !== "number") return ""; // there is none
      return Number.isInteger(value) ? `${value}` : number(value, SHOWN_DIGITS);
    };
    const heading = (scope) => (text) => `<th scope="${scope}">${escaped(text)}</th>`;
    const cell = (value) => `<td>${shown(value)}</td>`;
    return tables
      .map(({ name, rows, columns, values }) => {
        const head = `<tr><td></td>${columns.map(heading("col")).join("")}</tr>`;
        const lines = rows.map(
          (row, index) => `<tr>${heading("row")(row)}${values[index].map(cell).join("")}</tr>`,
        );
        return (
          `<table><caption>${escaped(name)}</caption>` +
          `<thead>${head}</thead><tbody>${lines.join("")}</tbody></table>`
        );
      })
      .join("");
  };

  return { csv, drawn, html, ofPiece, ofPlot };
})();
