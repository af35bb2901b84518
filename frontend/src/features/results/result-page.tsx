import { Page } from "@/components/page";

export function ResultPage() {
  return <Page title="Result">To be written</Page>;
}
