/** Light, dark, or as the system has it; public/theme.js does the same before the first paint. */
import { useEffect, useSyncExternalStore } from "react";

import { useStored } from "./stored";

export const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];

const CLASS = "pf-v6-theme-dark";

/** Which theme was chosen, and how to choose another one. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [chosen, setChosen] = useStored<Theme>("theme", "system");
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = () =>
      document.documentElement.classList.toggle(
        CLASS,
        chosen === "dark" || (chosen === "system" && system.matches),
      );
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [chosen]);
  return [chosen, setChosen];
}

/** Whether it is dark right now: for what is drawn, such as charts. */
export function useIsDark(): boolean {
  return useSyncExternalStore(watchClass, () => document.documentElement.classList.contains(CLASS));
}

function watchClass(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ["class"] });
  return () => observer.disconnect();
}
