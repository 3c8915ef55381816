// What a look for new tags has come to, for people and for programs.
#pragma once

#include <span>

#include "common/step/outcome.hpp"
#include "plugins/registry-tag-watch/news/news.hpp"

namespace stagegate::tag_watch {

// Logs what was given up, and what was only made known.
void warn_of(const Round& round);
// Logs these by name.
void warn_of_no_images(std::span<const Doubt> no_images);

// Of `new`: the tags, one a line and nothing else, so that a script can loop over them.
step::Outcome answer_of(const Round& round, const Told& told, const News& news);

}  // namespace stagegate::tag_watch
