/** The artifacts of a result or of a run: a list, and the one that is chosen, shown. */
import { Link, useLocation } from "react-router";

import { api } from "@/api/client";
import { useMay } from "@/api/user";
import { Failed, Loading } from "@/components/states";
import { Ago, formatBytes } from "@/components/times";

import { ArtifactViewer } from "./artifact-viewer";
import "./artifact.css";
import { chosenOf, entriesOf, type Entry } from "./entries";
import { KIND_LABELS } from "./kind";
import { KindIcon } from "./kind-icon";
import { UploadArtifact } from "./upload-artifact";
import { useParameters } from "./use-parameters";

/** More are never listed at once. */
const MOST = 500;

export function ArtifactList({
  resultId,
  runId,
  projectId,
}: {
  resultId?: string;
  runId?: string;
  projectId: string;
}) {
  const parent = { resultId, runId };
  const { data, error, isPending, refetch } = api.useQuery("get", "/artifact", {
    params: { query: { ...parent, pageSize: MOST } },
  });
  const [parameters, change] = useParameters();
  const upload = useMay("reporter", projectId) && <UploadArtifact parent={parent} />;
  if (isPending) return <Loading what="the artifacts" lines={3} />;
  if (error) return <Failed error={error} what="the artifacts" onRetry={() => void refetch()} />;
  const entries = entriesOf(data.artifacts);
  const chosen = chosenOf(entries, parameters.get("artifact"));
  if (chosen === undefined)
    return (
      <p>
        No files are attached to this {resultId === undefined ? "run" : "result"}. {upload}
      </p>
    );
  const { totalItems } = data.pagination;
  return (
    <div className="artifacts">
      <div className="artifacts-side">
        <ul className="artifacts-list" aria-label="Artifacts">
          {entries.map((entry) => (
            <Choice key={entry.id} entry={entry} isChosen={entry === chosen} />
          ))}
        </ul>
        {totalItems > MOST && (
          <p>
            The first {MOST} of {totalItems}.
          </p>
        )}
        {upload}
      </div>
      <ArtifactViewer
        key={chosen.id}
        entry={chosen}
        projectId={projectId}
        onDeleted={() => change({ hash: "", parameters: { artifact: undefined } })}
      />
    </div>
  );
}

/** What was chosen in the one before, such as its lines, says nothing about this one. */
function Choice({ entry, isChosen }: { entry: Entry; isChosen: boolean }) {
  const { search } = useLocation();
  const parameters = new URLSearchParams(search);
  ["find", "findAs", "compare"].forEach((name) => parameters.delete(name));
  parameters.set("artifact", entry.id);
  const [first] = entry.artifacts;
  return (
    <li>
      <Link
        className="artifacts-choice"
        to={{ search: parameters.toString() }}
        preventScrollReset
        aria-current={isChosen ? "true" : undefined}
      >
        <KindIcon kind={entry.kind} />
        <span className="artifacts-name">{entry.name}</span>
        <span className="artifact-facts">
          {entry.comparison === undefined ? KIND_LABELS[entry.kind] : `${entry.artifacts.length} images`} ·{" "}
          {formatBytes(entry.artifacts.reduce((sum, { size }) => sum + size, 0))}
          {first && (
            <>
              {" "}
              · <Ago time={first.upload_date} />
            </>
          )}
        </span>
      </Link>
    </li>
  );
}
