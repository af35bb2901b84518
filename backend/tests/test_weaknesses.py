"""The weaknesses of the existing server that the reference lists: each has tests that would fail on it.

Most are tested beside what they are about and only named here; those that belong nowhere else follow.
"""

import ast
from functools import cache
from pathlib import Path

import pytest
from helpers.assertions import assert_page, assert_problem

from ibutsu_server import serialize

TESTS = Path(__file__).parent
ACCESS = "controllers/test_access.py"
RUNS = "controllers/test_run_controller.py"
RESULTS = "controllers/test_result_controller.py"
PROJECTS = "controllers/test_project_controller.py"
TOKENS = "controllers/test_token_controller.py"
LOGIN = "controllers/test_login_controller.py"
ARTIFACTS = "controllers/test_artifact_controller.py"
ACCOUNTS = "controllers/test_account_controller.py"
ADMIN = "controllers/test_admin_user_controller.py"
CONFIGS = "controllers/test_widget_config_controller.py"
DASHBOARDS = "controllers/test_dashboard_controller.py"
SIGN_IN = "controllers/test_sign_in_controller.py"
TASKS = "controllers/test_task_controller.py"
USERS = "controllers/test_user_controller.py"
WIDGETS = "controllers/test_widget_controller.py"
HERE = "test_weaknesses.py"

WEAKNESSES: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "secrets of people in project answers",
        (
            f"{PROJECTS}::test_answers_hold_no_password",
            f"{ADMIN}::test_answers_hold_no_password",
            f"{ACCESS}::test_operation_answers_caller",
        ),
    ),
    2: (
        "long pages skip the checks",
        (
            f"{TASKS}::test_task_answers_with_the_rights_of_who_ordered_it",
            f"{TOKENS}::test_big_page_of_a_limited_token_stays_within_its_limits",
        ),
    ),
    3: (
        "bulk update of anybody's runs",
        (
            f"{ACCESS}::test_nothing_can_be_moved_into_another_project",
            f"{ACCESS}::test_operation_answers_caller",
        ),
    ),
    4: (
        "widgets without authorization",
        (
            f"{WIDGETS}::test_outsider_gets_403",
            f"{WIDGETS}::test_stored_widget_that_is_not_the_callers_is_403",
            f"{HERE}::test_unknown_project_does_not_open_a_widget_to_all",
        ),
    ),
    5: (
        "lists open to every token",
        (
            f"{ACCESS}::test_lists_show_nothing_of_other_projects",
            f"{DASHBOARDS}::test_each_caller_sees_their_own",
            f"{CONFIGS}::test_each_caller_sees_their_own_by_weight_and_id",
            f"{TASKS}::test_task_is_for_who_ordered_it_only",
        ),
    ),
    6: (
        "access after the end",
        (
            f"{TOKENS}::test_deleted_token_is_worth_nothing_at_once",
            f"{LOGIN}::test_deactivated_user_loses_access_at_once",
            f"{ACCESS}::test_token_of_a_user_who_is_gone_is_401",
            f"{ACCESS}::test_signed_token_that_was_never_handed_out_is_401",
            "controllers/test_session_controller.py::test_ended_session_gives_no_access_at_once",
        ),
    ),
    7: (
        "mass assignment on the own account",
        (
            f"{USERS}::test_nobody_gives_themselves_rights_or_another_address",
            f"{USERS}::test_password_can_be_changed_by_who_knows_the_old_one",
            f"{USERS}::test_bad_change_is_400_and_names_the_field",
        ),
    ),
    8: (
        "moving things where one may not",
        (
            f"{ACCESS}::test_nothing_can_be_moved_into_another_project",
            f"{DASHBOARDS}::test_dashboard_moves_only_where_the_caller_is_a_maintainer",
            f"{CONFIGS}::test_widget_config_is_put_only_where_the_caller_is_a_maintainer",
        ),
    ),
    9: (
        "relations in a PUT",
        (
            "test_openapi.py::test_refuses_what_cannot_be_stored",
            f"{DASHBOARDS}::test_unknown_relations_are_refused",
            f"{HERE}::test_relations_cannot_be_assigned",
        ),
    ),
    10: (
        "project names that are ids, or twice",
        (
            f"{PROJECTS}::test_bad_project_is_refused_and_not_stored",
            "test_concurrency.py::test_project_name_that_eight_clients_want_at_once_goes_to_one",
        ),
    ),
    11: (
        "a token called login-token",
        (f"{TOKENS}::test_token_called_login_token_locks_nobody_out",),
    ),
    12: (
        "script in artifacts",
        (
            f"{ARTIFACTS}::test_pages_cannot_run_scripts_in_our_origin",
            f"{ARTIFACTS}::test_any_name_makes_one_valid_header",
        ),
    ),
    13: (
        "SQL and tracebacks in answers",
        (
            "test_problems.py::test_unforeseen_error_is_500_and_tells_nothing",
            f"{TASKS}::test_failure_says_why_line_by_line",
        ),
    ),
    14: (
        "mails that are never sent",
        (
            f"{ACCOUNTS}::test_mailed_link_opens_the_account",
            f"{ACCOUNTS}::test_mailed_code_sets_a_password",
            "test_mail.py::test_promised_mail_survives_kill_9",
        ),
    ),
    15: (
        "bad tokens are a 500",
        (
            f"{ACCESS}::test_operation_answers_caller",
            f"{ACCESS}::test_header_that_is_no_bearer_token_is_401",
        ),
    ),
    16: (
        "who has an account, and guessing passwords",
        (
            f"{ACCOUNTS}::test_registering_answers_the_same_with_the_same_work",
            f"{ACCOUNTS}::test_recovering_answers_the_same_with_the_same_work",
            f"{ACCOUNTS}::test_own_password_opens_nothing_after_registering",
            f"{ACCOUNTS}::test_registration_can_be_turned_off",
            "test_passwords.py::test_refused_password_is_told_why",
            "controllers/test_limits.py::test_guessing_one_password_ends_after_ten_attempts",
            "controllers/test_limits.py::test_one_address_that_tries_many_accounts_is_stopped",
        ),
    ),
    17: (
        "codes for ever and for everything",
        (
            f"{ACCOUNTS}::test_code_is_good_for_its_purpose_only",
            f"{ACCOUNTS}::test_code_works_once",
            f"{ACCOUNTS}::test_code_is_worth_nothing_after_an_hour",
            f"{ACCOUNTS}::test_codes_are_stored_as_digests_only",
        ),
    ),
    18: (
        "two accounts of one mailbox",
        (
            f"{ADMIN}::test_address_belongs_to_one_account_whatever_its_case",
            f"{ACCOUNTS}::test_only_the_mailbox_tells_what_there_is",
            "db/test_models.py::test_names_are_unique_whatever_their_case",
        ),
    ),
    19: (
        "sign-in by providers",
        (
            f"{SIGN_IN}::test_way_back_without_the_right_state_is_400",
            f"{SIGN_IN}::test_unverified_address_finds_no_account",
            f"{SIGN_IN}::test_deactivated_user_stays_out",
            f"{SIGN_IN}::test_no_token_stands_in_an_address_and_no_script_can_read_it",
            f"{SIGN_IN}::test_provider_that_talks_nonsense_lets_nobody_in",
            f"{SIGN_IN}::test_newcomer_gets_an_account_and_is_in",
            f"{SIGN_IN}::test_odd_name_does_not_keep_anybody_out",
        ),
    ),
    20: (
        "tokens in plain text",
        (
            f"{TOKENS}::test_token_itself_is_not_stored",
            f"{TOKENS}::test_token_is_shown_once_and_later_only_its_last_four_characters",
            f"{TOKENS}::test_bad_token_is_400_and_names_the_field",
            f"{TOKENS}::test_token_without_an_end_lasts_a_year",
        ),
    ),
    21: (
        "settings for everybody",
        (f"{SIGN_IN}::test_no_other_setting_can_be_read",),
    ),
    22: (
        "ways around the checks of superadmins",
        (
            "test_filters.py::test_only_named_projects_count_as_project_filter",
            f"{RUNS}::test_superadmin_must_name_a_project",
            f"{ADMIN}::test_nobody_can_delete_themselves",
        ),
    ),
    23: (
        "artifacts of runs",
        (
            f"{ARTIFACTS}::test_an_artifact_of_a_run_can_be_read_and_deleted",
            f"{ARTIFACTS}::test_unknown_is_404_and_garbage_400",
        ),
    ),
    24: (
        "runs and environments of results are dropped",
        (
            f"{RESULTS}::test_run_id_alone_is_enough",
            f"{RESULTS}::test_metadata_names_component_and_env_before_the_top_level_does",
            f"{RESULTS}::test_run_that_is_missing_or_elsewhere_is_400",
        ),
    ),
    25: (
        "bad input is a 500",
        (
            f"{RUNS}::test_bad_run_is_400_and_stores_nothing",
            f"{RUNS}::test_body_that_is_no_proper_json_is_400",
            f"{RUNS}::test_bad_list_parameters_are_400",
            f"{RESULTS}::test_bad_result_is_400_and_stores_nothing",
            f"{RESULTS}::test_bad_update_is_400_and_names_the_field",
            "test_bodies.py::test_what_is_no_strict_json_is_refused",
            "test_pages.py::test_page_that_no_database_can_count_to_is_refused",
            f"{CONFIGS}::test_widget_is_required",
        ),
    ),
    26: (
        "filters that widen, break or sort wrongly",
        (
            "test_filters.py::test_parameter_is_read_as_clauses",
            "test_filters.py::test_unknown_field_is_named_with_the_nearest_known_ones",
            "test_filters.py::test_metadata_is_text_unless_both_sides_are_numbers",
            "test_filters.py::test_tags_and_markers_are_looked_through",
            "test_filters.py::test_example_that_a_decision_changes",
            f"{CONFIGS}::test_condition_on_the_project_also_finds_what_is_for_every_project",
        ),
    ),
    27: (
        "things without owner or project",
        (
            "controllers/test_admin_project_controller.py::test_project_without_owner_says_so",
            "db/test_models.py::test_result_needs_a_project_that_exists",
            "db/test_models.py::test_deleted_project_leaves_no_orphans",
            f"{HERE}::test_project_without_owner_is_closed_to_outsiders",
        ),
    ),
    28: (
        "owners who do not see their own",
        (f"{HERE}::test_owner_who_never_joined_finds_the_project_in_every_list",),
    ),
    29: (
        "memberships are wiped",
        (f"{ADMIN}::test_change_without_projects_keeps_memberships",),
    ),
    30: (
        "metadata that cannot be taken back",
        (
            "domain/test_metadata.py::test_new_metadata_is_laid_over_old",
            f"{RUNS}::test_bulk_update_gives_the_newest_matching_runs_new_metadata",
            f"{HERE}::test_metadata_can_be_replaced",
        ),
    ),
    31: (
        "summaries that are late or wrong",
        (
            f"{RUNS}::test_counts_are_right_as_soon_as_a_result_is_answered",
            f"{RESULTS}::test_every_outcome_is_accepted_and_counted",
            f"{RESULTS}::test_summary_is_right_as_soon_as_a_changed_result_is_answered",
            "test_concurrency.py::test_summary_counts_every_result_of_eight_clients",
        ),
    ),
    32: (
        "imports that stick, double and cut",
        (
            "domain/test_imports.py::test_everything_is_counted_once",
            "domain/test_imports.py::test_import_that_kills_its_workers_is_given_up",
            "importers/test_junit.py::test_dialect_is_read",
            "importers/test_archive.py::test_files_that_lie_deeper_are_files_of_the_same_owner",
        ),
    ),
    33: (
        "a specification that is not true",
        (
            "test_published_client.py::test_method_is_called_successfully",
            "test_generated_client.py::test_every_operation_has_its_function",
            f"{HERE}::test_answer_that_breaks_the_specification_is_noticed",
        ),
    ),
    34: (
        "widgets that refuse their own parameters",
        (
            "widgets/test_importance_component.py::test_env_chooses_results",
            "widgets/test_importance_component.py::test_skips_count_against_the_rate_when_asked",
            f"{WIDGETS}::test_what_was_not_filled_in_counts_as_absent",
        ),
    ),
    35: (
        "the database's health is always bad",
        (
            "controllers/test_health_controller.py::test_database_that_answers_is_ok",
            "controllers/test_health_controller.py::test_database_that_is_gone_is_503",
        ),
    ),
    36: (
        "reading that writes",
        (f"{CONFIGS}::test_reading_cleans_the_answer_and_changes_nothing",),
    ),
    37: (
        "many names for one thing",
        (
            f"{HERE}::test_both_spellings_of_an_id_are_understood",
            f"{ACCESS}::test_operation_answers_caller",
        ),
    ),
    38: (
        "retention that fails in silence",
        (
            "tasks/test_retention.py::test_old_results_go_with_their_artifacts_however_young",
            "tasks/test_retention.py::test_work_that_was_interrupted_is_not_lost",
            "tasks/test_repairs.py::test_start_time_of_old_clients_is_found_under_its_new_name",
        ),
    ),
    39: (
        "contents of artifacts in memory",
        (
            "controllers/test_artifact_streaming.py::test_memory_stays_flat_with_a_big_artifact",
            f"{ARTIFACTS}::test_pages",
        ),
    ),
    40: (
        "lists that sort and scan",
        (
            "db/test_query_plans.py::test_page_is_read_in_the_order_of_its_index",
            "db/test_query_plans.py::test_total_is_counted_within_an_index",
            "db/test_query_plans.py::test_search_for_tests_reads_the_table_of_tests",
            f"{RUNS}::test_runs_of_the_same_instant_never_change_places",
        ),
    ),
    41: (
        "statements for each row of a list",
        (
            f"{PROJECTS}::test_list_takes_the_same_number_of_statements_whatever_its_length",
            f"{ADMIN}::test_list_takes_the_same_number_of_statements_whatever_its_length",
            "controllers/test_admin_project_controller.py::test_list_takes_the_same_number_of_statements_whatever_its_length",
        ),
    ),
    42: (
        "the event loop waits for the database",
        (
            "controllers/test_token_check.py::test_bearer_token_costs_one_query",
            "controllers/test_token_check.py::test_event_loop_never_waits_for_the_database",
            "controllers/test_token_check.py::test_token_is_found_by_its_index",
        ),
    ),
    43: (
        "a whole run in memory to count it",
        (
            f"{RESULTS}::test_posting_a_result_takes_five_statements",
            "domain/test_counts.py::test_recount_finds_what_was_counted_one_by_one",
        ),
    ),
    44: (
        "widgets that grow with the square",
        (
            "widgets/test_filter_heatmap.py::test_many_runs_in_as_many_groups_are_one_statement",
            "widgets/test_compare_runs_view.py::test_statements_do_not_grow_with_the_results",
        ),
    ),
    45: (
        "imports without limits",
        (
            "importers/test_archive.py::test_gzip_bomb_is_stopped_within_little_memory",
            "importers/test_archive.py::test_too_many_members_are_refused",
            "domain/test_imports.py::test_many_results_are_written_in_batches",
        ),
    ),
    46: (
        "patterns that take for ever",
        ("test_filters.py::test_no_pattern_takes_long",),
    ),
    47: (
        "long answers for everybody",
        (
            f"{TASKS}::test_task_is_for_who_ordered_it_only",
            "tasks/test_prune_tasks.py::test_only_answers_older_than_a_day_go",
        ),
    ),
    48: (
        "the time limit of statements is lifted",
        (
            "db/test_engine.py::test_statement_that_takes_too_long_ends",
            "db/test_engine.py::test_limit_is_per_statement_and_not_per_transaction",
        ),
    ),
    49: (
        "any variable is configuration, no limit, no headers",
        (
            "test_settings.py::test_our_settings_are_not_read_from_bare_names",
            f"{RUNS}::test_body_above_the_limit_is_413",
            f"{ARTIFACTS}::test_pages_cannot_run_scripts_in_our_origin",
        ),
    ),
}


@cache
def _functions(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.unit
def test_every_weakness_has_its_tests():
    assert list(WEAKNESSES) == list(range(1, 50))
    assert [number for number, (_, tests) in WEAKNESSES.items() if not tests] == []


@pytest.mark.unit
@pytest.mark.parametrize("number", WEAKNESSES)
def test_tests_of_a_weakness_exist(number):
    for test in WEAKNESSES[number][1]:
        file, _, name = test.partition("::")
        assert name in _functions(file), test


@pytest.mark.validation
@pytest.mark.parametrize("project", ["nobody's", "00000000-0000-0000-0000-000000000000", "' OR 1=1"])
def test_unknown_project_does_not_open_a_widget_to_all(api, make_result, project):
    make_result(component="web", metadata={"jenkins": {"job_name": "nightly", "build_number": "1"}})
    query = {"project": project, "job_name": "nightly", "components": "web"}
    assert_problem(api.get("/api/widget/importance-component", params=query), 400, field="project")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("noun", "relation"),
    [
        ("run", "results"),
        ("run", "project"),
        ("result", "run"),
        ("project", "runs"),
        ("user", "tokens"),
        ("user", "projects"),
        ("user", "password_hash"),
    ],
)
def test_relations_cannot_be_assigned(api, result_test_hierarchy, noun, relation):
    path = noun if noun == "user" else f"{noun}/{result_test_hierarchy[noun].id}"
    assert_problem(api.put(f"/api/{path}", json={relation: []}), 400, field=relation)


@pytest.mark.integration
def test_project_without_owner_is_closed_to_outsiders(api_of, make_user, make_run):
    run = make_run()
    outsider = api_of(make_user())
    assert_problem(outsider("GET", f"/api/run/{run.id}"), 403)
    assert_problem(outsider("GET", f"/api/project/{run.project_id}"), 401)


@pytest.mark.integration
def test_owner_who_never_joined_finds_the_project_in_every_list(
    api_of, make_user, make_project, make_run, make_result, make_dashboard
):
    owner = make_user()
    project = make_project(owner_id=owner.id)
    run = make_run(project_id=project.id)
    result = make_result(run_id=run.id, project_id=project.id)
    found = {
        "project": ("projects", project),
        "run": ("runs", run),
        "result": ("results", result),
        "dashboard": ("dashboards", make_dashboard(project_id=project.id)),
    }
    for noun, (plural, thing) in found.items():
        assert_page(api_of(owner)("GET", f"/api/{noun}"), plural, [thing.id])


@pytest.mark.integration
@pytest.mark.parametrize("noun", ["run", "result", "group"])
def test_metadata_can_be_replaced(api, make_run, make_result, make_group, noun):
    metadata = {"kept": 1, "wrong": {"deep": 2}}
    thing = {"run": make_run, "result": make_result, "group": make_group}[noun](metadata=metadata)
    body, url = {"metadata": {"kept": None}}, f"/api/{noun}/{thing.id}"
    assert api.put(url, json=body).json()["metadata"] == metadata
    assert api.put(url, json=body, params={"metadata": "replace"}).json()["metadata"] == {"kept": None}
    assert api.put(url, json={}, params={"metadata": "replace"}).json()["metadata"] == {"kept": None}
    assert_problem(api.put(url, json=body, params={"metadata": "burn"}), 400, field="metadata")


@pytest.mark.integration
def test_answer_that_breaks_the_specification_is_noticed(api, monkeypatch):
    """By every test that sends a request: the application that they use checks its own answers."""
    monkeypatch.setattr(serialize, "user", lambda _user: {"id": 5})
    assert api.get("/api/user").status_code == 500


@pytest.mark.integration
@pytest.mark.parametrize("spelling", ["resultId", "result_id"])
def test_both_spellings_of_an_id_are_understood(api, make_artifact, make_result, spelling):
    result = make_result()
    artifact = make_artifact(result_id=result.id)
    make_artifact(result_id=make_result().id)
    assert_page(api.get("/api/artifact", params={spelling: str(result.id)}), "artifacts", [artifact.id])
