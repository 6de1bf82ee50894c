// SPDX-License-Identifier: Apache-2.0
// A certificate authority for tests, and a server certificate of it for repository.test, mirror.test and 127.0.0.1; both hold from 2020 to 2120.
// Node can make keys but no certificates, so they were made once, and the authority's own key was thrown away. The key below is no secret.

export const testAuthority: string = `-----BEGIN CERTIFICATE-----
MIIBbzCCARWgAwIBAgIBATAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNDb3VudGVy
c2lnbiB0ZXN0IENBMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAe
MRwwGgYDVQQDDBNDb3VudGVyc2lnbiB0ZXN0IENBMFkwEwYHKoZIzj0CAQYIKoZI
zj0DAQcDQgAEjfKpb/JISgcGPQiJO5bYZEKSB8Lb/iuN3tmGwppdVRw0Kzu6wDlD
y68hPNEaKEw0p98zJsup0qomvSjEXhrAlqNCMEAwDwYDVR0TAQH/BAUwAwEB/zAO
BgNVHQ8BAf8EBAMCAgQwHQYDVR0OBBYEFJ8xuvaSRKCbjSse5bg1Z+fo0BJlMAoG
CCqGSM49BAMCA0gAMEUCIBQFX67OWPY2/M3jM1xBjDcyIZAMjdKgRn/UZrNHnaKe
AiEAm03zjFO+N+SMXJkS0JCVdvcNgilLzzZw9fIecd74D24=
-----END CERTIFICATE-----
`;

export const testCertificate: string = `-----BEGIN CERTIFICATE-----
MIIBmTCCAUCgAwIBAgIBAjAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNDb3VudGVy
c2lnbiB0ZXN0IENBMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAa
MRgwFgYDVQQDDA9yZXBvc2l0b3J5LnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAAQBs6Wn8yiSGkHkGN1r9Rdhd15x+UhK36k7jzK4PedIHnwlrGTO7eWRlFQC
Y8tuDeia0QVCupF/iD/BqZN7mqWLo3EwbzAtBgNVHREEJjAkgg9yZXBvc2l0b3J5
LnRlc3SCC21pcnJvci50ZXN0hwR/AAABMB0GA1UdDgQWBBS3kIWiqe+UZ9YkdRoJ
eRWg8bq9kzAfBgNVHSMEGDAWgBSfMbr2kkSgm40rHuW4NWfn6NASZTAKBggqhkjO
PQQDAgNHADBEAiAd0l42J61/+QFk4FZGMEStlGMhkuIR1PTL2FkzEFPbUwIgRQKn
vbsrAu8LgyTCOSGQKGXB0IwMkC5ovepO0beQRHY=
-----END CERTIFICATE-----
`;

export const testKey: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ30MRMYMCxE8yUTi
DUWzo65XKed/VDStboZ4x5AghvehRANCAAQBs6Wn8yiSGkHkGN1r9Rdhd15x+UhK
36k7jzK4PedIHnwlrGTO7eWRlFQCY8tuDeia0QVCupF/iD/BqZN7mqWL
-----END PRIVATE KEY-----
`;
