// What the scripts say: the part "scripts" of the page's sentences, which the server hands on.
window.headlineAttention.say = (() => {
  const { sentences } = window.headlineAttention;
  const at = (key) => key.split(".").reduce((place, name) => place?.[name], sentences);

  // The sentence of a key with its values, as `say` in demo/sentences.py; it is text, not HTML.
  return (key, values = {}) => {
    const found = at(key);
    const form = values.count === 1 && found?.one !== undefined ? "one" : "other";
    const sentence = found?.[form] ?? found;
    if (typeof sentence !== "string") throw new Error(`No sentence ${key}`);
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
})();
