// SPDX-License-Identifier: Apache-2.0
// What the tests use of oidc-provider, which ships no types.
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface GrantContext {
    readonly oidc: { readonly params: Readonly<Record<string, string>>; readonly client: unknown };
    body: unknown;
  }

  interface IdToken {
    scope: string;
    set(claim: string, value: unknown): void;
    issue(options: { readonly use: "idtoken"; readonly expiresAt?: number }): Promise<string>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly IdToken: new (
      claims: object,
      context: { readonly ctx: GrantContext },
    ) => IdToken;
    registerGrantType(name: string, handler: (ctx: GrantContext) => Promise<void>, parameters: readonly string[]): void;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
