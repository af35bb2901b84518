/** Where somebody wanted to go when they were asked to sign in. */

/** The path of ours that a link asks for, or the start page if it is anything but that. */
export function localPath(wanted: string | null): string {
  if (wanted?.startsWith("/") !== true || !URL.canParse(wanted, location.origin)) return "/";
  const { origin, pathname, search, hash } = new URL(wanted, location.origin);
  const isOurs = origin === location.origin && !pathname.startsWith("//") && pathname !== "/login";
  return isOurs ? pathname + search + hash : "/";
}
