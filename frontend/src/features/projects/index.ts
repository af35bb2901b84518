export { ProjectListPage } from "./project-list-page";
export { ProjectPage } from "./project-page";
export { FirstResultsPage } from "./first-results-page";
