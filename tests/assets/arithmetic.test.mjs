// The arithmetic of a row from the numbers that are sent, against sums written out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./scripts.mjs";

globalThis.document = {
  addEventListener: () => {}, createElement: () => ({ setAttribute: () => {} }), body: { classList: { contains: () => false } },
};
const bridge = load(["sentences", "letters", "tables", "strips", "arithmetic"]);
bridge.theme = { diverging: [["#000000", "#ffffff"], ["#ffffff", "#000000"]] };
const { STEPS, computed, opened, ranks, sentence } = bridge.arithmetic;

const close = (found, expected) => found.forEach((one, index) => assert.ok(Math.abs(one - expected[index]) < 1e-9, `${found}`));
const data = { additive: false, relative: false, summed: true, tokens: ["oil", "<up>"], asking: ["oil", "<up>"], query: 0, key: 1, copied: [], parts: ["word"] };
const arrays = {
  word: [[1, 0], [0, 1]], x: [[1, 0], [0, 1]], queries: [[1, 2], [3, 4]], keys: [[5, -6], [7, 8]],
  scores: [[-7, 23], [-9, 53]], scaled: [[0, Math.log(3)], [1, 1]], values: [[4, 0], [0, 8]], mixed: [[1, 6], [2, 4]], output: [[1, 1], [1, 1]],
};
const state = (change = {}, factor = 1) => opened("inside", { data: { ...data, ...change }, arrays: { ...arrays, v: [2, -1] } }, factor);

test("terms are the product number by number, weights a softmax, and the mixture their sum of values", () => {
  const { terms, weights, weighted, mixed } = computed(state());
  close(terms, [1 * 7, 2 * 8]);
  close(weights, [0.25, 0.75]);
  close(weighted[1], [0, 6]);
  close(mixed, [1, 6]);
});

test("the terms of an additive score go through tanh, times v", () => {
  close(computed(state({ additive: true })).terms, [2 * Math.tanh(1 + 7), -Math.tanh(2 + 8)]);
});

test("the factor multiplies the scores before the softmax", () => {
  close(computed(state({}, 2)).weights, [1 / 10, 9 / 10]);
});

test("the open row comes first, the others by their weights", () => {
  assert.deepEqual(ranks({ key: 2 }, [0.5, 0.1, 0.05, 0.35]), [1, 3, 0, 2]);
});

test("a step names the numbers of the pair, and no word becomes markup", () => {
  const found = computed(state());
  const [above, below] = STEPS.product(state(), found);
  assert.ok(above.includes("sum 23.00"));
  assert.ok(above.includes("&lt;up&gt;") && !above.includes("<up>"));
  assert.equal(below().match(/data-key/g).length, 2);
  const [scale] = STEPS.scale(state(), found);
  assert.ok(scale.includes("23.00 / 1.41 = 1.10"));
  assert.ok(!STEPS.scale(state({ additive: true }), found)[0].includes(" / "));
  assert.equal(sentence(state(), found.weights), "“oil” looks most at “<up>” (75 %), “oil” (25 %).");
});
