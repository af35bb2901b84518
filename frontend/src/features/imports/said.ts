/** What is said with an upload, and whether the server can take it. */

const NAME_MAX = 1024;

/** What is wrong with the text of the metadata, if anything is; nothing at all is fine. */
export function wrongMetadata(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? undefined : 'It must be a JSON object, such as {"env": "qa"}';
  } catch (error) {
    return `It is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}`;
  }
}

export function wrongSource(text: string): string | undefined {
  return text.length > NAME_MAX ? `It has more than ${NAME_MAX} characters` : undefined;
}
