/** What kind of thing an artifact is, told from its media type and its name: it decides how it is shown. */
import type { Artifact } from "@/api/types";

export type Kind =
  "image" | "video" | "audio" | "json" | "page" | "pdf" | "text" | "trace" | "archive" | "file";

/** What this artifact is, in a word for people. */
export const KIND_LABELS: Record<Kind, string> = {
  image: "Image",
  video: "Video",
  audio: "Sound",
  json: "JSON",
  page: "HTML page",
  pdf: "PDF",
  text: "Text",
  trace: "Playwright trace",
  archive: "Archive",
  file: "File",
};

/** A tree of more than this would take a browser too long; it is shown as text. */
export const JSON_MAX_BYTES = 5 * 1024 * 1024;

const TRACE = /(^|[/_.-])trace[^/]*\.zip$/i;
const ARCHIVE_NAME = /\.(zip|jar|war|whl|tar|tgz|tbz2?|txz|gz|bz2|xz|zst|7z|rar)$/i;
const ARCHIVE_TYPE = /^application\/(zip|gzip|x-(tar|gzip|bzip2|xz|7z-compressed|rar.*)|vnd\.rar|zstd)$/;
const TEXT_NAME =
  /\.(log|txt|out|err|text|trace|md|rst|csv|tsv|ya?ml|toml|ini|cfg|conf|properties|xml|har|diff|patch|sql|sh|py|js|ts|java|go|rb|feature|robot|jsonl|ndjson|stdout|stderr)(\.\d+)?$/i;
const TEXT_TYPE =
  /^(text\/|application\/(xml|yaml|x-yaml|javascript|sql|toml|x-sh|x-ndjson|.*\+(xml|json)$))/;

export function kindOf({ content_type, filename, size }: Artifact): Kind {
  const type = content_type.split(";")[0]?.trim().toLowerCase() ?? "";
  if (TRACE.test(filename)) return "trace";
  if (type.startsWith("image/")) return "image";
  if (type.startsWith("video/")) return "video";
  if (type.startsWith("audio/")) return "audio";
  if (type === "text/html" || type === "application/xhtml+xml") return "page";
  if (type === "application/pdf") return "pdf";
  if (isJson(type, filename)) return size > JSON_MAX_BYTES ? "text" : "json";
  if (ARCHIVE_TYPE.test(type) || ARCHIVE_NAME.test(filename)) return "archive";
  return TEXT_TYPE.test(type) || TEXT_NAME.test(filename) ? "text" : "file";
}

function isJson(type: string, filename: string): boolean {
  if (/\.(jsonl|ndjson)$/i.test(filename)) return false;
  return type === "application/json" || type.endsWith("+json") || /\.(json|har)$/i.test(filename);
}
