export function ProjectSwitcher() {
  return null;
}
