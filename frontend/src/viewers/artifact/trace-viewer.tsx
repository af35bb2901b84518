/** A trace of Playwright: opened in the viewer that this server has, or how to open it where it has none. */
import { Button, ClipboardCopy, Content } from "@patternfly/react-core";
import ExternalLinkAltIcon from "@patternfly/react-icons/dist/esm/icons/external-link-alt-icon";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Artifact } from "@/api/types";
import { Loading } from "@/components/states";
import { formatBytes } from "@/components/times";

import { artifactUrl } from "./artifact-url";

const VIEWER = "/trace/index.html";

export function TraceViewer({ artifact }: { artifact: Artifact }) {
  const { data: isServed = false, isPending } = useQuery({
    queryKey: ["trace viewer"],
    queryFn: async () => (await fetch(VIEWER, { method: "HEAD" })).ok,
    staleTime: Infinity,
    retry: false,
  });
  return (
    <>
      <Content component="p">
        A trace of Playwright ({formatBytes(artifact.size)}): every action of the test with pictures of the
        page, requests and console.
      </Content>
      {isPending ? (
        <Loading what="the trace viewer" lines={1} />
      ) : !isServed ? (
        <Command artifact={artifact}>
          An administrator can make this server show traces:{" "}
          <code>pip install &apos;ibutsu-server[trace]&apos;</code>, and start it again.
        </Command>
      ) : !("serviceWorker" in navigator) ? (
        <Command artifact={artifact}>
          This server can show traces, but browsers allow that only where its address begins with https.
        </Command>
      ) : (
        <Button
          component="a"
          variant="primary"
          className="artifact-open"
          icon={<ExternalLinkAltIcon />}
          href={viewerUrl(artifact)}
          target="_blank"
          rel="noopener"
        >
          Open in the trace viewer
          <span className="pf-v6-u-screen-reader"> (new tab)</span>
        </Button>
      )}
    </>
  );
}

/** The viewer resolves addresses against its own. */
function viewerUrl({ id }: Artifact): string {
  const trace = new URL(artifactUrl(id, "download"), location.origin);
  return `${VIEWER}?${new URLSearchParams({ trace: trace.href }).toString()}`;
}

function Command({ artifact, children }: { artifact: Artifact; children: ReactNode }) {
  const name = artifact.filename.split("/").pop() ?? artifact.filename;
  return (
    <>
      <Content component="p">Download it, then open it with the viewer that comes with Playwright:</Content>
      <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="The command">
        {`npx playwright show-trace ${quoted(name)}`}
      </ClipboardCopy>
      <Content component="small">{children}</Content>
    </>
  );
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
