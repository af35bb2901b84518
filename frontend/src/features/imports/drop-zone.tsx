/** Where report files are dropped, or chosen. */
import { Button } from "@patternfly/react-core";
import UploadIcon from "@patternfly/react-icons/dist/esm/icons/upload-icon";
import { useRef } from "react";

import { type Dropped, useDrop } from "./use-drop";

export function DropZone({
  isDisabled,
  onFiles,
}: {
  isDisabled: boolean;
  onFiles: (dropped: Dropped) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const isOver = useDrop((dropped) => {
    if (!isDisabled) onFiles(dropped);
  });
  return (
    <div className={isOver && !isDisabled ? "drop-zone drop-zone-over" : "drop-zone"}>
      <span className="drop-zone-icon" aria-hidden>
        <UploadIcon />
      </span>
      <div>
        <p>
          <strong>Drop report files here</strong>
        </p>
        <p className="import-note">
          JUnit XML, Playwright, Cucumber, Robot Framework, TRX, NUnit, xUnit, Allure, CTRF, TAP, go test, or
          a zip with several of them
        </p>
      </div>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        disabled={isDisabled}
        aria-label="Report files"
        onChange={({ target }) => {
          onFiles({ files: Array.from(target.files ?? []), folders: [] });
          target.value = "";
        }}
      />
      <Button variant="secondary" isAriaDisabled={isDisabled} onClick={() => input.current?.click()}>
        Choose files
      </Button>
    </div>
  );
}
