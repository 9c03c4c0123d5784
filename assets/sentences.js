// What the scripts say in the language of the page: the part "scripts" of its sentences.
Object.assign(window.headlineAttention, (() => {
  const { sentences } = window.headlineAttention;
  const at = (key) => key.split(".").reduce((place, name) => place?.[name], sentences);

  // The sentence of a key with its values, as `say` in demo/sentences.py; it is text, not HTML.
  const say = (key, values = {}) => {
    const found = at(key);
    const form = values.count === 1 && found?.one !== undefined ? "one" : "other";
    const sentence = found?.[form] ?? found;
    if (typeof sentence !== "string") throw new Error(`No sentence ${key}`);
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  // Several things in one sentence.
  const listed = (parts) => parts.join(say("sentences.comma"));

  // A number as the language writes it.
  const number = (value, digits) => value.toFixed(digits).replace(".", sentences.number.decimal);

  return { listed, number, say };
})());
