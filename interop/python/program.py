# SPDX-License-Identifier: Apache-2.0
"""python-tuf against us: program.py write FEATURES DIRECTORY | read FEATURES URL DIRECTORY WORK. One line of JSON for each feature."""

import json
import sys
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    SuccinctRoles,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer
from tuf.ngclient import Updater

EXPIRES = datetime(2090, 1, 1, tzinfo=timezone.utc)
TOP = ["root", "timestamp", "snapshot", "targets"]


def content(path):
    return f"content of {path}\n".encode()


def new_signer(scheme):
    if scheme == "ed25519":
        return CryptoSigner.generate_ed25519()
    if scheme.startswith("ecdsa"):
        return CryptoSigner.generate_ecdsa(scheme=scheme)
    return CryptoSigner.generate_rsa(scheme=scheme, size=2048)


class Writer:
    """One repository, as a feature describes it."""

    def __init__(self, feature, directory):
        self.consistent = feature.get("consistent", True)
        self.scheme = feature.get("scheme", "ed25519")
        self.count = feature.get("keys", 1)
        self.threshold = feature.get("threshold", 1)
        self.roots = feature.get("roots", 1)
        self.directory = directory
        self.snapshot = Snapshot(expires=EXPIRES, meta={})
        (directory / "metadata").mkdir(parents=True)

    def signers(self):
        return [new_signer(self.scheme) for _ in range(self.count)]

    def put(self, role, signed, signers, versioned=True):
        metadata = Metadata(signed)
        for signer in signers:
            metadata.sign(signer, append=True)
        prefix = f"{signed.version}." if versioned and (self.consistent or role == "root") else ""
        data = metadata.to_bytes(JSONSerializer(compact=True))
        (self.directory / "metadata" / f"{prefix}{role}.json").write_bytes(data)
        if role not in ("root", "timestamp", "snapshot"):
            self.snapshot.meta[f"{role}.json"] = MetaFile(signed.version)

    def add(self, targets, path):
        data = content(path)
        targets.targets[path] = TargetFile.from_data(path, data, ["sha256"])
        where = self.directory / "targets" / path
        if self.consistent:
            where = where.with_name(f"{sha256(data).hexdigest()}.{where.name}")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(data)

    def role(self, name, described, signers):
        targets = Targets(expires=EXPIRES)
        for path in described["targets"]:
            self.add(targets, path)
        if "roles" in described:
            targets.delegations = Delegations({}, roles={})
            for inner in described["roles"]:
                theirs = self.signers()
                targets.delegations.roles[inner["name"]] = DelegatedRole(
                    inner["name"], [], self.threshold, inner.get("terminating", False), inner.get("paths"), inner.get("hashPrefixes")
                )
                for signer in theirs:
                    targets.add_key(signer.public_key, inner["name"])
                self.role(inner["name"], inner, theirs)
        if "bins" in described:
            self.bins(targets, described["bins"])
        self.put(name, targets, signers)

    def bins(self, targets, described):
        signers = self.signers()
        succinct = SuccinctRoles([], self.threshold, described["bits"], described["prefix"])
        targets.delegations = Delegations({}, succinct_roles=succinct)
        for signer in signers:
            targets.add_key(signer.public_key)
        bins = {name: Targets(expires=EXPIRES) for name in succinct.get_roles()}
        for path in described["targets"]:
            self.add(bins[succinct.get_role_for_target(path)], path)
        for name, one in bins.items():
            self.put(name, one, signers)

    def write(self, described):
        keys = {role: self.signers() for role in TOP}
        root = Root(expires=EXPIRES, consistent_snapshot=self.consistent)
        for role in TOP:
            for signer in keys[role]:
                root.add_key(signer.public_key, role)
            root.roles[role].threshold = self.threshold
        self.put("root", root, keys["root"])
        for version in range(2, self.roots + 1):
            before = keys["root"]
            root.version = version
            rotated = "root" if version % 2 == 0 else "timestamp"
            old, keys[rotated] = keys[rotated], self.signers()
            for signer in old:
                root.revoke_key(signer.public_key.keyid, rotated)
            for signer in keys[rotated]:
                root.add_key(signer.public_key, rotated)
            self.put("root", root, before if rotated == "timestamp" else before + keys["root"])
        self.role("targets", described, keys["targets"])
        self.put("snapshot", self.snapshot, keys["snapshot"])
        timestamp = Timestamp(expires=EXPIRES, snapshot_meta=MetaFile(1))
        self.put("timestamp", timestamp, keys["timestamp"], versioned=False)


def read(feature, url, directory, work):
    bootstrap = (directory / "metadata" / "1.root.json").read_bytes()
    store, downloads = work / "metadata", work / "targets"
    store.mkdir(parents=True)
    downloads.mkdir()
    updater = Updater(str(store), f"{url}/metadata/", str(downloads), f"{url}/targets/", bootstrap=bootstrap)
    updater.refresh()
    for path in feature["present"]:
        info = updater.get_targetinfo(path)
        if info is None:
            raise LookupError(f"{path} was not found")
        data = Path(updater.download_target(info)).read_bytes()
        if sha256(data).hexdigest() != feature.get("digests", {}).get(path, sha256(content(path)).hexdigest()):
            raise ValueError(f"{path} has other bytes")
    for path in feature["absent"]:
        if updater.get_targetinfo(path) is not None:
            raise LookupError(f"{path} was found")


def main():
    verb, features, *where = sys.argv[1:]
    for feature in json.loads(Path(features).read_text()):
        name = feature["name"]
        try:
            if verb == "write":
                Writer(feature, Path(where[0]) / name).write(feature["targets"])
            else:
                read(feature, f"{where[0]}/{name}", Path(where[1]) / name, Path(where[2]) / name)
            print(json.dumps({"feature": name, "ok": True}))
        except Exception as error:  # whatever it is, it is what this implementation says of the feature
            print(json.dumps({"feature": name, "ok": False, "reason": f"{type(error).__name__}: {error}"}))


main()
