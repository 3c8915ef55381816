// Checkpoints kept outside the log: in a file of their own, in the log of a CI, in a JSON result.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stagegate::audit_writer {

// The signed checkpoints of `origin` that stand somewhere in a text, each as the signed note that
// it was, whatever a log viewer has put in front of its lines. Nothing is verified.
std::vector<std::string> find_checkpoints(std::string_view text, std::string_view origin);

}  // namespace stagegate::audit_writer
