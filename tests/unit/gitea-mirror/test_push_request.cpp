#include "plugins/gitea-mirror/wire/push_request.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

const std::string kZero("\0", 1);

Result<PushTerms> terms(std::string_view offered, const PushWish& wish = {}) {
  return PushTerms::make(Capabilities::of_line(offered), wish);
}

std::string trouble(std::string_view offered, const PushWish& wish = {}) {
  const auto made = terms(offered, wish);
  return made ? "fine" : made.error().message;
}

struct Written {
  std::string bytes;
  bool needs_pack = false;
};

Written write(const PushTerms& agreed, const std::vector<RefUpdate>& updates) {
  Written written;
  PushWriter writer(agreed, [&](std::string_view bytes) -> Result<> {
    written.bytes += bytes;
    return {};
  });
  for (const RefUpdate& update : updates) CHECK(writer.add(update));
  CHECK(writer.end());
  written.needs_pack = writer.needs_pack();
  return written;
}

const RefUpdate kCreation{"refs/heads/main", oid('0'), oid('a')};
const RefUpdate kUpdate{"refs/heads/dev", oid('a'), oid('b')};
const RefUpdate kDeletion{"refs/tags/v1", oid('c'), oid('0')};

}  // namespace

TEST_CASE("trap 16: the first command carries what is agreed, the others nothing") {
  const auto agreed = terms(
      "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta"
      " object-format=sha1 agent=git/2",
      {.deletes = true});
  REQUIRE(agreed);
  CHECK(agreed->side_band());
  CHECK(write(*agreed, {kCreation, kUpdate, kDeletion}).bytes ==
        pkt(hex('0') + " " + hex('a') + " refs/heads/main" + kZero +
            " report-status-v2 side-band-64k quiet object-format=sha1"
            " agent=stagegate-gitea-mirror") +
            pkt(hex('a') + " " + hex('b') + " refs/heads/dev") +
            pkt(hex('c') + " " + hex('0') + " refs/tags/v1") + kFlush);
}

TEST_CASE("trap 16: nothing is agreed that is not offered") {
  const auto agreed = terms("report-status");
  REQUIRE(agreed);
  CHECK_FALSE(agreed->side_band());
  CHECK(write(*agreed, {kUpdate}).bytes ==
        pkt(hex('a') + " " + hex('b') + " refs/heads/dev" + kZero + " report-status") + kFlush);
}

TEST_CASE("trap 16: what is wished for and not offered is refused before anything is sent") {
  CHECK_THAT(trouble("report-status", {.deletes = true}), ContainsSubstring("delete-refs"));
  CHECK_THAT(trouble("report-status", {.atomic = true}), ContainsSubstring("atomic"));
  CHECK_THAT(trouble("report-status", {.options = {"ci.skip"}}), ContainsSubstring("push options"));
  CHECK_THAT(trouble("side-band-64k"), ContainsSubstring("report-status"));
  CHECK(trouble("report-status delete-refs atomic push-options",
                {.atomic = true, .deletes = true, .options = {"a=b"}}) == "fine");
}

TEST_CASE("push options follow the commands, each in a line of its own") {
  const auto agreed = terms("report-status push-options atomic",
                            {.atomic = true, .options = {"ci.skip", "topic=x y"}});
  REQUIRE(agreed);
  CHECK(write(*agreed, {kUpdate}).bytes == pkt(hex('a') + " " + hex('b') + " refs/heads/dev" +
                                               kZero + " report-status atomic push-options") +
                                               kFlush + pkt("ci.skip") + pkt("topic=x y") + kFlush);
  for (const std::string& option :
       {std::string(), std::string("a\nb"), std::string("a\0b", 3), std::string(1'001, 'x')}) {
    CHECK_THAT(trouble("report-status push-options", {.options = {option}}),
               ContainsSubstring("a push option is one line"));
  }
}

TEST_CASE("trap 13: side-band-64k is asked for wherever it is offered") {
  CHECK(terms("report-status side-band-64k")->side_band());
  CHECK_FALSE(terms("report-status side-band")->side_band());
}

TEST_CASE("trap 15: a pack follows any creation or update, and no deletion alone") {
  const auto agreed = terms("report-status delete-refs", {.deletes = true});
  CHECK(write(*agreed, {kCreation}).needs_pack);
  CHECK(write(*agreed, {kDeletion, kUpdate}).needs_pack);
  CHECK(write(*agreed, {kUpdate, kDeletion}).needs_pack);
  CHECK_FALSE(write(*agreed, {kDeletion, kDeletion}).needs_pack);
}

TEST_CASE("trap 17: every command says what the ref was before") {
  CHECK(kCreation.creates());
  CHECK_FALSE(kUpdate.creates());
  CHECK(kDeletion.deletes());
  const auto agreed = terms("report-status");
  CHECK_THAT(write(*agreed, {kUpdate}).bytes, ContainsSubstring(hex('a') + " " + hex('b')));
}

TEST_CASE("a repository of SHA-256 is pushed to with long object ids") {
  const auto agreed = terms("report-status object-format=sha256");
  const RefUpdate creation{"refs/heads/main", Oid::zero(HashFormat::sha256), oid('a', 64)};
  CHECK_THAT(write(*agreed, {creation}).bytes,
             ContainsSubstring(hex('0', 64) + " " + hex('a', 64) + " refs/heads/main"));
}
