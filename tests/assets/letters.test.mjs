// What a person types, made fit for HTML, for XML, for a line and for a file's name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./scripts.mjs";

const { allForXml, escaped, fileName, forXml, shortened } = load(["letters"]).letters;
const FAMILY = "👨‍👩‍👧"; // one character to people: five code points

const each = (name, call, cases) => {
  for (const [given, expected] of cases) {
    test(`${name}: ${JSON.stringify(given)}`, () => assert.deepEqual(call(given), expected));
  }
};

test("text within HTML and attributes stays text", () => {
  assert.equal(escaped(`<b title="a">R&D's</b>`), "&lt;b title=&quot;a&quot;&gt;R&amp;D's&lt;/b&gt;");
});

each("what XML forbids is dropped and nothing else", forXml, [
  ["Oil\u000bprices", "Oil prices"], // Excel's break within a cell
  ["Oil\fprices", "Oil prices"],
  ["Oil\u001fprices", "Oil prices"],
  ["Oil\0 prices\u0007\u001b[1m", "Oil prices[1m"],
  ["Oil\ttab\nline\rend", "Oil\ttab\nline\rend"],
  ["half \ud83d of an emoji", "half  of an emoji"],
  ["the other \ude00 half", "the other  half"],
  ["whole 😀 and 𝒪il", "whole 😀 and 𝒪il"],
  ["not\ufffe\uffffcharacters", "notcharacters"],
  ["\ue000 private, \ufffd replaced", "\ue000 private, \ufffd replaced"],
  ["\x7f\x85 allowed", "\x7f\x85 allowed"],
  ["", ""],
]);

test("of all code points, XML gets those that its grammar calls Char", () => {
  const RANGES = [[0x9, 0xa], [0xd, 0xd], [0x20, 0xd7ff], [0xe000, 0xfffd], [0x10000, 0x10ffff]]; // XML 1.0, 2.2
  const allowed = (code) => RANGES.some(([first, last]) => first <= code && code <= last);
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const found = forXml(String.fromCodePoint(code));
    if (allowed(code)) assert.equal(found, String.fromCodePoint(code));
    else assert.ok(found === "" || found === " ", code.toString(16));
  }
});

each("every string of a figure is made fit", allForXml, [
  [["a\0", { b: "c\u000bd" }], ["a", { b: "c d" }]],
  [{ x: { ticktext: ["\ud800"] }, n: 1.5 }, { x: { ticktext: [""] }, n: 1.5 }],
  [[null, true, 0, "fine"], [null, true, 0, "fine"]],
  [[], []],
  [{}, {}],
  ["\x01", ""],
  [Float32Array.of(0.5), Float32Array.of(0.5)],
]);

each("a line is cut between characters as people see them", (text) => shortened(text, 10), [
  ["a".repeat(10), "a".repeat(10)],
  ["a".repeat(11), `${"a".repeat(9)}…`],
  [`${"a".repeat(8)}${FAMILY}bcd`, `${"a".repeat(8)}${FAMILY}…`],
  [`${"a".repeat(9)}${FAMILY}b`, `${"a".repeat(9)}…`],
  [FAMILY.repeat(10), FAMILY.repeat(10)], // fifty code points, ten characters
  ["e\u0301".repeat(11), `${"e\u0301".repeat(9)}…`],
  ["🇰🇷".repeat(11), `${"🇰🇷".repeat(9)}…`],
  ["नि".repeat(11), `${"नि".repeat(9)}…`],
  ["", ""],
]);

each("a file is named by the letters of any script", (title) => fileName(title, "png"), [
  ["Layer 1, head 2: Oil", "layer-1-head-2-oil.png"],
  ["Nestle\u0301 and L'Ore\u0301al", "nestlé-and-l-oréal.png"],
  ["भारत में चुनाव", "भारत-में-चुनाव.png"],
  ["ราคาน้ำมัน", "ราคาน้ำมัน.png"],
  ["İstanbul", "i\u0307stanbul.png"],
  ['a/b\\c:d*e?f"g<h>i|j\0k', "a-b-c-d-e-f-g-h-i-j-k.png"],
  ["../../etc", "etc.png"],
  [".hidden", "hidden.png"],
  ["…!?", "picture.png"],
  ["", "picture.png"],
  ["CON", "picture-con.png"],
  ["lpt1", "picture-lpt1.png"],
  ["😀", "picture.png"],
  ["half \ud83d", "half.png"],
]);

for (const letter of ["a", "é", "भ", "िक", "𝒪", "e\u0301\u0302\u0303"]) {
  test(`a long name of ${letter} is cut to what file systems take`, () => {
    const name = fileName(letter.repeat(300), "png");
    const bytes = Buffer.byteLength(name);
    assert.ok(bytes > 150 && bytes <= 200, `${bytes}`);
    assert.ok(!name.endsWith("-.png"));
  });
}
