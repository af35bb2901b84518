/** Finds tests and runs of a project by a few characters, from everywhere by Ctrl-K. */
import { Button, Modal, ModalBody, Spinner, TextInput } from "@patternfly/react-core";
import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { useEffect, useState } from "react";
import { Link, useNavigate } from "react-router";

import { api } from "@/api/client";
import { problemOf } from "@/api/problem";
import { useDebounced } from "@/filters/use-debounced";

import { type Hit, hitsOf } from "./hits";

const PAUSE_MS = 150;

export function SearchButton({ projectId }: { projectId: string }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <Button
        variant="plain"
        icon={<SearchIcon />}
        aria-label="Find tests and runs"
        onClick={() => setOpen(true)}
      />
      {isOpen && <SearchDialog projectId={projectId} onClose={() => setOpen(false)} />}
    </>
  );
}

function SearchDialog({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const wanted = useDebounced(text.trim(), PAUSE_MS);
  const found = api.useQuery(
    "get",
    "/project/{id}/search",
    { params: { path: { id: projectId }, query: { text: wanted } } },
    { enabled: wanted !== "" },
  );
  const isCurrent = wanted === text.trim();
  const hits = wanted === "" || !isCurrent || found.data === undefined ? [] : hitsOf(found.data, projectId);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setActive((active + step + hits.length) % hits.length);
    }
    const hit = hits[active];
    if (event.key === "Enter" && hit !== undefined) {
      onClose();
      void navigate(hit.to);
    }
  };
  return (
    <Modal
      isOpen
      variant="medium"
      position="top"
      onClose={onClose}
      aria-label="Find tests and runs"
      elementToFocus="#search-text"
    >
      <ModalBody>
        <TextInput
          id="search-text"
          type="search"
          customIcon={<SearchIcon />}
          value={text}
          placeholder="Part of a test, a build, a branch, or an id"
          aria-label="Find tests and runs"
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls="search-hits"
          aria-activedescendant={hits.length > 0 ? `hit-${active}` : undefined}
          autoComplete="off"
          onChange={(_, value) => {
            setText(value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div className="search-hits" aria-live="polite">
          {text.trim() !== "" && (found.isFetching || !isCurrent) && (
            <Spinner size="md" aria-label="Searching" />
          )}
          {found.isError && wanted !== "" && <p>{problemOf(found.error).detail}</p>}
          {isCurrent && found.isSuccess && !found.isFetching && wanted !== "" && hits.length === 0 && (
            <p>No test and no run of this project contains “{wanted}”.</p>
          )}
          <Hits hits={hits} active={active} onClose={onClose} />
        </div>
      </ModalBody>
    </Modal>
  );
}

function Hits({ hits, active, onClose }: { hits: readonly Hit[]; active: number; onClose: () => void }) {
  return (
    <div id="search-hits" role="listbox" aria-label="Found">
      {hits.map(({ to, label, about, kind }, index) => (
        <div key={to} id={`hit-${index}`} role="option" aria-selected={index === active} tabIndex={-1}>
          <Link to={to} tabIndex={-1} onClick={onClose} className="search-hit">
            <span className="search-kind">{kind}</span>
            <span className="breakable">{label}</span>
            <small>{about}</small>
          </Link>
        </div>
      ))}
    </div>
  );
}
