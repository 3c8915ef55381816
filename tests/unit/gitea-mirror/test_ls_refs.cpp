#include "plugins/gitea-mirror/wire/ls_refs.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

Capabilities offered(std::initializer_list<std::string_view> entries) {
  Capabilities capabilities;
  for (const std::string_view entry : entries) capabilities.add(entry);
  return capabilities;
}

Result<Snapshot> read(std::string_view bytes, std::size_t piece = 100'000, RefFilter keep = {}) {
  LsRefsReader reader(HashFormat::sha1, std::move(keep));
  if (auto fed = feed_by(reader, bytes, piece); !fed) return forward(fed.error());
  return reader.finish();
}

std::string trouble(std::string_view bytes) {
  const auto read_it = read(bytes, 5);
  return read_it ? "fine" : read_it.error().message;
}

}  // namespace

TEST_CASE("refs are asked for by prefix, with what the server offers and nothing else") {
  CHECK(*ls_refs_request(
            offered({"agent=git/2", "ls-refs=unborn", "object-format=sha256", "fetch"}),
            {kHeads, kTags}) == pkt("command=ls-refs\n") + pkt("agent=stagegate-gitea-mirror\n") +
                                    pkt("object-format=sha256\n") + kDelimiter + pkt("symrefs\n") +
                                    pkt("unborn\n") + pkt("ref-prefix HEAD\n") +
                                    pkt("ref-prefix refs/heads/\n") +
                                    pkt("ref-prefix refs/tags/\n") + kFlush);
  CHECK(*ls_refs_request(offered({"ls-refs"}), {kHeads}) ==
        pkt("command=ls-refs\n") + kDelimiter + pkt("symrefs\n") + pkt("ref-prefix HEAD\n") +
            pkt("ref-prefix refs/heads/\n") + kFlush);
  CHECK_FALSE(ls_refs_request(offered({"fetch"}), {}));
}

TEST_CASE("a list of refs has its attributes read, and its HEAD") {
  const std::string bytes = pkt(hex('a') + " HEAD symref-target:refs/heads/main\n") +
                            pkt(hex('a') + " refs/heads/main\n") +
                            pkt(hex('b') + " refs/tags/v1 peeled:" + hex('a') + "\n") +
                            pkt(hex('c') + " refs/pull/1/head") + kFlush;
  for (const std::size_t piece : {1, 9, 100'000}) {
    const auto read_it = read(bytes, piece, is_branch_or_tag);
    REQUIRE(read_it);
    CHECK(read_it->head == oid('a'));
    CHECK(read_it->head_branch == "refs/heads/main");
    REQUIRE(read_it->refs.size() == 2);
    CHECK(read_it->refs[1].oid == oid('b'));
  }
  CHECK(read(pkt(hex('a') + " HEAD\n") + kFlush)->head_branch.empty());
}

TEST_CASE("an unborn HEAD names its branch") {
  const auto read_it = read(pkt("unborn HEAD symref-target:refs/heads/trunk\n") + kFlush);
  REQUIRE(read_it);
  CHECK(read_it->head_branch == "refs/heads/trunk");
  CHECK_FALSE(read_it->head);
  CHECK(read_it->refs.empty());
}

TEST_CASE("trap 2: a list of refs may be an error, and may be cut off") {
  CHECK_THAT(trouble(pkt("ERR no\n")), ContainsSubstring("the server says: no"));
  CHECK_THAT(trouble(pkt(hex('a') + " refs/heads/main\n")), ContainsSubstring("was cut off"));
  CHECK_THAT(trouble(""), ContainsSubstring("was cut off"));
  CHECK_THAT(trouble(kFlush + "00"), ContainsSubstring("was cut off"));
  CHECK_THAT(trouble(kFlush + kFlush), ContainsSubstring("more came"));
  CHECK(trouble(kFlush + "0002") == "fine");
  CHECK_THAT(trouble(kDelimiter), ContainsSubstring("no place"));
  CHECK_THAT(trouble(pkt(hex('0') + " refs/heads/x\n")), ContainsSubstring("has no object"));
  CHECK_THAT(trouble(pkt("deepen 1\n")), ContainsSubstring("no ref"));
  CHECK_THAT(trouble(pkt("unborn HEAD symref-target:x y\n") + kFlush), ContainsSubstring("fine"));
}
