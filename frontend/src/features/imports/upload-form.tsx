/** What to upload, and what to say about it. */
import {
  Alert,
  Button,
  ExpandableSection,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  TextArea,
} from "@patternfly/react-core";
import { useState } from "react";

import { TextField } from "@/components/text-field";

import { DropZone } from "./drop-zone";
import { wrongMetadata, wrongSource } from "./said";
import type { Said } from "./upload";
import type { Dropped } from "./use-drop";

export function UploadForm({
  project,
  onSubmit,
}: {
  project: string;
  onSubmit: (files: File[], said: Said) => void;
}) {
  const [source, setSource] = useState("");
  const [metadata, setMetadata] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [folders, setFolders] = useState<readonly string[]>([]);
  const wrong = wrongMetadata(metadata);
  const isWrong = wrong !== undefined || wrongSource(source) !== undefined;
  const take = ({ files, folders: left }: Dropped) => {
    setFolders(left);
    if (files.length > 0) onSubmit(files, { project, source: source.trim(), metadata: metadata.trim() });
  };
  return (
    <div className="import-form">
      <DropZone isDisabled={isWrong} onFiles={take} />
      {isWrong && <p className="import-note">Mend the details below first, then choose files.</p>}
      {folders.length > 0 && (
        <Alert
          role="alert"
          component="p"
          isInline
          variant="warning"
          title={`Folders cannot be uploaded: ${folders.join(", ")}`}
          actionClose={
            <Button variant="plain" aria-label="Close" onClick={() => setFolders([])}>
              ×
            </Button>
          }
        >
          Put what is in it into one zip, and drop that.
        </Alert>
      )}
      <ExpandableSection
        toggleText="Details: source and metadata"
        isExpanded={isOpen || isWrong}
        onToggle={(_, next) => setOpen(next)}
        isIndented
      >
        <Form onSubmit={(event) => event.preventDefault()} className="import-said">
          <TextField
            label="Source"
            hint="Where the runs come from, such as the name of a job. Optional."
            value={source}
            onChange={setSource}
            error={wrongSource(source)}
          />
          <Metadata text={metadata} onChange={setMetadata} wrong={wrong} />
        </Form>
      </ExpandableSection>
    </div>
  );
}

function Metadata({
  text,
  onChange,
  wrong,
}: {
  text: string;
  onChange: (text: string) => void;
  wrong: string | undefined;
}) {
  return (
    <FormGroup label="Metadata" fieldId="import-metadata">
      <TextArea
        id="import-metadata"
        className="mono"
        aria-describedby="import-metadata-about"
        rows={3}
        resizeOrientation="vertical"
        spellCheck={false}
        placeholder='{"env": "qa", "component": "web"}'
        value={text}
        validated={wrong === undefined ? "default" : "error"}
        onChange={(_, value) => onChange(value)}
      />
      <FormHelperText>
        <HelperText id="import-metadata-about" aria-live="polite">
          <HelperTextItem variant={wrong === undefined ? "default" : "error"}>
            {wrong ?? "A JSON object that is laid over the metadata of each run and each result. Optional."}
          </HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}
