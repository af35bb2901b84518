// How long pages take until what they are for is there: median of 5, in a new browser (cold) and by a click (warm).
//   E2E_EMAIL=… E2E_PASSWORD=… node scripts/speed.mjs http://127.0.0.1:8080 PROJECT_ID RUN_ID RESULT_ID
import { chromium } from "@playwright/test";

const [base, project, run, result] = process.argv.slice(2);
const {
    E2E_EMAIL: email,
    E2E_PASSWORD: password,
    CHROMIUM: executablePath = "/usr/bin/chromium",
} = process.env;
const TIMES = 5;
const PAGES = {
    "run list": { path: `/project/${project}/runs`, ready: "table tbody tr:nth-child(20)" },
    "run page": { path: `/project/${project}/runs/${run}`, ready: '.failure-group a[href*="/failures/"]' },
    "result page": { path: `/project/${project}/results/${result}`, ready: ".history-strip a" },
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
console.log("page         cold ms  warm ms  script kB");
for (const [name, { path, ready }] of Object.entries(PAGES)) {
    const cold = [];
    const warm = [];
    let script = 0;
    for (let time = 0; time < TIMES; time += 1) {
        const context = await browser.newContext({ baseURL: base });
        await context.request.post("/api/login", { data: { email, password, cookies: true } });
        const page = await context.newPage();
        cold.push(await milliseconds(() => page.goto(path, { waitUntil: "commit" }), page, ready));
        script = await page.evaluate(() =>
            performance
                .getEntriesByType("resource")
                .filter(({ name }) => name.endsWith(".js"))
                .reduce((sum, { transferSize }) => sum + transferSize, 0),
        );
        await page.evaluate(
            () => history.pushState({}, "", "/profile") ?? dispatchEvent(new PopStateEvent("popstate")),
        );
        await page.waitForSelector(ready, { state: "detached" });
        warm.push(await milliseconds(() => page.evaluate(() => history.back()), page, ready));
        await context.close();
    }
    const columns = [median(cold), median(warm), script / 1000].map((value) =>
        String(Math.round(value)).padStart(9),
    );
    console.log(name.padEnd(11) + columns.join(""));
}
await browser.close();

/** Until it is there and the page has painted it and answers again. */
async function milliseconds(act, page, selector) {
    const start = performance.now();
    await act();
    await page.waitForSelector(selector);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
    return performance.now() - start;
}

function median(values) {
    return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
