#include <string>

#include "plugins/gitea-mirror/wire/advertisement.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

const std::string kZero("\0", 1);
const std::string kService = pkt("# service=git-upload-pack\n") + kFlush;
const std::string kPushService = pkt("# service=git-receive-pack\n") + kFlush;
const std::string kV2 = pkt("version 2\n") + pkt("agent=git/2.39.5\n") + pkt("ls-refs=unborn\n") +
                        pkt("fetch=shallow wait-for-done\n") + pkt("object-format=sha256\n") +
                        kFlush;

Result<Advertisement> read(std::string_view bytes, Service service = Service::upload_pack,
                           std::size_t piece = 1'000'000, RefFilter keep = {}) {
  AdvertisementReader reader(service, std::move(keep));
  if (auto fed = feed_by(reader, bytes, piece); !fed) return forward(fed.error());
  return reader.finish();
}

std::string trouble(std::string_view bytes, Service service = Service::upload_pack) {
  const auto whole = read(bytes, service);
  const auto pieces = read(bytes, service, 3);
  CHECK(whole.has_value() == pieces.has_value());
  return whole ? "fine" : whole.error().message;
}

}  // namespace

TEST_CASE("trap 1: a version 2 advertisement is the same with and without # service") {
  for (const std::string& bytes : {kV2, kService + kV2}) {
    const auto read_it = read(bytes);
    REQUIRE(read_it);
    CHECK(read_it->version == 2);
    CHECK(read_it->capabilities.lists("fetch", "wait-for-done"));
    CHECK_FALSE(read_it->capabilities.lists("fetch", "wait"));
    CHECK(read_it->snapshot.format() == HashFormat::sha256);
  }
}

TEST_CASE("trap 1: a version 0 advertisement is the same with and without # service") {
  const std::string refs =
      pkt(hex('a') + " HEAD" + kZero + "thin-pack symref=HEAD:refs/heads/dev" + " agent=git/2\n") +
      pkt(hex('a') + " refs/heads/dev\n") + pkt(hex('b') + " refs/tags/v1\n") +
      pkt(hex('c') + " refs/tags/v1^{}\n") + kFlush;
  for (const std::string& bytes : {refs, kService + refs, pkt("version 1\n") + refs}) {
    for (const std::size_t piece : {1, 7, 100'000}) {
      const auto read_it = read(bytes, Service::upload_pack, piece);
      REQUIRE(read_it);
      CHECK(read_it->version < 2);
      CHECK(read_it->snapshot.head_branch == "refs/heads/dev");
      CHECK(read_it->snapshot.head == oid('a'));
      REQUIRE(read_it->snapshot.refs.size() == 2);
      CHECK(read_it->snapshot.refs[1].name == "refs/tags/v1");
      CHECK(read_it->snapshot.refs[1].oid == oid('b'));
      CHECK(read_it->capabilities.has("thin-pack"));
      CHECK(read_it->capabilities.value("agent") == "git/2");
    }
  }
}

TEST_CASE("trap 1: a login page is not git, by its content type and by its bytes") {
  CHECK(is_media_type("application/x-git-upload-pack-advertisement", Service::upload_pack,
                      MediaType::advertisement));
  CHECK(is_media_type("Application/X-Git-Receive-Pack-Result ; charset=utf-8",
                      Service::receive_pack, MediaType::result));
  CHECK_FALSE(is_media_type("text/html", Service::upload_pack, MediaType::advertisement));
  CHECK_FALSE(is_media_type("application/x-git-receive-pack-advertisement", Service::upload_pack,
                            MediaType::advertisement));
  CHECK(media_type(Service::upload_pack, MediaType::request) ==
        "application/x-git-upload-pack-request");
  CHECK_THAT(trouble("<html><body>Sign in"), ContainsSubstring("a login page, a proxy"));
}

TEST_CASE("trap 1: the other service's advertisement is refused") {
  CHECK_THAT(trouble(kService + kV2, Service::receive_pack),
             ContainsSubstring("instead of git-receive-pack"));
  CHECK_THAT(trouble(pkt("# service=git-upload-pack\n") + pkt("version 2\n")),
             ContainsSubstring("no flush-pkt"));
}

TEST_CASE("trap 2: every pkt of an advertisement may be ERR") {
  const std::string error = pkt("ERR access denied or repository not exported: /x\n");
  for (const std::string& bytes :
       {error, kService + error, pkt(hex('a') + " HEAD" + kZero + "x\n") + error,
        pkt("version 2\n") + error, pkt("version 1\n") + error}) {
    CHECK_THAT(trouble(bytes),
               ContainsSubstring("the server says: access denied or repository not exported"));
  }
}

TEST_CASE("trap 3: a shallow repository says so in version 0") {
  const auto read_it = read(pkt(hex('a') + " refs/heads/main" + kZero + "shallow\n") +
                            pkt("shallow " + hex('b') + "\n") + kFlush);
  REQUIRE(read_it);
  CHECK(read_it->snapshot.shallow);
  CHECK(read_it->snapshot.refs.size() == 1);
}

TEST_CASE("trap 18: the target's list without what is no ref, and .have as haves") {
  const auto read_it =
      read(kPushService + pkt(hex('1') + " refs/heads/main" + kZero + "report-status no-thin\n") +
               pkt(hex('2') + " .have\n") + pkt(hex('3') + " .have\n") + pkt(hex('4') + " HEAD\n") +
               pkt(hex('5') + " refs/tags/t\n") + pkt(hex('6') + " refs/tags/t^{}\n") +
               pkt(hex('7') + " refs/pull/1/head\n") + kFlush,
           Service::receive_pack, 1'000, is_branch_or_tag);
  REQUIRE(read_it);
  CHECK(read_it->snapshot.refs.size() == 2);
  CHECK(read_it->haves.size() == 2);
  CHECK(read_it->haves[1] == oid('3'));
  CHECK(read_it->snapshot.head == oid('4'));
}

TEST_CASE("trap 18: an empty repository lists capabilities^{}, or nothing at all") {
  const auto modern =
      read(pkt(hex('0', 64) + " capabilities^{}" + kZero + "report-status object-format=sha256\n") +
               kFlush,
           Service::receive_pack);
  REQUIRE(modern);
  CHECK(modern->snapshot.refs.empty());
  CHECK(modern->snapshot.format() == HashFormat::sha256);
  CHECK(modern->capabilities.has("report-status"));
  const auto old = read(kService + kFlush);
  REQUIRE(old);
  CHECK(old->snapshot.refs.empty());
}

TEST_CASE("trap 18: a list of 100,000 refs is read as it comes, in little memory") {
  AdvertisementReader reader(Service::receive_pack);
  REQUIRE(reader.feed(pkt(hex('a') + " refs/heads/main" + kZero + "report-status\n")));
  for (int at = 0; at < 100'000; ++at) {
    REQUIRE(reader.feed(pkt(hex('b') + " refs/tags/v" + std::to_string(1'000'000 + at) + "\n")));
  }
  CHECK_FALSE(reader.done());
  REQUIRE(reader.feed(kFlush));
  const auto read_it = reader.finish();
  REQUIRE(read_it);
  CHECK(read_it->snapshot.refs.size() == 100'001);
  CHECK(read_it->snapshot.refs.find("refs/tags/v1054321") == 54'322u);
}

TEST_CASE("an advertisement that is cut off is noticed at every byte") {
  for (const std::string& bytes :
       {kService + kV2, kService + pkt(hex('a') + " HEAD" + kZero + "x\n") + kFlush}) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const auto read_it = read(std::string_view(bytes).substr(0, length));
      REQUIRE_FALSE(read_it);
      CHECK_THAT(read_it.error().message, ContainsSubstring("was cut off"));
    }
  }
}

TEST_CASE("an advertisement that is malformed is refused") {
  const std::string first = pkt(hex('a') + " refs/heads/main" + kZero + "report-status\n");
  CHECK_THAT(trouble(kV2 + pkt("more")), ContainsSubstring("more came after its end"));
  CHECK_THAT(trouble(pkt("version 3\n")), ContainsSubstring("\"version 3\""));
  CHECK_THAT(trouble(pkt("version 2\n") + kFlush, Service::receive_pack),
             ContainsSubstring("\"version 2\""));
  CHECK_THAT(trouble(pkt(hex('a') + " refs/heads/main\n") + kFlush),
             ContainsSubstring("no capabilities"));
  CHECK_THAT(trouble(first + pkt(hex('a', 39) + " refs/heads/x\n")),
             ContainsSubstring("no ref with an object id of sha1"));
  CHECK_THAT(trouble(first + pkt(hex('a', 64) + " refs/heads/x\n")),
             ContainsSubstring("no ref with an object id of sha1"));
  CHECK_THAT(trouble(first + pkt(hex('a') + " refs/heads/a b\n")), ContainsSubstring("a blank"));
  CHECK_THAT(trouble(first + pkt(hex('a') + " refs/heads/a..b\n")),
             ContainsSubstring("which git does not allow"));
  CHECK_THAT(trouble(first + pkt(hex('0') + " refs/heads/x\n")),
             ContainsSubstring("has no object"));
  CHECK_THAT(trouble(first + first + kFlush), ContainsSubstring("which git does not allow"));
  CHECK_THAT(trouble(first + pkt(hex('a') + " refs/heads/main\n") + kFlush),
             ContainsSubstring("listed twice"));
  CHECK_THAT(trouble(first + kDelimiter), ContainsSubstring("no place"));
  CHECK_THAT(trouble(pkt("version 2\n") + pkt("object-format=md5\n") + kFlush),
             ContainsSubstring("object format is \"md5\""));
}

TEST_CASE("a HEAD that names no ref is not believed") {
  const auto read_it =
      read(pkt(hex('a') + " HEAD" + kZero + "symref=HEAD:refs/heads/a..b\n") + kFlush);
  REQUIRE(read_it);
  CHECK(read_it->snapshot.head_branch.empty());
}

TEST_CASE("more capabilities than any server has are refused") {
  std::string bytes = pkt("version 2\n");
  for (int at = 0; at < 1'001; ++at) bytes += pkt("x=" + std::to_string(at) + "\n");
  CHECK_THAT(trouble(bytes + kFlush), ContainsSubstring("more capabilities"));
}
