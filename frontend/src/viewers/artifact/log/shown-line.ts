/** What of a line is shown: not all of a very long one, and of a line that was overwritten its last state. */
import type { Line } from "./lines";
import { plain, Sgr } from "./sgr";

export const SHOWN_CHARACTERS = 2000;
const ESCAPE = "\u001b";
const UNFINISHED_SEQUENCE = new RegExp(`${ESCAPE}[^A-Za-z]*$`);

export type Shown = {
  text: string;
  sgr: string;
  /** How many characters of the line without escape sequences come before it. */
  from: number;
  /** How often it was overwritten, as progress bars are. */
  overwritten: number;
  isCut: boolean;
};

/** `characters` is how much was asked for; undefined: nobody asked. */
export function shownOf(line: Line, characters: number | undefined): Shown {
  const states = characters === undefined ? lastState(line) : { from: 0, overwritten: 0 };
  const rest = line.text.slice(states.from).replaceAll("\r", "␍");
  const most = characters ?? SHOWN_CHARACTERS;
  const isCut = rest.length > most || line.bytes !== undefined;
  const before = line.text.slice(0, states.from);
  const colors = new Sgr(line.sgr);
  colors.read(before);
  return {
    text: rest.length > most ? rest.slice(0, most).replace(UNFINISHED_SEQUENCE, "") : rest,
    sgr: colors.codes,
    from: plain(before).length,
    overwritten: states.overwritten,
    isCut,
  };
}

/** Where the text begins that a terminal would show in the end. */
function lastState({ text }: Line): { from: number; overwritten: number } {
  const end = text.trimEnd().length;
  const from = text.lastIndexOf("\r", end - 1) + 1;
  return { from, overwritten: from === 0 ? 0 : text.slice(0, from).split("\r").length - 1 };
}
