// SPDX-License-Identifier: Apache-2.0
import type { KeyRecord, ServiceRecord } from "./key-record.ts";
import type { ActSeen, Registered } from "./registered.ts";
import { servicesOf } from "./service.ts";
import { type Authorities, type TrustedKey, trustedKeys } from "./trusted-keys.ts";

/** What is known of custody and of the register; either may be empty, and then that much is unknown. */
export interface Known {
  readonly keys: readonly KeyRecord[];
  readonly services: readonly ServiceRecord[];
  readonly register: readonly Registered[];
  /** In any order; those that govern still tells. */
  readonly acts: readonly ActSeen[];
}

export const nothingKnown: Known = { keys: [], services: [], register: [], acts: [] };

/** A key, or a process without one, that an attacker can take, and everything that would take it along. */
export interface Holding {
  /** The key identifier, or the name of the process. */
  readonly id: string;
  readonly key: TrustedKey | undefined;
  readonly identity: string | undefined;
  readonly person: string | undefined;
  readonly machine: string | undefined;
  /** The custody domain. */
  readonly domain: string | undefined;
  readonly record: KeyRecord | undefined;
  readonly registered: Registered | undefined;
}

/** Everything that is trusted, joined with what is known of it. What is signed has the last word about holders and owners. */
export function holdings(authorities: Authorities, known: Known): readonly Holding[] {
  const records = new Map(known.keys.map((record) => [record.keyid, record]));
  const keys = trustedKeys(authorities).map((key): Holding => {
    const record = records.get(key.keyid);
    const registered = known.register.find(({ keyid }) => keyid === key.keyid);
    return {
      id: key.keyid,
      key,
      identity: key.holder ?? registered?.name ?? record?.holder,
      person: key.owner ?? registered?.owner ?? record?.owner,
      machine: record?.machine,
      domain: record?.domain,
      record,
      registered,
    };
  });
  const processes = servicesOf(authorities.policy).map(({ id }): Holding => {
    const found = known.services.find(({ service }) => service === id);
    const none = { key: undefined, record: undefined, registered: undefined };
    return { id, identity: id, person: found?.owner, machine: found?.machine, domain: found?.domain, ...none };
  });
  return [...keys, ...processes];
}

/** How a key is called where there is room for little: its holder, and the beginning of its identifier where there is none. */
export function nameOf({ id, key, identity }: Holding): string {
  return identity ?? (key === undefined ? id : `key ${id.slice(0, 12)}`);
}
