import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

/** What each folder of src may not import: app > features > widgets | viewers > filters | components > api. */
const features = ["account", "projects", "runs", "results", "imports", "artifacts"];
const zones = [
  { target: "src/features", from: "src/app" },
  ...features.map((name) => ({
    target: `src/features/${name}`,
    from: "src/features",
    except: [`./${name}`],
  })),
  { target: "src/viewers", from: ["src/app", "src/features", "src/widgets"] },
  { target: "src/filters", from: ["src/app", "src/features", "src/widgets", "src/viewers"] },
  {
    target: "src/components",
    from: ["src/app", "src/features", "src/widgets", "src/viewers", "src/filters"],
  },
  {
    target: "src/api",
    from: ["src/app", "src/features", "src/widgets", "src/viewers", "src/filters", "src/components"],
  },
];

export default ts.config(
  { ignores: ["dist", "node_modules", "test-results", "screenshots", "src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/consistent-type-definitions": "off",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [jsxA11y.flatConfigs.strict, reactHooks.configs.flat["recommended-latest"]],
    plugins: { "import-x": importX },
    languageOptions: { globals: globals.browser },
    settings: {
      "import-x/resolver-next": [
        createNodeResolver({
          extensions: [".ts", ".tsx", ".js"],
          alias: { "@": [`${import.meta.dirname}/src`] },
        }),
      ],
    },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "jsx-a11y/no-autofocus": "off",
    },
  },
  {
    files: ["scripts/**", "public/**", "eslint.config.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  prettier,
);
