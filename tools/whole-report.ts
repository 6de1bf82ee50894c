// SPDX-License-Identifier: Apache-2.0
// A preload (`node --import`) of every process of the test runner. One that is forced to exit drops what its parent, on a busy machine, has not read
// yet: the last tests of a file were then missing from the report. Where writing blocks, nothing is left to drop.

interface Pipe {
  readonly _handle?: { setBlocking?(blocking: boolean): number } | null;
}

(process.stdout as Pipe)._handle?.setBlocking?.(true);
