#include "common/settings/config_file.hpp"

#include "common/text/text.hpp"
#include "common/text/yaml.hpp"

namespace stagegate::settings {

namespace {

std::string place(const std::string& path, text::Position at) {
  return text::cat(path, ", line ", at.line, ", column ", at.column, ": ");
}

std::string unknown_key(const Table& table, const std::string& key) {
  std::string message = text::cat("there is no setting ", text::quoted(key));
  std::vector<std::string> names;
  for (const Setting& setting : table.settings()) names.push_back(setting.spec.name);
  const std::string_view near = text::nearest(key, names);
  return near.empty() ? message : text::cat(message, ": did you mean ", near, "?");
}

}  // namespace

ConfigFile parse_config(const Table& table, const std::string& path, std::string_view yaml) {
  ConfigFile file;
  const auto root = text::parse_yaml(yaml);
  if (!root) {
    file.errors.push_back(text::cat(path, ", ", root.error().message));
    return file;
  }
  if (root->kind == text::YamlNode::Kind::null) return file;
  if (root->kind != text::YamlNode::Kind::map) {
    file.errors.push_back(place(path, root->at) + "expected are lines like `setting: value`");
    return file;
  }
  for (const auto& entry : root->entries) {
    const Setting* setting = table.find(entry.key);
    if (setting == nullptr) {
      file.errors.push_back(place(path, entry.at) + unknown_key(table, entry.key));
      continue;
    }
    if (setting->spec.name == "config") {
      file.errors.push_back(place(path, entry.at) + "a configuration file cannot name another one");
      continue;
    }
    Given given{text::cat(place(path, entry.value.at), entry.key), {}, entry.value};
    if (!file.values.emplace(setting, std::move(given)).second) {
      file.errors.push_back(place(path, entry.at) +
                            text::cat("the setting ", setting->spec.name, " is there twice"));
    }
  }
  return file;
}

}  // namespace stagegate::settings
