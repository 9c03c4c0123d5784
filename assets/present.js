// Presentation mode: one picture fills the screen. Arrows, the keys of a clicker, buttons and swipes
// step through the choices that the view declares: the first across, the second up and down.
(() => {
  const bridge = window.headlineAttention;
  const { layout, letters: { escaped }, say, sheet, slide, walk } = bridge;
  const SETTLED_MS = 80; // after the last change of a picture it is shown anew
  const SLIDE = { width: 1920, height: 1080 }; // px, for which type is reckoned
  const LEAST_UNIT = 0.5; // of the type on a slide, on the smallest screen
  const SWIPE = 50; // px that a finger goes at least
  const NARROW = 640; // px, below which a screen has no room for columns
  const SHOWN = ".js-plotly-plot, .strip, iframe, table";

  let stage, source, watch;

  const of = () => bridge.views[bridge.view()];
  const choicesOf = ({ name }) => [...document.querySelectorAll(`#${bridge.view()}-${name} input[type=radio]`)];
  const steps = () => of().steps.filter((step) => choicesOf(step).length > 1);
  const pickedOf = (step) => choicesOf(step).findIndex((choice) => choice.checked);

  // Picks the neighbour of the choice that is picked; false where there is none.
  const pick = (step, by) => {
    const neighbour = step && choicesOf(step)[pickedOf(step) + by];
    neighbour?.click();
    return Boolean(neighbour);
  };
  // Goes on as a clicker does: through the picture's own steps, then to the next choice; behind the
  // last choice of the first step, to the next one of the second.
  const goOn = (by) => {
    const [first, second] = steps();
    if (walk.go(source.id, by)) return;
    if (pick(first, by) || !pick(second, by)) return;
    choicesOf(first).at(by > 0 ? 0 : -1).click();
  };

  const fill = () => {
    if (!stage) return;
    const room = stage.querySelector("#stage-room");
    stage.classList.toggle("narrow", innerWidth < NARROW);
    stage.querySelector("h2").textContent = of().ofText ? bridge.shown() : "";
    stage.querySelector("p").textContent = of().ofText ? bridge.verdicts().join("  ·  ") : "";
    stage.querySelector("h3").textContent = slide.titleOf(source);
    stage.querySelector("footer .steps").replaceChildren(...steps().map(stepper));
    const told = stage.querySelector(":scope > .told");
    if (told.textContent !== walk.told(source.id)) told.textContent = walk.told(source.id);
    const plot = slide.plotOf(source), frame = source.querySelector("iframe");
    const { clientWidth: width, clientHeight: height } = room;
    const unit = Math.max(Math.min(innerWidth / SLIDE.width, innerHeight / SLIDE.height), LEAST_UNIT);
    if (plot) {
      const { data, layout: laidOut } = layout.figure(plot, width, height, unit);
      Plotly.react(room, data, laidOut, { displayModeBar: false });
      room.setAttribute("role", "img");
      room.setAttribute("aria-label", slide.titleOf(source));
    } else if (frame) {
      fillWithFrame(room, frame);
    } else {
      const copy = sheet.of(source);
      room.replaceChildren(copy);
      sheet.fit(copy, width, height, unit);
    }
  };

  // A document in a frame fits itself into the room; it is not loaded again for a new size.
  const fillWithFrame = (room, frame) => {
    const srcdoc = frame.srcdoc.replace("<html ", "<html data-fill ");
    if (room.firstElementChild?.srcdoc === srcdoc) return;
    const copy = frame.cloneNode();
    copy.srcdoc = srcdoc;
    copy.removeAttribute("style");
    room.replaceChildren(copy);
  };

  // What is picked of a step, between the buttons that go to its neighbours.
  const ARROWS = [["←", "→"], ["↑", "↓"]];
  const stepper = (step, index) => {
    const choices = choicesOf(step), picked = pickedOf(step);
    const option = choices[picked]?.closest("label").textContent.trim() ?? "";
    const said = document.createElement("span");
    said.className = "step";
    const buttons = ARROWS[index].map((arrow, place) => {
      const button = document.createElement("button");
      const by = place ? 1 : -1;
      Object.assign(button, { type: "button", textContent: arrow, disabled: !choices[picked + by] });
      const { label } = step;
      button.setAttribute("aria-label", place ? say("present.after", { label }) : say("present.before", { label }));
      button.addEventListener("click", () => {
        pick(step, by);
        stage.focus(); // or Space would press the button again
      });
      return button;
    });
    const name = document.createElement("b");
    name.textContent = say("present.step", { label: step.label, option });
    said.append(buttons[0], name, buttons[1]);
    return said;
  };

  const KEYS = {
    ArrowLeft: () => pick(steps()[0], -1),
    ArrowRight: () => pick(steps()[0], 1),
    ArrowUp: () => pick(steps()[1], -1),
    ArrowDown: () => pick(steps()[1], 1),
    PageUp: () => goOn(-1),
    PageDown: () => goOn(1),
    " ": () => goOn(1),
  };
  const press = (event) => {
    if (event.key === " " && event.target.closest?.("#stage button")) return; // which it presses
    if (!KEYS[event.key] || event.target.matches?.("input[type=range]")) return; // which they move
    event.preventDefault();
    KEYS[event.key]();
  };
  let touched;
  const swipe = ({ changedTouches: [finger] }) => {
    const [across, down] = [finger.clientX - touched.clientX, finger.clientY - touched.clientY];
    if (Math.max(Math.abs(across), Math.abs(down)) < SWIPE) return;
    const sideways = Math.abs(across) > Math.abs(down);
    pick(steps()[sideways ? 0 : 1], (sideways ? across : down) < 0 ? 1 : -1);
  };

  const leave = () => {
    watch.disconnect();
    window.removeEventListener("resize", fill);
    if (document.fullscreenElement) document.exitFullscreen();
    stage.remove();
    stage = undefined;
  };

  // What keys, or a finger, do on this picture.
  const byFinger = () => matchMedia("(pointer: coarse)").matches;
  const waysOn = () => {
    if (byFinger()) return steps().length ? [say("present.swipes")] : [];
    return [...(steps().length || walk.has(source.id) ? [say("present.goes_on")] : []), say("present.leaves")];
  };

  const present = (picture) => {
    const shown = picture ?? document.getElementById(of().main);
    if (stage || !shown?.querySelector(SHOWN)) return;
    source = shown;
    const view = bridge.view();
    const hint = [say(`present.hints.${view}`), ...waysOn()];
    stage = document.createElement("dialog");
    stage.id = "stage";
    stage.setAttribute("aria-label", say("present.label"));
    stage.tabIndex = -1;
    stage.innerHTML =
      `<header><div><h2></h2><p></p></div><button class="leave"></button></header><h3></h3><div id="stage-room"></div>` +
      `<p class="told" role="status"></p><footer><span class="hint">${hint.map(escaped).join("&ensp;·&ensp;")}</span>` +
      `<span class="walk" data-walk="${source.id}"></span><span class="steps"></span></footer>`;
    document.body.append(stage);
    if (walk.has(source.id)) walk.drawButtons(stage.querySelector("[data-walk]"));
    const guess = document.querySelector(`[data-tool=guess][data-picture="${source.id}"]`);
    if (guess) stage.querySelector(".walk").before(guess.cloneNode(true));
    stage.addEventListener("close", leave);
    stage.addEventListener("touchstart", ({ touches: [finger] }) => (touched = finger), { passive: true });
    stage.addEventListener("touchend", swipe);
    const close = stage.querySelector(".leave");
    close.textContent = byFinger() ? "×" : say("present.escape");
    close.setAttribute("aria-label", say("present.leave"));
    close.addEventListener("click", () => stage.close());
    stage.showModal();
    stage.focus(); // and not the button, which Space and Enter would press
    stage.requestFullscreen?.().catch(() => {}); // where a browser or a frame forbids it, a dialog
    let settling;
    watch = new MutationObserver(() => {
      clearTimeout(settling);
      settling = setTimeout(fill, SETTLED_MS);
    });
    watch.observe(source, { childList: true, subtree: true, attributes: true, characterData: true });
    window.addEventListener("resize", fill);
    fill();
  };

  document.addEventListener("fullscreenchange", () => {
    if (stage && !document.fullscreenElement) stage.close();
  });
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("#guess")) return; // it stands over everything
    if (stage) return press(event);
    const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, dialog");
    if (event.key === "p" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) present();
  });
  // A frame that has the focus hands on the keys that it gets.
  window.addEventListener("message", ({ source: sender, data }) => {
    const frame = stage?.querySelector("#stage-room > iframe");
    if (!frame || sender !== frame.contentWindow) return;
    if (data.key === "Escape") stage.close();
    else KEYS[data.key]?.();
  });

  bridge.present = (picture) => present(picture);
})();
