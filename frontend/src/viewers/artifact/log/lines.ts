/** Lines as they were read: with their escape sequences, and cut where there is too much of them. */
import { Sgr } from "./sgr";

export type Line = {
  text: string;
  /** The colours that the lines before have left in force. */
  sgr: string;
  /** How long the whole line is, if this is only its beginning. */
  bytes?: number;
};

const decoder = new TextDecoder();

/** The lines of these bytes, which begin with one; what comes after the last newline is a line as well. */
export function linesOf(bytes: Uint8Array, sgr: string): Line[] {
  const texts = decoder.decode(bytes).split("\n");
  if (texts.at(-1) === "") texts.pop();
  const colors = new Sgr(sgr);
  return texts.map((text) => {
    const line = { text: text.endsWith("\r") ? text.slice(0, -1) : text, sgr: colors.codes };
    colors.read(text);
    return line;
  });
}
