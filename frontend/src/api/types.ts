/** The entities of the served specification, by the names that the pages use. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Artifact = Schemas["Artifact"];
export type Failure = Schemas["Failure"];
export type FailureGroup = Schemas["FailureGroup"];
export type FieldValues = Schemas["FieldValues"];
export type Import = Schemas["Import"];
export type Outcome = NonNullable<Schemas["Outcome"]>;
export type Pagination = Schemas["Pagination"];
export type PastResult = Schemas["PastResult"];
export type Problem = Schemas["Problem"];
export type Project = Schemas["Project"];
export type Result = Schemas["Result"];
export type Run = Schemas["Run"];
export type RunFailures = Schemas["RunFailures"];
export type RunTest = Schemas["RunTest"];
export type SavedFilter = Schemas["SavedFilter"];
export type Token = Schemas["Token"];
export type User = Schemas["User"];
