// Put before the service worker of Playwright's trace viewer, because documents that a service worker makes
// pass no server.  What they show was written by whoever uploaded the trace, and they are of our origin.
{
  const SNAPSHOT =
    "sandbox allow-same-origin allow-scripts; base-uri *; connect-src 'none'; form-action 'none'; " +
    "frame-ancestors 'self'; frame-src 'self' data:; object-src 'none'; worker-src 'none'";
  const NOTHING_RUNS =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; font-src data:";

  const snapshots = new URL("snapshot/", self.registration.scope).href;
  const respondWith = FetchEvent.prototype.respondWith;

  /** The scripts of a snapshot are the viewer's own if each needs a word that only the viewer knows. */
  const isSnapshot = (request, headers) =>
    request.destination === "iframe" &&
    request.url.startsWith(snapshots) &&
    /script-src 'nonce-[0-9a-f]{32,}'/.test(headers.get("Content-Security-Policy") ?? "");

  const guarded = ({ request }, response) => {
    // What came from the server has its policy.
    if (!(response instanceof Response) || response.type !== "default") return response;
    const headers = new Headers(response.headers);
    headers.append("Content-Security-Policy", isSnapshot(request, headers) ? SNAPSHOT : NOTHING_RUNS);
    headers.set("X-Content-Type-Options", "nosniff");
    const { body, status, statusText } = response;
    return new Response(body, { headers, status, statusText });
  };

  Object.defineProperty(FetchEvent.prototype, "respondWith", {
    value(answer) {
      respondWith.call(
        this,
        Promise.resolve(answer).then((response) => guarded(this, response)),
      );
    },
  });
}
