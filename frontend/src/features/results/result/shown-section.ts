/** The section of a result that an address names, such as `…/history`. */
import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

/** Goes there once everything is loaded, because what is above it would push it away. */
export function useShownSection(name: string | undefined): void {
  const isLoaded = useIsFetching() === 0;
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (name === undefined || !isLoaded || shown.current === name) return;
    shown.current = name;
    document.getElementById(name)?.scrollIntoView({ block: "start" });
  }, [name, isLoaded]);
}
