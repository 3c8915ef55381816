#include "plugins/gitea-mirror/wire/fetch_request.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

Advertisement source_v2(std::string_view fetch = "fetch=shallow wait-for-done filter") {
  Advertisement source;
  source.version = 2;
  for (const std::string_view entry :
       {std::string_view("agent=git/2"), fetch, std::string_view("object-format=sha1")}) {
    source.capabilities.add(entry);
  }
  return source;
}

Advertisement source_v0(std::string_view words) {
  Advertisement source;
  source.capabilities = Capabilities::of_line(words);
  return source;
}

OidList list(std::initializer_list<char> digits) {
  OidList oids;
  for (const char digit : digits) oids.add(oid(digit));
  return oids;
}

std::string asked(const Advertisement& source, const FetchWish& wish = {}, bool question = false) {
  const auto request = FetchRequest::make(source, wish);
  if (!request) return request.error().message;
  std::string out;
  const Sink sink = [&](std::string_view bytes) -> Result<> {
    out += bytes;
    return {};
  };
  const auto written = question ? request->write_question(list({'1'}), list({'2', '3'}), sink)
                                : request->write(list({'1', '4'}), list({'2', '3'}), sink);
  return written ? out : written.error().message;
}

}  // namespace

TEST_CASE("trap 2: version 2 asks once, with done") {
  CHECK(asked(source_v2()) == pkt("command=fetch\n") + pkt("agent=stagegate-gitea-mirror\n") +
                                  pkt("object-format=sha1\n") + kDelimiter + pkt("thin-pack\n") +
                                  pkt("ofs-delta\n") + pkt("no-progress\n") +
                                  pkt("want " + hex('1') + "\n") + pkt("want " + hex('4') + "\n") +
                                  pkt("have " + hex('2') + "\n") + pkt("have " + hex('3') + "\n") +
                                  pkt("done\n") + kFlush);
}

TEST_CASE("trap 2: version 0 sends wants, flush, all haves, done, without multi_ack") {
  CHECK(asked(source_v0("multi_ack thin-pack side-band side-band-64k ofs-delta no-progress"
                        " multi_ack_detailed object-format=sha1 agent=git/2")) ==
        pkt("want " + hex('1') +
            " side-band-64k thin-pack ofs-delta no-progress object-format=sha1"
            " agent=stagegate-gitea-mirror\n") +
            pkt("want " + hex('4') + "\n") + kFlush + pkt("have " + hex('2') + "\n") +
            pkt("have " + hex('3') + "\n") + pkt("done\n"));
  CHECK(asked(source_v0("side-band-64k")) ==
        pkt("want " + hex('1') + " side-band-64k\n") + pkt("want " + hex('4') + "\n") + kFlush +
            pkt("have " + hex('2') + "\n") + pkt("have " + hex('3') + "\n") + pkt("done\n"));
}

TEST_CASE("trap 5: a source without side bands could not tell the end of a pack") {
  CHECK_THAT(asked(source_v0("thin-pack side-band")), ContainsSubstring("side-band-64k"));
}

TEST_CASE("trap 14: deltas are asked for as the target takes them") {
  const auto target = [](std::string_view words) {
    return FetchWish::for_target(Capabilities::of_line(words));
  };
  CHECK(target("ofs-delta").thin);
  CHECK(target("ofs-delta").ofs_delta);
  CHECK_FALSE(target("ofs-delta no-thin").thin);
  CHECK_FALSE(target("report-status").ofs_delta);
  const std::string v2 = asked(source_v2(), target("no-thin"));
  CHECK(v2.find("thin-pack") == std::string::npos);
  CHECK(v2.find("ofs-delta") == std::string::npos);
  const std::string v0 = asked(source_v0("thin-pack ofs-delta side-band-64k"), target("no-thin"));
  CHECK(v0.find("thin-pack") == std::string::npos);
  CHECK(v0.find("ofs-delta") == std::string::npos);
}

TEST_CASE("a question asks what the source knows, and for no pack") {
  CHECK(asked(source_v2(), {}, true) ==
        pkt("command=fetch\n") + pkt("agent=stagegate-gitea-mirror\n") +
            pkt("object-format=sha1\n") + kDelimiter + pkt("thin-pack\n") + pkt("ofs-delta\n") +
            pkt("no-progress\n") + pkt("wait-for-done\n") + pkt("want " + hex('1') + "\n") +
            pkt("have " + hex('2') + "\n") + pkt("have " + hex('3') + "\n") + kFlush);
  CHECK(asked(source_v0("side-band-64k multi_ack_detailed"), {}, true) ==
        pkt("want " + hex('1') + " side-band-64k multi_ack_detailed\n") + kFlush +
            pkt("have " + hex('2') + "\n") + pkt("have " + hex('3') + "\n") + kFlush);
  CHECK_THAT(asked(source_v2("fetch=shallow"), {}, true), ContainsSubstring("wait-for-done"));
  CHECK_THAT(asked(source_v0("side-band-64k"), {}, true), ContainsSubstring("multi_ack_detailed"));
}

TEST_CASE("a filter is asked for where the source filters") {
  const FetchWish wish{.filter = "blob:limit=1024"};
  CHECK_THAT(asked(source_v2(), wish), ContainsSubstring(pkt("filter blob:limit=1024\n")));
  CHECK_THAT(asked(source_v2("fetch=shallow"), wish), ContainsSubstring("does not filter"));
  CHECK_THAT(asked(source_v0("side-band-64k filter"), wish),
             ContainsSubstring(pkt("filter blob:limit=1024\n") + kFlush));
  CHECK_THAT(asked(source_v0("side-band-64k"), wish), ContainsSubstring("does not filter"));
}

TEST_CASE("trap 19: which sources hand out what is no tip") {
  CHECK(hands_out_any(source_v2()));
  CHECK(hands_out_any(source_v0("allow-any-sha1-in-want")));
  CHECK(hands_out_any(source_v0("allow-reachable-sha1-in-want")));
  CHECK_FALSE(hands_out_any(source_v0("allow-tip-sha1-in-want")));
  CHECK_FALSE(hands_out_any(source_v0("side-band-64k")));
}

TEST_CASE("trap 12: a request about 100,000 objects is never in memory as a whole") {
  OidList haves;
  for (int at = 1; at <= 100'000; ++at) haves.add(oid(at));
  std::size_t longest = 0;
  std::size_t total = 0;
  const auto written = FetchRequest::make(source_v2())
                           ->write(list({'1'}), haves, [&](std::string_view bytes) -> Result<> {
                             longest = std::max(longest, bytes.size());
                             total += bytes.size();
                             return {};
                           });
  CHECK(written);
  CHECK(total > 5'000'000);
  CHECK(longest < 40'000);
  const auto refused =
      FetchRequest::make(source_v2())->write(list({'1'}), haves, [](std::string_view) -> Result<> {
        return unknown("gone");
      });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "gone");
}
