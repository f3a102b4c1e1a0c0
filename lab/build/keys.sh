# shellcheck shell=bash
# Keys and certificates, made once for all instances: the operator's SSH key and the lab's certificate authority.

make_keys() {
  mkdir -p "$BASE/keys/hosts"
  chmod 700 "$BASE/keys"
  [ -s "$BASE/keys/id_lab" ] || ssh-keygen -q -t ed25519 -N '' -C qplay-lab -f "$BASE/keys/id_lab"
  [ -s "$BASE/keys/registry.crt" ] || make_certificates "$BASE/keys"
}

make_certificates() (
  cd "$1"
  umask 077
  {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
      -subj "/O=qplay lab/CN=qplay lab CA" -keyout ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=registry.redhat.io -keyout registry.key -out registry.csr
    openssl x509 -req -in registry.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out registry.part \
      -extfile <(echo "subjectAltName=DNS:registry.redhat.io,DNS:registry.lab,IP:$SERVICES_IP")
    mv registry.part registry.crt
  } 2>"$BASE/log/keys.log" || die_with_log "could not make the lab's certificates" "$BASE/log/keys.log"
)
