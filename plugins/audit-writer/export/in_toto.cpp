#include "common/audit/tree/merkle.hpp"
#include "common/crypto/encoding.hpp"
#include "plugins/audit-writer/export/mapping.hpp"

namespace stagegate::audit_writer {
namespace {

using text::Json;

// What the tag resolved to: a tag alone can be moved, so it is no subject.
Json::Array subjects_of(const Record& record) {
  constexpr std::string_view kAlgorithm = "sha256:";
  Json::Array subjects;
  const auto* images = record.json.find("images");
  if (images == nullptr || images->array() == nullptr) return subjects;
  for (const Json& image : *images->array()) {
    const auto digest = image.text("digest");
    if (!digest.starts_with(kAlgorithm)) continue;
    subjects.push_back(Json()
                           .set("name", image.text("name"))
                           .set("digest", Json().set("sha256", digest.substr(kAlgorithm.size()))));
  }
  return subjects;
}

}  // namespace

std::vector<Json> in_toto_statements(const Exportable& from) {
  auto subjects = subjects_of(from.record);
  if (subjects.empty()) return {};
  const Json log = Json()
                       .set("origin", from.origin)
                       .set("seq", from.record.seq)
                       .set("leaf", crypto::hex(audit::leaf_hash(from.line)));
  return {Json()
              .set("_type", "https://in-toto.io/Statement/v1")
              .set("subject", std::move(subjects))
              .set("predicateType", "https://stagegate.example/attestations/audit-record/v1")
              .set("predicate", Json().set("log", log).set("record", from.record.json))};
}

}  // namespace stagegate::audit_writer
