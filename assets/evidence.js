// Words of the Evidence tab that are picked, taken out and put back.
(() => {
  const bridge = window.headlineAttention;
  const ROWS = ".words-out, .picks"; // of buttons, which are drawn anew by each click on one of them

  // A bar of the sum picks its word, whose share the map of heads then shows.
  bridge.pickWord = ({ points: [{ customdata: [start] }] }) => bridge.set({ word: `${start}` });

  // What is pressed looks so at once, and has the focus again as its row has been drawn anew.
  let pressed; // {row, place}: the id of the piece of the page, and the button's place in it
  const buttonsOf = (id) => [...(document.getElementById(id)?.querySelectorAll(ROWS) ?? [])]
    .flatMap((row) => [...row.querySelectorAll("button")]);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(ROWS) && target.closest("button[data-set]");
    if (!button) return;
    const row = button.closest(".block[id]")?.id; // none in a presentation, which copies the row
    pressed = row && { row, place: buttonsOf(row).indexOf(button) };
    const now = button.getAttribute("aria-pressed");
    if (now && button.closest(".words-out")) button.setAttribute("aria-pressed", `${now !== "true"}`);
  });
  new MutationObserver(() => {
    if (!pressed || document.activeElement !== document.body) return;
    buttonsOf(pressed.row)[pressed.place]?.focus();
    pressed = undefined;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
