/** Why a test failed, out of the metadata of its result: in the same words as the server's groups of failures. */

export type Reason = {
  exception: string | null;
  /** The message, or what pytest marks in the traceback, or the last line of any other. */
  message: string | null;
  traceback: string | null;
};

type Metadata = Readonly<Record<string, unknown>> | null | undefined;

/** pytest-ibutsu ends `short_tb` with the name of what was raised and its text as Python writes bytes. */
const TOLD_AGAIN = /\n([A-Za-z_][\w.]*)\nb('|")([^\n]*)\2\s*$/;

/** `metadata.message` comes from importers, `short_tb` from pytest-ibutsu; `traceback` from clients of their own. */
export function reasonOf(metadata: Metadata): Reason {
  const sent = textAt(metadata, "short_tb") ?? textAt(metadata, "traceback");
  const again = sent === null ? null : TOLD_AGAIN.exec(sent);
  const traceback = sent !== null && again !== null ? sent.slice(0, again.index) : sent;
  const told = again === null ? null : textOfBytes(again[3] ?? "").trim() || null;
  return {
    exception: textAt(metadata, "exception_name")?.trim() ?? again?.[1] ?? null,
    message: textAt(metadata, "message")?.trim() ?? told ?? (traceback === null ? null : saidIn(traceback)),
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

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

function textOfBytes(bytes: string): string {
  return bytes
    .replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, one: string | undefined) =>
      hex === undefined ? (ESCAPES[one ?? ""] ?? one ?? "") : String.fromCharCode(parseInt(hex, 16)),
    )
    .replace(/&#(\d{1,7});/g, (all, code: string) =>
      Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : all,
    );
}
