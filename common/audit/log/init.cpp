// Making a log. Its first record is committed like any other, so that of two that make one log at
// once, one has made it; log.json comes last, and says that all is there.
#include <system_error>
#include <utility>

#include "common/audit/log/compose.hpp"
#include "common/audit/log/log.hpp"
#include "common/audit/log/publish.hpp"
#include "common/audit/log/store.hpp"
#include "common/fs/descriptor.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/lock.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

bool is_there(const fs::Path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

Result<> make_directories(const Layout& layout) {
  for (const fs::Path& directory :
       {layout.directory, layout.records(), layout.tail(), layout.directory / "tile"}) {
    if (auto made = fs::make_directory(directory, kDirectoryMode); !made) return made;
  }
  return {};
}

Draft first_record(const VerifyKey& key) {
  return Draft()
      .set("type", "log")
      .set("event", "init")
      .set("outcome", "success")
      .set("log", text::Json().set("origin", key.name()).set("new_vkey", key.text()));
}

Result<Slot> open_first(const Layout& layout, const VerifyKey& key) {
  const fs::Path path = layout.slot(0);
  const auto bytes = fs::read_file(path);
  if (!bytes) return forward(bytes.error());
  auto slot = open_slot(*bytes, key);
  if (!slot) {
    return fail(Failure::Kind::conflict,
                cat(path.native(), ": somebody has begun to make a log here with another key: ",
                    slot.error().message));
  }
  return slot;
}

// The one that is there, or this one.
Result<Slot> commit_first(const Layout& layout, const SigningKey& key, const LogOptions& options) {
  auto slot = compose(first_record(key.verify_key()), nullptr, key, options);
  if (!slot) return slot;
  const auto staged = Staged::write(layout.tail(), sign_slot(*slot, key));
  if (!staged) return forward(staged.error());
  const auto linked = staged->link_to(layout.slot(0));
  if (!linked) return forward(linked.error());
  return *linked ? std::move(slot) : open_first(layout, key.verify_key());
}

// Lasting; unless somebody else has been quicker, who writes the same.
Result<> create(const fs::Path& path, std::string_view bytes) {
  const auto staged = Staged::write(fs::directory_of(path), bytes);
  if (!staged) return forward(staged.error());
  const auto linked = staged->link_to(path);
  if (!linked) return forward(linked.error());
  return sync_names(fs::directory_of(path));
}

// log.json is missing, but there are records: it can be made again, from the key alone.
Result<Appended> make_again(const Layout& layout, const SigningKey& key) {
  const auto view = View::open(layout, key.verify_key());
  if (!view) return forward(view.error());
  Appended appended = told(*view->last(), key);
  appended.seq = 0;
  appended.duplicate = true;
  if (view->size() > 1) {
    appended.warnings.push_back(
        cat("there were ", view->size(), " records but no log.json: it has been made again"));
  }
  return appended;
}

}  // namespace

Result<Appended> Log::init(const Layout& layout, const SigningKey& key, const LogOptions& options) {
  if (is_there(layout.about())) {
    const auto about = read_about(layout);
    return fail(Failure::Kind::refused,
                cat("there is a log in ", layout.directory.native(), " already",
                    about ? cat(", ", about->vkey) : "", "; nothing has been changed"));
  }
  if (auto made = make_directories(layout); !made) return forward(made.error());
  if (auto probed = probe_links(layout.tail()); !probed) return forward(probed.error());
  const auto lock = fs::FileLock::acquire(layout.lock(), options.lock_wait);

  Appended appended;
  if (is_there(layout.checkpoint())) {
    auto again = make_again(layout, key);
    if (!again) return again;
    appended = std::move(*again);
  } else {
    const auto slot = commit_first(layout, key, options);
    if (!slot) return forward(slot.error());
    if (auto synced = sync_names(layout.tail()); !synced) return forward(synced.error());
    if (auto stands = put_line(layout, *slot); !stands) return forward(stands.error());
    appended = told(*slot, key);
    if (auto published = create(layout.checkpoint(), appended.checkpoint); !published) {
      return forward(published.error());
    }
  }
  appended.locked = lock.has_value();
  const std::string about = show(About{key.verify_key().name(), key.verify_key().text()});
  if (auto said = create(layout.about(), about); !said) return forward(said.error());
  return appended;
}

}  // namespace stagegate::audit
