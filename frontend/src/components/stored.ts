/** State that this browser remembers. */
import { useState } from "react";

const PREFIX = "ibutsu.";

export function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
  } catch {
    return null;
  }
}

export function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // a full or forbidden storage forgets, and nothing else
  }
}

/** Whoever reads a key always writes the same shape to it. */
export function useStored<Value>(key: string, otherwise: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => (read(key) as Value | null) ?? otherwise);
  const set = (next: Value) => {
    setValue(next);
    write(key, next);
  };
  return [value, set];
}
