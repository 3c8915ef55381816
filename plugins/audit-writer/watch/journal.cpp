#include "plugins/audit-writer/watch/journal.hpp"

#include <string_view>

namespace stagegate::audit_writer {
namespace {

// All keys of what Kargo does begin so, whoever writes them. Told by bytes: most records of a log
// that pipelines share are no concern of a watcher.
constexpr std::string_view kOfKargo = "\"idem\":\"kargo:";

}  // namespace

Result<> Journal::follow(const audit::View& view) {
  if (view.size() < read_) {  // the log has been begun anew
    keys_.clear();
    read_ = 0;
  }
  const auto read = view.each_with(kOfKargo, read_, [&](const audit::Line& line) {
    const auto record = text::parse_json(line.text);
    if (!record) return audit::Next::go_on;
    // What is taken out of a record leaves its key with the record that says so.
    const text::Json* log = record->text("type") == "log" ? record->find("log") : nullptr;
    const auto key = log == nullptr ? record->text("idem") : log->text("idem");
    keys_.emplace(std::string(key), line.seq);
    return audit::Next::go_on;
  });
  if (!read) return forward(read.error());
  read_ = view.size();
  return {};
}

Result<> Journal::catch_up() {
  const auto view = audit::View::open(log_.layout(), log_.verify_key());
  if (!view) return forward(view.error());
  return follow(*view);
}

std::optional<std::uint64_t> Journal::find(const std::string& key) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<audit::Appended>> Journal::record(const audit::Draft& draft) {
  const std::string key(draft.text("idem"));
  bool stands = false;
  auto appended = log_.append_if([&](const audit::View& view) -> Result<audit::Draft> {
    if (auto read = follow(view); !read) return forward(read.error());
    stands = find(key).has_value();
    if (stands) return fail(Failure::Kind::refused, "it stands in the log already");
    return draft;
  });
  if (stands) return std::nullopt;
  if (!appended) return forward(appended.error());
  // Somebody else may have had the same key between the look and the append: the log knows.
  return std::optional<audit::Appended>(*std::move(appended));
}

}  // namespace stagegate::audit_writer
