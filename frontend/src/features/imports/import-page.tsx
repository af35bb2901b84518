/** Uploading report files to a project, and what has become of those that were uploaded. */
import { useBlocker, useParams } from "react-router";

import { useMay } from "@/api/user";
import { Confirm } from "@/components/confirm";
import { Page } from "@/components/page";

import "./imports.css";
import { PastImports } from "./past-imports";
import { UploadForm } from "./upload-form";
import { UploadItem } from "./upload-item";
import { useUploads } from "./use-uploads";

export function ImportPage() {
  const { projectId = "" } = useParams();
  const mayUpload = useMay("reporter", projectId);
  return (
    <Page title="Imports">
      <div className="import-page">
        {mayUpload && <Uploads key={projectId} projectId={projectId} />}
        <section className="import-part" aria-labelledby="past-imports">
          <h2 id="past-imports">Imports so far</h2>
          <PastImports projectId={projectId} />
        </section>
      </div>
    </Page>
  );
}

function Uploads({ projectId }: { projectId: string }) {
  const { queue, uploads, isBusy } = useUploads();
  const leaving = useBlocker(
    ({ currentLocation, nextLocation }) => isBusy && currentLocation.pathname !== nextLocation.pathname,
  );
  return (
    <section className="import-part" aria-labelledby="upload-files">
      <h2 id="upload-files">Upload report files</h2>
      <UploadForm project={projectId} onSubmit={(files, said) => queue.add(files, said)} />
      {uploads.length > 0 && (
        <ul className="upload-list" aria-label="Uploads">
          {uploads.map((upload) => (
            <UploadItem key={upload.key} upload={upload} queue={queue} projectId={projectId} />
          ))}
        </ul>
      )}
      {leaving.state === "blocked" && (
        <Confirm
          title="Leave while files are being sent?"
          action="Leave"
          onConfirm={() => leaving.proceed()}
          onClose={() => leaving.reset()}
        >
          Files that are not sent yet are not imported.
        </Confirm>
      )}
    </section>
  );
}
