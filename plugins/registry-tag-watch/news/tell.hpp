// Telling of a new tag. Whoever is to hear of it is one function.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/http/client.hpp"
#include "common/imageset/announce.hpp"
#include "common/settings/secret.hpp"
#include "common/text/json.hpp"
#include "common/time/clock.hpp"
#include "plugins/registry-tag-watch/news/decide.hpp"

namespace stagegate::tag_watch {

// Fails when it could not be told: the tag is then told again, to all. With `refused` it was told
// and not taken: others may be.
using Tell = std::function<Result<>(const NewTag& tag)>;

// What images.lock.json has, so that it can be used as such, with when the tag was seen first.
text::Json new_tag_json(const NewTag& tag);

// A POST of that, and again where it may help. Refused (usage): what is no address. The client and
// the clock have to live as long.
Result<Tell> webhook(const settings::Secret& url, std::chrono::milliseconds timeout,
                     http::Client& client, const time::Clock& clock);

// Has Kargo look for the images, or makes the Freight of them. Refused (usage): settings that make
// no sense together; nullopt: it is not to be told.
Result<std::optional<Tell>> kargo(const imageset::AnnounceSettings& settings,
                                  const imageset::RegistrySettings& registry,
                                  const std::vector<oci::Repository>& images, time::Clock& clock,
                                  int interrupt_fd);

// To stdout at once: a line with the tag, or with its JSON.
Tell printer(bool as_json);

struct Told {
  std::vector<NewTag> tags;
  std::optional<Failure> failure;  // why not all; `refused`: all others were told
};
// Tells each complete tag to all, `most` of them, up to the first failure that is not about one tag
// only. What was not told goes to the pending ones.
Told tell_all(Decision& decision, std::span<const Tell> tells, std::size_t most);

}  // namespace stagegate::tag_watch
