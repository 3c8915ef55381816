#include "common/settings/read.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <unistd.h>

#include "common/fs/file.hpp"
#include "common/settings/config_file.hpp"
#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

using text::cat;

constexpr std::size_t kMostBytes = 1u << 20;

// One run of read(): collects every error before it gives up.
class Reading {
 public:
  Reading(Table& table, const Input& input)
      : table_(table),
        environment_(input.environment),
        line_(read_command_line(table, input.arguments)) {}

  Result<Invocation> run() {
    if (line_.asked != Asked::run) {
      result_.asked = line_.asked;
      result_.verb = line_.verb;
      return std::move(result_);
    }
    read_config();
    choose_verb();
    for (const Setting& setting : table_.settings()) {
      if (!setting.is_common()) read_setting(setting);
    }
    refuse_unknown_variables();
    errors_.insert(errors_.begin(), line_.errors.begin(), line_.errors.end());
    if (!errors_.empty()) return usage(text::join(errors_, "\n"));
    return std::move(result_);
  }

 private:
  void read_config() {
    const Setting& setting = *table_.find("config");
    assign(setting);
    const std::string& path = table_.common().config;
    if (!path.empty()) {
      const auto bytes = fs::read_file(path, kMostBytes);
      if (bytes) {
        ConfigFile file = parse_config(table_, path, *bytes);
        config_ = std::move(file.values);
        errors_.insert(errors_.end(), file.errors.begin(), file.errors.end());
      } else {
        errors_.push_back(cat(result_.origins["config"], ": ", bytes.error().message));
      }
    }
    assign(*table_.find("strict_settings"));
  }

  void choose_verb() {
    const Setting* setting = table_.find("verb");
    if (setting != nullptr) assign(*setting);
    Verb verb = table_.verbs().empty() ? Verb{} : table_.verbs().front();
    std::string name = line_.verb.empty() ? table_.common().verb : line_.verb;
    const bool named = !name.empty();
    const Verb* found = table_.find_verb(name);
    if (found != nullptr) {
      verb = *found;
    } else if (named) {
      errors_.push_back(cat(result_.origins["verb"], ": ", unknown_verb(name)));
    }
    // A word that neither is a verb nor has a place is most likely a mistyped verb.
    if (line_.verb.empty() && !line_.words.empty() && verb.positionals.empty() &&
        table_.verbs().size() > 1) {
      errors_.push_back(unknown_verb(text::join(line_.words, " ")));
      line_.words.clear();
    }
    place_words(table_, verb, line_);
    result_.verb = verb.name;
  }

  std::string unknown_verb(const std::string& name) const {
    std::vector<std::string> names;
    for (const Verb& verb : table_.verbs()) names.push_back(verb.name);
    std::string message = cat("there is no verb ", text::quoted(name));
    std::string_view near = text::nearest(name, names);
    if (near.empty()) near = text::nearest(text::split(name, ' ').front(), names);
    if (!near.empty()) message += cat(": did you mean ", near, "?");
    return message + cat(" (", text::join(names, ", "), ")");
  }

  void read_setting(const Setting& setting) {
    if (setting.used_by(result_.verb)) return assign(setting);
    const bool flag = line_.values.contains(&setting) || line_.files.contains(&setting);
    if (flag) {
      errors_.push_back(cat(setting.flag(), ": ", result_.verb, " does not use it (only ",
                            text::join(setting.spec.verbs, ", "), ")"));
    }
    for (const std::string& name : {setting.variable(), setting.variable() + "_FILE"}) {
      const bool own = name == setting.variable() || table_.readable_from_file(setting);
      if (own && !variable(name).empty()) {
        result_.warnings.push_back(cat(name, " is not used by ", result_.verb));
      }
    }
  }

  // Gives the setting its value from the first source that has one.
  void assign(const Setting& setting) {
    const std::size_t errors_before = errors_.size();
    std::optional<Given> given = first_given(setting);
    if (errors_.size() > errors_before) return;
    if (!given) {
      if (setting.spec.required) errors_.push_back(missing(setting));
      return;
    }
    const auto assigned = setting.assign(*given);
    if (!assigned) errors_.push_back(cat(given->name, ": ", assigned.error().message));
    result_.origins[setting.spec.name] = given->name;
  }

  std::optional<Given> first_given(const Setting& setting) {
    const auto flag = line_.values.find(&setting);
    if (flag != line_.values.end() && !flag->second.empty()) return flag->second;
    const auto file = line_.files.find(&setting);
    if (file != line_.files.end())
      return from_file(setting, setting.flag() + "-file", file->second);
    if (auto given = from_environment(setting)) return given;
    const auto config = config_.find(&setting);
    if (config != config_.end() && !config->second.empty()) return config->second;
    for (const std::string& name : setting.spec.ci) {
      Given given{name, {std::string(variable(name))}, std::nullopt};
      if (!given.empty()) return given;
    }
    if (setting.spec.fallback.empty()) return std::nullopt;
    return Given{cat("default of ", setting.spec.name), {setting.spec.fallback}, std::nullopt};
  }

  std::optional<Given> from_environment(const Setting& setting) {
    const std::string name = setting.variable();
    Given given{name, {std::string(variable(name))}, std::nullopt};
    const std::string file_name = name + "_FILE";
    const std::string_view path =
        table_.readable_from_file(setting) ? variable(file_name) : std::string_view();
    if (path.empty()) {
      return given.empty() ? std::nullopt : std::optional(std::move(given));
    }
    if (!given.empty()) {
      errors_.push_back(cat(name, " and ", file_name, " are both set: use one"));
      return std::nullopt;
    }
    return from_file(setting, file_name, std::string(path));
  }

  std::optional<Given> from_file(const Setting& setting, const std::string& name,
                                 const std::string& path) {
    auto bytes = fs::read_file(path, kMostBytes);
    if (!bytes) {
      errors_.push_back(cat(name, ": ", bytes.error().message));
      return std::nullopt;
    }
    // An editor ends the last line; the value does not.
    if (bytes->ends_with('\n')) bytes->pop_back();
    if (bytes->ends_with('\r')) bytes->pop_back();
    if (setting.shape.form != Shape::Form::one && !text::trim(*bytes).starts_with('[') &&
        !text::trim(*bytes).starts_with('{')) {
      // A list may stand one element on a line.
      std::replace(bytes->begin(), bytes->end(), '\n', ',');
    }
    Given given{name, {*std::move(bytes)}, std::nullopt};
    if (given.empty()) {
      errors_.push_back(cat(name, ": the file ", path, " is empty"));
      return std::nullopt;
    }
    return given;
  }

  std::string_view variable(const std::string& name) const {
    const auto found = environment_.find(name);
    return found == environment_.end() ? std::string_view() : std::string_view(found->second);
  }

  static std::string missing(const Setting& setting) {
    std::string message = cat(setting.spec.name, " is required: give ", setting.variable());
    if (setting.shape.element != Shape::Element::secret) {
      message += cat(" or ", setting.flag());
    } else {
      message += cat(" or ", setting.variable(), "_FILE");
    }
    for (const std::string& name : setting.spec.ci) message += cat(" or ", name);
    return message;
  }

  void refuse_unknown_variables() {
    auto unknown = unknown_variables(table_, environment_);
    auto& into = table_.common().strict_settings ? errors_ : result_.warnings;
    into.insert(into.end(), unknown.begin(), unknown.end());
  }

  Table& table_;
  const Environment& environment_;
  CommandLine line_;
  std::map<const Setting*, Given> config_;
  std::vector<std::string> errors_;
  Invocation result_;
};

}  // namespace

Result<Invocation> read(Table& table, const Input& input) {
  return Reading(table, input).run();
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const std::size_t sign = variable.find('=');
    if (sign == std::string_view::npos) continue;
    environment.emplace(variable.substr(0, sign), variable.substr(sign + 1));
  }
  return environment;
}

}  // namespace stagegate::settings
