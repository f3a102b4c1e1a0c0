"""Configuration of the two programs behind the stand-in: Debian's docker-registry on the object store, and nginx."""

import json
import os
import tempfile

import yaml

from . import bundle, health, storage, tls, versions

# Names are resolved by the hosts file of the container, so a literal proxy_pass is enough.
NGINX = """
daemon off;
{user}
worker_processes 2;
pid {work}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {work}/body;
  proxy_temp_path {work}/proxy;
  fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi;
  scgi_temp_path {work}/scgi;
  client_max_body_size 0;
  proxy_http_version 1.1;
  proxy_read_timeout 900s;
  proxy_buffering off;
  proxy_request_buffering off;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-Proto {scheme};
  proxy_set_header X-Original-URI $request_uri;
  proxy_set_header X-Original-Method $request_method;
  default_type application/json;
  map $upstream_http_docker_distribution_api_version $api_version {{ "" "registry/2.0"; default ""; }}
{servers}
}}
"""

APPLICATION = """
    location / { proxy_pass http://127.0.0.1:@WEB@; }
    location ~ ^/v2/.+/manifests/ { @WRITES@ proxy_pass http://127.0.0.1:@WEB@; }
    location ~ ^/v2/.+/blobs/ {
      @WRITES@
      auth_request /_authorize;
      auth_request_set $challenge $upstream_http_www_authenticate;
      error_page 401 = @denied;
      proxy_pass http://127.0.0.1:@REGISTRY@;
      add_header Docker-Distribution-Api-Version $api_version always;
    }
    location @denied {
      internal;
      add_header Www-Authenticate $challenge always;
      add_header Docker-Distribution-Api-Version registry/2.0 always;
      default_type application/json;
      return 401 '{"errors":[{"code":"UNAUTHORIZED","message":"access to the requested resource is not authorized","detail":{}}]}';
    }
    location = /_authorize {
      internal;
      proxy_pass http://127.0.0.1:@WEB@;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-URI $request_uri;
      proxy_set_header X-Original-Method $request_method;
    }
"""

REDIRECT = """
    location ~ ^/(health|_internal_ping|v1/_internal_ping) { proxy_pass http://127.0.0.1:@WEB@; }
    location / { return 301 https://$host$request_uri; }
"""


def writes(config):
    """Refuses what would write, where the configuration says so."""
    why = bundle.pushes_off(config)
    if why is None:
        return ""
    body = json.dumps({"errors": [{"code": "DENIED", "message": why, "detail": {}}]})
    return f"if ($request_method !~ ^(GET|HEAD)$) {{ return 405 '{body}'; }}"


def server(config, listen, body, certificates=None):
    lines = [f"    listen {where};" for where in listen]
    if certificates:
        lines += [f"    ssl_certificate {certificates}/ssl.cert;", f"    ssl_certificate_key {certificates}/ssl.key;"]
    text = body.replace("@WEB@", str(health.WEB_PORT)).replace("@REGISTRY@", str(health.REGISTRY_PORT)).replace("@WRITES@", writes(config))
    return "  server {\n" + "\n".join(lines) + text + "  }"


def write_nginx(config, folder):
    work = tempfile.mkdtemp(prefix="nginx-")
    secure = tls.needed(config)
    http, https = ("8080", "8443") if versions.since(3, 0) else ("80", "443")
    servers = [server(config, [http], REDIRECT if secure else APPLICATION)]
    if secure or tls.present(folder):
        servers.append(server(config, [f"{https} ssl", "7443 ssl proxy_protocol"], APPLICATION, folder))
    path = os.path.join(work, "nginx.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(NGINX.format(work=work, user="user root;" if os.getuid() == 0 else "", scheme=config["PREFERRED_URL_SCHEME"], servers="\n".join(servers)))
    return path


def write_registry(config):
    store = storage.preferred(config)
    settings = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "http": {"addr": f"127.0.0.1:{health.REGISTRY_PORT}", "secret": str(config["SECRET_KEY"]), "relativeurls": True},
        "storage": {"delete": {"enabled": True}, "redirect": {"disable": bool(config.get("FEATURE_PROXY_STORAGE"))}},
    }
    if store.local:
        settings["storage"]["filesystem"] = {"rootdirectory": store.path}
    else:
        settings["storage"]["s3"] = {
            "accesskey": store.key,
            "secretkey": store.secret,
            "region": "us-east-1",
            "regionendpoint": store.endpoint,
            "bucket": store.bucket,
            "rootdirectory": store.path,
            "secure": store.secure,
            "v4auth": True,
        }
    descriptor, path = tempfile.mkstemp(prefix="registry-", suffix=".yml")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yaml.safe_dump(settings, file)
    return path
