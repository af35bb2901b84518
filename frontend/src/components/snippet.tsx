/** A text to copy as a whole: commands, configuration, secrets. */
import { CodeBlock, CodeBlockAction, CodeBlockCode } from "@patternfly/react-core";

import { CopyButton } from "./copy-button";
import "./snippet.css";

/** `label` names the button, such as "Copy the command". */
export function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <CodeBlock
      className="snippet"
      actions={
        <CodeBlockAction>
          <CopyButton text={text} label={label} />
        </CodeBlockAction>
      }
    >
      <CodeBlockCode>{text}</CodeBlockCode>
    </CodeBlock>
  );
}
