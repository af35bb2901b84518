/** A traceback in which one's own code stands out and that of libraries steps back. */
import { Button, Switch } from "@patternfly/react-core";
import AngleDownIcon from "@patternfly/react-icons/dist/esm/icons/angle-down-icon";
import AngleRightIcon from "@patternfly/react-icons/dist/esm/icons/angle-right-icon";
import { useMemo, useState } from "react";

import type { Result } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { useStored } from "@/components/stored";

import { type Frame, type Line, packageOf, type Part, partsOf } from "./traceback";
import { useWholeTraceback } from "./whole-traceback";

/** Of longer ones the end is shown first: there it says what was raised. */
const MOST_LINES = 1500;
/** Library calls of fewer lines are shown: a button would not save room. */
const FEW_LINES = 3;

export function Traceback({ result, short }: { result: Result; short: string | null }) {
  const whole = useWholeTraceback(result);
  const text = whole ?? short ?? "";
  const [doesWrap, setWrap] = useStored("traceback.wrap", false);
  const [isAll, setAll] = useState(false);
  const lines = useMemo(() => text.split("\n"), [text]);
  const parts = useMemo(() => partsOf((isAll ? lines : lines.slice(-MOST_LINES)).join("\n")), [lines, isAll]);
  if (text.trim() === "") return null;
  return (
    <div className="traceback">
      <div className="traceback-head">
        <strong>Traceback</strong>
        <Switch
          label="Wrap lines"
          isChecked={doesWrap}
          onChange={(_, isChecked) => setWrap(isChecked)}
          id={`wrap-${result.id}`}
        />
        <CopyButton text={text} label="Copy the traceback" />
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="traceback-box" data-wrap={doesWrap} role="group" aria-label="Traceback" tabIndex={0}>
        {!isAll && lines.length > MOST_LINES && (
          <Button variant="link" isInline onClick={() => setAll(true)}>
            {(lines.length - MOST_LINES).toLocaleString()} earlier lines
          </Button>
        )}
        {parts.map((part, index) => (
          <PartView key={index} part={part} isAlone={!parts.some(({ kind }) => kind === "own")} />
        ))}
      </div>
    </div>
  );
}

function PartView({ part, isAlone }: { part: Part; isAlone: boolean }) {
  if (part.kind !== "library") return <Lines lines={part.lines} kind={part.kind} />;
  const lines = part.frames.flatMap((frame) => frame.lines);
  return isAlone || lines.length < FEW_LINES ? (
    <Lines lines={lines} kind="library" />
  ) : (
    <Library frames={part.frames} />
  );
}

/** What was raised stays in sight. */
function Library({ frames }: { frames: Frame[] }) {
  const [isOpen, setOpen] = useState(false);
  const lines = frames.flatMap((frame) => frame.lines);
  const errors = lines.filter(({ kind }) => kind === "error");
  const packages = [...new Set(frames.flatMap(({ place }) => packageOf(place) ?? []))];
  return (
    <>
      <Button
        variant="link"
        isInline
        className="traceback-library"
        icon={isOpen ? <AngleDownIcon /> : <AngleRightIcon />}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {frames.length === 1 ? "1 library frame" : `${frames.length} library frames`}
        {packages.length > 0 && ` (${packages.join(", ")})`}
      </Button>
      {isOpen && <Lines lines={lines} kind="library" />}
      {!isOpen && errors.length > 0 && <Lines lines={errors} kind="library" />}
    </>
  );
}

function Lines({ lines, kind }: { lines: Line[]; kind: Part["kind"] }) {
  return (
    <pre className={`traceback-part traceback-${kind}`}>
      {lines.map((line, index) => (
        <span key={index} className={`traceback-line traceback-is-${line.kind}`}>
          {line.text}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
