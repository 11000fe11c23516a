// Checks a GLB file with Khronos' own validator; prints one JSON line: what it counted and every message.
import { readFile } from "node:fs/promises";
import validator from "gltf-validator";

const bytes = new Uint8Array(await readFile(process.argv[2]));
const report = await validator.validateBytes(bytes, { maxIssues: 1000 });
const messages = report.issues.messages.map(({ code, severity, message, pointer }) => ({ code, severity, message, pointer }));
const { numErrors: errors, numWarnings: warnings, numInfos: infos, numHints: hints } = report.issues;
console.log(JSON.stringify({ errors, warnings, infos, hints, messages, info: report.info }));
