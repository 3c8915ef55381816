#include "common/settings/table.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

std::string replaced(std::string_view text, std::string_view from, char to) {
  std::string out(text);
  for (char& c : out) {
    if (from.find(c) != std::string_view::npos) c = to;
  }
  return out;
}

}  // namespace

std::string Setting::flag() const {
  return "--" + replaced(spec.name, "_", '-');
}

std::string Setting::variable() const {
  return "PLUGIN_" + text::upper(spec.name);
}

bool Setting::used_by(std::string_view verb) const {
  return spec.verbs.empty() ||
         std::find(spec.verbs.begin(), spec.verbs.end(), verb) != spec.verbs.end();
}

bool Setting::is_common() const {
  return spec.name == "config" || spec.name == "verb" || spec.name == "strict_settings";
}

Table::Table(std::string program, std::string purpose)
    : program_(std::move(program)), purpose_(std::move(purpose)) {
  add(common_.config, {.name = "config",
                       .help = "YAML file with more settings; what is given elsewhere wins.",
                       .value = "FILE"});
  add(common_.strict_settings,
      {.name = "strict_settings",
       .help = "Refuse PLUGIN_* variables that are no setting; otherwise only warn.",
       .fallback = "true"});
}

Table& Table::verb(Verb verb) {
  verbs_.push_back(std::move(verb));
  // With the second one there is something to choose.
  if (verbs_.size() == 2) {
    add(common_.verb, {.name = "verb",
                       .help = "What to do, when no argument says it.",
                       .value = "VERB",
                       .fallback = verbs_.front().name});
  }
  return *this;
}

const Verb* Table::find_verb(std::string_view name) const {
  const auto found = std::find_if(verbs_.begin(), verbs_.end(),
                                  [&](const Verb& verb) { return verb.name == name; });
  return found == verbs_.end() ? nullptr : &*found;
}

const Setting* Table::find(std::string_view name) const {
  const std::string wanted = replaced(name, "-.", '_');
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& setting) {
    return setting.spec.name == wanted;
  });
  return found == settings_.end() ? nullptr : &*found;
}

bool Table::readable_from_file(const Setting& setting) const {
  return find(setting.spec.name + "_file") == nullptr;
}

}  // namespace stagegate::settings
