/** Pieces of an artifact by HTTP Range requests, the latest wish first. */
import { problemOf } from "@/api/problem";
import { sessionFetch } from "@/api/session";

const AT_ONCE = 4;
/** Wishes beyond these are those of places that were scrolled past. */
const WAITING_MAX = 8;

type Wish = { key: number; read: () => Promise<void> };

/** The bytes from `start` to before `end`; throws the server's problem. */
export async function readBytes(
  url: string,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const headers = { Range: `bytes=${start}-${end - 1}` };
  const response = await sessionFetch(new Request(new URL(url, location.origin), { headers, signal }));
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- as the hooks of the API do
  if (!response.ok) throw problemOf(await response.json().catch(() => undefined));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return response.status === 206 ? bytes : bytes.slice(start, end);
}

export class Wishes {
  private waiting: Wish[] = [];
  private readonly busy = new Set<number>();

  /** The same key twice at a time is one wish. */
  add(key: number, read: () => Promise<void>): void {
    if (this.busy.has(key)) return;
    this.waiting = [...this.waiting.filter((wish) => wish.key !== key), { key, read }].slice(-WAITING_MAX);
    this.next();
  }

  clear(): void {
    this.waiting = [];
    this.busy.clear();
  }

  private next(): void {
    if (this.busy.size >= AT_ONCE) return;
    const wish = this.waiting.pop();
    if (wish === undefined) return;
    this.busy.add(wish.key);
    void wish.read().finally(() => {
      this.busy.delete(wish.key);
      this.next();
    });
  }
}
