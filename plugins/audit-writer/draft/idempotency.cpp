#include "plugins/audit-writer/draft/idempotency.hpp"

#include "common/audit/record/record.hpp"
#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using audit::kLongestKey;
using text::cat;

bool is_visible_ascii(char c) {
  return c >= 0x21 && c <= 0x7e;
}

std::string visible(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (is_visible_ascii(c)) {
      out += c;
    } else {
      out += '%' + crypto::hex(std::string_view(&c, 1));
    }
  }
  return out;
}

}  // namespace

std::string usual_key(const Identity& identity) {
  const std::string event = name_of(identity.event);
  if (!identity.promotion.empty()) return fit_key(cat("kargo:", identity.promotion, ":", event));
  const Pipeline& pipeline = identity.pipeline;
  if (pipeline.system.empty() || pipeline.repo.empty() || pipeline.number.empty()) return {};
  // A pipeline that somebody has run again under its old number is another run.
  const std::string run =
      pipeline.reruns.empty() ? pipeline.number : cat(pipeline.number, ".", pipeline.reruns);
  return fit_key(cat(pipeline.system, ":", pipeline.repo, "#", run, "/", pipeline.step, ":", event,
                     ":", identity.target_stage, ":", identity.image_tag));
}

std::string fit_key(std::string_view key) {
  std::string fit = visible(key);
  if (fit.size() <= kLongestKey) return fit;
  const std::string hash = cat("~", crypto::hex(crypto::sha256(key)));
  return fit.substr(0, kLongestKey - hash.size()) + hash;
}

}  // namespace stagegate::audit_writer
