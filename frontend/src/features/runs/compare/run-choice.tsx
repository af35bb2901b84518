/** A box to find one of the newest runs by its name, component, environment or branch. */
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
import { type KeyboardEvent, useDeferredValue, useId, useState } from "react";

import { api } from "@/api/client";
import { problemOf } from "@/api/problem";
import type { Run } from "@/api/types";
import { runFacts, runName } from "@/components/run-name";
import { formatAgo } from "@/components/times";

import { passShare } from "@/components/pass-rate";
import { runsIn } from "../list/use-runs";

const NEWEST = 100;
const SHOWN = 20;

export function RunChoice({
  label,
  projectId,
  onChoose,
}: {
  label: string;
  projectId: string;
  onChoose: (id: string) => void;
}) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [active, setActive] = useState(-1);
  const wanted = useDeferredValue(text);
  const newest = api.useQuery("get", "/run", {
    params: { query: { filter: [`project_id=${projectId}`], pageSize: NEWEST } },
  });
  const found =
    runsIn(newest.data)
      ?.filter((run) => isMeant(run, wanted))
      .slice(0, SHOWN) ?? [];
  const type = (value: string) => {
    setText(value);
    setActive(-1);
    setOpen(true);
  };
  const choose = (run: string) => {
    setOpen(false);
    setText("");
    onChoose(run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    const chosen = found[Math.max(active, 0)];
    if (step !== undefined) {
      setOpen(true);
      setActive((Math.max(active, step > 0 ? -1 : 0) + step + found.length) % Math.max(found.length, 1));
    } else if (event.key === "Enter" && isOpen && chosen) choose(chosen.id);
    else if (event.key === "Escape" && isOpen) setOpen(false);
    else return;
    event.preventDefault();
  };
  return (
    <Select
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={(_, run) => choose(String(run))}
      variant="typeahead"
      isScrollable
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="typeahead"
          isFullWidth
          isExpanded={isOpen}
          aria-label={`${label}: show runs`}
          onClick={() => setOpen(!isOpen)}
        >
          <TextInputGroup isPlain>
            <TextInputGroupMain
              value={text}
              onChange={(_, value) => type(value)}
              onClick={() => setOpen(true)}
              onKeyDown={onKeyDown}
              placeholder="Find a run …"
              autoComplete="off"
              role="combobox"
              isExpanded={isOpen}
              aria-label={label}
              aria-controls={`${id}-list`}
              aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
            />
            {text !== "" && (
              <TextInputGroupUtilities>
                <Button variant="plain" icon={<TimesIcon />} aria-label="Clear" onClick={() => type("")} />
              </TextInputGroupUtilities>
            )}
          </TextInputGroup>
        </MenuToggle>
      )}
    >
      <SelectList id={`${id}-list`} aria-label={label}>
        {found.map((run, index) => (
          <SelectOption
            key={run.id}
            id={`${id}-${index}`}
            value={run.id}
            isFocused={index === active}
            description={wordsOf(run)}
          >
            {runName(run)}
          </SelectOption>
        ))}
        {found.length === 0 && (
          <SelectOption isDisabled>
            {newest.isPending
              ? "Loading the newest runs …"
              : newest.isError
                ? problemOf(newest.error).detail
                : `None of the newest ${NEWEST} runs matches`}
          </SelectOption>
        )}
      </SelectList>
    </Select>
  );
}

function isMeant(run: Run, text: string): boolean {
  const { branch, commit } = runFacts(run);
  const words = [runName(run), run.id, run.component, run.env, run.source, branch, commit]
    .join(" ")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.includes(part));
}

function wordsOf(run: Run): string {
  const parts = [run.component, run.env, formatAgo(run.start_time), passShare(run.summary)];
  return parts.filter(Boolean).join(" · ");
}
