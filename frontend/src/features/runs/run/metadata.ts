/** What clients said of a run besides its results: its links, its entries, and how they are edited. */
import { isWebUrl } from "@/components/run-name";

export type Metadata = Record<string, unknown>;
export type Entry = { path: string; key: string; depth: number; value: unknown; isGroup: boolean };

const MOST_LINKS = 5;

/** The first web addresses, called by their place: `jenkins.build_url` is the "jenkins build". */
export function linksOf(metadata: Metadata): { label: string; url: string }[] {
  return entriesOf(metadata)
    .flatMap(({ path, value }) => (isWebUrl(value) ? [{ label: labelOf(path), url: value }] : []))
    .slice(0, MOST_LINKS);
}

/** One after another, what is inside of something below it. */
export function entriesOf(metadata: Metadata, above = "", depth = 0): Entry[] {
  return Object.entries(metadata).flatMap(([key, value]) => {
    const path = `${above}${key}`;
    const isGroup = isRecord(value) && Object.keys(value).length > 0;
    const entry = { path, key, depth, value, isGroup };
    return isGroup ? [entry, ...entriesOf(value, `${path}.`, depth + 1)] : [entry];
  });
}

/** The metadata that a text is, or why it is none. */
export function readMetadata(text: string): { metadata: Metadata } | { problem: string } {
  try {
    const metadata: unknown = JSON.parse(text);
    if (!isRecord(metadata)) return { problem: "Metadata is an object: it begins with { and ends with }." };
    return { metadata };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "This is not JSON." };
  }
}

/** What is to be stored, when others changed entries while one was editing: theirs stay unless one changed them as well. */
export function withOthersChanges(opened: Metadata, edited: Metadata, stored: Metadata): Metadata {
  const isUntouched = (key: string) => JSON.stringify(edited[key]) === JSON.stringify(opened[key]);
  const mine = Object.entries(edited).filter(([key]) => !isUntouched(key));
  const theirs = Object.entries(stored).filter(([key]) => isUntouched(key));
  return Object.fromEntries([...theirs, ...mine]);
}

function labelOf(path: string): string {
  const words = path.replaceAll(/[._-]/g, " ").replace(/(?<=.) (url|link|href)$/i, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isRecord(value: unknown): value is Metadata {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
