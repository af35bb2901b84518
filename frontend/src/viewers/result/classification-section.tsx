/** What people found to be the cause of a failure. */
import type { Result } from "@/api/types";

import { ClassifyMenu } from "./classification";
import { LinkedText } from "./linked-text";
import { Section } from "./section";

export function ClassificationSection({
  result,
  projectId,
  onChange,
}: {
  result: Result;
  projectId: string;
  onChange?: (result: Result) => void;
}) {
  const current = textAt(result.metadata, "classification");
  const comment = textAt(result.metadata, "classification_comment");
  if (result.result === "passed" && current === "") return null;
  return (
    <Section title="Classification" name="classification">
      <div className="result-classification">
        <ClassifyMenu
          ids={[result.id]}
          projectId={projectId}
          current={current}
          comment={comment}
          onDone={(change) => onChange?.({ ...result, metadata: { ...result.metadata, ...change } })}
        />
        {comment !== "" && (
          <p className="breakable">
            <LinkedText text={comment} />
          </p>
        )}
      </div>
    </Section>
  );
}

function textAt(metadata: Result["metadata"], key: string): string {
  const value = metadata[key];
  return typeof value === "string" ? value : "";
}
