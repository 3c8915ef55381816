// The flow of a write-back against a hosting in memory, with the clock in the test's hands. What a
// real repository does is in tests/contract/argocd-git.
#include <functional>
#include <utility>

#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/git/write_back.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd::git;
using std::chrono::seconds;
using text::cat;
using Why = NotWritten::Why;

namespace {

class MemoryHosting : public Hosting {
 public:
  std::map<std::string, std::string> files{{"a.yaml", "image: {tag: v1}\n"}};
  std::vector<Commit> commits{{std::string(40, '0'), "Start", "somebody"}};
  // Instead of an answer, or besides it: given the number of the write, from 1.
  std::function<std::optional<NotWritten>(int)> on_write = [](int) { return std::nullopt; };
  std::function<std::optional<Failure>(int)> on_read = [](int) { return std::nullopt; };
  int writes = 0;
  int reads = 0;
  bool together = true;

  void commit(const std::string& path, const std::string& bytes, const std::string& message) {
    files[path] = bytes;
    commits.push_back({cat(std::string(38, 'c'), commits.size() + 10), message, "somebody"});
  }
  // Done, but answered with this.
  void apply(const Order& order) {
    for (const Change& change : order.changes) commit(change.path, change.bytes, order.message);
  }
  const Order& last_order() const { return last_order_; }

  std::string name() const override { return "o/r on main"; }
  void set_deadline(std::optional<milliseconds> /*deadline*/) override {}
  bool writes_together() const override { return together; }
  Result<std::optional<File>> read(std::string_view path, std::string_view /*ref*/) override {
    if (auto failure = on_read(++reads)) return forward(*failure);
    const auto found = files.find(std::string(path));
    if (found == files.end()) return std::nullopt;
    return std::optional<File>(File{found->second, blob(found->second)});
  }
  Failure why_absent(std::string_view path) override {
    return {Failure::Kind::unknown, cat("there is no ", path)};
  }
  Result<std::vector<Commit>> last_commits(std::string_view /*path*/) override {
    return std::vector<Commit>(commits.rbegin(), commits.rend());
  }
  tl::expected<std::string, NotWritten> write(const Order& order) override {
    last_order_ = order;
    if (auto trouble = on_write(++writes)) return tl::make_unexpected(*trouble);
    for (const Change& change : order.changes) {
      if (blob(files.at(change.path)) != change.blob) {
        return tl::make_unexpected(NotWritten{Why::moved, {Failure::Kind::unknown, "422"}});
      }
    }
    apply(order);
    return commits.back().sha;
  }

 private:
  static std::string blob(const std::string& bytes) { return crypto::hex(crypto::sha256(bytes)); }
  Order last_order_;
};

struct Bed {
  MemoryHosting hosting;
  time::ManualClock clock{time::Instant{}};
  Plan plan;

  Bed() {
    plan.file = "a.yaml";
    plan.keys = {*text::parse_yaml_path("image.tag")};
    plan.author.run = "run-1";
  }
  Result<std::vector<Written>> set(const std::string& tag,
                                   std::optional<milliseconds> deadline = std::nullopt) {
    WriteBack write_back(plan, hosting, clock);
    write_back.set_deadline(deadline);
    return write_back.set({"beta"}, tag);
  }
  std::string failure(const std::string& tag, Failure::Kind kind,
                      std::optional<milliseconds> deadline = std::nullopt) {
    const auto result = set(tag, deadline);
    if (result) return "written";
    CHECK(result.error().kind == kind);
    return result.error().message;
  }
};

NotWritten trouble(Why why, std::optional<milliseconds> pause = std::nullopt) {
  return {why, {Failure::Kind::unknown, "trouble"}, pause};
}

}  // namespace

TEST_CASE("five writes are tried, with pauses between them, and one last look") {
  Bed bed;
  bed.hosting.on_write = [](int) { return trouble(Why::moved); };
  CHECK(bed.failure("v2", Failure::Kind::unknown) == "gave up after 5 tries: trouble");
  CHECK(bed.hosting.writes == 5);
  CHECK(bed.hosting.reads == 6);
  CHECK(bed.clock.uptime() > milliseconds(0));
  CHECK(bed.clock.uptime() < seconds(20));
}

TEST_CASE("the last of the tries may have been the one that came through") {
  Bed bed;
  bed.hosting.on_write = [&](int number) {
    if (number == 5) bed.hosting.apply(bed.hosting.last_order());
    return trouble(Why::uncertain);
  };
  const auto written = bed.set("v2");
  REQUIRE(written);
  CHECK(written->front().changed);
  CHECK(written->front().commit == bed.hosting.commits.back().sha);
}

TEST_CASE("a commit of ours is known again behind somebody else's") {
  Bed bed;
  bed.hosting.on_write = [&](int) {
    bed.hosting.apply(bed.hosting.last_order());
    bed.hosting.commit("a.yaml", bed.hosting.files["a.yaml"] + "# more\n", "More");
    return trouble(Why::uncertain);
  };
  const auto written = bed.set("v2");
  REQUIRE(written);
  CHECK(written->front().changed);
  CHECK(written->front().commit == bed.hosting.commits[1].sha);

  bed.plan.author.run = "";
  const auto nameless = bed.set("v3");
  REQUIRE(nameless);
  CHECK_FALSE(nameless->front().changed);
  CHECK(nameless->front().commit == bed.hosting.commits.back().sha);
}

TEST_CASE("a write that is refused is not tried again") {
  Bed bed;
  bed.hosting.on_write = [](int) { return trouble(Why::refused); };
  CHECK(bed.failure("v2", Failure::Kind::unknown) == "trouble");
  CHECK(bed.hosting.writes == 1);
  CHECK(bed.hosting.reads == 1);
}

TEST_CASE("what is there and cannot be written for want of it is a missing right") {
  Bed bed;
  bed.hosting.on_write = [](int) { return trouble(Why::absent); };
  CHECK(bed.failure("v2", Failure::Kind::unknown) == "trouble");
  CHECK(bed.hosting.writes == 1);
  bed.hosting.on_write = [&](int) {
    bed.hosting.files.clear();
    return trouble(Why::absent);
  };
  CHECK(bed.failure("v2", Failure::Kind::unknown) == "there is no a.yaml");
}

TEST_CASE("no pause is begun that would pass the deadline, but the file is looked at once more") {
  Bed bed;
  bed.hosting.on_write = [](int) { return trouble(Why::busy, seconds(60)); };
  CHECK(bed.failure("v2", Failure::Kind::deadline, seconds(30)) ==
        "no time is left for another try: trouble");
  CHECK(bed.hosting.writes == 1);
  CHECK(bed.hosting.reads == 2);
  CHECK(bed.clock.uptime() == milliseconds(0));
  bed.hosting.on_write = [&](int) {
    bed.hosting.apply(bed.hosting.last_order());
    return trouble(Why::uncertain, seconds(60));
  };
  CHECK(bed.set("v2", seconds(30))->front().changed);
}

TEST_CASE("a pause that the server asks for is kept") {
  Bed bed;
  bed.hosting.on_write = [](int number) {
    return number == 1 ? std::optional(trouble(Why::busy, seconds(7))) : std::nullopt;
  };
  REQUIRE(bed.set("v2"));
  CHECK(bed.clock.uptime() >= seconds(7));
}

TEST_CASE("a tag that came back to what it was is set, and any other is somebody's") {
  Bed bed;
  bed.hosting.on_write = [&](int number) -> std::optional<NotWritten> {
    if (number == 1) bed.hosting.commit("a.yaml", "# more\nimage: {tag: v1}\n", "More");
    return std::nullopt;
  };
  REQUIRE(bed.set("v2"));
  CHECK(bed.hosting.files["a.yaml"] == "# more\nimage: {tag: v2}\n");

  bed.hosting.writes = 0;
  bed.hosting.on_write = [&](int number) -> std::optional<NotWritten> {
    if (number == 1) bed.hosting.commit("a.yaml", "image: {tag: v0}\n", "Back\n\nmore");
    return std::nullopt;
  };
  const std::string words = bed.failure("v3", Failure::Kind::conflict);
  CHECK(words ==
        "a.yaml of o/r on main: image.tag was \"v2\" and should be \"v3\", but somebody has set it "
        "to "
        "\"v0\" meanwhile: superseded by cccccccccccc \"Back\" of \"somebody\"");
  CHECK(bed.hosting.files["a.yaml"] == "image: {tag: v0}\n");
}

TEST_CASE("a value that becomes another value of the same meaning is nobody's change") {
  Bed bed;
  bed.hosting.on_write = [&](int number) -> std::optional<NotWritten> {
    if (number == 1) bed.hosting.commit("a.yaml", "image:\n  tag: 'v1'\n", "Reformat");
    return std::nullopt;
  };
  REQUIRE(bed.set("v2"));
  CHECK(bed.hosting.files["a.yaml"] == "image:\n  tag: 'v2'\n");
}

TEST_CASE("a server that is down for a moment after a lost answer is asked again") {
  Bed bed;
  bed.hosting.on_write = [&](int) {
    bed.hosting.apply(bed.hosting.last_order());
    return trouble(Why::uncertain);
  };
  bed.hosting.on_read = [](int number) -> std::optional<Failure> {
    if (number == 1 || number > 4) return std::nullopt;
    return Failure{Failure::Kind::unknown, "down", true};
  };
  const auto written = bed.set("v2");
  REQUIRE(written);
  CHECK(written->front().changed);
  CHECK(bed.hosting.writes == 1);

  bed.hosting.reads = 0;
  bed.hosting.on_read = [](int number) -> std::optional<Failure> {
    if (number == 1) return std::nullopt;
    return Failure{Failure::Kind::unknown, "down", true};
  };
  CHECK_THAT(bed.failure("v3", Failure::Kind::unknown), ContainsSubstring("is not known: trouble"));
  CHECK(bed.hosting.reads == 6);
}

TEST_CASE("a server that wants to be spared for longer than anybody waits is left at that") {
  Bed bed;
  bed.hosting.on_write = [](int) { return trouble(Why::busy, seconds(3600)); };
  CHECK(bed.failure("v2", Failure::Kind::unknown) == "trouble");
  CHECK(bed.hosting.writes == 1);
}

TEST_CASE("a file that cannot be read after a lost answer says that nobody knows") {
  Bed bed;
  bed.hosting.on_write = [](int) { return trouble(Why::uncertain); };
  bed.hosting.on_read = [](int number) -> std::optional<Failure> {
    if (number == 1) return std::nullopt;
    return Failure{Failure::Kind::unknown, "down"};
  };
  CHECK(bed.failure("v2", Failure::Kind::unknown) ==
        "down (and whether the tag was written before is not known: trouble)");
  // It would say the same.
  CHECK(bed.hosting.reads == 2);
}

TEST_CASE("a file for each application is written one after the other where that is the only way") {
  Bed bed;
  bed.hosting.together = false;
  bed.hosting.files["b.yaml"] = "image: {tag: v0}\n";
  bed.plan.files["paper"] = "b.yaml";
  WriteBack write_back(bed.plan, bed.hosting, bed.clock);
  const auto written = write_back.set({"beta", "paper", "gamma"}, "v2");
  REQUIRE(written);
  CHECK(bed.hosting.writes == 2);
  CHECK((*written)[0].old_tag == "v1");
  CHECK((*written)[1].old_tag == "v0");
  CHECK((*written)[2].commit == (*written)[0].commit);
  CHECK((*written)[1].commit != (*written)[0].commit);
  CHECK((*written)[1].words == cat("b.yaml: v0 -> v2 (", (*written)[1].commit.substr(0, 12), ")"));
  CHECK(bed.hosting.last_order().message ==
        "Deploy v2 to paper\n\nStagegate-Run: run-1\nStagegate-App: paper\n");
}

TEST_CASE("nothing is written when one of the files cannot be edited") {
  Bed bed;
  bed.hosting.files["b.yaml"] = "image: {}\n";
  bed.plan.files["paper"] = "b.yaml";
  WriteBack write_back(bed.plan, bed.hosting, bed.clock);
  const auto written = write_back.set({"beta", "paper"}, "v2");
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == Failure::Kind::usage);
  CHECK(written.error().message ==
        "b.yaml of o/r on main: line 1, column 8: \"image\" has no key \"tag\"");
  CHECK(bed.hosting.writes == 0);
}

TEST_CASE("every key has to hold the tag") {
  Bed bed;
  bed.plan.keys.push_back(*text::parse_yaml_path("side.tag"));
  WriteBack write_back(bed.plan, bed.hosting, bed.clock);
  bed.hosting.files["a.yaml"] = "image: {tag: v1}\nside: {tag: v2}\n";
  CHECK(*write_back.holds("beta", "v1", "main") == false);
  bed.hosting.files["a.yaml"] = "image: {tag: v1}\nside: {tag: \"v1\"}\n";
  CHECK(*write_back.holds("beta", "v1", "main") == true);
  bed.hosting.files["a.yaml"] = "image: {tag: v1}\n";
  CHECK_FALSE(write_back.holds("beta", "v1", "main"));
}

TEST_CASE("what a commit holds is asked once, and what is not there may come") {
  Bed bed;
  WriteBack write_back(bed.plan, bed.hosting, bed.clock);
  const std::string revision(40, 'a');
  const std::string bytes = std::exchange(bed.hosting.files["a.yaml"], "");
  bed.hosting.files.clear();
  CHECK(*write_back.holds("beta", "v1", revision) == false);
  bed.hosting.files["a.yaml"] = bytes;
  CHECK(*write_back.holds("beta", "v1", revision) == true);
  CHECK(*write_back.holds("beta", "v1", revision) == true);
  CHECK(bed.hosting.reads == 2);
  CHECK(*write_back.holds("beta", "v2", revision) == false);
  CHECK(*write_back.holds("beta", "v1", "main") == true);
  CHECK(*write_back.holds("beta", "v1", "main") == true);
  CHECK(bed.hosting.reads == 5);
}
