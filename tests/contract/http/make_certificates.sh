#!/bin/sh
# make_certificates.sh FOLDER - the keys and certificates of the TLS tests: two authorities, and servers that are as
# they should be, expired, somebody else, and self-signed.
set -eu
cd "$1"

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

# self_signed NAME SUBJECT ARGUMENT...
self_signed() {
  name=$1
  subject=$2
  shift 2
  new_key "$name"
  openssl req -x509 -new -key "$name.key" -subj "$subject" -days 30 -out "$name.pem" "$@"
}

cat >ca.conf <<'END'
[ca]
default_ca = test
[test]
database = index
new_certs_dir = .
default_md = sha256
rand_serial = yes
policy = any
[any]
commonName = supplied
END
: >index

# issued NAME AUTHORITY NAMES FIRST_DAY LAST_DAY. By `openssl ca`, because it alone makes certificates whose time is over
# in every version of OpenSSL.
issued() {
  new_key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  echo "subjectAltName=$3" >"$1.ext"
  openssl ca -batch -notext -config ca.conf -cert "$2.pem" -keyfile "$2.key" -in "$1.csr" \
    -extfile "$1.ext" -startdate "${4}000000Z" -enddate "${5}000000Z" -out "$1.pem"
}

here=DNS:localhost,IP:127.0.0.1
self_signed ca "/CN=Test Authority"
self_signed other-ca "/CN=Other Authority"
self_signed self-signed "/CN=localhost" -addext "subjectAltName=$here"
today=$(date -u +%Y%m%d)
in_two_years=$(($(date -u +%Y) + 2))0101
issued good ca "$here" "$today" "$in_two_years"
issued other other-ca "$here" "$today" "$in_two_years"
issued expired ca "$here" 20200101 20200201
issued stranger ca "DNS:stranger.example" "$today" "$in_two_years"
