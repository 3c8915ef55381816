#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;

namespace {

// A file that goes away with the test.
class Temporary {
 public:
  explicit Temporary(const std::string& bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path_ = name;
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~Temporary() { std::filesystem::remove(path_); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("the first source that has a value wins: flag, variable, file, --config, CI, default") {
  const Temporary file("from-file\n");
  const Temporary config("x: from-config\n");
  std::vector<std::string> arguments{"--x", "from-flag"};
  Environment environment{{"PLUGIN_X", "from-variable"}, {"CI_X", "from-ci"}};
  const auto value = [&](const std::string& origin) {
    One<std::string> one({.name = "x", .fallback = "from-default", .ci = {"CI_W", "CI_X"}});
    const auto read = one.read(arguments, environment);
    REQUIRE(error_of(read) == "accepted");
    CHECK_THAT(read->origins.at("x"), ContainsSubstring(origin));
    return one.value;
  };
  environment["PLUGIN_CONFIG"] = config.path();
  CHECK(value("--x") == "from-flag");
  arguments.clear();
  CHECK(value("PLUGIN_X") == "from-variable");
  environment["PLUGIN_X"] = "";  // set but empty is as good as absent
  environment["PLUGIN_X_FILE"] = file.path();
  CHECK(value("PLUGIN_X_FILE") == "from-file");
  environment["PLUGIN_X_FILE"] = "";
  CHECK(value("line 1, column 4: x") == "from-config");
  environment["PLUGIN_CONFIG"] = "";
  CHECK(value("CI_X") == "from-ci");
  environment["CI_X"] = "";
  CHECK(value("default of x") == "from-default");
}

TEST_CASE("a value and a file for the same setting contradict each other") {
  const Temporary file("a");
  One<std::string> one;
  CHECK(error_of(one.read({}, {{"PLUGIN_X", "a"}, {"PLUGIN_X_FILE", file.path()}})) ==
        "PLUGIN_X and PLUGIN_X_FILE are both set: use one");
}

TEST_CASE("of a file's value the last line break is cut, and only that") {
  One<settings::Secret> one;
  const Temporary unix_file("  key\n\n");
  REQUIRE(one.read({}, {{"PLUGIN_X_FILE", unix_file.path()}}));
  CHECK(one.value.reveal() == "  key\n");
  const Temporary windows_file("key\r\n");
  REQUIRE(one.read({"--x-file", windows_file.path()}));
  CHECK(one.value.reveal() == "key");
}

TEST_CASE("a list in a file may stand one element on a line") {
  const Temporary file("a\nb,c\n");
  One<std::vector<std::string>> one;
  REQUIRE(one.read({}, {{"PLUGIN_X_FILE", file.path()}}));
  CHECK(one.value == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a file that is not there or empty is an error, never an absent value") {
  One<std::string> one({.name = "x", .fallback = "default"});
  CHECK_THAT(error_of(one.read({}, {{"PLUGIN_X_FILE", "/nonexistent/x"}})),
             ContainsSubstring("PLUGIN_X_FILE: "));
  const Temporary empty("\n");
  CHECK_THAT(error_of(one.read({}, {{"PLUGIN_X_FILE", empty.path()}})),
             ContainsSubstring("is empty"));
  CHECK_THAT(error_of(one.read({"--config", "/nonexistent/c.yaml"})),
             ContainsSubstring("--config: "));
}

TEST_CASE("a setting called x_file is not taken for the file of x") {
  std::string x;
  std::string x_file;
  Table table("program", "A test.");
  table.add(x, {.name = "x"}).add(x_file, {.name = "x_file"});
  REQUIRE(settings::read(table, {{}, {{"PLUGIN_X_FILE", "/nonexistent"}}}));
  CHECK(x_file == "/nonexistent");
  CHECK(x.empty());
}

TEST_CASE("the --config file gives lists, maps and structures as YAML has them") {
  const Temporary config("list: [a, 'b,c']\nmap:\n  k: 12345e7\ntree:\n  - {open: 09:30}\n");
  std::vector<std::string> list;
  std::map<std::string, std::string> map;
  text::YamlNode tree;
  Table table("program", "A test.");
  table.add(list, {.name = "list"}).add(map, {.name = "map"}).add(tree, {.name = "tree"});
  REQUIRE(settings::read(table, {{"--config", config.path()}, {}}));
  CHECK(list == std::vector<std::string>{"a", "b,c"});
  CHECK(map == std::map<std::string, std::string>{{"k", "12345e7"}});
  CHECK(tree.items.at(0).find("open")->scalar == "09:30");
}

TEST_CASE("all errors come at once, one on each line, as usage failures") {
  std::int64_t number = 0;
  bool flag = false;
  std::string needed;
  Table table("program", "A test.");
  table.add(number, {.name = "number"})
      .add(flag, {.name = "flag"})
      .add(needed, {.name = "needed", .ci = {"CI_NEEDED"}, .required = true});
  const auto read = settings::read(
      table, {{"--nubmer", "--flag=maybe"}, {{"PLUGIN_NUMBER", "many"}, {"PLUGIN_FLGA", "1"}}});
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == Failure::Kind::usage);
  CHECK(read.error().message ==
        "--nubmer: there is no such flag: did you mean --number?\n"
        "PLUGIN_NUMBER: \"many\" is no whole number\n"
        "--flag: \"maybe\" is neither true, yes, on, 1 nor false, no, off, 0\n"
        "needed is required: give PLUGIN_NEEDED or --needed or CI_NEEDED\n"
        "PLUGIN_FLGA: there is no such setting: did you mean PLUGIN_FLAG?");
}
