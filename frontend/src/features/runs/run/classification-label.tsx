/** The class that somebody gave to a failure. */
import { Label } from "@patternfly/react-core";

import { classificationLabel } from "@/viewers/result/classification";

export function ClassificationLabel({ name }: { name: string | null }) {
  if (name === null) return null;
  return (
    <Label isCompact color="purple">
      {classificationLabel(name)}
    </Label>
  );
}
