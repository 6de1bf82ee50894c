// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyFor } from "./proxy.ts";

const proxy = "http://proxy.example:3128/";
const by = (url: string, environment: Record<string, string>, setting = "environment"): string | undefined =>
  proxyFor(new URL(url), setting, environment);

test("the environment names a proxy for each scheme, in either case, and the smaller one counts first", () => {
  assert.equal(by("https://a.example/", { https_proxy: proxy }), proxy);
  assert.equal(by("https://a.example/", { HTTPS_PROXY: proxy, http_proxy: "http://other.example" }), proxy);
  assert.equal(by("http://a.example/", { HTTPS_PROXY: proxy }), undefined);
  assert.equal(by("http://a.example/", { http_proxy: proxy, HTTP_PROXY: "http://other.example" }), proxy);
  assert.equal(by("http://a.example/", {}), undefined);
});

test("NO_PROXY excepts hosts, what is below them, ports and all; half a name is no match", () => {
  const excepted = (host: string, list: string): boolean => by(`http://${host}/`, { http_proxy: proxy, NO_PROXY: list }) === undefined;
  for (const list of ["a.example", ".example", "*.example", "x, a.example", "x a.example:80", "*", "A.EXAMPLE"])
    assert.ok(excepted("a.example", list), list);
  for (const list of ["b.example", "ample", "a.example:81", "", "a", "a.example.org"]) assert.ok(!excepted("a.example", list), list);
  assert.ok(!excepted("nota.example", "a.example"));
});

test("this machine is reached directly, unless a proxy is named by the settings", () => {
  for (const url of ["http://localhost:8080/", "http://127.0.0.1/", "http://[::1]/"]) {
    assert.equal(by(url, { http_proxy: proxy }), undefined);
    assert.equal(by(url, {}, proxy), proxy);
  }
  assert.equal(by("http://127.0.0.1.example/", { http_proxy: proxy }), proxy);
});

test("`none` means none, and what is no proxy's URL is never taken for none", () => {
  assert.equal(by("https://a.example/", { https_proxy: proxy }, "none"), undefined);
  for (const wrong of ["proxy.example:3128", "socks5://proxy.example", "no url"]) {
    assert.throws(() => by("https://a.example/", {}, wrong), RangeError);
    assert.throws(() => by("https://a.example/", { https_proxy: wrong }), RangeError);
  }
});
