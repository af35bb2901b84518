import { beforeEach, expect, it, vi } from "vitest";

import { upload } from "./upload";
import { UploadQueue } from "./upload-queue";

/** Files are on their way until they are taken back. */
vi.mock("./upload", () => ({
  Lost: class extends Error {},
  upload: vi.fn(
    (_file: File, _said: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("Taken back", "AbortError")));
      }),
  ),
}));

const SAID = { project: "p", source: "", metadata: "" };

beforeEach(() => {
  vi.mocked(upload).mockClear();
});

function filled(): UploadQueue {
  const queue = new UploadQueue(() => undefined);
  queue.add(
    ["a", "b", "c", "d"].map((name) => new File([], name)),
    SAID,
  );
  return queue;
}

/** The promises of what was taken back are settled by then. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

it("sends two files at a time, and the next one as soon as one was taken back", async () => {
  const queue = filled();
  expect(upload).toHaveBeenCalledTimes(2);
  const sending = queue.read().find(({ fate }) => fate.state === "sending");
  queue.remove(sending?.key ?? 0);
  await settled();
  expect(upload).toHaveBeenCalledTimes(3);
});

it("sends nothing more once it was stopped", async () => {
  const queue = filled();
  queue.stop();
  await settled();
  expect(upload).toHaveBeenCalledTimes(2);
  expect(queue.read()).toEqual([]);
});
