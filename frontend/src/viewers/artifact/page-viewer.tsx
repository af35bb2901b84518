/** An HTML page that a test has left: shown where it can do nothing. */
import { Alert } from "@patternfly/react-core";

import type { Artifact } from "@/api/types";

import { artifactUrl } from "./artifact-url";

export function PageViewer({ artifact }: { artifact: Artifact }) {
  return (
    <>
      <Alert
        isInline
        isPlain
        variant="info"
        title="Scripts in this page do not run here, and nothing is loaded by it."
      />
      <iframe
        className="artifact-frame"
        sandbox=""
        src={artifactUrl(artifact.id, "view")}
        title={artifact.filename}
        referrerPolicy="no-referrer"
      />
    </>
  );
}
