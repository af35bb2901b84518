/** What clients say of a test beside its failure: why it was skipped, and its markers. */
type Metadata = Readonly<Record<string, unknown>> | null | undefined;

/** Why a test was skipped, or was expected to fail; clients that do not say it may still send the marker. */
export function excuseOf(metadata: Metadata, outcome: string | null): string | null {
  const isXfail = outcome === "xfailed" || outcome === "xpassed";
  const said = metadata?.[isXfail ? "xfail_reason" : "skip_reason"];
  if (typeof said === "string" && said.trim() !== "") return said.trim();
  const wanted = isXfail ? ["xfail"] : ["skip", "skipif"];
  const marker = markersOf(metadata).find(({ name }) => wanted.includes(name));
  const reason: unknown = marker?.kwargs.reason ?? (marker?.name === "skip" ? marker.args[0] : undefined);
  return typeof reason === "string" && reason.trim() !== "" ? reason.trim() : null;
}

export type Marker = { name: string; args: unknown[]; kwargs: Record<string, unknown> };

/** The markers of pytest, whether they are sent with their arguments or as names alone. */
export function markersOf(metadata: Metadata): Marker[] {
  const sent = metadata?.markers;
  if (!Array.isArray(sent)) return [];
  return sent.flatMap((one: unknown) => {
    if (typeof one === "string") return [{ name: one, args: [], kwargs: {} }];
    if (!isRecord(one) || typeof one.name !== "string") return [];
    const args: unknown[] = Array.isArray(one.args) ? one.args : [];
    return [{ name: one.name, args, kwargs: isRecord(one.kwargs) ? one.kwargs : {} }];
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
