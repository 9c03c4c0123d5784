// The page within another one: `?embed=heads` shows that view with its text box and nothing else (the
// style sheet hides the rest), and tells the page around it how high it is. And the code for that.
(() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say, slide } = bridge;
  const TAB = "tab", EMBED = "embed"; // in a link, as in demo/page/links.py
  const BELOW_PX = 24; // under the view
  const LEAST_PX = 320; // of a frame, until the page in it has said how high it is

  const copyEmbed = async (picture) => {
    const link = new URL(bridge.link());
    link.searchParams.set(EMBED, bridge.view());
    link.searchParams.delete(TAB);
    const isDark = document.body.classList.contains("dark");
    link.searchParams.set("__theme", isDark ? "dark" : "light"); // as Gradio reads it
    if (bridge.isTooLong(link.href)) return;
    const title = escaped(say("embed.title", { title: slide.titleOf(picture) }));
    const height = Math.max(document.querySelector(".tabs").offsetHeight, LEAST_PX);
    const code =
      `<iframe src="${escaped(link.href)}" title="${title}" data-headline-attention allow="fullscreen" loading="lazy"\n` +
      `  style="width: 100%; height: ${height}px; border: 0"></iframe>\n` +
      `<script>addEventListener("message", ({ data, source }) => {\n` +
      `  for (const frame of document.querySelectorAll("[data-headline-attention]"))\n` +
      `    if (frame.contentWindow === source && data?.headlineAttention)\n` +
      `      frame.style.height = data.headlineAttention.height + "px";\n` +
      `});</${"script"}>\n`;
    if (await bridge.copy(code, say("embed.prompt"))) bridge.warn(say("embed.copied"));
  };
  Object.assign(bridge, { copyEmbed });

  if (bridge.embedded === null) return;
  document.documentElement.classList.add("embedded");
  let told;
  const tell = () => {
    // Not the height of the document, which is never less than the frame's.
    const { bottom } = document.querySelector(".tabs").getBoundingClientRect();
    const height = Math.ceil(bottom + scrollY) + BELOW_PX;
    if (height === told) return;
    told = height;
    parent.postMessage({ headlineAttention: { height } }, "*");
  };
  const there = new MutationObserver(() => {
    const parts = [document.querySelector(".tabs"), ...["notice", "box"].map(bridge.element)];
    if (!parts.every(Boolean)) return;
    there.disconnect();
    const watch = new ResizeObserver(tell);
    for (const one of parts) watch.observe(one); // the tabs move with what is above them
  });
  there.observe(document, { childList: true, subtree: true });
})();
