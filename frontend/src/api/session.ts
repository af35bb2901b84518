/** Requests in the name of who is signed in: cookies, the header against forgery, and staying signed in. */
import { NO_CONNECTION } from "./problem";

const SAFE = new Set(["GET", "HEAD"]);
const CHECK_MS = 60_000;
const LIFETIME_SECONDS = 3600;
const HALF = "ibutsu.renew-at";
const listeners = new Set<() => void>();
let renewal: Promise<Response | undefined> | undefined;

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
  const renewed = await renew();
  if (renewed?.ok === true) return send(again);
  if (renewed !== undefined && !isOver(renewed)) return renewed.clone();
  listeners.forEach((listener) => listener());
  return response;
}

/** Renews the session ahead of its end: images, frames and downloads cannot ask twice.  Returns how to stop that. */
export function keepSignedIn(): () => void {
  const renewInTime = () => {
    if (document.visibilityState === "visible" && isHalfOver()) void renew();
  };
  renewInTime();
  const timer = setInterval(renewInTime, CHECK_MS);
  document.addEventListener("visibilitychange", renewInTime);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", renewInTime);
  };
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

/** One renewal at a time, whoever needs it; undefined where there is nothing to renew. */
function renew(): Promise<Response | undefined> {
  renewal ??= askForRenewal().finally(() => (renewal = undefined));
  return renewal;
}

async function askForRenewal(): Promise<Response | undefined> {
  if (!mayBeSignedIn()) return undefined;
  const response = await send(
    new Request(new URL("/api/login/refresh", location.origin), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    }),
  );
  if (response.ok) await rememberEnd(response.clone());
  return response;
}

/** Whether the session cannot be renewed, and not just not now. */
function isOver(refusal: Response): boolean {
  return refusal.status === 401 || refusal.status === 403;
}

/** All tabs know when the session was renewed last, and for how long. */
async function rememberEnd(renewed: Response): Promise<void> {
  const { expires_in } = (await renewed.json()) as { expires_in?: number };
  const half = Date.now() + (expires_in ?? LIFETIME_SECONDS) * 500;
  try {
    localStorage.setItem(HALF, String(half));
  } catch {
    // a storage that is forbidden makes us renew more often
  }
}

function isHalfOver(): boolean {
  try {
    return Number(localStorage.getItem(HALF) ?? 0) < Date.now();
  } catch {
    return true;
  }
}

function isAboutSessions(request: Request): boolean {
  return new URL(request.url).pathname.startsWith("/api/login");
}

function csrf(): string | undefined {
  return /(?:^|; )ibutsu_csrf=([^;]+)/.exec(document.cookie)?.[1];
}
