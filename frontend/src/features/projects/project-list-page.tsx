/** The projects that one is in, with a filter as one types, and a way to create another. */
import { Button, Card, CardBody, CardHeader, SearchInput } from "@patternfly/react-core";
import PlusIcon from "@patternfly/react-icons/dist/esm/icons/plus-icon";
import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { useDeferredValue, useState } from "react";
import { Link, useSearchParams } from "react-router";

import type { Project } from "@/api/types";
import { Page } from "@/components/page";
import { Empty, Failed, Loading } from "@/components/states";

import { NewProject } from "./new-project";
import "./projects.css";
import { useProjects } from "./use-projects";

/** From so many on there is something to look for. */
const MANY = 7;

export function ProjectListPage() {
  const [parameters, setParameters] = useSearchParams();
  const text = parameters.get("q") ?? "";
  const [isAdding, setAdding] = useState(false);
  const { projects, total, isMore, failed } = useProjects(useDeferredValue(text.trim()));
  const filter = (value: string) => setParameters(value ? { q: value } : {}, { replace: true });
  const add = (
    <Button icon={<PlusIcon />} onClick={() => setAdding(true)}>
      Create project
    </Button>
  );
  return (
    <Page title="Projects" actions={total > 0 ? add : undefined}>
      {(total >= MANY || text !== "") && (
        <SearchInput
          className="projects-filter"
          aria-label="Filter projects"
          placeholder={isMore ? "Filter by name" : "Filter by name or title"}
          value={text}
          onChange={(_, value) => filter(value)}
          onClear={() => filter("")}
        />
      )}
      {failed !== undefined ? (
        <Failed error={failed.error} what="your projects" onRetry={() => void failed.refetch()} />
      ) : projects === undefined ? (
        <Loading what="your projects" />
      ) : total === 0 ? (
        <Empty title="You are in no project yet" action={add}>
          Runs and results live in projects. Create one, or ask an owner of a project to make you a member of
          it.
        </Empty>
      ) : projects.length === 0 ? (
        <Empty
          title={`No project matches “${text}”`}
          icon={SearchIcon}
          action={
            <Button variant="link" onClick={() => filter("")}>
              Show all projects
            </Button>
          }
        />
      ) : (
        <>
          <ProjectCards projects={projects} />
          {isMore && text === "" && (
            <p className="project-note projects-more">
              These are the first {projects.length} of {total.toLocaleString()}: type a part of a name to find
              others.
            </p>
          )}
        </>
      )}
      {isAdding && <NewProject onClose={() => setAdding(false)} />}
    </Page>
  );
}

function ProjectCards({ projects }: { projects: readonly Project[] }) {
  return (
    <ul className="projects" aria-label="Projects">
      {projects.map(({ id, name, title, users }) => (
        <li key={id}>
          <Card isCompact className="project-card">
            <CardHeader>
              <Link to={`/project/${id}`}>{title ?? name}</Link>
            </CardHeader>
            <CardBody className="project-note">
              {title !== null && title !== name && <div className="mono">{name}</div>}
              {users.length === 1 ? "1 member" : `${users.length} members`}
            </CardBody>
          </Card>
        </li>
      ))}
    </ul>
  );
}
