"""Attests to files as the release workflow's forge does, with a certificate authority and logs of its own.

attest.py OUT WORKFLOW REPOSITORY FILE...
writes OUT/envseal.sigstore.json, a bundle of version 0.3 about the files, and OUT/trust.json, which trusts that authority
and these logs (Sigstore's protobuf-specs: Bundle, ClientTrustConfig). WORKFLOW is who signs, as the certificate says it.
"""

import base64
import datetime
import hashlib
import json
import struct
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
MINUTES = datetime.timedelta(minutes=10)
ISSUER = "https://token.actions.githubusercontent.com"
# https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
FULCIO = "1.3.6.1.4.1.57264.1"
SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


def b64(data):
    return base64.b64encode(data).decode()


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def spki(key):
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def sign(key, data):
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def octets(data):
    """DER of an OCTET STRING."""
    size = len(data)
    length = bytes([size]) if size < 128 else bytes([0x81, size])
    return b"\x04" + length + data


def authority(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - MINUTES)
        .not_valid_after(NOW + MINUTES)
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def certificate(key, root, root_key, log_key, workflow, repository):
    """A certificate of Fulcio's, with the promise of a log that it is in it (RFC 6962)."""
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    claims = {1: ISSUER, 5: repository}
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - MINUTES)
        .not_valid_after(NOW + MINUTES)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(workflow)]), critical=True)
    )
    for number, text in claims.items():
        oid = x509.ObjectIdentifier(f"{FULCIO}.{number}")
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, text.encode()), critical=False)
    entry = builder.sign(root_key, hashes.SHA256()).tbs_certificate_bytes
    at = int(NOW.timestamp() * 1000)
    promised = struct.pack("!BBQH32sBH", 0, 0, at, 1, sha256(spki(root_key)), len(entry) >> 16, len(entry) & 0xFFFF)
    signature = sign(log_key, promised + entry + b"\0\0")
    promise = struct.pack("!B32sQHBBH", 0, sha256(spki(log_key)), at, 0, 4, 3, len(signature)) + signature
    promises = struct.pack("!HH", len(promise) + 2, len(promise)) + promise
    return builder.add_extension(
        x509.UnrecognizedExtension(SCT_LIST, octets(promises)), critical=False
    ).sign(root_key, hashes.SHA256())


def log_entry(log_key, payload, signature, signer):
    """The only entry of a transparency log, as Rekor 1 keeps an envelope."""
    envelope = canonical({"payload": b64(payload), "payloadType": TYPE, "signatures": [{"sig": b64(signature)}]})
    digest = lambda data: {"algorithm": "sha256", "value": sha256(data).hex()}
    spec = {
        "envelopeHash": digest(envelope),
        "payloadHash": digest(payload),
        "signatures": [{"signature": b64(signature), "verifier": b64(signer.public_bytes(Encoding.PEM))}],
    }
    body = canonical({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
    log = sha256(spki(log_key))
    root = sha256(b"\0" + body)
    note = f"test log\n1\n{b64(root)}\n"
    mark = b64(log[:4] + sign(log_key, note.encode()))
    at = int(NOW.timestamp())
    promised = {"body": b64(body), "integratedTime": at, "logID": log.hex(), "logIndex": 0}
    return {
        "logIndex": "0",
        "logId": {"keyId": b64(log)},
        "kindVersion": {"kind": "dsse", "version": "0.0.1"},
        "integratedTime": str(at),
        "inclusionPromise": {"signedEntryTimestamp": b64(sign(log_key, canonical(promised)))},
        "inclusionProof": {
            "logIndex": "0",
            "rootHash": b64(root),
            "treeSize": "1",
            "hashes": [],
            "checkpoint": {"envelope": f"{note}\n\u2014 test-log {mark}\n"},
        },
        "canonicalizedBody": b64(body),
    }


TYPE = "application/vnd.in-toto+json"


def bundle(files, certificate, key, log_key):
    subject = [{"name": file.name, "digest": {"sha256": sha256(file.read_bytes()).hex()}} for file in files]
    payload = canonical({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"buildDefinition": {"buildType": "test"}, "runDetails": {"builder": {"id": "test"}}},
    })
    signature = sign(key, f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload)
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": b64(certificate.public_bytes(Encoding.DER))},
            "tlogEntries": [log_entry(log_key, payload, signature, certificate)],
            "timestampVerificationData": {"rfc3161Timestamps": []},
        },
        "dsseEnvelope": {"payload": b64(payload), "payloadType": TYPE, "signatures": [{"sig": b64(signature)}]},
    }


def trust(root, transparency_key, certificates_key):
    since = {"start": (NOW - MINUTES).isoformat().replace("+00:00", "Z")}
    def log(key):
        return {
            "baseUrl": "https://log.invalid",
            "hashAlgorithm": "SHA2_256",
            "publicKey": {"rawBytes": b64(spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": since},
            "logId": {"keyId": b64(sha256(spki(key)))},
        }
    def service(name, version=1):
        return [{"url": f"https://{name}.invalid", "majorApiVersion": version, "validFor": since, "operator": "test"}]
    return {
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(transparency_key)],
            "certificateAuthorities": [{
                "subject": {"organization": "test", "commonName": "test authority"},
                "uri": "https://authority.invalid",
                "certChain": {"certificates": [{"rawBytes": b64(root.public_bytes(Encoding.DER))}]},
                "validFor": since,
            }],
            "ctlogs": [log(certificates_key)],
        },
        "signingConfig": {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": service("authority"),
            "oidcUrls": service("issuer"),
            "rekorTlogUrls": service("log"),
            "rekorTlogConfig": {"selector": "ANY"},
            "tsaConfig": {"selector": "ANY"},
        },
    }


def main(out, workflow, repository, *files):
    key, root_key, transparency_key, certificates_key = [new_key() for _ in range(4)]
    root = authority(root_key)
    signer = certificate(key, root, root_key, certificates_key, workflow, repository)
    attested = bundle([Path(file) for file in files], signer, key, transparency_key)
    Path(out, "envseal.sigstore.json").write_text(json.dumps(attested))
    Path(out, "trust.json").write_text(json.dumps(trust(root, transparency_key, certificates_key)))


main(*sys.argv[1:])
