import { Page } from "@/components/page";

export function ProjectListPage() {
  return <Page title="ProjectList">To be written</Page>;
}
