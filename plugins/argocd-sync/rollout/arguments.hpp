// The arguments of an analysis: "{{args.window}}" where a number or a length of time belongs.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/text/json.hpp"

namespace stagegate::argocd {

using Arguments = std::map<std::string, std::string>;

// Adds a list of {name, value}. The first that names one wins; what takes its value from elsewhere
// is not known here.
void add_arguments(Arguments& arguments, const text::Json& list);
// With the values in their places; what is not known stays as it is.
text::Json with_arguments(const text::Json& value, const Arguments& arguments);

}  // namespace stagegate::argocd
