// What a person has filled in, kept by the browser until its tab is closed, so that a reload, or a
// connection that was lost for seconds, loses none of it.
Object.assign(window.headlineAttention, (() => {
  const KEPT = "headline-attention-kept"; // {tab, controls: {tab: {control: word}}, boxes: [value]}
  const RESULTS = "headline-attention-results"; // there were results of a batch as the page was left
  const GONE =
    "The page was loaded anew, and the results of the batch are gone with it. What you had pasted is " +
    "still in the Batch tab, a file has to be opened again: then press Run.";
  const TOO_MUCH = "This is more than the browser can keep: if the page is reloaded, the pasted lines are lost.";

  // A browser may forbid a page in a frame to keep anything.
  const stored = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const store = (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };

  const before = stored(KEPT);
  let filled = false; // until the page shows what was kept, there is nothing new to keep
  let touched = false, tooMuch = false;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, (event) => (touched ||= event.isTrusted), true);
  }

  // Once something else is shown than the address asks for, the address asks for nothing: after a
  // reload the page would go back to it.
  const leaveLink = (views, shown) => {
    const address = new URL(location.href);
    const asked = [...address.searchParams].filter(([name]) => name in shown);
    if (!touched || asked.every(([name, value]) => shown[name] === value)) return;
    const names = Object.values(views).flatMap(Object.keys);
    for (const name of ["text", "tab", ...names]) address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
  };

  // `views` as in `copyLink`; `values` the headline, every control's value, and those of the boxes.
  const keep = (views, [text, ...values]) => {
    if (!filled) return;
    const tab = headlineAttention.tab();
    const controls = headlineAttention.spelled(views, values);
    const boxes = [text, ...values.slice(Object.values(views).flatMap(Object.keys).length)];
    leaveLink(views, { text, tab, ...controls[tab] });
    if (store(KEPT, { tab, controls, boxes })) return;
    store(KEPT, { tab, controls, boxes: [text] });
    if (!tooMuch) headlineAttention.warn(TOO_MUCH);
    tooMuch = true;
  };

  // The tab and controls, for the server to open as it opens a link; of the boxes it sees nothing.
  const kept = () => [before ? { tab: before.tab, controls: before.controls } : {}];

  // `choices` of each box, or null where anything can stand in it; `values` as the page opens.
  const keptBoxes = (choices, values) =>
    values.map((value, index) => {
      const own = index === 0 && new URLSearchParams(location.search).has("text");
      const was = before?.boxes[index];
      if (own || typeof was !== typeof value) return value;
      return choices[index] ? was.filter((one) => choices[index].includes(one)) : was;
    });

  const opened = () => {
    filled = true;
    headlineAttention.read();
    if (stored(RESULTS)) headlineAttention.warn(GONE);
    store(RESULTS, false);
  };

  window.addEventListener("pagehide", () => {
    store(RESULTS, Boolean(document.querySelector("#batch-progress progress")));
  });

  return { keep, kept, keptBoxes, opened };
})());
