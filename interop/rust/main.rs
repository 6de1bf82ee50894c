// SPDX-License-Identifier: Apache-2.0

//! tough against us: program write FEATURES DIRECTORY | read FEATURES DIRECTORY WORK. One line of JSON for each feature.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use tough::editor::signed::SignedRole;
use tough::key_source::{KeySource, LocalKeySource};
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::schema::{
    DelegatedRole, DelegatedTargets, Delegations, Hashes, KeyHolder, Metafile, PathHashPrefix, PathPattern, PathSet, Role, RoleKeys, RoleType, Root,
    Signature, Snapshot, Target, Targets, Timestamp,
};
use tough::{IntoVec, RepositoryLoader, TargetName};
use url::Url;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SPEC: &str = "1.0.0";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Described {
    name: String,
    targets: Vec<String>,
    roles: Vec<Described>,
    bins: Option<serde_json::Value>,
    paths: Vec<String>,
    hash_prefixes: Vec<String>,
    terminating: bool,
}

#[derive(Deserialize)]
struct Feature {
    name: String,
    scheme: Option<String>,
    consistent: Option<bool>,
    keys: Option<usize>,
    threshold: Option<u64>,
    roots: Option<u64>,
    targets: Described,
    present: Vec<String>,
    absent: Vec<String>,
    /// SHA-256 by path, where a target is not the one line that says its own name.
    #[serde(default)]
    digests: HashMap<String, String>,
}

/// The keys of one role.
struct Keys {
    sources: Vec<Box<dyn KeySource>>,
    public: HashMap<Decoded<Hex>, Key>,
}

impl Keys {
    fn ids(&self) -> Vec<Decoded<Hex>> {
        self.public.keys().cloned().collect()
    }
}

/// One repository, as a feature describes it.
struct Writer<'a> {
    feature: &'a Feature,
    directory: PathBuf,
    secrets: PathBuf,
    made: usize,
    meta: HashMap<String, Metafile>,
}

fn content(path: &str) -> Vec<u8> {
    format!("content of {path}\n").into_bytes()
}

fn digest(data: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn expires() -> jiff::Timestamp {
    "2090-01-01T00:00:00Z".parse().expect("a date")
}

fn metafile<T: Role + Serialize>(role: &SignedRole<T>) -> Metafile {
    let sha256 = role.sha256().to_vec().into();
    Metafile {
        length: Some(*role.length()),
        hashes: Some(Hashes { sha256, _extra: HashMap::new() }),
        version: NonZeroU64::MIN,
        _extra: HashMap::new(),
    }
}

impl Writer<'_> {
    fn consistent(&self) -> bool {
        self.feature.consistent.unwrap_or(true)
    }

    fn threshold(&self) -> NonZeroU64 {
        self.feature.threshold.and_then(NonZeroU64::new).unwrap_or(NonZeroU64::MIN)
    }

    /// tough takes keys from files.
    fn secret(&self) -> Result<Vec<u8>> {
        let rng = SystemRandom::new();
        match self.feature.scheme.as_deref().unwrap_or("ed25519") {
            "ed25519" => Ok(Ed25519KeyPair::generate_pkcs8(&rng)?.as_ref().to_vec()),
            "ecdsa-sha2-nistp256" => Ok(EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng)?.as_ref().to_vec()),
            "rsassa-pss-sha256" => {
                let pair = RsaPair::generate(KeySize::Rsa2048)?;
                let der: Pkcs8V1Der = pair.as_der()?;
                Ok(pem::encode(&pem::Pem::new("PRIVATE KEY", der.as_ref())).into_bytes())
            }
            scheme => Err(format!("no keys of scheme {scheme}").into()),
        }
    }

    async fn keys(&mut self) -> Result<Keys> {
        let mut keys = Keys { sources: Vec::new(), public: HashMap::new() };
        for _ in 0..self.feature.keys.unwrap_or(1) {
            self.made += 1;
            let path = self.secrets.join(format!("{}.key", self.made));
            std::fs::write(&path, self.secret()?)?;
            let source = LocalKeySource { path };
            let public = source.as_sign().await.map_err(|error| error.to_string())?.tuf_key();
            keys.public.insert(public.key_id()?, public);
            keys.sources.push(Box::new(source));
        }
        Ok(keys)
    }

    fn put<T: Role + Serialize>(&self, role: &SignedRole<T>) -> Result<()> {
        let name = role.signed().signed.filename(self.consistent());
        Ok(std::fs::write(self.directory.join("metadata").join(name), role.buffer())?)
    }

    fn add(&self, targets: &mut Targets, path: &str) -> Result<()> {
        let data = content(path);
        let digest = digest(&data);
        let mut file = self.directory.join("targets").join(path);
        if self.consistent() {
            let hex = hex(&digest);
            let base = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
            file.set_file_name(format!("{hex}.{base}"));
        }
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
        std::fs::write(file, &data)?;
        let hashes = Hashes { sha256: digest.into(), _extra: HashMap::new() };
        let target = Target { length: data.len() as u64, hashes, custom: HashMap::new(), _extra: HashMap::new() };
        targets.add_target(TargetName::new(path)?, target);
        Ok(())
    }

    fn role<'a>(&'a mut self, described: &'a Described, name: &'a str, holder: &'a KeyHolder, keys: &'a Keys) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>> {
        Box::pin(async move {
            if described.bins.is_some() {
                return Err("no succinct hash bins".into());
            }
            let mut targets = Targets::new(SPEC.to_string(), NonZeroU64::MIN, expires());
            targets.delegations = None;
            for path in &described.targets {
                self.add(&mut targets, path)?;
            }
            if !described.roles.is_empty() {
                targets.delegations = Some(self.delegations(&described.roles).await?);
            }
            let role = DelegatedTargets { name: name.to_string(), targets };
            let signed = SignedRole::new(role, holder, &keys.sources, &SystemRandom::new()).await?;
            self.put(&signed)?;
            self.meta.insert(format!("{name}.json"), metafile(&signed));
            Ok(())
        })
    }

    async fn delegations(&mut self, roles: &[Described]) -> Result<Delegations> {
        let mut delegations = Delegations::new();
        let mut keys = Vec::new();
        for role in roles {
            let theirs = self.keys().await?;
            let paths = if role.hash_prefixes.is_empty() {
                PathSet::Paths(role.paths.iter().map(PathPattern::new).collect::<std::result::Result<_, _>>()?)
            } else {
                PathSet::PathHashPrefixes(role.hash_prefixes.iter().map(PathHashPrefix::new).collect::<std::result::Result<_, _>>()?)
            };
            delegations.keys.extend(theirs.public.clone());
            delegations.roles.push(DelegatedRole {
                name: role.name.clone(),
                keyids: theirs.ids(),
                threshold: self.threshold(),
                paths,
                terminating: role.terminating,
                targets: None,
            });
            keys.push(theirs);
        }
        let holder = KeyHolder::Delegations(delegations.clone());
        for (role, theirs) in roles.iter().zip(&keys) {
            self.role(role, &role.name, &holder, theirs).await?;
        }
        Ok(delegations)
    }

    async fn write(&mut self) -> Result<()> {
        std::fs::create_dir_all(self.directory.join("metadata"))?;
        std::fs::create_dir_all(&self.secrets)?;
        let rng = SystemRandom::new();
        let mut keys = HashMap::new();
        for role in [RoleType::Root, RoleType::Timestamp, RoleType::Snapshot, RoleType::Targets] {
            keys.insert(role, self.keys().await?);
        }
        let mut root = self.root(&keys, NonZeroU64::MIN);
        let mut signed = SignedRole::new(root.clone(), &KeyHolder::Root(root.clone()), &keys[&RoleType::Root].sources, &rng).await?;
        self.put(&signed)?;
        for version in 2..=self.feature.roots.unwrap_or(1) {
            let rotated = if version % 2 == 0 { RoleType::Root } else { RoleType::Timestamp };
            let fresh = self.keys().await?;
            let before = keys.insert(rotated, fresh);
            let next = self.root(&keys, NonZeroU64::new(version).ok_or("version 0")?);
            let mut old: Vec<Signature> = Vec::new();
            if let (RoleType::Root, Some(before)) = (rotated, &before) {
                // what the old keys say of the new root, as the old root knows them
                let by_old = SignedRole::new(next.clone(), &KeyHolder::Root(root), &before.sources, &rng).await?;
                old = by_old.signed().signatures.clone();
            }
            let holder = KeyHolder::Root(next.clone());
            signed = SignedRole::new(next.clone(), &holder, &keys[&RoleType::Root].sources, &rng).await?.add_old_signatures(old)?;
            self.put(&signed)?;
            root = next;
        }
        let holder = KeyHolder::Root(root);
        let feature = self.feature;
        self.role(&feature.targets, "targets", &holder, &keys[&RoleType::Targets]).await?;
        let mut snapshot = Snapshot::new(SPEC.to_string(), NonZeroU64::MIN, expires());
        snapshot.meta = self.meta.clone();
        let snapshot = SignedRole::new(snapshot, &holder, &keys[&RoleType::Snapshot].sources, &rng).await?;
        self.put(&snapshot)?;
        let mut timestamp = Timestamp::new(SPEC.to_string(), NonZeroU64::MIN, expires());
        timestamp.meta.insert("snapshot.json".to_string(), metafile(&snapshot));
        self.put(&SignedRole::new(timestamp, &holder, &keys[&RoleType::Timestamp].sources, &rng).await?)
    }

    fn root(&self, keys: &HashMap<RoleType, Keys>, version: NonZeroU64) -> Root {
        let role = |each: &Keys| RoleKeys { keyids: each.ids(), threshold: self.threshold(), _extra: HashMap::new() };
        Root {
            spec_version: SPEC.to_string(),
            consistent_snapshot: self.consistent(),
            version,
            expires: expires(),
            keys: keys.values().flat_map(|each| each.public.clone()).collect(),
            roles: keys.iter().map(|(name, each)| (*name, role(each))).collect(),
            _extra: HashMap::new(),
        }
    }
}

async fn read(feature: &Feature, directory: &Path, work: &Path) -> Result<()> {
    std::fs::create_dir_all(work)?;
    let root = std::fs::read(directory.join("metadata").join("1.root.json"))?;
    let url = |name: &str| Url::from_directory_path(directory.join(name)).map_err(|()| "no URL");
    let repository = RepositoryLoader::new(&root, url("metadata")?, url("targets")?).datastore(work).load().await?;
    for path in &feature.present {
        let stream = repository.read_target(&TargetName::new(path)?).await?.ok_or(format!("{path} was not found"))?;
        let wanted = feature.digests.get(path).cloned().unwrap_or_else(|| hex(&digest(&content(path))));
        if hex(&digest(&stream.into_vec().await?)) != wanted {
            return Err(format!("{path} has other bytes").into());
        }
    }
    for path in &feature.absent {
        if repository.read_target(&TargetName::new(path)?).await?.is_some() {
            return Err(format!("{path} was found").into());
        }
    }
    Ok(())
}

/// An error with what was behind it.
fn reason(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, verb, features, directory, rest @ ..] = arguments.as_slice() else {
        return Err("write FEATURES DIRECTORY | read FEATURES DIRECTORY WORK".into());
    };
    let features: Vec<Feature> = serde_json::from_slice(&std::fs::read(features)?)?;
    for feature in &features {
        let place = Path::new(directory).join(&feature.name);
        let outcome = match (verb.as_str(), rest) {
            ("write", _) => {
                let secrets = Path::new(directory).join(".keys").join(&feature.name);
                Writer { feature, directory: place, secrets, made: 0, meta: HashMap::new() }.write().await
            }
            (_, [work, ..]) => read(feature, &place, &Path::new(work).join(&feature.name)).await,
            _ => Err("no work directory".into()),
        };
        let answer = match outcome {
            Ok(()) => serde_json::json!({"feature": feature.name, "ok": true}),
            Err(error) => serde_json::json!({"feature": feature.name, "ok": false, "reason": reason(error.as_ref())}),
        };
        println!("{answer}");
    }
    Ok(())
}
