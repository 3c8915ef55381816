#!/bin/bash
# Builds the OCI image of one program, without a Docker daemon: FROM scratch, the static binary and what it needs.
#
#   images/build.sh market-hours-check
#   podman load -i build/images/market-hours-check-amd64.tar
#
#   --tag NAME:TAG        the name in the archive; default localhost/stagegate/PROGRAM:VERSION
#   --output oci-archive FILE | --output docker-archive FILE
#                         default oci-archive build/images/PROGRAM-ARCH.tar
#   --arch amd64|arm64    default: the architecture of this machine
#   --binary FILE         a binary that is already built and installed, with its bill of materials in
#                         ../share/doc/stagegate beside it; default: the release (or arm64) preset is built and installed
#   --source URL          where the sources are published, for the labels
#   --packages "bash curl git kubernetes-client"
#                         start from these packages of this machine's Debian instead of from nothing, and run as root: for
#                         inttest-runner, whose test scripts need a shell and tools
#
# Writes FILE, FILE's bill of materials (FILE without .tar, plus .cdx.json) and prints the digest of the image's manifest.
# The same commit, built with the same packages, gives the same bytes: see README.md.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

die() {
  echo "images/build.sh: $*" >&2
  exit 2
}

program= tag= format=oci-archive file= binary= source= packages=
arch=$(dpkg --print-architecture 2>/dev/null || echo amd64)
while [ $# -gt 0 ]; do
  case $1 in
    --tag) tag=${2:?--tag needs a name}; shift ;;
    --output) format=${2:?--output needs a format}; file=${3:?--output needs a format and a file}; shift 2 ;;
    --arch) arch=${2:?--arch needs an architecture}; shift ;;
    --binary) binary=${2:?--binary needs a file}; shift ;;
    --source) source=${2:?--source needs an address}; shift ;;
    --packages) packages=${2:?--packages needs a list}; shift ;;
    -*) die "unknown option $1 (the head of this file lists them)" ;;
    *) [ -z "$program" ] || die "one program at a time"; program=$1 ;;
  esac
  shift
done
case $program in "" | */* | .*) die "usage: images/build.sh PROGRAM [options]; programs: $(ls "$root/plugins" | grep -v CMakeLists | xargs)" ;; esac
case $format in oci-archive | docker-archive) ;; *) die "--output knows oci-archive and docker-archive, not \"$format\"" ;; esac
case $arch in amd64 | arm64) ;; *) die "--arch knows amd64 and arm64, not \"$arch\"" ;; esac
command -v buildah >/dev/null || die "needs buildah: cmake/install-packages.sh image"
[ -z "$packages" ] || command -v mmdebstrap >/dev/null || die "--packages needs mmdebstrap: cmake/install-packages.sh image"

work=$(mktemp -d)
buildah=(env CONTAINERS_CONF="$root/images/containers.conf" buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs)
cleanup() {
  "${buildah[@]}" rm --all >/dev/null 2>&1 || true
  # For anybody but root the layers' files belong to ids that only the user name space may remove.
  [ "$(id -u)" = 0 ] || "${buildah[@]}" unshare rm -rf "$work/storage" >/dev/null 2>&1 || true
  rm -rf "$work" || true
}
trap cleanup EXIT
trap 'exit 143' TERM INT

# build_binary - the release build of the program, configured anew so that the commit in it is the one checked out.
build_binary() {
  local preset=release
  [ "$arch" = "$(dpkg --print-architecture 2>/dev/null || echo amd64)" ] || preset=$arch
  (cd "$root" && cmake --preset "$preset" && cmake --build "build/$preset" && cmake --install "build/$preset" --strip) >&2
  binary=$root/build/$preset/dist/bin/$program
}

# fact NAME - what the bill of materials says about the program, so that the labels and the binary never disagree.
fact() {
  /usr/bin/python3 - "$sbom" "$1" <<'PYTHON'
import calendar, json, sys, time
bill, name = json.load(open(sys.argv[1])), sys.argv[2]
program = bill['metadata']['component']
own = {entry['name']: entry['value'] for entry in program['properties']}
print({'name': program['name'], 'version': program['version'], 'revision': own['stagegate:revision'],
       'created': bill['metadata']['timestamp'],
       'time': calendar.timegm(time.strptime(bill['metadata']['timestamp'], '%Y-%m-%dT%H:%M:%SZ')),
       'tls': 'yes' if any(part['name'] == 'libssl-dev' for part in bill['components']) else 'no'}[name])
PYTHON
}

# The one sentence about the program that its page in the Woodpecker plugin index has too.
description() {
  local docs=$root/plugins/$program/docs.md line=
  [ -f "$docs" ] && line=$(sed -n '2,/^---/s/^description: *//p' "$docs" | head -1 | sed "s/^[\"']//; s/[\"']\$//")
  echo "${line:-$program, a program of stagegate: gates for staged delivery}"
}

# The packages and what they depend on, without lists and caches; their time is the program's.
lay_out_packages() {
  local tree=$1 sources
  mapfile -t sources < <(ls /etc/apt/sources.list /etc/apt/sources.list.d/*.{sources,list} 2>/dev/null)
  SOURCE_DATE_EPOCH=$(fact time) mmdebstrap --quiet --variant=essential --architectures="$arch" \
    --include="ca-certificates ${packages//,/ }" "" "$tree" "${sources[@]}" >&2
  rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt "$tree"/dev "$tree"/run
  install -d -m 755 "$tree/dev" "$tree/run"
}

# The image's files. Modes are set here and not inherited, so that the caller's umask changes nothing.
lay_out() {
  local tree=$1
  umask 022
  install -d -m 755 "$tree" "$tree/etc" "$tree/usr" "$tree/usr/share" "$tree/usr/share/doc" "$tree/usr/share/doc/stagegate"
  install -d -m 1777 "$tree/tmp"
  install -m 755 "$binary" "$tree/$program"
  echo 'nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin' >>"$tree/etc/passwd"
  echo 'nonroot:x:65532:' >>"$tree/etc/group"
  chmod 644 "$tree/etc/passwd" "$tree/etc/group"
  if [ -z "$packages" ] && [ "$(fact tls)" = yes ]; then # who never speaks TLS needs no certificates
    install -d -m 755 "$tree/etc/ssl" "$tree/etc/ssl/certs"
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    /usr/bin/python3 "$root/cmake/sbom.py" add "$sbom" ca-certificates --output "$work/sbom.json"
    sbom=$work/sbom.json
  fi
  install -m 644 "$sbom" "$tree/usr/share/doc/stagegate/sbom.cdx.json"
  install -m 644 "$root/LICENSE" "$tree/usr/share/doc/stagegate/LICENSE"
}

# label NAME VALUE - adds to `labels`, unless there is no value.
label() { [ -z "$2" ] || labels+=(--label "org.opencontainers.image.$1=$2"); }

commit() {
  local container labels=() user=65532:65532
  [ -z "$packages" ] || user= # scripts write to a workspace whose owner nobody can tell
  label title "$program"
  label description "$(description)"
  label version "$version"
  label revision "$(fact revision)"
  label created "$(fact created)"
  label licenses Apache-2.0
  label source "$source"
  label documentation "${source:+$source/}plugins/$program/docs.md"
  container=$("${buildah[@]}" from --arch "$arch" scratch)
  "${buildah[@]}" copy --quiet --chown 0:0 "$container" "$work/tree" / >/dev/null
  "${buildah[@]}" config --arch "$arch" --os linux --entrypoint "[\"/$program\"]" --cmd '' --user "$user" \
    --env HOME=/tmp --created-by "stagegate images/build.sh" "${labels[@]}" "$container"
  # Without buildah's own label: its version is no fact about the program.
  "${buildah[@]}" commit --quiet --identity-label=false --timestamp "$(fact time)" --format oci "$container" "$tag" >/dev/null
}

# The archive's own bytes are to be the same too, so the OCI layout is packed here, in a fixed order.
write_oci_archive() {
  "${buildah[@]}" push --quiet --digestfile "$work/digest" "$tag" "oci:$work/layout:$tag"
  tar -C "$work/layout" --sort=name --mtime="@$(fact time)" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --format=ustar -cf "$file" .
}

# Converted from the OCI image: one committed in Docker's own format would carry the id of the container it came from.
write_docker_archive() {
  "${buildah[@]}" push --quiet --digestfile "$work/digest" --format v2s2 "$tag" "docker-archive:$file:$tag"
}

[ -n "$binary" ] || build_binary
[ -f "$binary" ] || die "there is no $binary"
sbom=$(dirname "$binary")/../share/doc/stagegate/$program.cdx.json
[ -f "$sbom" ] || die "$binary has no bill of materials ($sbom): install it with cmake --install"
version=$(fact version)
tag=${tag:-localhost/stagegate/$program:$version}
file=${file:-$root/build/images/$program-$arch.tar}
mkdir -p "$(dirname "$file")"

[ -z "$packages" ] || lay_out_packages "$work/tree"
lay_out "$work/tree"
rm -f "$file"
commit
case $format in
  oci-archive) write_oci_archive ;;
  docker-archive) write_docker_archive ;;
esac
install -m 644 "$sbom" "${file%.tar}.cdx.json"
echo "$(cat "$work/digest") $file"
