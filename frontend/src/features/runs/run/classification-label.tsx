/** The class that somebody gave to a failure. */
import { Label } from "@patternfly/react-core";

import { CLASSIFICATIONS } from "@/viewers/result/classification";

export function ClassificationLabel({ name }: { name: string | null }) {
  if (name === null) return null;
  return (
    <Label isCompact color="purple">
      {CLASSIFICATIONS.find(({ value }) => value === name)?.label ?? name}
    </Label>
  );
}
