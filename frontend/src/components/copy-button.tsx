/** Copies a text to the clipboard and says so. */
import { Button, type ButtonProps, Tooltip } from "@patternfly/react-core";
import CopyIcon from "@patternfly/react-icons/dist/esm/icons/copy-icon";
import { useState } from "react";

export function CopyButton({
  text,
  label = "Copy",
  variant = "plain",
}: {
  text: string | (() => string);
  label?: string;
  variant?: ButtonProps["variant"];
}) {
  const [said, setSaid] = useState<string>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setSaid("Copied");
    } catch {
      setSaid("The browser does not allow it");
    }
  };
  return (
    <Tooltip
      content={said ?? label}
      onTooltipHidden={() => setSaid(undefined)}
      aria="none"
      aria-live="polite"
    >
      <Button variant={variant} aria-label={label} icon={<CopyIcon />} onClick={() => void copy()}>
        {variant === "plain" ? undefined : label}
      </Button>
    </Tooltip>
  );
}
