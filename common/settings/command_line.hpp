// What the arguments say, without regard to their values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/settings/table.hpp"

namespace stagegate::settings {

enum class Asked { run, help, version, docs, schema };

struct CommandLine {
  Asked asked = Asked::run;
  std::string verb;                             // empty: the arguments name none
  std::map<const Setting*, Given> values;       // by flags and positionals
  std::map<const Setting*, std::string> files;  // --token-file PATH, of secrets only
  std::vector<std::string> words;               // positionals behind the verb
  std::vector<std::string> errors;
};

CommandLine read_command_line(const Table& table, const std::vector<std::string>& arguments);
// Gives the words to the settings that `verb` names for them.
void place_words(const Table& table, const Verb& verb, CommandLine& line);

}  // namespace stagegate::settings
