#include <string>
#include <vector>

#include "plugins/gitea-mirror/wire/report_status.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;
using Ending = ReportReader::Ending;

namespace {

struct Heard {
  std::vector<std::string> statuses;
  std::vector<std::string> lines;
  std::string unpack;
  std::string trouble;
  Ending ending = Ending::missing;
};

Heard read(std::string_view bytes, bool side_band = true, std::size_t piece = 1'000'000) {
  Heard heard;
  ReportReader reader(
      side_band,
      [&](const RefStatus& status) {
        heard.statuses.push_back(std::string(status.name) + (status.taken ? " ok" : " ng ") +
                                 std::string(status.reason));
      },
      [&](std::string_view line) { heard.lines.emplace_back(line); });
  if (auto fed = feed_by(reader, bytes, piece); !fed) heard.trouble = fed.error().message;
  reader.finish();
  heard.unpack = reader.unpack_trouble();
  heard.ending = reader.ending();
  return heard;
}

const std::string kReport =
    pkt("unpack ok\n") + pkt("ok refs/heads/main\n") + pkt("option old-oid " + hex('a') + "\n") +
    pkt("option forced-update\n") + pkt("ng refs/heads/dev non-fast-forward\n") + kFlush;
const std::vector<std::string> kStatuses{"refs/heads/main ok",
                                         "refs/heads/dev ng non-fast-forward"};

}  // namespace

TEST_CASE("a report says what became of every ref, bare or in side bands") {
  for (const std::size_t piece : {1, 5, 100'000}) {
    for (const Heard& heard :
         {read(kReport, false, piece), read(band(1, kReport) + kFlush, true, piece)}) {
      CHECK(heard.trouble.empty());
      CHECK(heard.statuses == kStatuses);
      CHECK(heard.ending == Ending::whole);
      CHECK(heard.unpack.empty());
    }
  }
}

TEST_CASE("trap 13: pkt-lines within band 1 may be cut anywhere, with keepalives between") {
  for (std::size_t cut = 1; cut < kReport.size(); ++cut) {
    const Heard heard = read(pkt("\2") + band(1, kReport.substr(0, cut)) + pkt("\2") + pkt("\1") +
                             band(2, "remote says\n") + band(1, kReport.substr(cut)) + kFlush);
    CHECK(heard.trouble.empty());
    CHECK(heard.statuses == kStatuses);
    CHECK(heard.lines == std::vector<std::string>{"remote says"});
    CHECK(heard.ending == Ending::whole);
  }
}

TEST_CASE("a push without a report has an unknown outcome, and one that is cut as well") {
  CHECK(read("").ending == Ending::missing);
  CHECK(read(pkt("\2") + band(2, "Resolving deltas")).ending == Ending::missing);
  CHECK(read(kFlush).ending == Ending::missing);
  CHECK(read(band(1, pkt("unpack ok\n") + pkt("ok refs/heads/main\n"))).ending == Ending::cut);
  CHECK(read(band(1, pkt("unpack ok\n") + "00")).ending == Ending::cut);
  CHECK(read(band(1, kReport)).ending == Ending::whole);
  CHECK(read(pkt("unpack ok\n"), false).ending == Ending::cut);
}

TEST_CASE("trap 21: what could not be stored is told with what was said about it") {
  const Heard heard = read(band(2, "fatal: pack exceeds maximum allowed size (2.00 GiB)\n") +
                           band(1, pkt("unpack index-pack abnormal exit\n") +
                                       pkt("ng refs/heads/main unpacker error\n") + kFlush) +
                           kFlush);
  CHECK(heard.unpack == "index-pack abnormal exit");
  CHECK(heard.statuses == std::vector<std::string>{"refs/heads/main ng unpacker error"});
  CHECK(heard.lines ==
        std::vector<std::string>{"fatal: pack exceeds maximum allowed size (2.00 GiB)"});
}

TEST_CASE("errors instead of a report are failures") {
  CHECK_THAT(read(band(3, "the disk is gone\n")).trouble, ContainsSubstring("the disk is gone"));
  CHECK_THAT(read(pkt("ERR no\n")).trouble, ContainsSubstring("the server says: no"));
  CHECK_THAT(read(pkt("ERR no\n"), false).trouble, ContainsSubstring("the server says: no"));
  CHECK_THAT(read("<html>").trouble, ContainsSubstring("not git's protocol"));
  CHECK_THAT(read(band(1, "<html>")).trouble, ContainsSubstring("not git's protocol"));
}

TEST_CASE("a report that is malformed is refused") {
  const auto trouble = [](const std::string& bytes) { return read(bytes, false).trouble; };
  CHECK_THAT(trouble(pkt("ok refs/heads/main\n")), ContainsSubstring("it begins with"));
  CHECK_THAT(trouble(kFlush), ContainsSubstring("it is empty"));
  CHECK_THAT(trouble(kReport + kFlush), ContainsSubstring("more came"));
  CHECK_THAT(trouble(pkt("unpack ok\n") + pkt("so refs/heads/main\n")),
             ContainsSubstring("not git's"));
  CHECK_THAT(trouble(pkt("unpack ok\n") + pkt("ok refs/heads/a..b\n")),
             ContainsSubstring("a ref called"));
  CHECK_THAT(trouble(pkt("unpack ok\n") + kDelimiter), ContainsSubstring("no place"));
  CHECK_THAT(read(band(1, kReport) + kFlush + kFlush).trouble, ContainsSubstring("more came"));
}

TEST_CASE("reasons are harmless to show and have a longest") {
  const Heard heard =
      read(pkt("unpack ok\n") + pkt("ng refs/heads/a no\x1b[2J way\n") + pkt("ng refs/heads/b\n") +
               pkt("ng refs/heads/c " + std::string(5'000, 'x') + "\n") + kFlush,
           false);
  REQUIRE(heard.statuses.size() == 3);
  CHECK(heard.statuses[0] == "refs/heads/a ng no\\u001b[2J way");
  CHECK(heard.statuses[1] == "refs/heads/b ng no reason given");
  CHECK(heard.statuses[2].size() < 600);
}
