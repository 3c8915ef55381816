// What a piece of Freight holds, and the one tag that stands for it.
#pragma once

#include <string_view>

#include "common/text/json.hpp"
#include "plugins/audit-writer/watch/fact.hpp"

namespace stagegate::audit_writer {

// `contents` is an object with images, commits, charts: a Freight, or a reference to one.
//
// A record has one tag, Freight may hold many images. The tag is that of `image` (its repository)
// when it is there; else the one that most images have, of equals the first; without images the
// first commit, chart or other artifact. When none of these is known the Freight's name stands for
// it.
Freight read_freight(const text::Json& contents, std::string_view name, std::string_view image);

// A Freight object, with what its status says.
Freight read_freight_object(const text::Json& object, std::string_view image);

// As an image tag may be written: "1.2.3+build" has a character that none may have.
std::string as_tag(std::string_view version);

}  // namespace stagegate::audit_writer
