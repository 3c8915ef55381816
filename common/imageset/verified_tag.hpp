// The tag that says "these bits have been tested": verified-<epoch>-<sha>. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::imageset {

inline constexpr std::string_view kVerifiedForm = "verified-{epoch}-{sha}";

// {epoch} becomes ten digits, so that the order of the texts is the order of the times until the
// year 2286; {sha} what was built. Refused (usage): a form without {sha}, by which two builds would
// share a tag, an epoch out of range, and what is no tag in the end.
Result<std::string> verified_tag(std::string_view form, std::int64_t epoch, std::string_view sha);

}  // namespace stagegate::imageset
