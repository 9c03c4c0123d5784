// The sentences of the scripts, by the same rules as those of demo/sentences.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./scripts.mjs";

const { number, say } = load(["sentences"], {
  plain: "Close",
  deep: { er: "{verb} the {noun}, {verb} it" },
  size: "{count} kB",
  words: { one: "1 word", other: "{count} words" },
  agree: { one: "", other: "All {count} agree." },
  one_form: { other: "낱말 {count}개" },
  number: { decimal: ",", thousands: "." },
});

test("a sentence writes its values, in any order and as often as it names them", () => {
  assert.equal(say("plain"), "Close");
  assert.equal(say("deep.er", { noun: "tour", verb: "Leave" }), "Leave the tour, Leave it");
});

test("a value is written as it is", () => {
  assert.equal(say("deep.er", { noun: "$& {verb}", verb: "<b>" }), "<b> the $& {verb}, <b> it");
});

test("a sentence has a form for one, if its language has", () => {
  const said = (key) => [0, 1, 2].map((count) => say(key, { count }));
  assert.deepEqual(said("words"), ["0 words", "1 word", "2 words"]);
  assert.deepEqual(said("agree"), ["All 0 agree.", "", "All 2 agree."]);
  assert.deepEqual(said("one_form"), ["낱말 0개", "낱말 1개", "낱말 2개"]);
  assert.deepEqual(said("size"), ["0 kB", "1 kB", "2 kB"]);
});

test("a number has the sign of its language", () => {
  assert.deepEqual([number(0.5, 2), number(-1234.56, 1), number(3, 0)], ["0,50", "-1234,6", "3"]);
});

test("what is not there is an error, and a part is no sentence", () => {
  for (const key of ["absent", "deep", "deep.absent", "plain.deeper.still"]) {
    assert.throws(() => say(key), { message: `No sentence ${key}` });
  }
});
