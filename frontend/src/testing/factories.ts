/** Entities for tests: right by default, with whatever the test is about. */
import type {
  Artifact,
  Failure,
  FailureGroup,
  Import,
  PastResult,
  Project,
  Result,
  Run,
  RunTest,
  User,
} from "@/api/types";

export const PROJECT_ID = "0197c0f6-1111-7c3e-9b6a-3f0f5c1a2b4d";
export const RUN_ID = "0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d";

let made = 0;

export function newId(): string {
  made += 1;
  return `0197c0f6-0000-7000-8000-${made.toString(16).padStart(12, "0")}`;
}

export function aUser(facts: Partial<User> = {}): User {
  return {
    id: "0197c0f6-2222-7c3e-9b6a-3f0f5c1a2b4d",
    email: "jo@example.com",
    name: "Jo",
    is_superadmin: false,
    is_active: true,
    group_id: null,
    ...facts,
  };
}

export function aProject(facts: Partial<Project> = {}): Project {
  return {
    id: PROJECT_ID,
    name: "my-project",
    title: "My Project",
    owner_id: null,
    group_id: null,
    default_dashboard_id: null,
    users: [],
    ...facts,
  };
}

export function aRun({
  summary,
  ...facts
}: Partial<Omit<Run, "summary">> & { summary?: Partial<Run["summary"]> } = {}): Run {
  return {
    id: RUN_ID,
    created: "2026-11-20T08:41:58Z",
    duration: 12.5,
    source: "local",
    start_time: "2026-11-20T08:41:00Z",
    component: "web",
    env: "qa",
    project_id: PROJECT_ID,
    summary: {
      tests: 3,
      passes: 2,
      failures: 1,
      errors: 0,
      skips: 0,
      xfailures: 0,
      xpasses: 0,
      manual: 0,
      blocked: 0,
      pass_percent: 66,
      ...summary,
    },
    metadata: {},
    wall_time: 7.25,
    is_kept: false,
    ...facts,
  };
}

export function aResult(facts: Partial<Result> = {}): Result {
  return {
    id: newId(),
    test_id: "test_shop.TestCart.test_add",
    start_time: "2026-11-20T08:41:01Z",
    duration: 0.125,
    result: "passed",
    component: "web",
    env: "qa",
    run_id: RUN_ID,
    project_id: PROJECT_ID,
    metadata: {},
    params: {},
    source: "local",
    attempts: [],
    ...facts,
  };
}

export function aPastResult(facts: Partial<PastResult> = {}): PastResult {
  return {
    id: newId(),
    run_id: RUN_ID,
    result: "passed",
    start_time: "2026-11-20T08:41:01Z",
    duration: 0.125,
    component: "web",
    env: "qa",
    source: "local",
    exception_name: null,
    message: null,
    classification: null,
    ...facts,
  };
}

export function aRunTest(facts: Partial<RunTest> = {}): RunTest {
  return {
    id: newId(),
    test_id: "test_shop.TestCart.test_add",
    path: "tests/test_shop.py",
    result: "passed",
    start_time: "2026-11-20T08:41:01Z",
    duration: 0.125,
    worker: null,
    exception_name: null,
    classification: null,
    ...facts,
  };
}

export function aFailure(facts: Partial<Failure> = {}): Failure {
  return {
    id: newId(),
    test_id: "test_shop.TestCart.test_add",
    result: "failed",
    start_time: "2026-11-20T08:41:01Z",
    duration: 0.125,
    classification: null,
    previous_result: "passed",
    is_new: true,
    ...facts,
  };
}

export function aFailureGroup(facts: Partial<FailureGroup> = {}): FailureGroup {
  const results = facts.results ?? [aFailure()];
  return {
    exception_name: "AssertionError",
    message: "assert 2 == 3",
    reason: "assert 2 == 3\n +  where 2 = len(cart)",
    count: results.length,
    new: results.filter(({ is_new }) => is_new).length,
    results,
    ...facts,
  };
}

export function anArtifact(facts: Partial<Artifact> = {}): Artifact {
  return {
    id: newId(),
    result_id: null,
    run_id: RUN_ID,
    filename: "traceback.log",
    upload_date: "2026-11-20T08:41:59Z",
    additional_metadata: {},
    size: 2048,
    content_type: "text/plain",
    ...facts,
  };
}

export function anImport(facts: Partial<Import> = {}): Import {
  return {
    id: newId(),
    filename: "junit.xml",
    format: "junit",
    status: "done",
    created: "2026-11-20T08:41:59Z",
    run_id: RUN_ID,
    error: null,
    progress: { seen: 3, done: 3 },
    metadata: {},
    ...facts,
  };
}

/** A page of a list with everything on it. */
export function onOnePage(totalItems: number) {
  return { page: 1, pageSize: 20, totalItems, totalPages: totalItems ? 1 : 0 };
}
