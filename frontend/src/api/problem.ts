/** What went wrong, in the words of the server. */
import type { Problem } from "./types";

/** Whatever a request was refused or ended with, as a problem; `status` is 0 where no answer came. */
export function problemOf(error: unknown): Problem {
  if (isProblem(error)) return error;
  if (error instanceof Error) return made(0, "Something went wrong", error.message);
  return made(502, "Unexpected answer", "Something between this page and the server answered in its place.");
}

/** What is wrong with which field, for forms that show it there. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  const found = error == null ? [] : (problemOf(error).errors ?? []);
  return Object.fromEntries(found.map(({ field, message }) => [field, message]));
}

export const NO_CONNECTION = made(
  0,
  "No connection",
  "The server cannot be reached. Check your network, or try again in a moment.",
);

function made(status: number, title: string, detail: string): Problem {
  return { type: "about:blank", title, status, detail };
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "detail" in error && "status" in error;
}
