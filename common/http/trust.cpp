#include "common/http/trust.hpp"

#include <array>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "common/fs/file.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

namespace {

constexpr std::array<const char*, 6> kSystemBundles = {
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine, Arch, our images
    "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // CentOS, RHEL 7
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine without bundle, BSD
    "/usr/local/share/certs/ca-root-nss.crt",             // FreeBSD
};

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// Adds every certificate of the file, and fails at the first that is malformed: half a bundle would
// fail later, in a way that nobody could explain. `whose` is what a person has set to name the
// file.
Result<> add_certificates(X509_STORE* store, const std::string& path, std::string_view whose) {
  const auto refuse = [&](std::string_view why) { return usage(text::cat(whose, ": ", why)); };
  const auto bytes = fs::read_file(path);
  if (!bytes) return refuse(bytes.error().message);
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
  int count = 0;
  while (true) {
    const std::unique_ptr<X509, FreeCertificate> certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    ++count;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) {
      return refuse(text::cat(path, ": certificate number ", count, " cannot be used"));
    }
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) return refuse(text::cat(path, ": certificate number ", count + 1, " is malformed"));
  if (count == 0) {
    return refuse(
        text::cat(path, " contains no certificate in PEM form (-----BEGIN CERTIFICATE-----)"));
  }
  return {};
}

}  // namespace

TrustFiles choose_trust(const TrustSettings& settings, const Environment& environment,
                        const std::function<bool(const std::string&)>& exists) {
  TrustFiles files;
  files.ca_file = settings.ca_file;
  if (!settings.system_authorities) return files;
  if (auto named = environment("SSL_CERT_FILE"); named && !named->empty()) {
    files.system = *named;
    files.system_is_wish = true;
    return files;
  }
  for (const char* path : kSystemBundles) {
    if (exists(path)) {
      files.system = path;
      break;
    }
  }
  return files;
}

void Trust::Release::operator()(x509_store_st* store) const {
  X509_STORE_free(store);
}

Result<Trust> Trust::load(const TrustFiles& files) {
  Trust trust;
  trust.store_.reset(X509_STORE_new());
  std::vector<std::string> used;
  const auto add = [&](const std::string& path, std::string_view whose) -> Result<> {
    if (path.empty()) return {};
    used.push_back(path);
    return add_certificates(trust.store_.get(), path, whose);
  };
  const std::string_view system =
      files.system_is_wish ? "SSL_CERT_FILE" : "the system's CA certificates";
  if (auto added = add(files.system, system); !added) return forward(added.error());
  if (auto added = add(files.ca_file, "ca_file"); !added) return forward(added.error());
  if (used.empty()) {
    return usage(
        "https needs CA certificates and this machine has none at the usual places; name a file "
        "with ca_file or SSL_CERT_FILE");
  }
  // A CA file may name an issuing authority without its root: trusting it means trusting what it
  // signed.
  X509_STORE_set_flags(trust.store_.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  trust.words_ = text::join(used, " and ");
  return trust;
}

}  // namespace stagegate::http
