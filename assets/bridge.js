// The one place that knows the page's elements and speaks with the server. Every id that the scripts
// use stands in IDS, under the name that Python gives it; a test looks for each on the page.
window.headlineAttention = (() => {
  const IDS = {
    box: "headline",
    read: "read",
    asYouType: "as-you-type",
    cards: "cards",
    notice: "notice",
    lesson: "lesson",
    present: "present",
    link: "link",
    language: "language",
    theme: "theme",
    slides: "slides",
    batchLines: "batch-lines",
    batchClose: "batch-close",
    batchProgress: "batch-progress",
    batchRows: "batch-rows",
  };
  const element = (name) => document.getElementById(IDS[name]);
  const box = () => element("box")?.querySelector("input, textarea");

  // What the next request asks for, until it is sent.
  const next = { why: "open", text: undefined, set: {}, kept: {} }; // `set` by view and control
  let send = () => {};
  let answered = {}; // what the last answer said of itself: {view, link, values, set, chosen, later, box}
  let picked = {}; // what was picked within the picture of the open view, of this text
  const links = {}; // by view, the query that opens it as it was last answered, without the text
  const stood = {}; // by view, the controls that its lines belong to, as it was last answered
  const stand = {}; // by view, the controls that are not as the page opened with them
  const texts = {}; // by view, the text that it was last drawn of
  let drawn; // the view that was asked for last

  // The view that the page shows alone, within another page; null where it shows all of them.
  const embedded = new URLSearchParams(location.search).get("embed");

  // The id of the view that is open.
  const view = () => document.querySelector("[role=tab][aria-selected=true]")?.dataset.tabId;

  // The text that the cards and pictures show.
  const shown = () => document.querySelector(".card[data-text]")?.dataset.text ?? "";

  // Whether a person or a link has chosen a text. What is typed and not yet asked for is a choice as
  // well: no example takes its place.
  const chosen = () => Boolean(answered.chosen || (shown() !== "" && box()?.value !== shown()));

  // Event hook of Gradio: the first value becomes the request, the others are sent as they are.
  const request = (_, ...states) => {
    const { text, set, kept, typed = box()?.value ?? "" } = next;
    const { language } = window.headlineAttention;
    const screen = { dark: document.body.classList.contains("dark"), width: innerWidth, language };
    drawn = view() ?? "";
    // Gradio makes one request of several that wait: what was to come later then has no turn.
    const overtaken = next.why === "later" && (answered.view !== drawn || drawn in set);
    const why = overtaken ? "draw" : next.why;
    Object.assign(next, { why: "draw", set: {}, kept: {}, typed: undefined });
    const before = stood[drawn] ?? {};
    const values = stand[drawn] ?? {};
    if (!["draw", "later"].includes(why) || answered.view !== drawn) picked = {};
    const here = { shown: shown(), tab: drawn, chosen: chosen() };
    const later = why === "later" ? answered.later : null;
    const asked = { why, text, typed, later, values, set: { ...picked, ...set[drawn] }, before };
    return [{ ...asked, ...here, ...kept, ...screen }, ...states];
  };

  // Writes into the box, as Gradio sees a key, what an answer says stands there, unless more has been
  // typed since that was asked for.
  const ANSWER = "answer";
  const fill = ({ typed, text }) => {
    if (box().value !== typed || typed === text) return;
    box().value = text;
    box().dispatchEvent(new CustomEvent("input", { bubbles: true, detail: ANSWER }));
  };
  const ofAnswer = ({ detail }) => detail === ANSWER;

  // Has a text read: `set` gives controls of the open view new values with it.
  const ask = ({ text, set = {} }) => {
    Object.assign(next, { why: next.why === "open" ? "open" : "ask", text, typed: box().value });
    change(set);
    send();
  };
  // Has what the open view draws later follow its first pictures, which the browser draws meanwhile.
  const finish = () => {
    if (next.why === "draw") next.why = "later";
    send();
  };
  // Notes where a control of a view stands, as a person or an answer has set it.
  const stands = (name, control, value) => {
    stand[name] = { ...stand[name], [control]: value };
  };

  // Gives controls of the open view other values.
  const set = (values) => {
    change(values);
    send();
  };
  const change = (values, name = view()) => {
    next.set[name] = { ...next.set[name], ...values };
  };

  // The tab of a view, if the page has it.
  const tabOf = (name) => document.querySelector(`[role=tab][data-tab-id="${name}"]`);
  // Opens a view, whose controls get other values with it, and has a text read if one is given.
  const open = (name, values = {}, text = undefined) => {
    if (text) Object.assign(next, { why: "ask", text, typed: box().value });
    if (name === view()) return set(values);
    if (embedded !== null) return; // there is no way to another one
    change(values, name);
    const tab = tabOf(name);
    tab.click(); // it is drawn as its tab opens
    tab.focus({ preventScroll: true });
    tab.closest(".tabs").scrollIntoView({ block: "start" });
  };

  // Opens a link, which names a view, on the page that is there.
  const follow = (link) => {
    Object.assign(next, { why: "follow", text: undefined, kept: { link } });
    open(new URLSearchParams(link).get("tab"));
  };

  // Notes what was picked within the picture of the open view, which has drawn it by itself: the
  // link names it, and the view is drawn with it the next time.
  const keep = (values) => Object.assign(picked, values);

  // A view is drawn as its tab is opened, and asked for before the browser has laid it out as it was.
  // Gradio says so itself, but also of the tab that the page opens with, which would be drawn twice.
  const redraw = () => {
    if (!view()) return requestAnimationFrame(redraw); // while Gradio moves its tabs
    if (!drawn || view() === drawn) return;
    outdate(texts[view()] !== shown());
    keepHeight();
    send();
  };
  // The page stays as high as it was until another view is drawn, or it would be thrown to its top.
  let height = 0, lower; // px as last laid out, and what ends it
  const measure = new ResizeObserver(() => (height = document.body.offsetHeight));
  const keepHeight = () => {
    document.body.style.minHeight = `${height}px`;
    clearTimeout(lower);
    lower = setTimeout(() => (document.body.style.minHeight = ""), NO_ANSWER_MS);
  };
  // What is drawn of another text is not laid out before it is drawn anew, or no answer comes.
  const NO_ANSWER_MS = 2000;
  const outdate = (outdated) => {
    document.body.classList.toggle("outdated", outdated);
    if (outdated) setTimeout(outdate, NO_ANSWER_MS, false);
  };
  const opened = new MutationObserver(redraw);
  opened.observe(document, { subtree: true, attributeFilter: ["aria-selected"] });

  // Gradio answers Enter and the button by itself; what they ask for is noted before.
  const note = (event) => {
    const entered = event.type === "keydown" && event.key === "Enter" && event.target === box();
    const pressed = event.type === "click" && event.target.closest?.(`#${IDS.read}`);
    if (entered || pressed) Object.assign(next, { why: "ask", text: box().value, typed: box().value });
  };
  for (const type of ["keydown", "click"]) document.addEventListener(type, note, true);

  document.addEventListener("click", (event) => {
    const { dataset } = event.target.closest?.("[data-ask], [data-set], [data-opens]") ?? {};
    if (dataset?.ask) ask(JSON.parse(dataset.ask));
    if (dataset?.set) set(JSON.parse(dataset.set));
    if (dataset?.opens) {
      const asked = JSON.parse(dataset.opens);
      open(asked.view, asked.set, asked.text);
    }
  });

  // What is typed into a line of the open view.
  const typed = (name) => stand[view()]?.[name] ?? "";

  return {
    element,
    embedded,
    box,
    view,
    shown,
    chosen,
    typed,
    ofAnswer,
    request,
    stands,
    ask,
    set,
    open,
    follow,
    tabOf,
    keep,
    draw: () => send(),
    // Draws a view that something was computed for, unless another is open: it is drawn as it opens.
    drawView: (name) => name === view() && send(),
    links,
    // Has the page open on the query `link` in place of the address's, if there is one, and the other
    // views as `views` has their queries.
    reopen: (kept) => Object.assign(next.kept, kept),
    link: () => {
      const link = new URL(answered.link ?? location.search, location.href);
      for (const [name, value] of Object.entries(picked)) link.searchParams.set(name, value);
      return window.headlineAttention.inLanguage(link).href;
    },

    // Called as the bridge's component is loaded.
    connect: ({ props, trigger, watch }) => {
      send = () => trigger("submit");
      measure.observe(document.body);
      watch("value", () => {
        if (props.value.box) fill(props.value.box);
        if (!props.value.view) return; // the cards alone: the view follows
        answered = props.value;
        drawn = answered.view;
        stood[drawn] = answered.values;
        for (const [name, control, value] of answered.set) stands(name, control, value);
        document.body.classList.toggle("more-to-come", Boolean(answered.later));
        const query = new URLSearchParams(answered.link);
        texts[drawn] = query.get("text");
        requestAnimationFrame(() => outdate(false)); // when Gradio has put the new picture there
        query.delete("text");
        links[drawn] = `?${query}`;
        document.dispatchEvent(new Event("answered"));
        if (answered.later) requestAnimationFrame(finish);
      });
    },
  };
})();
