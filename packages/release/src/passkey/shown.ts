// SPDX-License-Identifier: Apache-2.0

/** What a page shows to a person before they sign, in reading order. All of it is text: none of it is ever markup. */
export interface Shown {
  /** What is about to be done, in a few words. */
  readonly title: string;
  readonly lead: string;
  /** The words on the button. */
  readonly act: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly note?: string;
  readonly facts?: readonly Fact[];
  readonly table?: Table;
  /** Shown when asked for. */
  readonly folded?: true;
}

export type Fact = readonly [name: string, value: string];

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly mark?: "added" | "removed" | "changed";
  readonly cells: readonly string[];
}
