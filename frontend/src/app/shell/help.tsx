/** Which keys do what. */
import {
  Button,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Modal,
  ModalBody,
  ModalHeader,
} from "@patternfly/react-core";
import QuestionCircleIcon from "@patternfly/react-icons/dist/esm/icons/question-circle-icon";
import { useState } from "react";

import { useShortcuts } from "@/components/shortcuts";

const KEYS = [
  [["Ctrl K", "⌘ K"], "Find tests and runs"],
  [["/"], "Go to the filter of a list"],
  [["j", "k"], "Next and previous failure of a run"],
  [["[", "]"], "Previous and next result of a run, on the page of a result"],
  [["?"], "This help"],
  [["Esc"], "Close what is open"],
] as const;

export function HelpButton() {
  const [isOpen, setOpen] = useState(false);
  useShortcuts({ "?": () => setOpen(true) });
  return (
    <>
      <Button
        variant="plain"
        icon={<QuestionCircleIcon />}
        aria-label="Keyboard help"
        onClick={() => setOpen(true)}
      />
      <Modal isOpen={isOpen} variant="small" onClose={() => setOpen(false)} aria-labelledby="help-title">
        <ModalHeader title="Keyboard" labelId="help-title" />
        <ModalBody>
          <DescriptionList isHorizontal isCompact>
            {KEYS.map(([keys, what]) => (
              <DescriptionListGroup key={what}>
                <DescriptionListTerm>
                  {keys.map((key) => (
                    <kbd key={key} className="shell-key">
                      {key}
                    </kbd>
                  ))}
                </DescriptionListTerm>
                <DescriptionListDescription>{what}</DescriptionListDescription>
              </DescriptionListGroup>
            ))}
          </DescriptionList>
        </ModalBody>
      </Modal>
    </>
  );
}
