// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";

export interface Config {
  /** 0 for any free one. */
  readonly port: number;
  /** The store's directory. */
  readonly store: string;
  /** Loopback unless told: what the world sees is usually a proxy or a CDN before it. */
  readonly host: string;
}

/** Accepts `{port, store, host?}` and nothing beside. */
export function parseConfig(json: unknown): Outcome<Config> {
  const expected = "{port: 0 to 65535, store: a directory, host?: an address}";
  const remedy = "Correct the configuration; unknown members are errors.";
  if (typeof json !== "object" || json === null) return refuse("config-invalid", expected, String(json), remedy);
  const { port, store, host = "127.0.0.1", ...unknown } = json as Record<string, unknown>;
  const isPort = typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65535;
  if (isPort && typeof store === "string" && store !== "" && typeof host === "string" && Object.keys(unknown).length === 0) {
    return accept({ port, store, host });
  }
  return refuse("config-invalid", expected, JSON.stringify(json), remedy);
}
