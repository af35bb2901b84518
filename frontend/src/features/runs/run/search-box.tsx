/** A field to type what a list is narrowed to; typing never waits, and the list follows when one pauses. */
import { SearchInput } from "@patternfly/react-core";
import { useEffect, useEffectEvent, useState } from "react";

const PAUSE_MS = 250;

/** What was typed and is not known outside yet. */
type Typed = { text: string; pause: number; isTold: boolean };

export function SearchBox({
  label,
  value,
  onSearch,
}: {
  label: string;
  value: string;
  onSearch: (text: string) => void;
}) {
  const [typed, setTyped] = useState<Typed>();
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (typed?.isTold) setTyped(undefined);
  }
  const tell = useEffectEvent((told: Typed) => {
    setTyped({ ...told, isTold: true });
    onSearch(told.text);
  });
  useEffect(() => {
    if (typed === undefined || typed.isTold) return;
    const timer = setTimeout(() => tell(typed), typed.pause);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchInput
      aria-label={label}
      placeholder={label}
      value={typed?.text ?? value}
      onChange={(_, text) => setTyped({ text, pause: PAUSE_MS, isTold: false })}
      onClear={() => setTyped({ text: "", pause: 0, isTold: false })}
    />
  );
}
