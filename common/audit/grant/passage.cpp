#include "common/audit/grant/passage.hpp"

#include <algorithm>

#include "common/audit/record/record.hpp"
#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

bool fits_a_key(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char byte) { return byte > 0x20 && byte < 0x7f; });
}

}  // namespace

text::Json source_of(const Passage& passage) {
  if (passage.source.object() != nullptr) return passage.source;
  text::Json source;
  if (!passage.promotion.empty()) {
    return source.set("system", "kargo").set("promotion", passage.promotion);
  }
  const auto mark = passage.consumer.rfind('#');
  if (mark != std::string::npos) {
    return source.set("system", "woodpecker")
        .set("repo", passage.consumer.substr(0, mark))
        .set("pipeline", passage.consumer.substr(mark + 1));
  }
  return source.set("system", "other");
}

std::string consumer_of(const text::Json& record) {
  const text::Json* source = record.find("source");
  if (source == nullptr) return "";
  if (const auto promotion = source->text("promotion"); !promotion.empty()) {
    return std::string(promotion);
  }
  const auto repo = source->text("repo");
  const text::Json* pipeline = source->find("pipeline");
  if (repo.empty() || pipeline == nullptr) return "";
  if (const auto number = pipeline->integer()) return text::cat(repo, "#", *number);
  return pipeline->string() == nullptr ? "" : text::cat(repo, "#", *pipeline->string());
}

std::string idempotency_key(const std::string& what, const std::string& who) {
  std::string key = text::cat(what, ":", who);
  if (key.size() <= kLongestKey && fits_a_key(key)) return key;
  return text::cat(what, ":sha256-", crypto::hex(crypto::sha256(who)));
}

}  // namespace stagegate::audit
