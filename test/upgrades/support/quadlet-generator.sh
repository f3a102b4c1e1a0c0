#!/bin/sh
# Stand-in of Podman's own generator for Quadlets, which came with 4.4: Debian 12 has 4.3. As much of it as the tests use.
for file in /etc/containers/systemd/*.container; do
  [ -f "$file" ] || continue
  unit=$(basename "$file" .container)
  awk -F= -v unit="$unit" '
    /^\[/ { section = $0 }
    section != "[Container]" { print; next }
    /^\[/ || /^#/ || /^$/ { next }
    { value = substr($0, length($1) + 2) }
    $1 == "Image" { image = value }
    $1 == "ContainerName" { name = value }
    $1 == "Exec" { command = value }
    $1 == "Network" { more = more " --network " value }
    $1 == "Volume" { more = more " -v " value }
    $1 == "Environment" { more = more " -e " value }
    $1 == "PodmanArgs" { more = more " " value }
    END {
      print "[Service]\nType=notify\nNotifyAccess=all\nRestart=always\nEnvironment=PODMAN_SYSTEMD_UNIT=%n"
      if (name == "") name = "systemd-" unit
      print "ExecStart=/usr/bin/podman run --name " name " --replace --rm --cgroups=no-conmon --sdnotify=conmon -d" more " " image " " command
      print "ExecStop=/usr/bin/podman stop --ignore " name
    }' "$file" >"$1/$unit.service"
  for target in $(sed -n 's/^WantedBy=//p' "$file"); do
    mkdir -p "$1/$target.wants"
    ln -s "../$unit.service" "$1/$target.wants/"
  done
done
