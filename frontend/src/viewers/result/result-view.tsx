/** One result, wherever it is shown: why it failed, its history, its facts, its artifacts. */
import type { Result } from "@/api/types";

export type ResultViewProps = {
  resultId: string;
  /** Where the project's pages are, such as `/project/<id>`. */
  projectId: string;
  /** Called when the result changed, for example when it was classified. */
  onChange?: (result: Result) => void;
};

export function ResultView({ resultId }: ResultViewProps) {
  return <p>{resultId}</p>;
}
