import { Page } from "@/components/page";

export function ProjectPage() {
  return <Page title="Project">To be written</Page>;
}
