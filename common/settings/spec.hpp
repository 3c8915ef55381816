// What is declared about one setting, and about one verb.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "common/settings/given.hpp"

namespace stagegate::settings {

// Members have initialisers so that a declaration can leave them out without a warning.
struct Spec {
  std::string name;        // "pad_before": --pad-before, PLUGIN_PAD_BEFORE, PLUGIN_PAD_BEFORE_FILE,
                           // pad_before: in --config
  std::string help = {};   // one sentence
  std::string value = {};  // what stands for the value in --help; by default its type: "DURATION"
  std::string fallback = {};            // the default, written as a user would write it; "" = none
  std::vector<std::string> ci = {};     // natural defaults from Woodpecker: {"CI_COMMIT_SHA"}
  std::vector<std::string> verbs = {};  // which verbs use it; none = all
  bool required = false;                // for those verbs
  std::vector<std::string> choices = {};  // of an enum: a word for each enumerator, in order
  std::int64_t least = std::numeric_limits<std::int64_t>::min();  // of an integer
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EmptyElements empty_elements = EmptyElements::refused;  // of a list or a map
};

struct Verb {
  std::string name;  // may be two words: "calendar show"
  std::string help = {};
  // The settings that its positional arguments give. A list takes all that remain.
  std::vector<std::string> positionals = {};
};

// The shape of a setting's value, for --help, the documentation and the JSON schema.
struct Shape {
  enum class Element { boolean, integer, text, secret, duration, date, instant, tag, tree };
  enum class Form { one, list, map };
  Element element = Element::text;
  Form form = Form::one;
};

}  // namespace stagegate::settings
