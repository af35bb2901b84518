/** A dialog that adds metadata and tags to selected runs. */
import {
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from "@patternfly/react-core";
import { useState } from "react";

import type { Edit } from "./edit";
import { counted } from "./use-run-changes";

type Pair = { key: string; value: string };
const BLANK: Pair = { key: "", value: "" };

export function EditRuns({
  count,
  isBusy,
  onSave,
  onClose,
}: {
  count: number;
  isBusy: boolean;
  onSave: (edit: Edit) => void;
  onClose: () => void;
}) {
  const [tags, setTags] = useState("");
  const [pairs, setPairs] = useState<readonly Pair[]>([BLANK]);
  const edit = editOf(tags, pairs);
  const problem = problemIn(pairs);
  const isEmpty = edit.tags.length === 0 && Object.keys(edit.metadata).length === 0;
  const put = (index: number, pair: Partial<Pair>) =>
    setPairs(pairs.map((one, at) => (at === index ? { ...one, ...pair } : one)));
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="edit-runs-title">
      <ModalHeader title={`Edit ${counted(count)}`} labelId="edit-runs-title" />
      <ModalBody>
        <Form
          id="edit-runs"
          onSubmit={(event) => {
            event.preventDefault();
            onSave(edit);
          }}
        >
          <FormGroup label="Tags to add, with commas between them" fieldId="edit-runs-tags">
            <TextInput id="edit-runs-tags" value={tags} onChange={(_, value) => setTags(value)} autoFocus />
          </FormGroup>
          <FormGroup label="Metadata to set" role="group">
            {pairs.map((pair, index) => (
              <div key={index} className="runs-pair">
                <TextInput
                  aria-label={`Key ${index + 1}`}
                  placeholder="Key, such as reviewer"
                  value={pair.key}
                  onChange={(_, key) => put(index, { key })}
                />
                <TextInput
                  aria-label={`Value ${index + 1}`}
                  placeholder="Value"
                  value={pair.value}
                  onChange={(_, value) => put(index, { value })}
                />
              </div>
            ))}
            <Button variant="link" isInline onClick={() => setPairs([...pairs, BLANK])}>
              Add another key
            </Button>
            <FormHelperText>
              <HelperText isLiveRegion>
                {problem === undefined ? (
                  <HelperTextItem>What a run already says under a key is replaced.</HelperTextItem>
                ) : (
                  <HelperTextItem variant="error">{problem}</HelperTextItem>
                )}
              </HelperText>
            </FormHelperText>
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="edit-runs"
          isLoading={isBusy}
          isDisabled={isBusy || isEmpty || problem !== undefined}
        >
          Save
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function editOf(tags: string, pairs: readonly Pair[]): Edit {
  const named = pairs
    .map(({ key, value }) => [key.trim(), value.trim()] as const)
    .filter(([key]) => key !== "");
  return {
    tags: tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    metadata: Object.fromEntries(named),
  };
}

/** Keys that would do something else than what they seem to. */
function problemIn(pairs: readonly Pair[]): string | undefined {
  const keys = pairs.map(({ key }) => key.trim());
  if (keys.some((key) => key.includes(".")))
    return "A key cannot have a dot in it: it could not be filtered by.";
  if (keys.includes("tags")) return "Tags are added in the field above.";
  if (keys.includes("project")) return "The project of runs is not changed here.";
  return undefined;
}
