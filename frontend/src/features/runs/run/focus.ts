/** Where the focus goes when a result is opened beside its list, and when it is closed. */

/** Where the result takes the place of the list: as in split.css. */
const NARROW = "(max-width: 62rem)";

/** Whoever waits longer for a result has begun something else. */
const PATIENCE_MS = 5000;

/** To the first heading, as soon as there is one, unless the focus went elsewhere meanwhile; returns how to give up. */
export function focusHeading(panel: HTMLElement | null): (() => void) | undefined {
  if (panel === null || focusIn(panel)) return undefined;
  const giveUp = () => {
    observer.disconnect();
    clearTimeout(timer);
    document.removeEventListener("focusin", giveUp);
  };
  const observer = new MutationObserver(() => {
    if (focusIn(panel)) giveUp();
  });
  const timer = setTimeout(giveUp, PATIENCE_MS);
  document.addEventListener("focusin", giveUp);
  observer.observe(panel, { childList: true, subtree: true });
  return giveUp;
}

/** Back to where the result was opened from. */
export function focusLink(resultId: string | undefined): void {
  const link = document.querySelector<HTMLElement>(`[data-result="${CSS.escape(resultId ?? "")}"]`);
  (link?.closest<HTMLElement>("[role=tree]") ?? link)?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "nearest" });
}

/** Whether a menu or a dialog is open, which is what Escape closes first. */
export function isSomethingOpen(): boolean {
  return document.querySelector(".pf-v6-c-menu, .pf-v6-c-popover, .pf-v6-c-modal-box") !== null;
}

function focusIn(panel: HTMLElement): boolean {
  const heading = panel.querySelector<HTMLElement>("h1, h2, h3");
  if (heading === null) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  panel.scrollTop = 0;
  if (matchMedia(NARROW).matches) panel.scrollIntoView({ block: "start" });
  return true;
}
