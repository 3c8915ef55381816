#include "common/settings/command_line.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

using text::cat;

struct Special {
  std::string_view flag;
  Asked asked;
};
constexpr std::array<Special, 5> kSpecial{{{"--help", Asked::help},
                                           {"-h", Asked::help},
                                           {"--version", Asked::version},
                                           {"--docs", Asked::docs},
                                           {"--schema", Asked::schema}}};

bool is_boolean(const Setting& setting) {
  return setting.shape.element == Shape::Element::boolean && setting.shape.form == Shape::Form::one;
}

bool is_secret(const Setting& setting) {
  return setting.shape.element == Shape::Element::secret;
}

// One walk over the arguments.
class Walk {
 public:
  Walk(const Table& table, const std::vector<std::string>& arguments, CommandLine& line)
      : table_(table), arguments_(arguments), line_(line) {}

  void run() {
    for (; at_ < arguments_.size(); ++at_) {
      const std::string& argument = arguments_[at_];
      const bool flag = !only_words_ && argument.size() > 1 && argument.front() == '-';
      if (!flag) {
        line_.words.push_back(argument);
      } else if (argument == "--") {
        only_words_ = true;
      } else {
        take_flag(argument);
      }
    }
  }

 private:
  void take_flag(const std::string& argument) {
    const auto* const special =
        std::find_if(kSpecial.begin(), kSpecial.end(),
                     [&](const Special& known) { return known.flag == argument; });
    if (special != kSpecial.end()) {
      if (line_.asked == Asked::run) line_.asked = special->asked;
      return;
    }
    const std::size_t sign = argument.find('=');
    const std::string flag = argument.substr(0, sign);
    std::optional<std::string> value;
    if (sign != std::string::npos) value = argument.substr(sign + 1);
    if (!flag.starts_with("--")) return error(cat(flag, ": flags begin with --"));
    const std::string name = flag.substr(2);
    if (const Setting* setting = table_.find(name)) return take(*setting, flag, std::move(value));
    if (take_negation(name, flag, value) || take_file(name, flag, value)) return;
    std::string message = flag + ": there is no such flag";
    const std::string near = nearest_flag(flag);
    if (!near.empty()) message += cat(": did you mean ", near, "?");
    error(std::move(message));
    if (!value) skip_value();
  }

  // The word behind an unknown flag most likely is its value: one mistake, one error.
  void skip_value() {
    if (at_ + 1 >= arguments_.size() || arguments_[at_ + 1].starts_with('-')) return;
    const std::string& word = arguments_[at_ + 1];
    const auto begins_with_it = [&](const Verb& verb) {
      return text::split(verb.name, ' ').front() == word;
    };
    const auto& verbs = table_.verbs();
    if (std::none_of(verbs.begin(), verbs.end(), begins_with_it)) ++at_;
  }

  bool take_negation(const std::string& name, const std::string& flag,
                     const std::optional<std::string>& value) {
    const Setting* setting = name.starts_with("no-") ? table_.find(name.substr(3)) : nullptr;
    if (setting == nullptr || !is_boolean(*setting)) return false;
    if (value) {
      error(flag + " takes no value");
    } else {
      put(*setting, flag, "false");
    }
    return true;
  }

  bool take_file(const std::string& name, const std::string& flag,
                 std::optional<std::string> value) {
    const Setting* setting = name.ends_with("-file") || name.ends_with("_file")
                                 ? table_.find(name.substr(0, name.size() - 5))
                                 : nullptr;
    if (setting == nullptr || !is_secret(*setting)) return false;
    if (!value) value = next_value(flag);
    if (value) line_.files[setting] = *value;
    return true;
  }

  void take(const Setting& setting, const std::string& flag, std::optional<std::string> value) {
    if (is_boolean(setting) && !value) return put(setting, flag, "true");
    if (!value) value = next_value(flag);
    if (!value) return;
    if (is_secret(setting)) {
      return error(cat(flag, ": everybody on the machine could read a secret here: use ",
                       setting.variable(), ", ", setting.variable(), "_FILE or ", setting.flag(),
                       "-file"));
    }
    put(setting, flag, *std::move(value));
  }

  std::optional<std::string> next_value(const std::string& flag) {
    const bool there = at_ + 1 < arguments_.size() && !arguments_[at_ + 1].starts_with("--");
    if (there) return arguments_[++at_];
    error(cat(flag, " needs a value (one that begins with -- is written ", flag, "=--...)"));
    return std::nullopt;
  }

  void put(const Setting& setting, const std::string& flag, std::string value) {
    Given& given = line_.values[&setting];
    given.name = flag;
    const bool again = !given.texts.empty() && given.texts.front() != value;
    if (again && setting.shape.form == Shape::Form::one) {
      return error(cat(setting.flag(), " is given twice, with different values"));
    }
    given.texts.push_back(std::move(value));
  }

  std::string nearest_flag(const std::string& flag) const {
    std::vector<std::string> flags;
    flags.reserve(kSpecial.size() + table_.settings().size());
    for (const Special& special : kSpecial) flags.emplace_back(special.flag);
    for (const Setting& setting : table_.settings()) flags.push_back(setting.flag());
    return std::string(text::nearest(flag, flags));
  }

  void error(std::string message) { line_.errors.push_back(std::move(message)); }

  const Table& table_;
  const std::vector<std::string>& arguments_;
  CommandLine& line_;
  std::size_t at_ = 0;
  bool only_words_ = false;
};

// The longest verb that the words begin with; its words are taken off.
std::string take_verb(const Table& table, std::vector<std::string>& words) {
  std::string best;
  std::size_t taken = 0;
  for (const Verb& verb : table.verbs()) {
    const auto parts = text::split(verb.name, ' ');
    if (parts.size() <= taken || parts.size() > words.size()) continue;
    if (std::equal(parts.begin(), parts.end(), words.begin())) {
      best = verb.name;
      taken = parts.size();
    }
  }
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(taken));
  return best;
}

}  // namespace

CommandLine read_command_line(const Table& table, const std::vector<std::string>& arguments) {
  CommandLine line;
  Walk(table, arguments, line).run();
  line.verb = take_verb(table, line.words);
  return line;
}

void place_words(const Table& table, const Verb& verb, CommandLine& line) {
  std::size_t place = 0;
  for (const std::string& word : line.words) {
    if (place >= verb.positionals.size()) {
      line.errors.push_back(cat("unexpected argument ", text::quoted(word)));
      continue;
    }
    const Setting* setting = table.find(verb.positionals[place]);
    if (setting == nullptr) continue;  // the declaration is wrong; a test of the program shows it
    const bool rest = setting->shape.form == Shape::Form::list;
    Given& given = line.values[setting];
    if (given.name.starts_with("--")) {
      line.errors.push_back(cat(given.name, " and the argument ", text::quoted(word),
                                " give the same setting: use one"));
    }
    given.name = text::upper(setting->spec.name);
    given.texts.push_back(word);
    if (!rest) ++place;
  }
}

}  // namespace stagegate::settings
