import { Page } from "@/components/page";

export function ResultListPage() {
  return <Page title="ResultList">To be written</Page>;
}
