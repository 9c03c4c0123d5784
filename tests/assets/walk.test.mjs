// Walking through the steps of a picture: by hand, by itself, and where the system wants no motion.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load } from "./scripts.mjs";

const media = { matches: false };
globalThis.matchMedia = () => media;
globalThis.document = { addEventListener: () => {}, querySelectorAll: () => [] };
mock.timers.enable({ apis: ["setInterval"] });
const { walk } = load(["sentences", "walk"]);
const STEP_MS = 5000, COUNT = 3;

let seen;
const root = { checkVisibility: () => true };
beforeEach(() => {
  media.matches = false;
  seen = [];
  walk.open("inside", { count: COUNT, show: (at) => seen.push(at), tell: (at) => `step ${at}`, root });
});

test("it goes on step by step, is whole behind the last one, and says where there is no further one", () => {
  const moved = Array.from({ length: COUNT + 1 }, () => walk.go("inside", 1));
  assert.deepEqual(moved, [true, true, true, false]);
  assert.deepEqual(seen, [0, 1, 2, walk.WHOLE]);
});

test("it goes back to the whole picture, and before that there is nothing", () => {
  walk.go("inside", 1);
  walk.go("inside", 1);
  assert.deepEqual([walk.go("inside", -1), walk.go("inside", -1), walk.go("inside", -1)], [true, true, false]);
  assert.deepEqual(seen, [0, 1, 0, walk.WHOLE]);
});

test("what is shown is said", () => {
  assert.equal(walk.told("inside"), "");
  walk.go("inside", 1);
  assert.equal(walk.told("inside"), "1 of 3 · step 0");
});

test("it plays to the last step, pauses, goes on and begins anew", () => {
  walk.play("inside");
  mock.timers.tick(STEP_MS);
  assert.deepEqual(seen, [0, 1]);
  walk.play("inside"); // pause
  mock.timers.tick(3 * STEP_MS);
  assert.deepEqual(seen, [0, 1]);
  walk.play("inside");
  mock.timers.tick(5 * STEP_MS);
  assert.deepEqual(seen, [0, 1, 2]);
  walk.play("inside");
  assert.deepEqual(seen, [0, 1, 2, 0]);
});

test("a step by hand stops what plays", () => {
  walk.play("inside");
  walk.go("inside", 1);
  mock.timers.tick(5 * STEP_MS);
  assert.deepEqual(seen, [0, 1]);
});

test("another picture under the same id begins as a whole, and the old one plays no more", () => {
  walk.play("inside");
  const others = [];
  walk.open("inside", { count: 2, show: (at) => others.push(at), tell: () => "", root });
  mock.timers.tick(5 * STEP_MS);
  assert.deepEqual([seen, others], [[0], []]);
});

test("a picture that is not seen is not walked through", () => {
  walk.open("inside", { count: 2, show: () => seen.push("hidden"), tell: () => "", root: { checkVisibility: () => false } });
  assert.equal(walk.go("inside", 1), false);
  assert.equal(walk.go("heads", 1), false);
  assert.deepEqual(seen, []);
});

test("where the system asks for reduced motion there is no button that plays", () => {
  const children = Array.from({ length: 5 }, () => ({ setAttribute: () => {} }));
  const group = { closest: () => null, dataset: { walk: "inside" }, firstChild: children[0], children };
  walk.drawButtons(group);
  assert.equal(children[0].hidden, false);
  media.matches = true;
  walk.drawButtons(group);
  assert.equal(children[0].hidden, true);
});
