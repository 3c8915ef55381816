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

# issued NAME AUTHORITY NAMES DAYS
issued() {
  new_key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  echo "subjectAltName=$3" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "0x$(openssl rand -hex 8)" \
    -days "$4" -extfile "$1.ext" -out "$1.pem"
}

here=DNS:localhost,IP:127.0.0.1
self_signed ca "/CN=Test Authority"
self_signed other-ca "/CN=Other Authority"
self_signed self-signed "/CN=localhost" -addext "subjectAltName=$here"
issued good ca "$here" 30
issued other other-ca "$here" 30
issued expired ca "$here" -1
issued stranger ca "DNS:stranger.example" 30
