/** Which ANSI colours are in force: what terminals call "select graphic rendition", carried from line to line. */
const ESCAPE = "\u001b";

/** Every escape sequence that terminals do not show: colours, cursor movements, titles and links. */
const SEQUENCES = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007${ESCAPE}]*(?:\\u0007|${ESCAPE}\\\\)?|[ -/]*[0-Z\\\\^-~])`,
  "g",
);
const COLORS = new RegExp(`${ESCAPE}\\[([0-9;:]*)m`, "g");
const ENDS: Record<string, readonly string[]> = {
  "21": ["1"],
  "22": ["1", "2"],
  "23": ["3"],
  "24": ["4"],
  "25": ["5"],
  "27": ["7"],
  "28": ["8"],
  "29": ["9"],
};

export class Sgr {
  private foreground = "";
  private background = "";
  private readonly decorations = new Set<string>();

  constructor(codes = "") {
    if (codes !== "") this.apply(codes);
  }

  /** The parameters of one sequence, such as `1;31`. */
  apply(parameters: string): void {
    if (!/[;:]/.test(parameters)) {
      this.one(parameters);
      return;
    }
    const codes = parameters.split(/[;:]/);
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at] ?? "";
      if (code === "38" || code === "48") {
        const length = codes[at + 1] === "2" ? 5 : 3;
        this.color(code, codes.slice(at, at + length).join(";"));
        at += length - 1;
      } else this.one(code);
    }
  }

  /** Follows all sequences of a line. */
  read(line: string): void {
    if (!line.includes(ESCAPE)) return;
    for (const [, parameters = ""] of line.matchAll(COLORS)) this.apply(parameters);
  }

  /** The parameters that lead here from nothing; empty if nothing is in force. */
  get codes(): string {
    if (this.foreground === "" && this.background === "" && this.decorations.size === 0) return "";
    return [...this.decorations, this.foreground, this.background].filter((code) => code !== "").join(";");
  }

  private one(code: string): void {
    const number = Number(code);
    if (number === 0) {
      this.foreground = this.background = "";
      this.decorations.clear();
    } else if (number < 10) this.decorations.add(code);
    else if (code in ENDS) ENDS[code]?.forEach((ended) => this.decorations.delete(ended));
    else if (number === 39) this.foreground = "";
    else if (number === 49) this.background = "";
    else if (isBetween(number, 30, 37) || isBetween(number, 90, 97)) this.foreground = code;
    else if (isBetween(number, 40, 47) || isBetween(number, 100, 107)) this.background = code;
  }

  private color(ground: "38" | "48", codes: string): void {
    if (ground === "38") this.foreground = codes;
    else this.background = codes;
  }
}

/** The text without what only a terminal understands. */
export function plain(line: string): string {
  return line.includes(ESCAPE) ? line.replace(SEQUENCES, "") : line;
}

/** The same text with nothing but colours in it, their parameters split by semicolons. */
export function colorsOnly(line: string): string {
  return line.replace(SEQUENCES, (sequence) =>
    sequence.endsWith("m") && sequence[1] === "[" ? sequence.replaceAll(":", ";") : "",
  );
}

function isBetween(number: number, first: number, last: number): boolean {
  return number >= first && number <= last;
}
