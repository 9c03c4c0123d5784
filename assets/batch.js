// The Batch view: a file that is picked or dropped is read here in the browser, and what is pasted is
// looked at once the typing rests.
(() => {
  const bridge = window.headlineAttention;
  const VIEW = "batch";
  const QUIET_MS = 400; // after the last key
  const ENDINGS = ".csv,.tsv,.tab,.txt,.json,.jsonl,.ndjson,.xlsx,.xlsm,.parquet";
  let tell = () => {}; // triggers an event of the view
  let dropped = null;

  // [{name, size, data}], the data as base64; none of a file with more than `most` bytes.
  const contents = (file, most) =>
    new Promise((resolve) => {
      const { name, size } = file;
      if (size > most) return resolve([{ name, size, data: "" }]);
      const reader = new FileReader();
      reader.onloadend = () => resolve([{ name, size, data: reader.result?.split(",")[1] ?? "" }]);
      reader.readAsDataURL(file);
    });

  const panelAt = (event) =>
    bridge.view() === VIEW ? event.target.closest?.("[role=tabpanel]") : null;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (panel) => {
    document.querySelectorAll(".dropping").forEach((one) => one.classList.remove("dropping"));
    panel?.classList.add("dropping");
  };

  // Wherever a file is dropped, the browser does not leave the page for it.
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(panelAt(event));
    event.dataTransfer.dropEffect = panelAt(event) ? "copy" : "none";
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(null));
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(null);
    if (!panelAt(event) || !event.dataTransfer.files.length) return;
    dropped = event.dataTransfer.files[0];
    tell("upload");
  });

  let typing;
  document.addEventListener("input", (event) => {
    if (!bridge.element("batchLines")?.contains(event.target)) return;
    clearTimeout(typing);
    typing = setTimeout(() => tell("input"), QUIET_MS);
  });

  bridge.batch = {
    // Called as the view's component is loaded.
    connect: ({ trigger }) => {
      tell = trigger;
    },

    // Event hook: hands on the file that was dropped or has a person pick one; null if none was.
    pickFile: (most) => {
      if (dropped) {
        const file = dropped;
        dropped = null;
        return contents(file, most);
      }
      return new Promise((resolve) => {
        const input = document.createElement("input");
        Object.assign(input, { type: "file", accept: ENDINGS });
        input.addEventListener("cancel", () => resolve([null]));
        input.addEventListener("change", () => resolve(contents(input.files[0], most)));
        input.click();
      });
    },
  };
})();
