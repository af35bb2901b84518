/** What a run is called, where it came from, and its tags, out of what its reporter said. */
import type { Run } from "@/api/types";

type Named = Pick<Run, "id" | "source" | "metadata">;

export type RunFacts = { branch?: string; commit?: string; build?: string; url?: string };

/** Such as "nightly #10", "local main@3435c378", or "local 0197c0f6" where nothing else is known. */
export function runName(run: Named): string {
  const own = said(run.metadata, NAMES);
  if (own !== undefined) return own;
  const { branch, commit, build } = runFacts(run);
  const from = said(run.metadata, JOBS) ?? run.source ?? "Run";
  if (build !== undefined) return `${from} ${/^\d+$/.test(build) ? "#" : ""}${build}`;
  const version = [branch, commit && shortCommit(commit)].filter(Boolean).join("@");
  return `${from} ${version || run.id.slice(0, SHORT)}`;
}

export function runFacts({ metadata }: Pick<Run, "metadata">): RunFacts {
  return {
    branch: said(metadata, BRANCHES),
    commit: said(metadata, COMMITS),
    build: said(metadata, BUILDS),
    url: said(metadata, URLS, isWebUrl),
  };
}

/** One tag may be a text of its own. */
export function runTags({ metadata: { tags } }: Pick<Run, "metadata">): string[] {
  const all: unknown[] = Array.isArray(tags) ? tags : [tags];
  return [...new Set(all.filter(isText))];
}

/** The digits by which people know a commit; anything else as it is. */
export function shortCommit(commit: string): string {
  return /^[0-9a-f]{12,64}$/i.test(commit) ? commit.slice(0, SHORT) : commit;
}

export function isWebUrl(text: unknown): text is string {
  return typeof text === "string" && /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}

const SHORT = 8;

/** Places in the metadata; the first that says something counts. */
const NAMES = ["name", "title", "run_name", "report_name"];
const JOBS = ["jenkins.job_name", "ci.job", "ci.job_name", "ci.workflow", "job_name", "build_name"];
const BUILDS = [
  "jenkins.build_number",
  "build_number",
  "build",
  "ci.build_number",
  "ci.build",
  "build_order",
];
const BRANCHES = ["branch", "git.branch", "git_branch", "ci.branch"];
const COMMITS = ["commit", "git.commit", "git_commit", "ci.commit"];
const URLS = ["jenkins.build_url", "build_url", "ci.build_url", "ci.url", "ci_url", "url", "report_url"];

function said(metadata: Run["metadata"], places: readonly string[], isGood = isText): string | undefined {
  return places.map((place) => textAt(metadata, place)).find((text) => isGood(text));
}

function textAt(metadata: Run["metadata"], place: string): string | undefined {
  const value = place
    .split(".")
    .reduce<unknown>((inside, key) => (isRecord(inside) ? inside[key] : undefined), metadata);
  return typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : undefined;
}

function isText(text: unknown): text is string {
  return typeof text === "string" && text !== "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
