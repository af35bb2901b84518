/** Sends a report file to the server and tells how far it is, which `fetch` cannot. */
import { client } from "@/api/client";
import { NO_CONNECTION, problemOf } from "@/api/problem";
import { forgeryHeaders } from "@/api/session";
import type { Import, Problem } from "@/api/types";

export type Said = { project: string; source: string; metadata: string };
export type Uploaded = { import: Import; wasThere: boolean };

/** Rejects with a problem; `signal` takes the file back.  `onProgress` is told the part that is sent, of 1. */
export async function upload(
  file: File,
  said: Said,
  { onProgress, signal }: { onProgress: (part: number) => void; signal: AbortSignal },
): Promise<Uploaded> {
  await renewSession();
  const request = new XMLHttpRequest();
  const answer = new Promise<void>((resolve, reject) => {
    request.onload = () => resolve();
    request.onerror = () => reject(new Lost(LOST));
    request.onabort = () => reject(new DOMException("The upload was taken back", "AbortError"));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
  });
  signal.addEventListener("abort", () => request.abort(), { once: true });
  signal.throwIfAborted();
  request.open("POST", new URL("/api/import", location.origin));
  for (const [name, value] of Object.entries(forgeryHeaders())) request.setRequestHeader(name, value);
  request.send(formOf(file, said));
  await answer;
  if (request.status !== 201) throw new Lost(problemIn(request));
  return {
    import: JSON.parse(request.responseText) as Import,
    wasThere: request.getResponseHeader("Idempotency-Replayed") === "true",
  };
}

/** Why a file did not arrive. */
export class Lost extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

const LOST: Problem = {
  ...NO_CONNECTION,
  detail: "The connection was lost before the whole file was sent. Nothing of it is stored.",
};

/** A file may be long on its way: who is refused for an old session should know before it is sent. */
async function renewSession(): Promise<void> {
  const { error } = await client.GET("/user");
  if (error !== undefined) throw new Lost(error);
}

function formOf(file: File, { project, source, metadata }: Said): FormData {
  const form = new FormData();
  form.set("project", project);
  if (source !== "") form.set("source", source);
  if (metadata !== "") form.set("metadata", metadata);
  form.set("importFile", file);
  return form;
}

function problemIn(request: XMLHttpRequest): Problem {
  try {
    return problemOf(JSON.parse(request.responseText));
  } catch {
    return problemOf(undefined);
  }
}
