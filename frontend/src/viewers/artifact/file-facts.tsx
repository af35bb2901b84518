/** A file that a browser has no way to show, and what to do with it. */
import { ClipboardCopy, Content } from "@patternfly/react-core";

import type { Artifact } from "@/api/types";
import { formatBytes } from "@/components/times";

import { type Kind, KIND_LABELS } from "./kind";

export function FileFacts({ artifact, kind }: { artifact: Artifact; kind: Kind }) {
  return (
    <Content component="p">
      {KIND_LABELS[kind]}, {formatBytes(artifact.size)}, {artifact.content_type}. It cannot be shown here;
      download it to look into it.
    </Content>
  );
}

export function TraceHelp({ artifact }: { artifact: Artifact }) {
  const name = artifact.filename.split("/").pop() ?? artifact.filename;
  return (
    <>
      <Content component="p">
        A trace of Playwright ({formatBytes(artifact.size)}): every action of the test with pictures of the
        page, requests and console. Download it, then open it with the viewer that comes with Playwright:
      </Content>
      <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="The command">
        {`npx playwright show-trace ${quoted(name)}`}
      </ClipboardCopy>
    </>
  );
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
