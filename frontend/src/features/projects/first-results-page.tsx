/** How to send the first results to a project: a token, commands to copy, and word when a run arrives. */
import { Alert, Spinner } from "@patternfly/react-core";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { api } from "@/api/client";
import type { Run } from "@/api/types";
import { useMay } from "@/api/user";
import { Page } from "@/components/page";
import { Failed, Loading } from "@/components/states";

import { FirstToken } from "./first-token";
import "./projects.css";
import { useFirstRun } from "./use-first-run";
import { Ways } from "./ways-tabs";

/** What stands in the commands as long as there is no token. */
const PLACEHOLDER = "YOUR_TOKEN";

export function FirstResultsPage() {
  const { projectId = "" } = useParams();
  const [token, setToken] = useState<string>();
  const maySend = useMay("reporter", projectId);
  const project = api.useQuery("get", "/project/{id}", { params: { path: { id: projectId } } });
  if (project.data === undefined)
    return (
      <Page title="Send first results">
        {project.isError ? (
          <Failed error={project.error} what="this project" onRetry={() => void project.refetch()} />
        ) : (
          <Loading what="the project" />
        )}
      </Page>
    );
  const { name, title } = project.data;
  const target = { server: location.origin, project: name, token: token ?? PLACEHOLDER };
  return (
    <Page title="Send first results" heading={`Send first results to ${title ?? name}`}>
      <div className="start">
        <section aria-labelledby="start-token">
          <h2 id="start-token">1. A token</h2>
          {maySend ? (
            <FirstToken project={project.data} token={token} onToken={setToken} />
          ) : (
            <p>
              You may look at this project, and not send results to it. Ask an owner to make you a reporter,
              or use a token that somebody gives you.
            </p>
          )}
        </section>
        <section aria-labelledby="start-send">
          <h2 id="start-send">2. Send results</h2>
          <Ways target={target} />
          {maySend && (
            <p>
              Or <Link to={`/project/${projectId}/imports`}>upload a report file here</Link>, without a token.
            </p>
          )}
        </section>
        <section aria-labelledby="start-run">
          <h2 id="start-run">3. The first run</h2>
          <FirstRun projectId={projectId} />
        </section>
      </div>
    </Page>
  );
}

function FirstRun({ projectId }: { projectId: string }) {
  const { run, error } = useFirstRun(projectId, { isWaiting: true });
  const [wasThere, setWasThere] = useState<boolean>();
  if (run !== undefined && wasThere === undefined) setWasThere(run !== null);
  return (
    <div role="status">
      {run ? (
        <Arrived run={run} projectId={projectId} isNew={wasThere === false} />
      ) : (
        <span className="start-waiting">
          <Spinner size="md" aria-hidden />
          {error ? "The server does not answer; it is asked again." : "Waiting for results…"}
        </span>
      )}
    </div>
  );
}

function Arrived({ run, projectId, isNew }: { run: Run; projectId: string; isNew: boolean }) {
  const runs = `/project/${projectId}/runs`;
  return (
    <Alert
      component="p"
      isInline
      variant="success"
      title={isNew ? "The first run is here" : "This project has runs already"}
    >
      <Link to={isNew ? `${runs}/${run.id}` : runs}>{isNew ? "Look at it" : "See its runs"}</Link>
    </Alert>
  );
}
