// All settings of a program, each declared once: from here come its flags, PLUGIN_* variables,
// --config keys, defaults, --help, the table in docs.md and the JSON schema.
//
//   settings::Table table("market-hours-check", "May a promotion happen now?");
//   table.verb({.name = "check", .help = "Answer once."});
//   table.add(need, {.name = "need", .help = "How long the deployment takes.", .fallback = "0s"});
//   auto invocation = settings::read(table, {arguments, environment});
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/settings/spec.hpp"
#include "common/settings/value.hpp"
#include "common/text/json.hpp"

namespace stagegate::settings {

struct Setting {
  Spec spec;
  Shape shape;
  std::function<Result<>(const Given&)> assign;

  std::string flag() const;      // "--pad-before"
  std::string variable() const;  // "PLUGIN_PAD_BEFORE"
  bool used_by(std::string_view verb) const;
  bool is_common() const;  // one of Table::Common
};

class Table {
 public:
  Table(std::string program, std::string purpose);
  // The settings point into the table and into their owner.
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // The first verb declared is the default one.
  Table& verb(Verb verb);

  // `target` gets the value: a bool, std::int64_t, std::string, Secret, std::chrono::milliseconds
  // or seconds, time::Date, time::Instant, ImageTag, an enum, text::YamlNode, or a std::optional,
  // std::vector or std::map<std::string, ...> of one. It keeps what it holds when there is none.
  template <class T>
  Table& add(T& target, Spec spec) {
    settings_.push_back({std::move(spec), ShapeOf<T>::shape, {}});
    Setting& setting = settings_.back();
    // The specification is copied: the list of settings may move while it grows.
    setting.assign = [&target, spec = setting.spec](const Given& given) {
      return settings::assign(given, spec, target);
    };
    return *this;
  }

  const std::string& program() const { return program_; }
  const std::string& purpose() const { return purpose_; }
  const std::vector<Verb>& verbs() const { return verbs_; }
  const std::vector<Setting>& settings() const { return settings_; }
  const Verb* find_verb(std::string_view name) const;
  // Under the name as declared, or with - or . for _ (as in flags and YAML keys).
  const Setting* find(std::string_view name) const;
  // PLUGIN_X_FILE names the file with the value of x, unless a setting x_file is declared.
  bool readable_from_file(const Setting& setting) const;

  // Settings that every program has; read() looks at them before all others.
  struct Common {
    std::string config;
    std::string verb;
    bool strict_settings = true;
  };
  Common& common() { return common_; }

 private:
  std::string program_;
  std::string purpose_;
  std::vector<Verb> verbs_;
  std::vector<Setting> settings_;
  Common common_;
};

// What the help shows, in Markdown or as a schema.
std::string docs_table(const Table& table);
text::Json schema(const Table& table);
// For one verb, or with an empty name for the program.
std::string help(const Table& table, std::string_view verb);

}  // namespace stagegate::settings
