// The language of the page: the one that the address names ("?lang=ko"), or that was chosen in the menu,
// or the first of the browser's own that there is. The server answers in it, the scripts speak it.
Object.assign(window.headlineAttention, (() => {
  const bridge = window.headlineAttention;
  const { languages } = bridge;
  const PARAMETER = "lang", ENGLISH = "en"; // the page is sent in English
  const CHOSEN = "headline-attention-language"; // kept by the browser beyond its tab
  const WAITED_MS = 5000; // for the first answer, after which the page is shown as it is

  const address = () => new URLSearchParams(location.search);
  // What every link keeps of the address: the language, and what is the host's, which begins with "__".
  const stays = (name) => name === PARAMETER || name.startsWith("__");
  const asking = (parameters) => {
    const query = new URLSearchParams([...address()].filter(([name]) => stays(name)));
    for (const [name, value] of Object.entries(parameters)) query.set(name, value);
    return `?${query}`;
  };
  const linked = () => Object.fromEntries([...address()].filter(([name]) => !stays(name)));
  // A browser may forbid a page in a frame to keep anything.
  const chosen = () => {
    try {
      return localStorage.getItem(CHOSEN);
    } catch {
      return null;
    }
  };
  const wanted = [address().get(PARAMETER), chosen(), ...navigator.languages].filter(Boolean);
  const language =
    wanted.flatMap((name) => [name, name.split("-")[0]]).find((name) => Object.hasOwn(languages, name)) ?? ENGLISH;

  // Gradio says its own few words in the browser's language, and names that as the page's: both
  // shall be this one.
  Object.defineProperty(navigator, "language", { value: language, configurable: true });
  const { documentElement: root } = document;
  const nameIt = () => {
    if (root.lang !== language) root.lang = language;
  };
  nameIt();
  new MutationObserver(nameIt).observe(root, { attributeFilter: ["lang"] });

  // Until the first answer has translated it, the page is not shown.
  if (language !== ENGLISH) {
    root.classList.add("untranslated");
    const show = () => root.classList.remove("untranslated");
    document.addEventListener("answered", () => requestAnimationFrame(show), { once: true });
    setTimeout(show, WAITED_MS);
  }

  // Another language is another visit to the page, which opens as it was left.
  document.addEventListener("change", ({ target }) => {
    if (target !== bridge.element("language")) return;
    try {
      localStorage.setItem(CHOSEN, target.value);
    } catch {} // the address says it as well
    location.search = asking({ [PARAMETER]: target.value, ...bridge.ofLesson() });
  });

  return {
    language,
    ...languages[language],
    // The query of an address that asks for these parameters and nothing else, in the same language.
    asking,
    // What the address asks for beside a language, by name, and whether that is anything.
    linked,
    isLink: () => Object.keys(linked()).length > 0,
    // A link to the page names its language, unless that is English.
    inLanguage: (link) => {
      if (language === ENGLISH) link.searchParams.delete(PARAMETER);
      else link.searchParams.set(PARAMETER, language);
      return link;
    },
  };
})());
