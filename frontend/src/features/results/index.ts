export { ResultListPage } from "./result-list-page";
