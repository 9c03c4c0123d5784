// Pictures that are walked through step by step: a button plays, two go back and on, and where one
// stands is said. An element with `data-walk`, the id of a picture, gets these buttons. Where the
// system asks for reduced motion nothing goes on by itself.
window.headlineAttention.walk = (() => {
  const { say } = window.headlineAttention;
  const STEP_MS = 5000; // to read a sentence, and to see what it is about
  const WHOLE = -1; // in place of a step: the picture as it is when nobody walks through it

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const walks = new Map(); // by the id of their picture

  const playing = (walk) => walk.timer !== undefined;
  // What is said of the step that is shown.
  const told = (picture) => {
    const walk = walks.get(picture);
    if (!walk || walk.at === WHOLE) return "";
    return say("walk.told", { place: walk.at + 1, count: walk.count, what: walk.tell(walk.at) });
  };

  const BUTTONS =
    '<button type="button" data-go="play"></button><button type="button" data-go="-1">←</button>' +
    '<span class="at"></span><button type="button" data-go="1">→</button><span class="told" role="status"></span>';
  const drawButtons = (group) => {
    const walk = walks.get(group.dataset.walk);
    if (!walk) return;
    if (!group.firstChild) group.innerHTML = BUTTONS;
    const [play, back, at, on, status] = group.children;
    play.hidden = still.matches;
    play.textContent = playing(walk) ? say("walk.pause") : walk.label;
    back.disabled = walk.at === WHOLE;
    back.setAttribute("aria-label", say("walk.back"));
    on.setAttribute("aria-label", say("walk.on"));
    at.textContent = walk.at === WHOLE ? "" : say("walk.at", { place: walk.at + 1, count: walk.count });
    const said = group.closest("dialog") ? "" : told(group.dataset.walk); // a presentation says it by itself
    if (status.textContent !== said) status.textContent = said;
  };
  const refresh = (picture) => document.querySelectorAll(`[data-walk="${picture}"]`).forEach(drawButtons);

  const stop = (walk) => {
    clearInterval(walk?.timer);
    if (walk) walk.timer = undefined;
  };
  const show = (picture, at) => {
    const walk = walks.get(picture);
    walk.at = at;
    walk.show(at);
    refresh(picture);
  };

  // A picture of so many steps: `show(at)` draws it up to one of them, or as a whole; `tell(at)` says
  // what is seen then; `root` is the element that it lives with. What was walked through before is over.
  const open = (picture, { count, show: draw, tell, root, label = say("walk.play") }) => {
    stop(walks.get(picture));
    walks.set(picture, { count, show: draw, tell, root, label, at: WHOLE, timer: undefined });
    refresh(picture);
  };
  const has = (picture) => Boolean(walks.get(picture)?.root.checkVisibility());

  // Goes a step on or back. False where there is none: the picture is whole again.
  const go = (picture, by) => {
    if (!has(picture)) return false;
    const walk = walks.get(picture), from = walk.at, to = from + by;
    stop(walk);
    const within = to >= 0 && to < walk.count;
    if (within || from !== WHOLE) show(picture, within ? to : WHOLE);
    return within || (by < 0 && from !== WHOLE);
  };
  const play = (picture) => {
    const walk = walks.get(picture);
    if (playing(walk)) {
      stop(walk);
      return refresh(picture);
    }
    const next = () => {
      if (has(picture)) show(picture, walk.at + 1);
      if (!has(picture) || walk.at + 1 === walk.count) stop(walk);
      refresh(picture);
    };
    if (walk.at + 1 >= walk.count) walk.at = WHOLE; // it begins anew
    walk.timer = setInterval(next, STEP_MS);
    next();
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-go]"), group = button?.closest("[data-walk]");
    if (!group) return;
    const { walk: picture } = group.dataset;
    if (button.dataset.go === "play") play(picture);
    else go(picture, Number(button.dataset.go));
    group.closest("dialog")?.focus(); // or Space would press the button again
  });

  return { WHOLE, drawButtons, go, has, moving: () => !still.matches, open, play, told };
})();
