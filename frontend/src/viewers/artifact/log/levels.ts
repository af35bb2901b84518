/** Which lines of a log are about something that went wrong. */

/** Words as programs write them; "0 errors" and `error_count` are not among them. */
export const ERROR_PATTERN =
  "\\b(?:ERROR|Error|error|FATAL|Fatal|fatal|FAILED|EXCEPTION|Exception|exception|TRACEBACK|Traceback|traceback|CRITICAL|[A-Z]\\w*(?:Error|Exception))\\b";

const ERROR = new RegExp(ERROR_PATTERN);
const WARNING = /\b(?:WARN|WARNING|Warning|warning)\b/;
const LOOKED_AT = 500;

export type Level = "error" | "warning";

export function levelOf(text: string): Level | undefined {
  const beginning = text.slice(0, LOOKED_AT);
  if (ERROR.test(beginning)) return "error";
  return WARNING.test(beginning) ? "warning" : undefined;
}
