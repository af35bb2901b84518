/** A dialog in which saved filters are renamed, brought up to date, shared and deleted. */
import {
  Button,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Switch,
  TextInput,
} from "@patternfly/react-core";
import { useState } from "react";

import { api } from "@/api/client";
import type { SavedFilter } from "@/api/types";
import { useMay, useUser } from "@/api/user";
import { useToasts } from "@/components/toasts";

import { isShowing, savedForm, useForgetSaved } from "./saved";
import type { ListState } from "./use-list";

export function ManageFilters({
  saved,
  projectId,
  list,
  onClose,
}: {
  saved: readonly SavedFilter[];
  projectId: string;
  list: ListState;
  onClose: () => void;
}) {
  const user = useUser().data;
  const isMaintainer = useMay("maintainer", projectId);
  const mine = saved.filter((one) => one.user_id === user?.id || (one.is_shared && isMaintainer));
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="manage-filters-title">
      <ModalHeader title="Saved filters" labelId="manage-filters-title" />
      <ModalBody>
        {mine.length === 0 && <p>Those that are shown are shared by others: a maintainer can change them.</p>}
        <ul className="filter-managed">
          {mine.map((one) => (
            <ManagedFilter key={one.id} saved={one} list={list} mayShare={isMaintainer} />
          ))}
        </ul>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}

function ManagedFilter({
  saved,
  list,
  mayShare,
}: {
  saved: SavedFilter;
  list: ListState;
  mayShare: boolean;
}) {
  const [name, setName] = useState(saved.name);
  const [isSure, setSure] = useState(false);
  const toasts = useToasts();
  const forget = useForgetSaved();
  const options = {
    onSuccess: () => forget(),
    onError: (error: unknown) => toasts.failed(`${saved.name} was not changed`, error),
  };
  const change = api.useMutation("put", "/saved-filter/{id}", options);
  const removal = api.useMutation("delete", "/saved-filter/{id}", options);
  const path = { params: { path: { id: saved.id } } };
  const isBusy = change.isPending || removal.isPending;
  const isRenamed = name.trim() !== "" && name.trim() !== saved.name;
  return (
    <li className="filter-row">
      <TextInput
        className="filter-managed-name"
        value={name}
        onChange={(_, value) => setName(value)}
        maxLength={255}
        aria-label={`Name of ${saved.name}`}
      />
      <Button
        variant="secondary"
        isDisabled={!isRenamed || isBusy}
        onClick={() => change.mutate({ ...path, body: { name: name.trim() } })}
      >
        Rename
      </Button>
      <Button
        variant="secondary"
        isDisabled={isBusy || list.filters.length === 0 || isShowing(saved, list)}
        onClick={() => change.mutate({ ...path, body: savedForm(list) })}
      >
        Set to what is shown
      </Button>
      {mayShare && (
        <Switch
          label="Shared"
          aria-label={`${saved.name} is shared`}
          isChecked={saved.is_shared}
          isDisabled={isBusy}
          onChange={(_, is_shared) => change.mutate({ ...path, body: { is_shared } })}
        />
      )}
      <Button
        variant={isSure ? "danger" : "link"}
        isDanger
        isDisabled={isBusy}
        aria-label={`${isSure ? "Really delete" : "Delete"} ${saved.name}`}
        onBlur={() => setSure(false)}
        onClick={() => (isSure ? removal.mutate(path) : setSure(true))}
      >
        {isSure ? "Really delete" : "Delete"}
      </Button>
    </li>
  );
}
