// The type of pictures on a slide: its least sizes, and how wide a text is in the page's typeface.
window.headlineAttention.type = (() => {
  const { letters: { escaped, shortened } } = window.headlineAttention;
  const TYPE = 24, WORD = 28; // px of a slide 1080 px high: of all type at least, and of words
  const LINE = 1.35; // sizes of type from one line to the next
  const INK = 1.05; // sizes of type that two rows of words need from one to the next

  const pen = document.createElement("canvas").getContext("2d");
  const widthOf = (text, size, weight = 400) => {
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).getPropertyValue("--font")}`;
    return pen.measureText(text).width;
  };

  // A label as Plotly takes it, which is HTML: what it says, on one line, and how wide that is.
  const plain = (html) => {
    const template = document.createElement("template");
    template.innerHTML = `${html}`.replaceAll("<br>", " ");
    return template.content.textContent;
  };
  const bold = (html) => `${html}`.startsWith("<b>");
  const widthOfLabel = (html, size) => widthOf(plain(html), size, bold(html) ? 700 : 400);

  // A text shortened to `room` px.
  const cut = (text, size, weight, room) => {
    let most = [...text].length, found = text;
    while (most > 1 && widthOf(found, size, weight) > room) found = shortened(text, (most -= 1));
    return found;
  };
  const cutLabel = (html, size, room) => {
    const found = escaped(cut(plain(html), size, bold(html) ? 700 : 400, room));
    return bold(html) ? `<b>${found}</b>` : found;
  };

  return { TYPE, WORD, LINE, INK, cut, cutLabel, plain, widthOf, widthOfLabel };
})();
