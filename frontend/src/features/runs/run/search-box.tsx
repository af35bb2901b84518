/** A field to type what a list is narrowed to; typing never waits, and the list follows when one pauses. */
import { SearchInput } from "@patternfly/react-core";
import { useRef, useState } from "react";

const PAUSE_MS = 250;

export function SearchBox({
  label,
  value,
  onSearch,
}: {
  label: string;
  value: string;
  onSearch: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const search = (next: string, pause: number) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setKnown(next);
      onSearch(next);
    }, pause);
  };
  return (
    <SearchInput
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(_, next) => search(next, PAUSE_MS)}
      onClear={() => search("", 0)}
    />
  );
}
