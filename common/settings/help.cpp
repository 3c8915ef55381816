#include <algorithm>

#include "common/settings/describe.hpp"
#include "common/settings/table.hpp"
#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

using text::cat;

constexpr std::size_t kWidth = 80;
constexpr std::size_t kIndent = 6;

// Breaks at blanks, every line indented.
std::string wrapped(std::string_view words) {
  std::string out;
  std::string line(kIndent, ' ');
  for (const std::string_view word : text::split(words, ' ')) {
    if (line.size() > kIndent && line.size() + 1 + word.size() > kWidth) {
      out += line + '\n';
      line.assign(kIndent, ' ');
    }
    if (line.size() > kIndent) line += ' ';
    line += word;
  }
  return out + line + '\n';
}

std::string flag_lines(const Setting& setting) {
  const Spec& spec = setting.spec;
  const std::string value = placeholder(setting);
  const bool secret = setting.shape.element == Shape::Element::secret;
  // A switch that is on by default is there to be switched off.
  const bool negated = value.empty() && spec.fallback == "true";
  std::string out =
      cat("  --", negated ? "no-" : "", setting.flag().substr(2), secret ? "-file" : "");
  if (secret) {
    out += " FILE";
  } else if (!value.empty()) {
    out += cat(" ", value);
  }
  std::string help = spec.help;
  if (spec.required && spec.verbs.empty()) help += " Required.";
  if (spec.required && !spec.verbs.empty()) {
    help += cat(" Required by ", text::join(spec.verbs, ", "), ".");
  }
  if (secret) help += cat(" Or in ", setting.variable(), ".");
  if (!spec.ci.empty()) help += cat(" Default: ", text::join(spec.ci, " or "), ".");
  if (!spec.fallback.empty()) {
    help += cat(spec.ci.empty() ? " Default: " : " Else: ", spec.fallback, ".");
  }
  return cat(out, "\n", wrapped(help));
}

std::string usage_line(const Table& table, const Verb* verb) {
  std::string out = cat("Usage: ", table.program());
  if (verb != nullptr && table.verbs().size() > 1) out += cat(" ", verb->name);
  if (verb == nullptr && table.verbs().size() > 1) out += " [VERB]";
  if (verb != nullptr) {
    for (const std::string& name : verb->positionals) {
      const Setting* setting = table.find(name);
      const bool list = setting != nullptr && setting->shape.form == Shape::Form::list;
      out += cat(" ", text::upper(name), list ? "..." : "");
    }
  }
  return out + " [flags]\n";
}

std::string verb_lines(const Table& table) {
  std::string out = "\nVerbs:\n";
  std::size_t widest = 0;
  for (const Verb& verb : table.verbs()) widest = std::max(widest, verb.name.size());
  for (const Verb& verb : table.verbs()) {
    out += cat("  ", verb.name, std::string(widest - verb.name.size() + 2, ' '), verb.help);
    if (&verb == &table.verbs().front()) out += " (the default)";
    out += '\n';
  }
  return out;
}

}  // namespace

std::string help(const Table& table, std::string_view verb_name) {
  const Verb* verb = table.find_verb(verb_name);
  std::string out =
      cat(table.program(), ": ", verb == nullptr ? table.purpose() : verb->help, "\n\n");
  out += usage_line(table, verb);
  if (verb == nullptr && table.verbs().size() > 1) out += verb_lines(table);
  out += "\nFlags:\n";
  // The program's own come first: they are what a reader is looking for.
  for (const bool common : {false, true}) {
    for (const Setting& setting : table.settings()) {
      const bool used = verb == nullptr || setting.used_by(verb->name);
      if (used && setting.is_common() == common) out += flag_lines(setting);
    }
  }
  out +=
      "\n  --help, --version, --docs (the settings as Markdown), --schema (as a JSON schema)\n"
      "\nA setting --like-this is also read from PLUGIN_LIKE_THIS (like_this: in the settings of "
      "a\n"
      "Woodpecker step), from the file that PLUGIN_LIKE_THIS_FILE names, and from like_this: in\n"
      "the --config file, in this order. Set but empty is as good as not set.\n";
  return out;
}

}  // namespace stagegate::settings
