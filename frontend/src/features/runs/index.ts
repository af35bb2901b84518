export { RunListPage } from "./run-list-page";
export { ComparePage } from "./compare-page";
