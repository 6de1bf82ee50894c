// SPDX-License-Identifier: Apache-2.0

// go-tuf against us: main write FEATURES DIRECTORY | read FEATURES URL DIRECTORY WORK. One line of JSON for each feature.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"
)

var expires = time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)

type role struct {
	Name         string   `json:"name"`
	Targets      []string `json:"targets"`
	Roles        []role   `json:"roles"`
	Bins         *bins    `json:"bins"`
	Paths        []string `json:"paths"`
	HashPrefixes []string `json:"hashPrefixes"`
	Terminating  bool     `json:"terminating"`
}

type bins struct {
	Prefix  string   `json:"prefix"`
	Bits    int      `json:"bits"`
	Targets []string `json:"targets"`
}

type feature struct {
	Name       string   `json:"name"`
	Scheme     string   `json:"scheme"`
	Consistent *bool    `json:"consistent"`
	Keys       int      `json:"keys"`
	Threshold  int      `json:"threshold"`
	Roots      int      `json:"roots"`
	Targets    role     `json:"targets"`
	Present    []string `json:"present"`
	Absent     []string `json:"absent"`
	// SHA-256 by path, where a target is not the one line that says its own name.
	Digests map[string]string `json:"digests"`
}

func content(target string) []byte { return fmt.Appendf(nil, "content of %s\n", target) }

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func try(err error) {
	if err != nil {
		panic(err)
	}
}

// A key in memory.
type key struct {
	signer signature.Signer
	public *metadata.Key
}

// One repository, as a feature describes it.
type writer struct {
	feature
	directory string
	snapshot  *metadata.Metadata[metadata.SnapshotType]
}

func (w writer) consistent() bool { return w.Consistent == nil || *w.Consistent }

func (w writer) newKey() key {
	var private crypto.Signer
	hash := crypto.SHA256
	switch w.Scheme {
	case "", "ed25519":
		_, made, err := ed25519.GenerateKey(rand.Reader)
		try(err)
		private, hash = made, crypto.Hash(0)
	case "ecdsa-sha2-nistp256":
		private = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case "rsassa-pss-sha256":
		made := must(rsa.GenerateKey(rand.Reader, 2048))
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
		return key{must(signature.LoadRSAPSSSigner(made, crypto.SHA256, options)), must(metadata.KeyFromPublicKey(made.Public()))}
	default:
		panic(fmt.Sprintf("no keys of scheme %s can be named", w.Scheme))
	}
	return key{must(signature.LoadSigner(private, hash)), must(metadata.KeyFromPublicKey(private.Public()))}
}

func (w writer) keys() []key {
	keys := make([]key, max(1, w.Keys))
	for index := range keys {
		keys[index] = w.newKey()
	}
	return keys
}

func (w writer) threshold() int { return max(1, w.Threshold) }

func put[T metadata.Roles](w writer, name string, document *metadata.Metadata[T], version int64, keys []key) {
	document.ClearSignatures()
	for _, each := range keys {
		must(document.Sign(each.signer))
	}
	file := name + ".json"
	if name == "root" || (name != "timestamp" && w.consistent()) {
		file = fmt.Sprintf("%d.%s", version, file)
	}
	try(document.ToFile(filepath.Join(w.directory, "metadata", file), false))
}

func (w writer) add(targets *metadata.Metadata[metadata.TargetsType], target string) {
	data := content(target)
	targets.Signed.Targets[target] = must(metadata.TargetFile().FromBytes(target, data, "sha256"))
	name := path.Base(target)
	if w.consistent() {
		name = digest(data) + "." + name
	}
	where := filepath.Join(w.directory, "targets", path.Dir(target))
	try(os.MkdirAll(where, 0o755))
	try(os.WriteFile(filepath.Join(where, name), data, 0o644))
}

func (w writer) putTargets(name string, targets *metadata.Metadata[metadata.TargetsType], keys []key) {
	put(w, name, targets, 1, keys)
	w.snapshot.Signed.Meta[name+".json"] = metadata.MetaFile(1)
}

func (w writer) role(described role, name string, keys []key) {
	targets := metadata.Targets(expires)
	for _, target := range described.Targets {
		w.add(targets, target)
	}
	if len(described.Roles) > 0 || described.Bins != nil {
		targets.Signed.Delegations = &metadata.Delegations{Keys: map[string]*metadata.Key{}}
	}
	for _, inner := range described.Roles {
		theirs := w.keys()
		targets.Signed.Delegations.Roles = append(targets.Signed.Delegations.Roles, metadata.DelegatedRole{
			Name: inner.Name, Threshold: w.threshold(), Terminating: inner.Terminating, Paths: inner.Paths, PathHashPrefixes: inner.HashPrefixes,
		})
		for _, each := range theirs {
			try(targets.Signed.AddKey(each.public, inner.Name))
		}
		w.role(inner, inner.Name, theirs)
	}
	if described.Bins != nil {
		w.bins(targets, *described.Bins)
	}
	w.putTargets(name, targets, keys)
}

func (w writer) bins(targets *metadata.Metadata[metadata.TargetsType], described bins) {
	keys := w.keys()
	succinct := &metadata.SuccinctRoles{Threshold: w.threshold(), BitLength: described.Bits, NamePrefix: described.Prefix}
	targets.Signed.Delegations.SuccinctRoles = succinct
	for _, each := range keys {
		id := must(each.public.ID())
		targets.Signed.Delegations.Keys[id] = each.public
		succinct.KeyIDs = append(succinct.KeyIDs, id)
	}
	made := map[string]*metadata.Metadata[metadata.TargetsType]{}
	for _, name := range succinct.GetRoles() {
		made[name] = metadata.Targets(expires)
	}
	for _, target := range described.Targets {
		w.add(made[succinct.GetRolesForTarget(target)[0].Name], target)
	}
	for name, bin := range made {
		w.putTargets(name, bin, keys)
	}
}

func (w writer) write() {
	try(os.MkdirAll(filepath.Join(w.directory, "metadata"), 0o755))
	keys := map[string][]key{}
	root := metadata.Root(expires)
	root.Signed.ConsistentSnapshot = w.consistent()
	for _, name := range []string{"root", "timestamp", "snapshot", "targets"} {
		keys[name] = w.keys()
		for _, each := range keys[name] {
			try(root.Signed.AddKey(each.public, name))
		}
		root.Signed.Roles[name].Threshold = w.threshold()
	}
	put(w, "root", root, 1, keys["root"])
	for version := int64(2); version <= int64(w.Roots); version++ {
		root.Signed.Version = version
		rotated := "timestamp"
		if version%2 == 0 {
			rotated = "root"
		}
		before := keys["root"]
		for _, each := range keys[rotated] {
			try(root.Signed.RevokeKey(must(each.public.ID()), rotated))
		}
		keys[rotated] = w.keys()
		for _, each := range keys[rotated] {
			try(root.Signed.AddKey(each.public, rotated))
		}
		signers := before
		if rotated == "root" {
			signers = append(append([]key{}, before...), keys["root"]...)
		}
		put(w, "root", root, version, signers)
	}
	w.role(w.Targets, "targets", keys["targets"])
	put(w, "snapshot", w.snapshot, 1, keys["snapshot"])
	put(w, "timestamp", metadata.Timestamp(expires), 1, keys["timestamp"])
}

func read(described feature, base, directory, work string) {
	root := must(os.ReadFile(filepath.Join(directory, "metadata", "1.root.json")))
	settings := must(config.New(must(url.JoinPath(base, "metadata")), root))
	settings.RemoteTargetsURL = must(url.JoinPath(base, "targets"))
	settings.LocalMetadataDir, settings.LocalTargetsDir = filepath.Join(work, "metadata"), filepath.Join(work, "targets")
	client := must(updater.New(settings))
	try(client.Refresh())
	for _, target := range described.Present {
		_, data, err := client.DownloadTarget(must(client.GetTargetInfo(target)), "", "")
		try(err)
		wanted, known := described.Digests[target]
		if !known {
			wanted = digest(content(target))
		}
		if digest(data) != wanted {
			panic(target + " has other bytes")
		}
	}
	for _, target := range described.Absent {
		if _, err := client.GetTargetInfo(target); err == nil {
			panic(target + " was found")
		}
	}
}

// Whatever goes wrong is what this implementation says of the feature.
func attempt(name string, work func()) {
	answer := map[string]any{"feature": name, "ok": true}
	defer func() {
		if reason := recover(); reason != nil {
			answer["ok"], answer["reason"] = false, fmt.Sprint(reason)
		}
		fmt.Println(string(must(json.Marshal(answer))))
	}()
	work()
}

func main() {
	var features []feature
	try(json.Unmarshal(must(os.ReadFile(os.Args[2])), &features))
	for _, each := range features {
		attempt(each.Name, func() {
			if os.Args[1] == "write" {
				writer{each, filepath.Join(os.Args[3], each.Name), metadata.Snapshot(expires)}.write()
				return
			}
			base := must(url.JoinPath(os.Args[3], each.Name))
			read(each, base, filepath.Join(os.Args[4], each.Name), filepath.Join(os.Args[5], each.Name))
		})
	}
}
