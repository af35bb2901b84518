/** Artifacts for tests: their bytes in ranges, a worker without a thread, and room to draw lines in. */
import { vi } from "vitest";

import type { Artifact } from "@/api/types";
import { anArtifact } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { runTask, type Task } from "../log/tasks";

/** An artifact of this content that the server has; `asked` are the ranges that it was asked for. */
export function serve(content: string | Uint8Array, facts: Partial<Artifact> = {}) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const artifact = anArtifact({ size: bytes.length, ...facts });
  const asked: (string | null)[] = [];
  server.use(
    http.get("/artifact/{id}/view", ({ request, response }) => {
      const range = request.headers.get("Range");
      asked.push(range);
      const found = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
      if (found === null) return response.untyped(new Response(bytes.slice()));
      const piece = bytes.slice(Number(found[1]), Number(found[2]) + 1);
      return response.untyped(new Response(piece, { status: 206 }));
    }),
  );
  return { artifact, asked };
}

/** jsdom has neither workers nor sizes. */
export function prepareBrowser(height = 400): void {
  vi.stubGlobal("Worker", WorkerInPage);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(height);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockImplementation(function (this: HTMLElement) {
    return Number.parseFloat((this.firstElementChild as HTMLElement | null)?.style.height ?? "0");
  });
  HTMLElement.prototype.scrollTo = function (this: HTMLElement, where?: ScrollToOptions | number) {
    this.scrollTop = typeof where === "object" ? (where.top ?? 0) : 0;
    queueMicrotask(() => this.dispatchEvent(new Event("scroll")));
  };
}

class WorkerInPage {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  private isOver = false;

  postMessage(task: Task): void {
    void runTask(task, (report) => {
      if (!this.isOver) this.onmessage?.({ data: report });
    });
  }

  terminate(): void {
    this.isOver = true;
  }
}
