/** A file on its way: how much of it is sent, then how much of it is imported, and what can be done about it. */
import { Alert, Button, Progress } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";

import { formatBytes } from "@/components/times";

import { ImportFate, Told } from "./import-fate";
import type { Upload, UploadQueue } from "./upload-queue";

export function UploadItem({
  upload,
  queue,
  projectId,
}: {
  upload: Upload;
  queue: UploadQueue;
  projectId: string;
}) {
  const { key, file, fate } = upload;
  const remove = (label: string) => (
    <Button variant="link" aria-label={`${label}: ${file.name}`} onClick={() => queue.remove(key)}>
      {label}
    </Button>
  );
  const head = (actions: ReactNode) => (
    <>
      <div className="upload-name">
        <strong>{file.name}</strong> <span className="import-note">{formatBytes(file.size)}</span>
      </div>
      <div className="upload-actions">{actions}</div>
    </>
  );
  return (
    <li className="upload-item">
      {fate.state === "waiting" && (
        <>
          {head(remove("Cancel"))}
          <div className="upload-fate import-note">Waits for the files before it</div>
        </>
      )}
      {fate.state === "sending" && (
        <>
          {head(remove("Cancel"))}
          <div className="upload-fate">
            <Progress
              size="sm"
              title={<Told visible="Sending" more={file.name} />}
              value={Math.round(fate.part * 100)}
            />
          </div>
        </>
      )}
      {fate.state === "lost" && (
        <>
          {head(
            <>
              <Button
                variant="secondary"
                aria-label={`Send again: ${file.name}`}
                onClick={() => queue.again(key)}
              >
                Send again
              </Button>
              {remove("Dismiss")}
            </>,
          )}
          <LostAlert status={fate.problem.status} reason={fate.problem.detail} />
        </>
      )}
      {fate.state === "sent" && (
        <ImportFate
          id={fate.importId}
          wasThere={fate.wasThere}
          projectId={projectId}
          head={head}
          dismiss={remove("Dismiss")}
        />
      )}
    </li>
  );
}

function LostAlert({ status, reason }: { status: number; reason: string }) {
  const { pathname } = useLocation();
  const isSignedOut = status === 401;
  return (
    <Alert
      role="alert"
      className="upload-fate"
      component="p"
      isInline
      variant="danger"
      title={isSignedOut ? "You are signed out" : status === 0 ? "The connection was lost" : "Not accepted"}
    >
      {isSignedOut ? (
        <>
          Your session ended before the file was sent.{" "}
          <Link to={`/login?${new URLSearchParams({ next: pathname }).toString()}`} target="_blank">
            Sign in in another tab
          </Link>
          , then send it again.
        </>
      ) : (
        reason
      )}
    </Alert>
  );
}
