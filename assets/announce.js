// What the page announces: to screen readers the verdict, once it has settled, and what a button says of
// itself; and to everyone, in a note that can be closed, what could not be done.
Object.assign(window.headlineAttention, (() => {
  const bridge = window.headlineAttention;
  const { say } = bridge;
  const SETTLED_MS = 1000; // after the last change of the cards, so that typing is not talked into
  const NOTE_MS = 20000;

  const said = document.createElement("p");
  said.id = "said";
  said.setAttribute("role", "status"); // a live region is spoken only if it was there before its text

  // A sentence for each card, for the text that they answer.
  const verdicts = () =>
    [...bridge.element("cards").querySelectorAll(".card[data-text]")].map((card) => {
      const reader = card.getAttribute("aria-label");
      const [label, share] = [".label", ".wins .share"].map((part) => card.querySelector(part)?.textContent);
      return share ? say("announce.verdict", { reader, label, share }) : say("announce.no_share", { reader, label });
    });

  let settling;
  const announce = () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      if (bridge.element("cards").classList.contains("behind")) return; // of an older text than the box holds
      said.textContent = verdicts().map((verdict) => say("announce.spoken", { verdict })).join(" ");
    }, SETTLED_MS);
  };
  // Of all changes in the page, those of the cards count.
  const watch = new MutationObserver((changes) => {
    if (changes.some(({ target }) => bridge.element("cards")?.contains(target))) announce();
  });
  const start = () => {
    document.body.append(said);
    watch.observe(document.body, { childList: true, characterData: true, subtree: true });
  };
  // Gradio adds scripts to a page that is there, a server that renders the page to one that is not.
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);

  const tell = (sentence) => (said.textContent = sentence);

  const warn = (sentence) => {
    document.querySelector("#warned")?.remove();
    const note = document.createElement("div");
    note.id = "warned";
    note.setAttribute("role", "alert");
    note.innerHTML = "<p></p><button>×</button>";
    (document.querySelector("dialog:modal") ?? document.body).append(note); // which nothing stands before
    note.querySelector("p").textContent = sentence;
    const close = note.querySelector("button");
    close.setAttribute("aria-label", say("announce.close"));
    close.addEventListener("click", () => note.remove());
    setTimeout(() => note.remove(), NOTE_MS);
  };

  return { tell, verdicts, warn };
})());
