/** What is searched for in a log: typed here, asked a moment later, and kept in the address. */
import { useEffect, useMemo, useState } from "react";

import { useParameters } from "../use-parameters";
import { patternOf, type Query } from "./line-search";

const PAUSE_MS = 250;
const REGEX = "regex";
const CASE = "case";

export type LogQuery = {
  typed: string;
  type: (text: string) => void;
  /** Asks at once what was typed last; false if it was asked already. */
  ask: () => boolean;
  /** What the address says; undefined if there is nothing to search for, or nothing that can be. */
  asked: Query | undefined;
  isRegex: boolean;
  isCaseSensitive: boolean;
  toggle: (what: "regex" | "case") => void;
  /** Why it is not an expression. */
  reason: string | undefined;
};

export function useLogQuery(): LogQuery {
  const [parameters, change] = useParameters();
  const text = parameters.get("find") ?? "";
  const as = parameters.get("findAs")?.split(",") ?? [];
  const isRegex = as.includes(REGEX);
  const isCaseSensitive = as.includes(CASE);
  const query = useMemo(() => ({ text, isRegex, isCaseSensitive }), [text, isRegex, isCaseSensitive]);
  const reason = useMemo(() => reasonOf(query), [query]);
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => change({ parameters: { find: typed } }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text, change]);
  const toggle = (what: string) => {
    const next = as.includes(what) ? as.filter((one) => one !== what) : [...as, what];
    change({ parameters: { findAs: next.join(",") } });
  };
  return {
    typed,
    type: setTyped,
    ask: () => {
      if (typed !== text) change({ parameters: { find: typed } });
      return typed !== text;
    },
    asked: text === "" || reason !== undefined ? undefined : query,
    isRegex,
    isCaseSensitive,
    toggle,
    reason,
  };
}

function reasonOf(query: Query): string | undefined {
  try {
    patternOf(query);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
