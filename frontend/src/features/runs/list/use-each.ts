/** The same request for one thing after the other, which goes on where one of them fails. */
import { useState } from "react";

export type Ended<Item> = { done: Item[]; failed: { item: Item; error: unknown }[] };

export function useEach<Item>(): {
  /** How many of them are through, as long as some are not. */
  progress: { done: number; of: number } | undefined;
  each: (
    items: readonly Item[],
    request: (item: Item) => Promise<{ error?: unknown }>,
  ) => Promise<Ended<Item>>;
} {
  const [progress, setProgress] = useState<{ done: number; of: number }>();
  const each = async (items: readonly Item[], request: (item: Item) => Promise<{ error?: unknown }>) => {
    const ended: Ended<Item> = { done: [], failed: [] };
    for (const [done, item] of items.entries()) {
      setProgress({ done, of: items.length });
      const { error } = await request(item);
      if (error === undefined) ended.done.push(item);
      else ended.failed.push({ item, error });
    }
    setProgress(undefined);
    return ended;
  };
  return { progress, each };
}
