// What a person types, made fit for HTML, for XML, for one line of a picture and for the name of a file.
window.headlineAttention.letters = (() => {
  const SPACES = /[\v\f\u001c-\u001f]/g; // they part words, and XML forbids them
  const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
  const NAME_BYTES = 180; // of a file's name: file systems take 255, and browsers add " (1)"
  const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/; // on Windows, whatever the ending

  // What people see as one character each: an emoji of several code points, a letter with its marks.
  const graphemes = (text) =>
    Intl.Segmenter
      ? Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text), ({ segment }) => segment)
      : Array.from(text);

  // As text within HTML or XML, or as the value of an attribute.
  const escaped = (text) =>
    text.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);

  // Without what XML 1.0 cannot hold: control characters, halves of an emoji, U+FFFE and U+FFFF.
  const forXml = (text) => text.replace(SPACES, " ").replace(FORBIDDEN, "");

  // `value` with every string in it fit for XML.
  const allForXml = (value) => {
    if (typeof value === "string") return forXml(value);
    if (Array.isArray(value)) return value.map(allForXml);
    if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, allForXml(one)]));
  };

  // At most `most` characters, as people count them.
  const shortened = (text, most) => {
    const characters = graphemes(text);
    return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
  };

  // The words of a title as the name of a file: letters with their marks and digits of any script,
  // and nothing that a file system forbids.
  const fileName = (title, ending) => {
    const words = title.normalize("NFC").toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
    const encoder = new TextEncoder();
    let name = "", left = NAME_BYTES;
    for (const character of graphemes(words.join("-"))) {
      left -= encoder.encode(character).length;
      if (left < 0) break;
      name += character;
    }
    name = name.replace(/-$/, "");
    if (!name || RESERVED.test(name)) name = `picture${name && "-"}${name}`;
    return `${name}.${ending}`;
  };

  return { allForXml, escaped, fileName, forXml, shortened };
})();
