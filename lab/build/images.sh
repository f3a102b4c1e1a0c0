# shellcheck shell=bash
# The images of images/catalogue, written straight into the storage of the lab's registry: one shared base layer, one layer a
# program, and over it as many names and versions as there are. No builder, no runtime, no push.

build_image_base() {
  mkdir -p "$1"
  tar_layer "$STAGE_root/root" "$1"
}

build_image_postgresql() { build_layer "$1" postgresql --path-exclude=/usr/lib/*/libLLVM* --path-exclude=/usr/lib/postgresql/*/lib/bitcode/*; }
build_image_redis() { build_layer "$1" redis; }
build_image_quay() { build_layer "$1" quay; }

# build_layer DIR IMAGE [DPKG-OPTION..]: packages, files and set-up of lab/images/IMAGE as one compressed layer
build_layer() {
  ARCHIVES=$STAGE_debs/pool over "$STAGE_root/root" "$1" fill_image "${@:2}"
  tar_layer "$1/diff" "$1"
  rm -rf --one-file-system "$1/diff"
}

fill_image() {
  local root=$1 image=$LAB_DIR/images/$2 option options=()
  for option in "${@:3}"; do options+=(-o "DPkg::Options::=$option"); done
  [ ! -e "$image/before" ] || in_chroot "$root" /bin/sh -e <"$image/before"
  # shellcheck disable=SC2046
  in_chroot "$root" apt-get -qy -o Debug::NoLocking=true --no-download "${options[@]}" install $(package_list "$image/packages")
  [ ! -d "$image/files" ] || cp -rT --no-preserve=ownership "$image/files" "$root"
  in_chroot "$root" /bin/sh -e <"$image/after"
}

# tar_layer ROOT DIR: writes DIR/layer.gz and DIR/layer with "digest size diff_id"
tar_layer() {
  local root=$1 dir=$2 digest
  # Whiteouts of the overlay (0:0 devices) only hide files that no layer holds anyway.
  (cd "$root" && find . -type c -o -type s) >"$dir/exclude"
  tar -C "$root" --sort=name --numeric-owner --exclude-from="$dir/exclude" \
    --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/*' --exclude='./var/log/*' --exclude=./usr/sbin/policy-rc.d \
    --exclude=./etc/resolv.conf --exclude='./dev/*' --exclude='./proc/*' --exclude='./tmp/*' --exclude='*/__pycache__' -c . |
    tee >(sha256sum | cut -d' ' -f1 >"$dir/diff_id") | gzip -1 >"$dir/layer.gz"
  digest=$(sha256sum "$dir/layer.gz" | cut -d' ' -f1)
  while [ ! -s "$dir/diff_id" ]; do sleep 0.05; done
  echo "$digest $(stat -c %s "$dir/layer.gz") $(cat "$dir/diff_id")" >"$dir/layer"
  rm "$dir/exclude" "$dir/diff_id"
}

build_images() {
  local recipe layer user http https name tags tag stage
  REGISTRY_ROOT=$1/docker/registry/v2
  while read -r recipe layer user http https name tags; do
    stage=STAGE_image_$layer
    put_layers "$name" "${!stage}"
    for tag in $tags; do
      write_image "$name" "$tag" "$(image_config "$LAB_DIR/images/$layer/$recipe.json" "$name" "$tag" "$user" "$http" "$https")" "${!stage}"
    done
  done < <(grep -v '^#' "$LAB_DIR/images/catalogue")
}

# image_config FILE NAME TAG USER HTTP HTTPS: the configuration with what the catalogue's line says of it
image_config() {
  local text major=${2##*-}
  case $2 in *-rhel7) major=${2%-rhel7} major=${major##*-} major=${major:0:1}.${major:1} ;; esac # postgresql-96-rhel7 is 9.6
  text=$(<"$1")
  text=${text//@NAME@/$2} text=${text//@TAG@/$3} text=${text//@USER@/$4} text=${text//@MAJOR@/$major}
  text=${text//@HTTP@/$5} text=${text//@HTTPS@/$6}
  printf %s "$text"
}

# put_layers NAME LAYER-STAGE: both layers of all images of that name
put_layers() {
  local digest
  read -r digest _ <"$STAGE_image_base/layer"
  put_layer "$1" "$STAGE_image_base" "$digest"
  read -r digest _ <"$2/layer"
  put_layer "$1" "$2" "$digest"
}

# write_image NAME TAG CONFIG LAYER-STAGE: configuration and manifest
write_image() {
  local name=$1 tag=$2 base_digest base_size base_id digest size id config manifest
  read -r base_digest base_size base_id <"$STAGE_image_base/layer"
  read -r digest size id <"$4/layer"
  config=$(
    printf '{"architecture":"amd64","os":"linux","created":"2024-06-01T00:00:00Z","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s","sha256:%s"]},"history":[{"created_by":"qplay lab: small Debian"},{"created_by":"qplay lab: %s"}]}' \
      "$3" "$base_id" "$id" "$name"
  )
  put_text "$name" "$config"
  manifest=$(
    printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,"digest":"sha256:%s"},"layers":[%s,%s]}' \
      "$(printf %s "$config" | wc -c)" "$BLOB" "$(layer_entry "$base_digest" "$base_size")" "$(layer_entry "$digest" "$size")"
  )
  put_text "$name" "$manifest"
  put_link "$name" "_manifests/revisions/sha256/$BLOB" "$BLOB"
  put_link "$name" "_manifests/tags/$tag/current" "$BLOB"
  put_link "$name" "_manifests/tags/$tag/index/sha256/$BLOB" "$BLOB"
}

layer_entry() { printf '{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%d,"digest":"sha256:%s"}' "$2" "$1"; }

put_layer() {
  local dir=$REGISTRY_ROOT/blobs/sha256/${3:0:2}/$3
  mkdir -p "$dir"
  [ -e "$dir/data" ] || ln "$2/layer.gz" "$dir/data"
  put_link "$1" "_layers/sha256/$3" "$3"
}

put_text() { # sets BLOB to the digest
  BLOB=$(printf %s "$2" | sha256sum | cut -d' ' -f1)
  mkdir -p "$REGISTRY_ROOT/blobs/sha256/${BLOB:0:2}/$BLOB"
  printf %s "$2" >"$REGISTRY_ROOT/blobs/sha256/${BLOB:0:2}/$BLOB/data"
  put_link "$1" "_layers/sha256/$BLOB" "$BLOB"
}

put_link() {
  mkdir -p "$REGISTRY_ROOT/repositories/$1/$2"
  printf 'sha256:%s' "$3" >"$REGISTRY_ROOT/repositories/$1/$2/link"
}
