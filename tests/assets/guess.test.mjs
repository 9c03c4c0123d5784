// Guessing where a head looks: which word is right, how guesses are counted, in which order words ask.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./scripts.mjs";

globalThis.document = { addEventListener: () => {} };
const { guess } = load(["sentences", "letters", "tables", "guess"]);
const { counted, most, shuffled } = guess;

test("the word with the most weight is right, and each of several that have as much", () => {
  assert.deepEqual(most([0.1, 0.6, 0.3]), [1]);
  assert.deepEqual(most([0.4, 0.2, 0.4]), [0, 2]);
});

test("every guess counts, and the right ones count as right", () => {
  assert.deepEqual(counted([2, 3, 0], [0.1, 0.6, 0.3]), { right: 3, all: 5 });
  assert.deepEqual(counted([1, 4, 2], [0.4, 0.2, 0.4]), { right: 3, all: 7 });
  assert.deepEqual(counted([0, 0, 0], [0.1, 0.6, 0.3]), { right: 0, all: 0 });
});

test("every word asks once, and any of them may be the first", () => {
  const chances = [0, 0.2, 0.4, 0.6, 0.8, 0.999];
  const orders = chances.map((chance) => shuffled(4, () => chance));
  for (const order of orders) assert.deepEqual(order.toSorted(), [0, 1, 2, 3]);
  assert.equal(new Set(orders.map(([first]) => first)).size > 1, true);
  assert.deepEqual(shuffled(0), []);
});
