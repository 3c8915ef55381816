// Which certificate authorities are trusted.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/proxy.hpp"
#include "common/result/result.hpp"

struct x509_store_st;  // OpenSSL's X509_STORE

namespace stagegate::http {

struct TrustSettings {
  std::string ca_file;             // PEM; trusted besides the system's authorities
  bool system_authorities = true;  // false: `ca_file` alone
};

struct TrustFiles {
  std::string ca_file;          // empty: none
  std::string system;           // empty: none
  bool system_is_wish = false;  // SSL_CERT_FILE names it
};

// ca_file and SSL_CERT_FILE are somebody's wish, so one that is missing is a failure later on;
// without SSL_CERT_FILE the first of the places where distributions keep theirs is taken.
TrustFiles choose_trust(const TrustSettings& settings, const Environment& environment,
                        const std::function<bool(const std::string&)>& exists);

// The authorities, parsed once for all connections: libcurl would parse the system's whole bundle
// again for each (20 ms), and keeps no parsed copy of certificates that it is handed as bytes.
class Trust {
 public:
  static Result<Trust> load(const TrustFiles& files);
  x509_store_st* store() const { return store_.get(); }
  // "/etc/ssl/certs/ca-certificates.crt and /ca.pem"
  const std::string& words() const { return words_; }

 private:
  struct Release {
    void operator()(x509_store_st* store) const;
  };
  Trust() = default;
  std::unique_ptr<x509_store_st, Release> store_;
  std::string words_;
};

}  // namespace stagegate::http
