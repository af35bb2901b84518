/** The files that are being sent from a page: a few at a time, each with what has become of it. */
import { problemOf } from "@/api/problem";
import type { Problem } from "@/api/types";

import { Lost, type Said, upload } from "./upload";

const AT_A_TIME = 2;

export type Fate =
  | { state: "waiting" }
  | { state: "sending"; part: number }
  | { state: "sent"; importId: string; wasThere: boolean }
  | { state: "lost"; problem: Problem };
export type Upload = { key: number; file: File; said: Said; fate: Fate };

/** A store as `useSyncExternalStore` takes it. */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private made = 0;
  private readonly controllers = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly onSent: () => void) {}

  readonly read = () => this.uploads;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(files: readonly File[], said: Said): void {
    const added = files.map<Upload>((file) => ({ key: ++this.made, file, said, fate: { state: "waiting" } }));
    this.show([...added, ...this.uploads]);
    this.next();
  }

  again(key: number): void {
    this.put(key, { state: "waiting" });
    this.next();
  }

  /** Takes a file off the list, and back if it is on its way. */
  remove(key: number): void {
    this.controllers.get(key)?.abort();
    this.show(this.uploads.filter((one) => one.key !== key));
  }

  /** Takes everything back: what is on its way, and what waits, so that nothing comes after it. */
  stop(): void {
    this.show([]);
    this.controllers.forEach((controller) => controller.abort());
  }

  private next(): void {
    while (this.controllers.size < AT_A_TIME) {
      const first = this.uploads.findLast(({ fate }) => fate.state === "waiting");
      if (first === undefined) return;
      void this.send(first);
    }
  }

  private async send({ key, file, said }: Upload): Promise<void> {
    const controller = new AbortController();
    this.controllers.set(key, controller);
    const onProgress = (part: number) => this.put(key, { state: "sending", part });
    onProgress(0);
    try {
      const sent = await upload(file, said, { onProgress, signal: controller.signal });
      this.put(key, { state: "sent", importId: sent.import.id, wasThere: sent.wasThere });
      this.onSent();
    } catch (error) {
      const problem = error instanceof Lost ? error.problem : problemOf(error);
      this.put(key, { state: "lost", problem });
    } finally {
      this.controllers.delete(key);
      this.next();
    }
  }

  private put(key: number, fate: Fate): void {
    this.show(this.uploads.map((one) => (one.key === key ? { ...one, fate } : one)));
  }

  private show(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    this.listeners.forEach((listener) => listener());
  }
}
