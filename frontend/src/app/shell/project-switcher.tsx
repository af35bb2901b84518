/** Which project is looked at, and the way to another one: by typing a part of its name. */
import {
  Button,
  MenuToggle,
  Select,
  SelectList,
  SelectOption,
  TextInputGroup,
  TextInputGroupMain,
  TextInputGroupUtilities,
} from "@patternfly/react-core";
import TimesIcon from "@patternfly/react-icons/dist/esm/icons/times-icon";
import { keepPreviousData } from "@tanstack/react-query";
import { useDeferredValue, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";

import { api } from "@/api/client";
import type { Project } from "@/api/types";

const SHOWN = 20;
const KNOWN = 200;
const ALL = "all";

export function ProjectSwitcher() {
  const { projectId } = useParams();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState<string>();
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const project = api.useQuery(
    "get",
    "/project/{id}",
    { params: { path: { id: projectId ?? "" } } },
    { enabled: projectId !== undefined, staleTime: 60_000 },
  ).data;
  const { projects, hasMore } = useProjects(typed ?? "", isOpen);
  const choices = [...projects.map(({ id }) => id), ALL];
  const open = () => {
    setOpen(true);
    setActive(0);
  };
  const close = () => {
    setOpen(false);
    setTyped(undefined);
  };
  const choose = (choice: string | undefined) => {
    if (choice === undefined) return;
    close();
    void navigate(choice === ALL ? "/project" : `/project/${choice}/runs`);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (isOpen) setActive((active + step + choices.length) % choices.length);
      else open();
    } else if (event.key === "Enter" && isOpen) choose(choices[active]);
    else if (event.key === "Escape") close();
  };
  return (
    <Select
      isOpen={isOpen}
      onOpenChange={(opens) => (opens ? open() : close())}
      onSelect={(_, choice) => choose(String(choice))}
      variant="typeahead"
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="typeahead"
          isExpanded={isOpen}
          onClick={isOpen ? close : open}
          aria-label="Projects"
        >
          <TextInputGroup isPlain>
            <TextInputGroupMain
              innerRef={input}
              value={typed ?? (project === undefined ? "" : titleOf(project))}
              placeholder="Choose a project"
              aria-label="Project"
              role="combobox"
              isExpanded={isOpen}
              aria-controls="project-choices"
              aria-activedescendant={isOpen ? optionId(active) : undefined}
              onClick={() => {
                input.current?.select();
                open();
              }}
              onChange={(_, text) => {
                setTyped(text);
                open();
              }}
              onKeyDown={onKeyDown}
            />
            {typed !== undefined && typed !== "" && (
              <TextInputGroupUtilities>
                <Button
                  variant="plain"
                  aria-label="Clear what was typed"
                  icon={<TimesIcon />}
                  onClick={() => {
                    setTyped("");
                    input.current?.focus();
                  }}
                />
              </TextInputGroupUtilities>
            )}
          </TextInputGroup>
        </MenuToggle>
      )}
    >
      <SelectList id="project-choices" aria-label="Projects">
        {projects.map((one, index) => (
          <SelectOption
            key={one.id}
            id={optionId(index)}
            value={one.id}
            description={titleOf(one) === one.name ? undefined : one.name}
            isSelected={one.id === projectId}
            isFocused={index === active}
          >
            {titleOf(one)}
          </SelectOption>
        ))}
        {hasMore && <SelectOption isDisabled>Type to find more projects</SelectOption>}
        <SelectOption id={optionId(projects.length)} value={ALL} isFocused={active === projects.length}>
          {projects.length === 0 && typed ? "Nothing found. Show all projects" : "All projects"}
        </SelectOption>
      </SelectList>
    </Select>
  );
}

/** Projects whose title or name contains the text; where there are very many, whose name does. */
function useProjects(text: string, enabled: boolean): { projects: Project[]; hasMore: boolean } {
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const all = api.useQuery("get", "/project", { params: { query: { pageSize: KNOWN } } }, { enabled }).data;
  const areAllKnown = all !== undefined && all.pagination.totalItems <= KNOWN;
  const found = api.useQuery(
    "get",
    "/project",
    { params: { query: { pageSize: SHOWN, filter: [`name%${wanted}`] } } },
    {
      enabled: enabled && all !== undefined && !areAllKnown && wanted !== "",
      placeholderData: keepPreviousData,
    },
  ).data;
  const projects = (areAllKnown || wanted === "" ? all : found)?.projects ?? [];
  const matching = projects.filter(({ name, title }) =>
    `${title ?? ""} ${name}`.toLowerCase().includes(wanted),
  );
  return { projects: matching.slice(0, SHOWN), hasMore: matching.length > SHOWN };
}

function titleOf({ title, name }: Project): string {
  return title ?? name;
}

function optionId(index: number): string {
  return `project-choice-${index}`;
}
