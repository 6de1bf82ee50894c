// SPDX-License-Identifier: Apache-2.0
import { pe } from "@countersign/drift/facts/pe-file.test-support";
import type { Incident } from "../incident.ts";
import { library, plainPackage, source } from "./package.ts";

const shader = pe("kernel32.dll", "Sleep");
const usual = ["malloc", "free", "memcpy", "strlen", "open", "read", "write", "close"];

/** What was signed was signed by those who may, and was not what they thought. */
export const compromisedBuilds: readonly Incident[] = [
  {
    id: "xz-5.6.0",
    at: "2024-02-24T08:22Z",
    what: "malicious insider: a build macro that is in the archive and not in the source unpacks code from test files",
    pair: {
      before: {
        version: "5.4.6",
        files: {
          "src/common.c": source("xz", 200),
          "m4/host.m4": "AC_DEFUN([HOST])\n",
          "tests/files/good-1.xz": Buffer.from("fd377a585a0001", "hex"),
        },
        intended: true,
        origin: "signed",
      },
      after: {
        version: "5.6.0",
        files: {
          "src/common.c": source("xz", 210),
          "m4/host.m4": "AC_DEFUN([HOST], [eval $gl_path_map])\n",
          "tests/files/good-1.xz": Buffer.from("fd377a585a0001", "hex"),
          "tests/files/bad-3-corrupt_lzma2.xz": Buffer.from("fd377a585a0002", "hex"),
        },
        intended: true,
        origin: "signed",
      },
    },
    expected: "quiet",
    stoppedBy:
      "two builders of different owners build the named commit: an archive that is not what its source gives has no two equal digests",
  },
  {
    id: "sunburst-2020",
    at: "2020-03-26T00:00Z",
    what: "build compromise: a library of a signed release talks to a server, after sleeping for two weeks",
    pair: {
      before: {
        version: "2019.4.0",
        files: { "core.so": library(usual, 200_000) },
        intended: true,
        origin: "attested",
        declared: ["native"],
      },
      after: {
        version: "2019.4.1",
        files: { "core.so": library([...usual, "socket", "connect", "getaddrinfo", "posix_spawn"], 220_000) },
        intended: true,
        origin: "attested",
        declared: ["native"],
      },
    },
    expected: "notice",
    stoppedBy: "two builders of different owners over identical digests; undeclared privileges are named to the approver",
  },
  {
    id: "3cx-18.12.407",
    at: "2023-03-22T00:00Z",
    what: "build compromise: a third party's library, changed, loads what was appended to another, inside of a signed release",
    pair: {
      before: {
        version: "18.12.406",
        files: { "app.so": library(usual, 90_000), "vendor/ffmpeg.so": library(usual, 300_000), "vendor/d3dcompiler.dll": shader },
        intended: true,
        declared: ["network"],
      },
      after: {
        version: "18.12.407",
        files: {
          "app.so": library(usual, 90_000),
          "vendor/ffmpeg.so": library([...usual, "mprotect", "dlopen"], 302_000),
          "vendor/d3dcompiler.dll": Buffer.concat([shader, Buffer.alloc(2048, 7)]), // nothing in its headers says so
        },
        intended: true,
        declared: ["network"],
      },
    },
    expected: "notice",
    stoppedBy: "two builders over identical digests, where the second takes the component from its own source",
  },
  {
    id: "medoc-2017",
    at: "2017-06-27T00:00Z",
    what: "update server takeover: a library that runs what it is sent (NotPetya)",
    pair: {
      before: { version: "10.1.188", files: { "engine.so": library(usual, 400_000) }, intended: true, origin: "none" },
      after: {
        version: "10.1.189",
        files: { "engine.so": library([...usual, "execve", "connect"], 405_000) },
        intended: false,
        origin: "none",
      },
    },
    expected: "notice",
    stoppedBy: "the server holds no key: a device installs nothing that the channel's quorum did not sign",
  },
  {
    id: "crowdstrike-291",
    at: "2024-07-19T04:09Z",
    what: "a faulty content file, rightly signed, sent to everybody at once",
    pair: {
      before: {
        version: "7.11.290",
        files: { ...plainPackage("agent", "7.11.290"), "channel-291.bin": Buffer.alloc(40_000, 1) },
        intended: true,
        origin: "attested",
      },
      after: {
        version: "7.11.291",
        files: { ...plainPackage("agent", "7.11.291"), "channel-291.bin": Buffer.alloc(40_500, 2) },
        intended: true,
        origin: "attested",
      },
    },
    expected: "quiet",
    stoppedBy: "devices go back by themselves when the health check fails; the rollout curve, and anybody's halt",
  },
];
