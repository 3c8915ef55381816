#include <string>
#include <vector>

#include "plugins/gitea-mirror/wire/fetch_response.hpp"
#include "plugins/gitea-mirror/wire/push_request.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

const std::string kPack("PACK\0\0\0\2\0\0\1\3more of it", 22);

struct Heard {
  std::string pack;
  int calls = 0;
  std::vector<std::string> lines;
  std::string trouble;
  bool passing = false;
  Failure::Kind kind = Failure::Kind::refused;
  bool done = false;
  Side side = Side::source;
  std::optional<std::uint32_t> objects;
};

Heard read(int version, std::string_view bytes, std::size_t piece = 1'000'000,
           bool target_fails = false) {
  Heard heard;
  FetchReader reader(
      version,
      [&](std::string_view pack) -> Result<> {
        if (target_fails) return unknown("the target hung up");
        heard.pack += pack;
        ++heard.calls;
        return {};
      },
      [&](std::string_view line) { heard.lines.emplace_back(line); });
  auto fed = feed_by(reader, bytes, piece);
  heard.done = reader.done();
  if (fed) fed = reader.finish();
  if (!fed) {
    heard.trouble = fed.error().message;
    heard.passing = fed.error().passing;
    heard.kind = fed.error().kind;
  }
  heard.side = reader.side();
  heard.objects = reader.objects();
  return heard;
}

const std::string kBands = band(2, "Counting: 1%\rCounting: 100%, done.\x1b[K\nTot") +
                           band(1, kPack.substr(0, 3)) + band(2, "al 3\n\nlast") + pkt("\2") +
                           pkt("\1") + band(1, kPack.substr(3)) + kFlush;

}  // namespace

TEST_CASE("a pack comes out of its side band, in both versions") {
  const std::vector<std::string> lines{"Counting: 1%", "Counting: 100%, done.", "Total 3", "last"};
  for (const std::size_t piece : {1, 6, 1'000'000}) {
    for (const Heard& heard :
         {read(2, pkt("packfile\n") + kBands, piece), read(0, pkt("NAK\n") + kBands, piece)}) {
      CHECK(heard.trouble.empty());
      CHECK(heard.done);
      CHECK(heard.pack == kPack);
      CHECK(heard.lines == lines);
      CHECK(heard.objects == 259u);
    }
  }
}

TEST_CASE("trap 2: version 0's ACK and NAK lines are skipped until the pack") {
  for (const std::string& before :
       {pkt("NAK\n"), pkt("ACK " + hex('a') + "\n"),
        pkt("ACK " + hex('a') + " common\n") + pkt("NAK\n") + pkt("ACK " + hex('a') + "\n"),
        std::string()}) {
    CHECK(read(0, before + kBands).pack == kPack);
  }
}

TEST_CASE("trap 2: acknowledgments that were not asked for do no harm") {
  const Heard heard = read(2, pkt("acknowledgments\n") + pkt("ACK " + hex('a') + "\n") +
                                  pkt("ready\n") + kDelimiter + pkt("packfile\n") + kBands);
  CHECK(heard.trouble.empty());
  CHECK(heard.pack == kPack);
}

TEST_CASE("trap 2: every pkt may be ERR") {
  const std::string error = pkt("ERR upload-pack: not our ref " + hex('a') + "\n");
  for (const int version : {0, 2}) {
    const Heard heard = read(version, error);
    CHECK_THAT(heard.trouble, ContainsSubstring("not our ref " + hex('a')));
    CHECK_THAT(heard.trouble, ContainsSubstring("planned again"));
    CHECK(heard.passing);
  }
  CHECK_THAT(read(2, pkt("packfile\n") + band(1, kPack) + error).trouble,
             ContainsSubstring("not our ref"));
  CHECK_FALSE(read(0, pkt("ERR access denied\n")).passing);
}

TEST_CASE("trap 3: a shallow source is known before the target hears anything") {
  const Heard v2 = read(2, pkt("shallow-info\n") + pkt("shallow " + hex('a') + "\n") + kDelimiter +
                               pkt("packfile\n") + kBands);
  const Heard v0 = read(0, pkt("shallow " + hex('a') + "\n") + kFlush + pkt("NAK\n") + kBands);
  for (const Heard& heard : {v2, v0}) {
    CHECK_THAT(heard.trouble, ContainsSubstring("is a shallow repository"));
    CHECK(heard.kind == Failure::Kind::conflict);
    CHECK(heard.calls == 0);
  }
  CHECK(read(2, pkt("shallow-info\n") + kDelimiter + pkt("packfile\n") + kBands).pack == kPack);
}

TEST_CASE("trap 4: nothing is handed on before the first byte of a pack") {
  CHECK(read(2, pkt("packfile\n") + band(2, "Counting\n") + pkt("\1") + pkt("\2")).calls == 0);
  CHECK(read(0, pkt("NAK\n") + band(3, "no")).calls == 0);
  CHECK(read(2, pkt("packfile\n") + band(1, "<html>")).calls == 0);
  CHECK(read(2, pkt("packfile\n") + band(1, "PACx")).calls == 0);
}

TEST_CASE("trap 5: a pack is whole at the flush-pkt, wherever else the connection ends") {
  for (const int version : {0, 2}) {
    const std::string all = (version == 2 ? pkt("packfile\n") : pkt("NAK\n")) + kBands;
    for (std::size_t length = 0; length < all.size(); ++length) {
      const Heard heard = read(version, std::string_view(all).substr(0, length));
      CHECK_FALSE(heard.done);
      CHECK_THAT(heard.trouble, ContainsSubstring("was cut off after"));
      CHECK(heard.passing);
    }
  }
}

TEST_CASE("trap 5: a flush-pkt without a pack is none") {
  CHECK_FALSE(read(2, pkt("packfile\n") + kFlush).trouble.empty());
  CHECK_FALSE(read(2, pkt("packfile\n") + band(1, "PACK") + kFlush).trouble.empty());
  CHECK_FALSE(read(2, kFlush).trouble.empty());
  CHECK_FALSE(read(0, pkt("NAK\n") + kFlush).trouble.empty());
  CHECK_FALSE(read(0, kFlush).trouble.empty());
}

TEST_CASE("trap 6: a target that fails is not taken for the source") {
  const Heard target = read(2, pkt("packfile\n") + kBands, 10, true);
  CHECK(target.trouble == "the target hung up");
  CHECK(target.side == Side::target);
  CHECK(read(2, pkt("packfile\n") + band(3, "died")).side == Side::source);
  CHECK(read(2, "<html>").side == Side::source);
}

TEST_CASE("an error in band 3 ends the pack, with what was said before") {
  const Heard heard = read(2, pkt("packfile\n") + band(1, kPack) + band(2, "half a line") +
                                  band(3, "aborting due to possible repository corruption\n"));
  CHECK_THAT(heard.trouble, ContainsSubstring("repository corruption"));
  CHECK(heard.lines == std::vector<std::string>{"half a line"});
  CHECK_FALSE(heard.done);
  CHECK_FALSE(heard.passing);
}

TEST_CASE("an answer that is malformed is refused") {
  const auto trouble = [](std::string_view bytes) { return read(2, bytes).trouble; };
  CHECK_THAT(trouble(pkt("packfile-uris\n")), ContainsSubstring("was not asked for"));
  CHECK_THAT(trouble(kDelimiter), ContainsSubstring("ends before the pack"));
  CHECK_THAT(trouble(pkt("packfile\n") + pkt("")), ContainsSubstring("without a band"));
  CHECK_THAT(trouble(pkt("packfile\n") + pkt("\4x")), ContainsSubstring("band 4"));
  CHECK_THAT(trouble(pkt("packfile\n") + kDelimiter), ContainsSubstring("no place"));
  CHECK_THAT(trouble(pkt("packfile\n") + kBands + pkt("x")), ContainsSubstring("more came"));
  CHECK(trouble(pkt("packfile\n") + kBands + "0002").empty());
}

TEST_CASE("a line for people has a longest, and nothing that harms a terminal") {
  const Heard heard =
      read(2, pkt("packfile\n") + band(2, std::string(60'000, 'x')) +
                  band(2, std::string(60'000, 'x') + "\n\x1b]0;title\x07\n") + kBands);
  REQUIRE(heard.lines.size() > 2);
  CHECK(heard.lines[0] == std::string(1'000, 'x'));
  CHECK(heard.lines[1] == "\\u001b]0;title\\u0007");
}

TEST_CASE("trap 15: the pack without objects is 32 bytes, or 44") {
  CHECK(empty_pack(HashFormat::sha1).size() == 32);
  CHECK(empty_pack(HashFormat::sha256).size() == 44);
  const Heard heard = read(2, pkt("packfile\n") + band(1, empty_pack(HashFormat::sha1)) + kFlush);
  CHECK(heard.objects == 0u);
}

namespace {

std::string known(int version, std::string_view bytes) {
  std::string out;
  for (const std::size_t piece : {3, 100'000}) {
    AcknowledgmentReader reader(version, HashFormat::sha1);
    const auto fed = feed_by(reader, bytes, piece);
    if (!fed) return fed.error().message;
    const auto oids = reader.finish();
    if (!oids) return oids.error().message;
    out.clear();
    for (std::size_t at = 0; at < oids->size(); ++at) out += (*oids)[at].hex().front();
  }
  return out;
}

}  // namespace

TEST_CASE("what the source knows is what it acknowledges") {
  const std::string head = pkt("acknowledgments\n");
  const std::string two = pkt("ACK " + hex('b') + "\n") + pkt("ACK " + hex('a') + "\n");
  CHECK(known(2, head + two + kFlush) == "ab");
  CHECK(known(2, head + pkt("NAK\n") + kFlush) == "");
  CHECK(known(0, pkt("ACK " + hex('b') + " common\n") + pkt("ACK " + hex('c') + " ready\n") +
                     pkt("NAK\n")) == "b");
  CHECK(known(0, pkt("NAK\n")) == "");
  CHECK_THAT(known(2, head + two), ContainsSubstring("was cut off"));
  CHECK_THAT(known(0, pkt("ACK " + hex('b') + " common\n")), ContainsSubstring("was cut off"));
  CHECK_THAT(known(2, two + kFlush), ContainsSubstring("not git's"));
  CHECK_THAT(known(2, head + pkt("ACK xyz\n")), ContainsSubstring("not git's"));
  CHECK_THAT(known(2, head + pkt("ERR upload-pack: not our ref x\n")),
             ContainsSubstring("the source changed"));
  CHECK_THAT(known(2, head + two + kDelimiter + pkt("packfile\n")), ContainsSubstring("not git's"));
}
