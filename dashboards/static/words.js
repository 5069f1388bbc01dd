// Puts Chinese in the place of the words that Streamlit's own widgets bring in English, and back.
// Only inside Streamlit's own elements: what the hall's data say stays as it is, even where it equals a word of the dictionary.
(() => {
  "use strict";
  const given = /*WORDS*/ {};
  const fallback = /*DEFAULT*/ '';
  const there = new Map(Object.entries(given.words || {}));
  const back = new Map([...there].map(([english, chinese]) => [chinese, english]));
  const patterns = Object.entries(given.patterns || {}).map(([text, chinese]) => [new RegExp(text), chinese]);
  const own = [
    "stElementToolbar", "stToolbar", "stStatusWidget", "stMainMenu", "stMainMenuPopover", "stHeader", "stDataFrameColumnMenu", "stFullScreenFrame",
    "stFileUploader", "stNumberInputContainer", "stConnectionStatus", "stDialog", "stTooltipIcon", "stHeadingWithActionElements", "InputInstructions",
    "stDataFrameColumnVisibilityMenu", "stDataFrameColumnFormattingMenu", "stSelectboxVirtualDropdown", "stElementToolbarButton",
    "stSkipToContent",
  ].map((name) => `[data-testid="${name}"]`).concat('[role="log"]').join(",");
  // Of these only the names of buttons and fields: their text is the page's or the data's.
  const named = ["stSelectbox", "stNumberInput", "stDataFrame", "portal"].map((name) => `[data-testid="${name}"]`).concat('[role="dialog"]').join(",");
  // Inside these, text is the page's or the data's; only the names of buttons are Streamlit's.
  const data = '[data-testid="stMarkdownContainer"],[data-testid="stDataFrameGlideDataEditor"],[data-testid="stVegaLiteChart"] svg,[data-testid="stTable"],[role="listbox"]:not([data-empty]) [role="option"],.gdg-cell';
  const attributes = ["placeholder", "aria-label", "title"];
  const language = () => {
    const asked = new URLSearchParams(location.search).get("lang");
    return asked === "en" || asked === "zh" ? asked : fallback;
  };
  let now = language();

  const swap = (text) => {
    const word = text.trim();
    if (!word) return null;
    if (now === "en") return back.has(word) ? text.replace(word, back.get(word)) : null;
    if (there.has(word)) return text.replace(word, there.get(word));
    for (const [pattern, chinese] of patterns) if (pattern.test(word)) return word.replace(pattern, chinese);
    return null;
  };
  // The uploader's own button says its word as a page would; names of chosen files stand outside of it.
  const uploader = '[data-testid="stFileUploaderDropzone"]';
  const ours = (element) => element && element.closest && (element.closest(uploader) || (element.closest(own) && !element.closest(data)));

  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!ours(node.parentElement)) return;
      const text = swap(node.data);
      if (text !== null && text !== node.data) node.data = text;
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.closest(own) || node.closest(named)) {
        for (const name of attributes) {
          const value = node.getAttribute(name);
          const text = value ? swap(value) : null;
          if (text !== null && text !== value) node.setAttribute(name, text);
        }
      }
      node.childNodes.forEach(visit);
    }
  };

  // The address changes without a new page when the language is switched.
  const settle = () => {
    const wanted = language();
    document.documentElement.lang = wanted === "en" ? "en" : "zh-CN";
    if (wanted !== now) {
      now = wanted;
      if (document.body) visit(document.body);
    }
  };
  for (const name of ["pushState", "replaceState"]) {
    const before = history[name].bind(history);
    history[name] = (...given) => { before(...given); settle(); };
  }
  addEventListener("popstate", settle);

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(visit);
      else visit(change.target);
    }
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes });
  settle();
})();
