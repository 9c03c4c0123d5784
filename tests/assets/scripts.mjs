// The page's scripts in Node: those that need no browser, each as a page loads it.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const ASSETS = new URL("../../assets/", import.meta.url);
const read = (path) => readFileSync(new URL(path, ASSETS), "utf8");

const { number, scripts } = JSON.parse(read("locales/en.json"));
export const ENGLISH = { ...scripts, number };

// `headlineAttention` as these scripts fill it, in their order, with these sentences.
export const load = (names, sentences = ENGLISH) => {
  globalThis.window = globalThis;
  globalThis.headlineAttention = { sentences };
  for (const name of names) runInThisContext(read(`${name}.js`), { filename: `${name}.js` });
  return globalThis.headlineAttention;
};
