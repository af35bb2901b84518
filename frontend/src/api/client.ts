/** The API: `client` for single calls, `api` for hooks, typed by the served specification. */
import { QueryClient } from "@tanstack/react-query";
import createFetchClient from "openapi-fetch";
import createHooks from "openapi-react-query";

import { problemOf } from "./problem";
import type { paths } from "./schema";
import { sessionFetch } from "./session";

const RETRIES = 2;

export const client = createFetchClient<paths>({
  baseUrl: new URL("/api", location.origin).href,
  fetch: sessionFetch,
});
export const api = createHooks(client);

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (count, error) => count < RETRIES && isPassing(problemOf(error).status),
      },
    },
  });
}

/** Whether the same request may well succeed in a moment. */
function isPassing(status: number): boolean {
  return status === 0 || status === 502 || status === 503;
}
