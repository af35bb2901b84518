/** Parameters of the address that say how something is shown: changed in place, and the rest of it stays. */
import { useCallback } from "react";
import { useLocation, useNavigate } from "react-router";

export type Change = { hash?: string; parameters?: Record<string, string | undefined> };

export function useParameters(): [URLSearchParams, (change: Change) => void] {
  const { search, hash: present } = useLocation();
  const navigate = useNavigate();
  const change = useCallback(
    ({ hash = present, parameters = {} }: Change) => {
      const next = new URLSearchParams(search);
      for (const [name, value] of Object.entries(parameters)) {
        next.delete(name);
        if (value !== undefined && value !== "") next.set(name, value);
      }
      void navigate({ search: next.toString(), hash }, { replace: true, preventScrollReset: true });
    },
    [navigate, search, present],
  );
  return [new URLSearchParams(search), change];
}
