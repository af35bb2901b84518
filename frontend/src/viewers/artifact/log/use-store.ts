/** Draws a component again whenever a store has news. */
import { useSyncExternalStore } from "react";

import type { Store } from "./store";

const nothing = () => () => undefined;

export function useStore(store: Store | undefined): void {
  useSyncExternalStore(store?.subscribe ?? nothing, store?.getVersion ?? zero);
}

function zero(): number {
  return 0;
}
