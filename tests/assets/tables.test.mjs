// The numbers behind a plot as tables, and those as CSV and HTML.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./scripts.mjs";

const { csv, html, ofPlot } = load(["sentences", "letters", "tables"]).tables;

// A plot as plotly.js holds it: `data` as it was given, `_fullData` with its own defaults; here each
// trace has axes of its own, unless it names some.
const plot = (meta, ...traces) => ({
  data: traces.map(({ name }) => ({ name })),
  _fullData: traces.map((trace, index) => ({ xaxis: `x${index + 1}`, ...trace, name: trace.name ?? `trace ${index}` })),
  layout: { meta },
});

test("a heatmap is a matrix with named rows and columns", () => {
  const meta = { rows: ["oil", "up"], columns: ["[CLS]", "oil"] };
  const z = [Float32Array.of(0.1, 0.9), Float32Array.of(1 / 3, 1e-8)];
  assert.deepEqual(ofPlot(plot(meta, { name: "head 1", z })), [
    { name: "head 1", rows: ["oil", "up"], columns: ["[CLS]", "oil"], values: [[0.1, 0.9], [0.33333334, 1e-8]] },
  ]);
});

test("a float32 is the shortest number that is the same float32", () => {
  const bits = Uint32Array.from({ length: 2000 }, (_, index) => (index + 1) * 1_060_000); // up to 7e37
  const values = new Float32Array(bits.buffer);
  const columns = Array.from(values, String);
  const [{ values: [found] }] = ofPlot(plot({ rows: ["all"], columns }, { z: [values] }));
  const digits = (number) => number.toExponential().replace(/e.*|\D/g, "").length;
  for (const [index, number] of found.entries()) {
    assert.equal(Math.fround(number), values[index]);
    assert.ok(digits(number) <= 9, `${number}`);
    const shorter = Number(number.toPrecision(Math.max(6, digits(number) - 1)));
    assert.ok(shorter === number || Math.fround(shorter) !== values[index], `${number}`);
  }
});

test("a number of doubles is as it was given, and none is null", () => {
  const meta = { rows: ["row"], columns: ["a", "b", "c"] };
  const [{ values }] = ofPlot(plot(meta, { z: [[1 / 3, null, NaN]] }));
  assert.deepEqual(values, [[1 / 3, null, null]]);
});

test("a row without a name is left out, and further numbers of rows stand behind", () => {
  const meta = { rows: ["Sports", null], columns: ["oil"], of_rows: { surprise: [2.5, null] } };
  assert.deepEqual(ofPlot(plot(meta, { z: [[0.25], [0.75]] })), [
    { name: "", rows: ["Sports"], columns: ["oil", "surprise"], values: [[0.25, 2.5]] },
  ]);
});

test("a map of heads has a table for each, without the gaps between them", () => {
  const size = 2, layers = 2, heads = 3;
  const z = Array.from({ length: layers * (size + 1) }, (_, row) =>
    Array.from({ length: heads * (size + 1) }, (__, column) =>
      row % 3 === size || column % 3 === size ? null : 10 * row + column),
  );
  const meta = { rows: ["a", "b"], columns: ["a", "b"], blocks: { rows: size, columns: size, layers, heads } };
  const found = ofPlot(plot(meta, { z }));
  assert.deepEqual(found.map(({ name }) => name), [
    ...["layer 1, head 1", "layer 1, head 2", "layer 1, head 3"],
    ...["layer 2, head 1", "layer 2, head 2", "layer 2, head 3"],
  ]);
  assert.deepEqual(found[4].values, [[33, 34], [43, 44]]);
});

test("a matrix on the axes of the one before it has further columns of its rows", () => {
  const meta = { rows: ["oil", "up"], columns: ["oil", "up", "[CLS]"] };
  const words = { name: "head 1", xaxis: "x", z: [[0.1, 0.2], [0.3, 0.1]] };
  const marks = { xaxis: "x", z: [[0.7], [0.6]] };
  assert.deepEqual(ofPlot(plot(meta, words, marks, { ...words, name: "head 2", xaxis: "x2" }, { ...marks, xaxis: "x2" })), [
    { name: "head 1", ...meta, values: [[0.1, 0.2, 0.7], [0.3, 0.1, 0.6]] },
    { name: "head 2", ...meta, values: [[0.1, 0.2, 0.7], [0.3, 0.1, 0.6]] },
  ]);
});

test("in a map of heads, each has its further column", () => {
  const z = Array.from({ length: 5 }, (_, row) => Array.from({ length: 7 }, (__, column) => 10 * row + column));
  const marks = Array.from({ length: 5 }, (_, row) => [row / 10, NaN, row / 100]);
  const meta = { rows: ["a", "b"], columns: ["a", "b", "[CLS]"], blocks: { rows: 2, columns: 3, layers: 2, heads: 2 } };
  const found = ofPlot(plot(meta, { xaxis: "x", z }, { xaxis: "x", z: marks }));
  assert.deepEqual(found.map(({ values }) => values), [
    [[0, 1, 0], [10, 11, 0.1]], [[4, 5, 0], [14, 15, 0.01]],
    [[30, 31, 0.3], [40, 41, 0.4]], [[34, 35, 0.03], [44, 45, 0.04]],
  ]);
});

test("points are named by their words, by what is said of them, or by where they stand", () => {
  const value = (rows, values) => [{ name: "", rows, columns: ["value"], values }];
  const lying = { x: [0.5, 0.25], y: [1, 0], orientation: "h" };
  assert.deepEqual(ofPlot(plot({ names: ["oil", "up"] }, lying)), value(["up", "oil"], [[0.5], [0.25]]));
  const said = { x: [1, 2], y: [3, 4], customdata: ["one", "two"] };
  assert.deepEqual(ofPlot(plot({}, said)), value(["one", "two"], [[3], [4]]));
  assert.deepEqual(ofPlot(plot({}, { x: [1, 2], y: [3, 4] })), value(["1", "2"], [[3], [4]]));
});

const TABLES = [
  { name: "a, b", rows: ['say "oil"', "two\nlines"], columns: ["x", "<y>"], values: [[0.5, null], [1, 1e-7]] },
  { name: "", rows: ["R&D"], columns: ["value"], values: [[-0.12345]] },
];

test("CSV quotes what would part cells and lines, and begins as Excel knows UTF-8", () => {
  assert.equal(
    csv(TABLES),
    '\ufeff"a, b",x,<y>\r\n"say ""oil""",0.5,\r\n"two\nlines",1,1e-7\r\n\r\n,value\r\nR&D,-0.12345\r\n',
  );
});

test("a table that is read has short numbers and names that stay text", () => {
  assert.equal(
    html(TABLES.slice(1)),
    '<table><caption></caption><thead><tr><td></td><th scope="col">value</th></tr></thead>' +
      '<tbody><tr><th scope="row">R&amp;D</th><td>-0.123</td></tr></tbody></table>',
  );
  const first = html(TABLES);
  for (const piece of ['<th scope="col">&lt;y&gt;</th>', "<td>0.500</td><td></td>", "<td>1</td><td>0.000</td>"]) {
    assert.ok(first.includes(piece), piece);
  }
});

test("of two matrices each has words of its own", () => {
  const matrices = [{ rows: ["oil"], columns: ["oil", "up"] }, { rows: ["gas", "up"], columns: ["gas"] }];
  const [left, right] = ofPlot(plot({ matrices }, { name: "first", z: [[0.5, 0.5]] }, { name: "second", z: [[1], [0]] }));
  assert.deepEqual(left, { name: "first", rows: ["oil"], columns: ["oil", "up"], values: [[0.5, 0.5]] });
  assert.deepEqual(right, { name: "second", rows: ["gas", "up"], columns: ["gas"], values: [[1], [0]] });
});

test("a figure whose colours stand for no number brings its tables along", () => {
  const tables = [{ name: "heads", rows: ["head 1"], columns: ["before"], values: [[0.9]] }];
  assert.deepEqual(ofPlot(plot({ tables }, { z: [[3]] })), tables);
});
