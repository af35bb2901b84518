/** Requests in the name of who is signed in: cookies, the header against forgery, and staying signed in. */
import { NO_CONNECTION } from "./problem";

const SAFE = new Set(["GET", "HEAD"]);
const listeners = new Set<() => void>();
let renewal: Promise<boolean> | undefined;

/** Calls back when the session is over; returns how to stop that. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether this browser has a session that may still be good. */
export function mayBeSignedIn(): boolean {
  return csrf() !== undefined;
}

/** `fetch` that proves where it comes from, renews a session once, and answers a problem where nothing answers. */
export async function sessionFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await send(request);
  if (response.status !== 401 || isAboutSessions(request)) return response;
  if (await renew()) return send(again);
  listeners.forEach((listener) => listener());
  return response;
}

/** The headers that a request needs which does not go through `sessionFetch`, such as an upload. */
export function forgeryHeaders(): Record<string, string> {
  const value = csrf();
  return value === undefined ? {} : { "X-CSRF-TOKEN": value };
}

async function send(request: Request): Promise<Response> {
  if (!SAFE.has(request.method)) {
    for (const [name, value] of Object.entries(forgeryHeaders())) request.headers.set(name, value);
  }
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    return Response.json(NO_CONNECTION, {
      status: 503,
      headers: { "Content-Type": "application/problem+json" },
    });
  }
}

/** One renewal at a time, whoever needs it. */
function renew(): Promise<boolean> {
  renewal ??= askForRenewal().finally(() => (renewal = undefined));
  return renewal;
}

async function askForRenewal(): Promise<boolean> {
  if (!mayBeSignedIn()) return false;
  const response = await send(
    new Request(new URL("/api/login/refresh", location.origin), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    }),
  );
  return response.ok;
}

function isAboutSessions(request: Request): boolean {
  return new URL(request.url).pathname.startsWith("/api/login");
}

function csrf(): string | undefined {
  return /(?:^|; )ibutsu_csrf=([^;]+)/.exec(document.cookie)?.[1];
}
