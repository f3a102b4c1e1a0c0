# shellcheck shell=bash
# Keys and certificates, made once for all instances: the operator's SSH key and the lab's certificate authority.

make_keys() {
  mkdir -p "$BASE/keys/hosts"
  chmod 700 "$BASE/keys"
  [ -s "$BASE/keys/id_lab" ] || ssh-keygen -q -t ed25519 -N '' -C qplay-lab -f "$BASE/keys/id_lab"
  [ -s "$BASE/keys/ca.crt" ] || make_authority "$BASE/keys"
  # the hosts trust the authority, which stays; its certificate for the registry is made anew when the names change
  [ "$(cat "$BASE/keys/registry.names" 2>/dev/null)" = "$REGISTRY_NAMES" ] || make_certificate "$BASE/keys"
}

REGISTRY_NAMES="registry.redhat.io registry.access.redhat.com quay.io registry.lab"

make_authority() (
  cd "$1" || exit
  umask 077
  {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
      -subj "/O=qplay lab/CN=qplay lab CA" -keyout ca.key -out ca.part
    mv ca.part ca.crt
  } 2>"$BASE/log/keys.log" || die_with_log "could not make the lab's certificate authority" "$BASE/log/keys.log"
)

make_certificate() (
  cd "$1" || exit
  umask 077
  {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=registry.redhat.io -keyout registry.key.part -out registry.csr
    openssl x509 -req -in registry.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out registry.part \
      -extfile <(printf 'subjectAltName='; printf 'DNS:%s,' $REGISTRY_NAMES; echo "IP:$SERVICES_IP")
    mv registry.key.part registry.key
    mv registry.part registry.crt
    echo "$REGISTRY_NAMES" >registry.names
  } 2>"$BASE/log/keys.log" || die_with_log "could not make the registry's certificate" "$BASE/log/keys.log"
)
