import { read, write } from "@/components/stored";

export function lastProject(): string | undefined {
  const id = read("project");
  return typeof id === "string" ? id : undefined;
}

export function rememberProject(id: string | null): void {
  write("project", id);
}
