/** Files that are dropped anywhere on the page; beside a small target, browsers would open them and leave. */
import { useEffect, useEffectEvent, useState } from "react";

/** `folders` are names of folders: browsers cannot send them. */
export type Dropped = { files: File[]; folders: string[] };

/** Whether files are being dragged over the page. */
export function useDrop(onDrop: (dropped: Dropped) => void): boolean {
  const [isOver, setOver] = useState(false);
  const drop = useEffectEvent(onDrop);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setOver(false);
    };
    const take = (event: DragEvent) => {
      setOver(false);
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop(droppedIn(event.dataTransfer));
    };
    const removal = new AbortController();
    const options = { signal: removal.signal };
    document.addEventListener("dragover", over, options);
    document.addEventListener("dragleave", leave, options);
    document.addEventListener("drop", take, options);
    return () => removal.abort();
  }, []);
  return isOver;
}

function droppedIn({ items, files }: DataTransfer): Dropped {
  const entries = Array.from(items)
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry());
  const isFolder = (index: number) => entries[index]?.isDirectory === true;
  return {
    files: Array.from(files).filter((_, index) => !isFolder(index)),
    folders: Array.from(files).flatMap(({ name }, index) => (isFolder(index) ? [name] : [])),
  };
}
