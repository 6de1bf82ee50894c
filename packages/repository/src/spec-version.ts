// SPDX-License-Identifier: Apache-2.0

/** The version of the TUF specification that our documents are written to (TUF 4.3, SPEC_VERSION). */
export const SPEC_VERSION = "1.0.34";
