import { Page } from "@/components/page";

export function FirstResultsPage() {
  return <Page title="FirstResults">To be written</Page>;
}
