/** What the box does with what is typed, chosen and pressed. */
import { type KeyboardEvent, useState } from "react";

import { conclude, type Suggestion } from "./completion";
import { type Entity, type Field, fieldOf } from "./fields";
import { editable, type Filter, isSame } from "./filter";
import { shortened } from "./relative-time";

type Box = {
  entity: Entity;
  filters: readonly Filter[];
  onChange: (filters: readonly Filter[]) => void;
};

/** The text and what goes with it; `edited` is the condition that Enter replaces. */
export function useBoxState() {
  const [text, setText] = useState("");
  const [edited, setEdited] = useState<Filter>();
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [problem, setProblem] = useState<string>();
  const put = (next: string, isOpenThen = true) => {
    setText(next);
    setOpen(isOpenThen);
    setActive(-1);
    setProblem(undefined);
  };
  return { text, edited, isOpen, active, problem, put, setEdited, setOpen, setActive, setProblem };
}

export function boxActions(
  { entity, filters, onChange }: Box,
  box: ReturnType<typeof useBoxState>,
  fields: readonly Field[],
  suggestions: readonly Suggestion[],
) {
  const { text, edited, active, isOpen } = box;
  const isEdited = (filter: Filter) => edited !== undefined && isSame(filter, edited);

  const add = (added: readonly Filter[]) => {
    const wanted = added.map(shortened);
    const place = filters.findIndex(isEdited);
    onChange(place < 0 ? [...filters, ...wanted] : filters.toSpliced(place, 1, ...wanted));
    box.setEdited(undefined);
    box.put("", false);
  };
  const remove = (filter: Filter) => {
    onChange(filters.filter((one) => !isSame(one, filter)));
    if (isEdited(filter)) {
      box.setEdited(undefined);
      box.put("", false);
    }
  };
  const edit = (filter: Filter) => {
    box.setEdited(filter);
    box.put(
      editable(filter, (name) => fieldOf(entity, name) !== undefined),
      false,
    );
  };
  const choose = (suggestion: Suggestion) => {
    if (suggestion.filters) add(suggestion.filters);
    else box.put(suggestion.text);
  };
  const conclusion = () => {
    const concluded = conclude(text, entity, fields);
    if ("problem" in concluded) box.setProblem(concluded.problem);
    else add(concluded);
  };
  const enter = () => {
    const chosen = isOpen ? suggestions[active] : undefined;
    if (chosen) choose(chosen);
    else if (text.trim() !== "") conclusion();
    else if (edited) remove(edited);
  };
  const escape = () => {
    if (isOpen) box.setOpen(false);
    else {
      box.setEdited(undefined);
      box.put("", false);
    }
  };
  const backspace = () => {
    const last = filters.at(-1);
    if (edited) remove(edited);
    else if (last) edit(last);
  };
  const move = (step: 1 | -1) => {
    box.setOpen(true);
    const places = suggestions.length + 1;
    if (isOpen || step < 0) box.setActive(((active + 1 + step + places) % places) - 1);
    else box.setActive(0);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const completion = isOpen && text.trim() !== "" ? suggestions[Math.max(active, 0)] : undefined;
    const keys: Record<string, (() => void) | undefined | false> = {
      Enter: enter,
      Escape: (isOpen || text !== "" || edited !== undefined) && escape,
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Tab: !event.shiftKey && completion !== undefined && (() => choose(completion)),
      Backspace: text === "" && !event.repeat && backspace,
    };
    const action = event.nativeEvent.isComposing ? undefined : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return { remove, edit, choose, onKeyDown };
}
