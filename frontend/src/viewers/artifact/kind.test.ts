import { describe, expect, it } from "vitest";

import { anArtifact } from "@/testing/factories";

import { JSON_MAX_BYTES, kindOf } from "./kind";

describe("the kind of an artifact", () => {
  it.each([
    ["a.png", "image/png", "image"],
    ["a.svg", "image/svg+xml", "image"],
    ["a.webm", "video/webm", "video"],
    ["a.wav", "audio/wave", "audio"],
    ["a.json", "application/json", "json"],
    ["a.har", "application/octet-stream", "json"],
    ["a.jsonl", "application/json", "text"],
    ["a.html", "text/html; charset=utf-8", "page"],
    ["a.pdf", "application/pdf", "pdf"],
    ["a.log", "text/plain; charset=utf-8", "text"],
    ["a.md", "text/markdown", "text"],
    ["a.xml", "application/xml", "text"],
    ["server.log.1", "application/octet-stream", "text"],
    ["trace.zip", "application/zip", "trace"],
    ["test-results/cart/trace-1.zip", "application/zip", "trace"],
    ["a.zip", "application/zip", "archive"],
    ["logs.tar.gz", "application/octet-stream", "archive"],
    ["core", "application/octet-stream", "file"],
  ])("of %s (%s) is %s", (filename, content_type, kind) => {
    expect(kindOf(anArtifact({ filename, content_type }))).toBe(kind);
  });

  it("is text where JSON is too much for a tree", () => {
    const facts = { filename: "a.json", content_type: "application/json", size: JSON_MAX_BYTES + 1 };
    expect(kindOf(anArtifact(facts))).toBe("text");
  });
});
