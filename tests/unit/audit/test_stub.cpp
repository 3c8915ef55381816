#include "common/audit/record/stub.hpp"
#include "common/crypto/encoding.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit;

TEST_CASE("a stub is as long as the record that it replaces, and is read back") {
  const Stub stub{17, leaf_hash("secret"), 1'000'041};
  for (const std::size_t length : {150u, 151u, 800u, 65'535u}) {
    const std::string line = show(stub, length);
    CHECK(line.size() == length);
    CHECK(parse_stub(line) == stub);
  }
  CHECK(show(stub, 137) == R"({"stub":1,"seq":17,"leaf":")" + crypto::hex(stub.leaf) +
                               R"(","by":1000041,"pad":"......................"})");
}

TEST_CASE("a stub has one form: nothing can be hidden in it") {
  const std::string line = show({17, leaf_hash("secret"), 41}, 200);
  for (std::size_t at = 0; at < line.size(); ++at) {
    std::string changed = line;
    changed[at] = '~';
    INFO(changed);
    CHECK_FALSE(parse_stub(changed));
    CHECK_FALSE(parse_stub(line.substr(0, at)));
  }
  CHECK_FALSE(parse_stub(line + " "));
  CHECK_FALSE(parse_stub(R"({"stub":1,"seq":)"));
}

TEST_CASE("the leaf of a redacted record is the one that it had") {
  const std::string record = R"({"v":1,"seq":17})";
  CHECK(stored_leaf(record) == leaf_hash(record));
  CHECK(stored_leaf(show({17, leaf_hash(record), 41}, 200)) == leaf_hash(record));
  // What only looks like a stub is a line like any other.
  CHECK(stored_leaf(R"({"stub":1})") == leaf_hash(R"({"stub":1})"));
}
