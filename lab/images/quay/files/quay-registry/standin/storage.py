"""The object store of DISTRIBUTED_STORAGE_CONFIG, spoken to with signed requests."""

import datetime
import hashlib
import hmac
import http.client
import urllib.parse

from . import versions
from .failure import Failure

# what validation demands of each driver the stand-in can really use
S3_FIELDS = {
    "RadosGWStorage": ("hostname", "access_key", "secret_key", "bucket_name"),
    "RHOCSStorage": ("hostname", "access_key", "secret_key", "bucket_name"),
    "IBMCloudStorage": ("hostname", "access_key", "secret_key", "bucket_name"),
    "S3Storage": ("s3_bucket", "s3_access_key", "s3_secret_key", "host"),
}


class Store:
    def __init__(self, identifier, driver, options):
        self.identifier = identifier
        self.driver = driver
        self.local = driver == "LocalStorage"
        self.path = options.get("storage_path") or "/datastorage/registry"
        self.swift = driver == "SwiftStorage"
        if self.swift:
            check_swift(identifier, options)
        if self.local or self.swift:
            return
        if driver not in S3_FIELDS:
            raise Failure(f"storage {identifier}: the stand-in cannot use the driver {driver}; it knows {', '.join(S3_FIELDS)}, LocalStorage")
        missing = [field for field in S3_FIELDS[driver] if not options.get(field)]
        if missing:
            raise Failure(f"storage {identifier}: {driver} needs {', '.join(missing)}")
        aws = driver == "S3Storage"
        self.secure = bool(options.get("is_secure", True))
        self.host = options["host" if aws else "hostname"]
        self.port = int(options.get("port") or (443 if self.secure else 80))
        self.bucket = options["s3_bucket" if aws else "bucket_name"]
        self.key = options["s3_access_key" if aws else "access_key"]
        self.secret = options["s3_secret_key" if aws else "secret_key"]

    @property
    def endpoint(self):
        return f"{'https' if self.secure else 'http'}://{self.host}:{self.port}"

    def check(self, timeout=5):
        """Raises unless the bucket answers a signed request."""
        if self.local or self.swift:
            return
        status, body = self.request("HEAD", f"/{self.bucket}", timeout)
        reason = {
            403: "the keys are refused",
            404: f"there is no bucket {self.bucket}",
            301: f"the bucket {self.bucket} is somewhere else",
        }.get(status, f"HTTP {status} {body[:120]!r}")
        if status not in (200, 204):
            raise Failure(f"storage {self.identifier} at {self.endpoint}: {reason}")

    def request(self, method, path, timeout):
        headers = sign(method, path, f"{self.host}:{self.port}", self.key, self.secret)
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"storage {self.identifier} at {self.endpoint}: {error}") from error
        finally:
            connection.close()


def check_swift(identifier, options):
    """The form only: the stand-in cannot use Swift."""
    fields = ("auth_version", "auth_url", "swift_container", "swift_user", "swift_password")
    missing = [field for field in fields if not options.get(field)]
    if missing:
        raise Failure(f"storage {identifier}: SwiftStorage needs {', '.join(missing)}")
    tenant = (options.get("os_options") or {}).get("tenant_id")
    if versions.since(3, 6) and str(options["auth_version"]) == "3" and not isinstance(tenant, str):
        raise Failure(f"storage {identifier}: SwiftStorage with auth_version 3 requires tenant_id (string) in os_options")


def stores(config):
    """All stores by id, checked for form only."""
    declared = config.get("DISTRIBUTED_STORAGE_CONFIG")
    if not isinstance(declared, dict) or not declared:
        raise Failure("DISTRIBUTED_STORAGE_CONFIG names no storage")
    found = {}
    for identifier, entry in declared.items():
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], dict)):
            raise Failure(f"storage {identifier} must be a list of a driver's name and its options")
        found[identifier] = Store(identifier, entry[0], entry[1])
    return found


def preferred(config):
    found = stores(config)
    wanted = config.get("DISTRIBUTED_STORAGE_PREFERENCE") or list(found)
    if wanted[0] not in found:
        raise Failure(f"DISTRIBUTED_STORAGE_PREFERENCE names {wanted[0]}, which DISTRIBUTED_STORAGE_CONFIG does not have")
    return found[wanted[0]]


def sign(method, path, host, key, secret):
    """Headers of AWS signature version 4 for a request without a body."""
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    empty = hashlib.sha256(b"").hexdigest()
    headers = {"host": host, "x-amz-content-sha256": empty, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    canonical = "\n".join([method, urllib.parse.quote(path), "", *lines, "", names, empty])
    scope = f"{moment[:8]}/us-east-1/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    derived = ("AWS4" + secret).encode()
    for part in (moment[:8], "us-east-1", "s3", "aws4_request", text):
        derived = hmac.new(derived, part.encode(), hashlib.sha256).digest()
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={derived.hex()}"}
