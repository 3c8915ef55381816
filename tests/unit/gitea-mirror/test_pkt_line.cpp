#include <string>
#include <vector>

#include "plugins/gitea-mirror/wire/pkt_line.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

struct Heard {
  std::vector<std::string> pkts;
  std::string trouble;
  bool at_boundary = false;
};

Heard read(std::string_view bytes, std::size_t piece) {
  Heard heard;
  PktReader reader;
  const auto each = [&](const Pkt& pkt) -> Result<> {
    constexpr const char* kNames[] = {"", "flush", "delimiter", "response-end"};
    heard.pkts.push_back(pkt.kind == Pkt::Kind::data ? "=" + std::string(pkt.data)
                                                     : kNames[static_cast<int>(pkt.kind)]);
    return {};
  };
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (auto fed = reader.feed(bytes.substr(0, piece), each); !fed) {
      heard.trouble = fed.error().message;
      break;
    }
  }
  heard.at_boundary = reader.at_boundary();
  return heard;
}

}  // namespace

TEST_CASE("pkt-lines are the same however they are cut") {
  const std::string bytes = pkt("hello\n") + "0000" + "0004" + "0001" + "0009ab\nc\r" + "0002" +
                            pkt(std::string(65'516, 'x'));
  const std::vector<std::string> wanted{"=hello\n",
                                        "flush",
                                        "=",
                                        "delimiter",
                                        "=ab\nc\r",
                                        "response-end",
                                        "=" + std::string(65'516, 'x')};
  for (const std::size_t piece : {1, 2, 3, 5, 7, 64, 70'000, 1'000'000}) {
    const Heard heard = read(bytes, piece);
    CHECK(heard.trouble.empty());
    CHECK((heard.pkts == wanted));
    CHECK(heard.at_boundary);
  }
}

TEST_CASE("what is no pkt-line is told as that") {
  for (const std::size_t piece : {1, 4, 100}) {
    CHECK_THAT(read("<!DOCTYPE html>", piece).trouble, ContainsSubstring("is not git's protocol"));
    CHECK_THAT(read("0003", piece).trouble, ContainsSubstring("is not git's protocol"));
    CHECK_THAT(read("fff1", piece).trouble, ContainsSubstring("is not git's protocol"));
    CHECK_THAT(read("-001", piece).trouble, ContainsSubstring("is not git's protocol"));
    CHECK(read("fff0", piece).trouble.empty());
  }
  CHECK_THAT(read("This account is disabled.\x1b[2J", 100).trouble,
             ContainsSubstring("This account is disabled.\\x1b"));
}

TEST_CASE("half a pkt-line is noticed") {
  CHECK_FALSE(read("00", 100).at_boundary);
  CHECK_FALSE(read("0008abc", 100).at_boundary);
  CHECK(read("0008abcd", 100).at_boundary);
}

TEST_CASE("what the caller does not take ends the reading") {
  PktReader reader;
  int seen = 0;
  const auto fed = reader.feed("000000000000", [&](const Pkt&) -> Result<> {
    if (++seen == 2) return unknown("enough");
    return {};
  });
  REQUIRE_FALSE(fed);
  CHECK(fed.error().message == "enough");
  CHECK(seen == 2);
}

TEST_CASE("more than a pkt-line can hold is never written") {
  std::string out;
  CHECK_THROWS(append_pkt(out, std::string(65'517, 'x')));
  append_pkt(out, std::string(65'516, 'x'));
  CHECK(out.substr(0, 4) == "fff0");
}

TEST_CASE("a long request is handed on in pieces") {
  std::vector<std::size_t> pieces;
  std::string all;
  PieceWriter writer([&](std::string_view bytes) -> Result<> {
    pieces.push_back(bytes.size());
    all += bytes;
    return {};
  });
  std::string wanted;
  for (int at = 0; at < 3'000; ++at) {
    CHECK(writer.pkt("have " + hex('a')));
    wanted += pkt("have " + hex('a'));
  }
  CHECK(writer.end());
  CHECK(all == wanted);
  CHECK(pieces.size() > 3);
  CHECK(*std::max_element(pieces.begin(), pieces.end()) < 100'000);
}
