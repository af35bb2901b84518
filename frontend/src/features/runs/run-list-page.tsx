import { Page } from "@/components/page";

export function RunListPage() {
  return <Page title="RunList">To be written</Page>;
}
