/** The ways to send results to a project, as commands that can be copied. */

export type Target = { server: string; project: string; token: string };
export type Step = { text: string; label: string };
export type Way = { id: string; title: string; about: string; steps: Step[] };

export function waysTo({ server, project, token }: Target): Way[] {
  const name = quoted(project);
  return [
    {
      id: "pytest",
      title: "pytest",
      about: "The plugin reports each test while it runs, with its traceback and its artifacts.",
      steps: [
        { label: "Copy the command that installs", text: "pip install pytest pytest-ibutsu" },
        {
          label: "Copy the command that runs the tests",
          text: `pytest --ibutsu ${server} --ibutsu-token ${token} --ibutsu-project ${name}`,
        },
      ],
    },
    {
      id: "upload",
      title: "Report files",
      about:
        "JUnit XML, Playwright, Cucumber, Robot Framework, TRX, Allure, go test and more. The command sends files with retries, and says what became of them.",
      steps: [
        { label: "Copy the command that installs", text: "pip install ibutsu-server" },
        {
          label: "Copy the commands that upload",
          text: [
            `export IBUTSU_URL=${server} IBUTSU_TOKEN=${token} IBUTSU_PROJECT=${name}`,
            "ibutsu-server upload junit.xml",
          ].join("\n"),
        },
      ],
    },
    {
      id: "curl",
      title: "curl",
      about: "One report file, without installing anything. It becomes a run within seconds.",
      steps: [
        {
          label: "Copy the command that uploads",
          text: [
            `curl -H "Authorization: Bearer ${token}" ${server}/api/import \\`,
            `     -F importFile=@junit.xml --form-string project=${name}`,
          ].join("\n"),
        },
      ],
    },
    {
      id: "github",
      title: "GitHub Actions",
      about:
        "Save the token as a secret named IBUTSU_TOKEN, under Settings, Secrets and variables, Actions. Then add these steps to a job:",
      steps: [{ label: "Copy the steps", text: github(server, project) }],
    },
  ];
}

function github(server: string, project: string): string {
  return `- run: pytest --junitxml=junit.xml
- if: \${{ !cancelled() }}
  env:
    IBUTSU_URL: ${server}
    IBUTSU_TOKEN: \${{ secrets.IBUTSU_TOKEN }}
    IBUTSU_PROJECT: ${JSON.stringify(project)}
  run: |
    pip install ibutsu-server
    ibutsu-server upload junit.xml --source github \\
      --metadata "ci.branch=$GITHUB_REF_NAME" --metadata "ci.commit=$GITHUB_SHA" \\
      --metadata "ci.url=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"`;
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
