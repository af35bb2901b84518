/** A search through a whole log, as far as it has come. */
import { Hits } from "./hits";
import type { Query } from "./line-search";
import { startTask } from "./start-task";
import { Store } from "./store";
import type { Report } from "./tasks";

export class LogHits extends Store {
  readonly hits = new Hits();
  searchedBytes = 0;
  isDone = false;
  /** There are more than are told. */
  isFull = false;
  reason: string | undefined;
  private endTask: (() => void) | undefined;

  constructor(
    private readonly url: string,
    private readonly query: Query,
  ) {
    super();
  }

  protected start(): void {
    if (this.isDone) return;
    this.hits.length = 0;
    const url = new URL(this.url, location.origin).href;
    this.endTask = startTask({ kind: "search", url, query: this.query }, (report) => this.onReport(report));
  }

  protected stop(): void {
    this.endTask?.();
  }

  private onReport(report: Report): void {
    if (report.kind === "failed") {
      this.reason = report.reason;
      this.isDone = true;
    }
    if (report.kind === "search") {
      this.hits.add(report.hits);
      this.searchedBytes = report.bytes;
      this.isDone = report.isDone;
      this.isFull = report.isFull;
    }
    this.changed();
  }
}
