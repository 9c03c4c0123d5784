// Presentation mode: one picture fills the screen, arrow keys step through layers and heads.
(() => {
  const { letters: { escaped }, say } = window.headlineAttention;
  const SETTLED_MS = 80; // after the last change of a picture it is shown anew
  const LARGEST = 2.4; // times the size on the page, of a picture that is made of words

  let stage, source, watch;

  const fill = () => {
    if (!stage) return;
    stage.querySelector("h2").textContent = headlineAttention.shown();
    stage.querySelector("p").textContent = headlineAttention.verdicts().join("  ·  ");
    stage.querySelector("h3").textContent = headlineAttention.titleOf(source);
    const room = stage.querySelector("#stage-room");
    const plot = source.querySelector(".js-plotly-plot");
    if (plot) {
      const { data, layout } = headlineAttention.figure(plot, room.clientWidth, room.clientHeight);
      Plotly.react(room, data, layout, { displayModeBar: false });
      room.setAttribute("role", "img");
      return;
    }
    const frame = source.querySelector("iframe");
    if (frame) return fillWithFrame(room, frame);
    const copy = source.cloneNode(true);
    copy.removeAttribute("id");
    const width = source.clientWidth || 1, height = source.clientHeight || 1;
    const factor = Math.min(LARGEST, room.clientWidth / width, room.clientHeight / height);
    copy.style.zoom = Math.max(factor, 0.5);
    copy.style.width = `${room.clientWidth / Math.max(factor, 0.5)}px`;
    room.replaceChildren(copy);
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

  const choicesOf = (what) => [
    ...document.querySelectorAll(`#${headlineAttention.view()}-${what} input[type=radio]`),
  ];
  // Presses the neighbour of the layer or head that is picked in the open tab.
  const step = (what, by) => {
    const choices = choicesOf(what);
    const picked = choices.findIndex((choice) => choice.checked);
    choices[picked + by]?.click();
  };

  const leave = () => {
    watch.disconnect();
    window.removeEventListener("resize", fill);
    if (document.fullscreenElement) document.exitFullscreen();
    stage.remove();
    stage = undefined;
  };

  const present = (picture) => {
    const shown = picture ?? document.getElementById(headlineAttention.views[headlineAttention.view()].main);
    if (stage || !shown?.querySelector(".js-plotly-plot, .strip, iframe, table")) return;
    source = shown;
    const keys = [
      ...(choicesOf("head").length ? [say("present.heads")] : []),
      ...(choicesOf("layer").length ? [say("present.layers")] : []),
      say("present.leaves"),
    ];
    stage = document.createElement("dialog");
    stage.id = "stage";
    stage.setAttribute("aria-label", say("present.label"));
    stage.tabIndex = -1;
    stage.innerHTML =
      "<header><div><h2></h2><p></p></div><button></button></header>" +
      `<h3></h3><div id="stage-room"></div><footer>${keys.map(escaped).join("&ensp;·&ensp;")}</footer>`;
    document.body.append(stage);
    stage.addEventListener("close", leave);
    const close = stage.querySelector("button");
    close.textContent = say("present.escape");
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
    const keys = {
      ArrowLeft: ["head", -1],
      ArrowRight: ["head", 1],
      ArrowUp: ["layer", -1],
      ArrowDown: ["layer", 1],
    };
    if (stage && keys[event.key]) {
      event.preventDefault();
      step(...keys[event.key]);
      return;
    }
    const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, dialog");
    if (event.key === "p" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) present();
  });

  window.headlineAttention.present = (picture) => present(picture);
})();
