/** What can be done with an artifact: save it, copy it, open it on a page of its own, delete it. */
import { Button } from "@patternfly/react-core";
import CopyIcon from "@patternfly/react-icons/dist/esm/icons/copy-icon";
import DownloadIcon from "@patternfly/react-icons/dist/esm/icons/download-icon";
import ExpandIcon from "@patternfly/react-icons/dist/esm/icons/expand-icon";
import { Link } from "react-router";

import { client } from "@/api/client";
import type { Artifact } from "@/api/types";
import { useMay } from "@/api/user";
import { Ago, formatBytes } from "@/components/times";
import { useToasts } from "@/components/toasts";

import { artifactPage, artifactUrl } from "./artifact-url";
import { DeleteArtifacts } from "./delete-artifacts";
import { type Entry, isEmpty } from "./entries";

const COPY_MAX_BYTES = 5 * 1024 * 1024;
const COPIED_KINDS = new Set(["text", "json", "page"]);

export function ArtifactActions({
  entry,
  projectId,
  isFull,
  onDeleted,
}: {
  entry: Entry;
  projectId: string;
  isFull: boolean;
  onDeleted: () => void;
}) {
  const mayDelete = useMay("maintainer", projectId);
  const { artifacts, kind, name } = entry;
  const [artifact] = artifacts;
  if (artifact === undefined) return null;
  const isOne = artifacts.length === 1;
  return (
    <div className="artifact-head">
      {!isFull && <p className="artifact-name">{name}</p>}
      <span className="artifact-facts">
        {formatBytes(artifacts.reduce((sum, { size }) => sum + size, 0))} ·{" "}
        <Ago time={artifact.upload_date} />
      </span>
      <span className="artifact-actions">
        {isOne && !isEmpty(entry) && COPIED_KINDS.has(kind) && artifact.size <= COPY_MAX_BYTES && (
          <CopyText artifact={artifact} />
        )}
        {artifacts.map((one) => (
          <Button
            key={one.id}
            component="a"
            variant="link"
            icon={<DownloadIcon />}
            href={artifactUrl(one.id, "download")}
            download={one.filename}
            aria-label={`Download ${one.filename}`}
          >
            {isOne ? "Download" : one.filename.split(/[/]/).pop()}
          </Button>
        ))}
        {!isFull && (
          <Link
            className="pf-v6-c-button pf-m-link"
            to={`${artifactPage(projectId, entry.id)}${isOne ? "" : "?compare=side"}`}
          >
            <span className="pf-v6-c-button__icon pf-m-start">
              <ExpandIcon />
            </span>
            Full page
          </Link>
        )}
        {mayDelete && <DeleteArtifacts name={name} artifacts={artifacts} onDeleted={onDeleted} />}
      </span>
    </div>
  );
}

function CopyText({ artifact }: { artifact: Artifact }) {
  const { done, failed } = useToasts();
  const copy = async () => {
    const { data, error } = await client.GET("/artifact/{id}/view", {
      params: { path: { id: artifact.id } },
      parseAs: "text",
    });
    if (error !== undefined) {
      failed("Could not copy", error);
      return;
    }
    try {
      await navigator.clipboard.writeText(data);
      done(`${artifact.filename} copied`);
    } catch (refusal) {
      failed("Could not copy", refusal);
    }
  };
  return (
    <Button variant="link" icon={<CopyIcon />} onClick={() => void copy()}>
      Copy
    </Button>
  );
}
