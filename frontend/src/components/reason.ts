/** Why a test failed, out of the metadata of its result: in the same words as the server's groups of failures. */

export type Reason = {
  exception: string | null;
  /** The message, or what pytest marks in the traceback, or the last line of any other. */
  message: string | null;
  traceback: string | null;
};

type Metadata = Readonly<Record<string, unknown>> | null | undefined;

/** `metadata.message` comes from importers, `short_tb` from pytest-ibutsu; `traceback` from clients of their own. */
export function reasonOf(metadata: Metadata): Reason {
  const traceback = textAt(metadata, "short_tb") ?? textAt(metadata, "traceback");
  return {
    exception: textAt(metadata, "exception_name")?.trim() ?? null,
    message: textAt(metadata, "message")?.trim() ?? (traceback === null ? null : saidIn(traceback)),
    traceback,
  };
}

/** The first line of a message that says something. */
export function firstLine(text: string | null): string | null {
  return linesOf(text ?? "")[0] ?? null;
}

/** The lines that pytest begins with `E`, or the last one, which in other tracebacks names what was raised. */
function saidIn(traceback: string): string | null {
  const marked = linesOf(traceback).filter((line) => /^E\s/.test(line));
  const said = marked.map((line) => line.slice(1).trim()).join("\n");
  return said || (linesOf(traceback).at(-1)?.trim() ?? null);
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function textAt(metadata: Metadata, key: string): string | null {
  const value = metadata?.[key];
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
